"""`articles get`: an article as it is stored."""

from typing import Annotated

import typer

from articles.times import Clock
from articles_cli import options
from articles_cli.stack import deployment
from articles_cli.stories import show
from articles_cli.stories.names import articles_named
from articles_cli.stories.story import Stories
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import Output, fail, warn


def get(
    name: Annotated[
        str,
        typer.Argument(metavar="ID|URL|KEY", help="Article id, its URL, or the key of an upload."),
    ],
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles get https://courier.example/news/budget`.

    Show an article as it is stored, with its metadata and text; for a key, all articles of that
    upload.
    """
    out = Output(as_json=as_json)
    stories = Stories(deployment.find(stack_name), Clock().now())
    found = articles_named(stories, name)
    if not found:
        fail(f"There is no article {name}.", FAILED)
    here = [stored for stored in found if not stored.is_tombstone]
    show.articles(out, here)
    for stored in here:
        show.article(out, stored)
    for stored in found:
        if stored.is_tombstone:
            warn(show.tombstone(stored))
    if not here:
        raise typer.Exit(FAILED)
