"""Options that several commands share, so that they mean the same everywhere."""

import tomllib
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
STDIN = "-"


def said(reason: str) -> str:
    """Check that a reason is given: it is kept, and somebody will look for it."""
    if not reason.strip():
        raise typer.BadParameter("it must say why.")
    return reason


def _existing(path: str) -> Path:
    """Check that there is something; whether it can be read is told when it is."""
    if path != STDIN and not Path(path).exists():
        raise typer.BadParameter(f"there is no {path!r}.")
    return Path(path)


def feeds_here(context: typer.Context, incomplete: str) -> list[str]:
    """Propose to a shell the feeds of --feeds, or of the file that is here."""
    file = Path(context.params.get("feeds") or FEEDS)
    try:
        names = tomllib.loads(file.read_text(encoding="utf-8")).get("feeds", {})
    except (OSError, ValueError):
        return []  # what is wrong with it, the command will tell
    return [name for name in ("default", *names) if name.startswith(incomplete)]


Paths = Annotated[
    list[Path],
    typer.Argument(
        parser=_existing,
        metavar="PATH",
        help="Files or folders to read.",
        show_default=False,
    ),
]
ArticleName = Annotated[
    str,
    typer.Argument(metavar="ID|URL|KEY", help="The article; an address or key must name only one."),
]
FeedName = Annotated[
    str, typer.Option("--feed", metavar="FEED", help="Name of the feed.", autocompletion=feeds_here)
]
FeedsFile = Annotated[
    Path,
    typer.Option(
        "--feeds",
        metavar="FILE",
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
        metavar="FILE",
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
        "--stack",
        metavar="STACK",
        envvar="ARTICLES_STACK",
        help="Name of the CloudFormation stack.",
        show_default="from samconfig.toml",
    ),
]
