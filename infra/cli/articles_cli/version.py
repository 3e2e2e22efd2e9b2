"""`articles --version`: which release this is."""

import platform
import tomllib
from importlib.metadata import version as installed
from typing import Annotated

import typer

from articles_cli.options import IS_CHECKOUT, ROOT

PROJECT = "article-ingest"


def version() -> str:
    """Return the version of the project: of the checkout, or of what is installed."""
    if not IS_CHECKOUT:
        return installed(PROJECT)
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(pyproject["project"]["version"])


def _tell(is_asked: bool) -> None:  # noqa: FBT001 - typer gives it by position
    if is_asked:
        typer.echo(f"{PROJECT} {version()} (Python {platform.python_version()})")
        raise typer.Exit


def articles(
    *,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_tell, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Take the options that stand before any command."""
