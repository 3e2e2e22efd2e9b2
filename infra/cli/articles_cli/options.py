"""Options that several commands share, so that they mean the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "template.yaml"
FUNCTIONS = ROOT / "functions"
FEEDS = FUNCTIONS / "feeds.toml"

Paths = Annotated[
    list[Path],
    typer.Argument(
        exists=True, help="Files, or folders whose files are meant.", show_default=False
    ),
]
FeedName = Annotated[str, typer.Option("--feed", help="The feed that the files belong to.")]
FeedsFile = Annotated[
    Path,
    typer.Option("--feeds", exists=True, dir_okay=False, help="Feed profiles.", show_default=False),
]
Json = Annotated[
    bool | None,
    typer.Option(
        "--json/--table",
        help="JSON lines, or tables. Without it: tables on a terminal, JSON lines in a pipe.",
        show_default=False,
    ),
]
StackName = Annotated[
    str | None,
    typer.Option("--stack", help="The CloudFormation stack.", show_default="of samconfig.toml"),
]
