"""What is installed: which release, and whether with its extra."""

import platform
import tomllib
from importlib import metadata
from typing import Annotated

import typer

from articles_cli.options import IS_CHECKOUT, ROOT

PROJECT = "article-ingest"


def version() -> str:
    """Return the version of the project: of the checkout, or of what is installed."""
    if not IS_CHECKOUT:
        return metadata.version(PROJECT)
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(pyproject["project"]["version"])


def lacking(module: str | None) -> str:
    """Say how to install what `run` and `up` need, a module of which is not there."""
    return (
        f"This needs more packages ({module} is missing). Install {PROJECT} as before, but with "
        f"[local] behind its name or its wheel: pipx install --force '{PROJECT}[local]'"
    )


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
