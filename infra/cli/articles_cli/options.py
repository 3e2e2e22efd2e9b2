"""Options that several commands share, so that they mean the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

# Where the project is installed without its checkout, the wheel brings what is read of it here.
_PACKED = Path(__file__).with_name("packed")
IS_CHECKOUT = not _PACKED.exists()
ROOT = Path(__file__).resolve().parents[3] if IS_CHECKOUT else _PACKED
IN_A_CHECKOUT = "use the command of a checkout, .venv/bin/articles."
TEMPLATE = ROOT / "template.yaml"
FUNCTIONS = ROOT / "functions"
FEEDS = FUNCTIONS / "feeds.toml"


def said(reason: str) -> str:
    """Check that a reason is given: it is kept, and somebody will look for it."""
    if not reason.strip():
        raise typer.BadParameter("it must say why.")
    return reason


Paths = Annotated[
    list[Path],
    typer.Argument(
        exists=True, metavar="PATH...", help="Files or folders to read.", show_default=False
    ),
]
ArticleName = Annotated[
    str,
    typer.Argument(metavar="ID|URL|KEY", help="The article; an address or key must name only one."),
]
FeedName = Annotated[str, typer.Option("--feed", help="Name of the feed.")]
FeedsFile = Annotated[
    Path,
    typer.Option(
        "--feeds",
        exists=True,
        dir_okay=False,
        help="File of feed profiles.",
        show_default="functions/feeds.toml of the checkout, or of the package",
    ),
]
StackFeedsFile = Annotated[
    Path | None,
    typer.Option(
        "--feeds",
        exists=True,
        dir_okay=False,
        help="File of feed profiles.",
        show_default="the FeedsFile of the stack, in functions/",
    ),
]
Json = Annotated[
    bool | None,
    typer.Option(
        "--json/--table",
        help="Print JSON lines or tables. Default: tables on a terminal, JSON lines otherwise.",
        show_default=False,
    ),
]
StackName = Annotated[
    str | None,
    typer.Option(
        "--stack", help="Name of the CloudFormation stack.", show_default="from samconfig.toml"
    ),
]
