"""`articles get`, `articles list` and `articles tail`: what is stored, and what is announced."""

import time
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Annotated

import typer

from articles_cli import lookup, options, show, stack
from articles_cli.interrupt import until_interrupted
from articles_cli.output import Output, fail, stderr

PAUSE = 0.5
YEARS_BACK = 3


def get(
    name: Annotated[str, typer.Argument(metavar="ID|URL|KEY", help="Which article, or whose.")],
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Show an article with its metadata and its text."""
    out = Output(as_json=as_json)
    items = lookup.articles(stack.find(stack_name), name)
    if not items:
        fail(f"There is no article {name}.", 3)
    show.articles(out, items)
    for item in items:
        show.article(out, item)


def list_(
    feed: options.FeedName = "default",
    since: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM", help="The oldest month.", show_default="3 years ago"),
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 50,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """List a feed's articles, the newest first."""
    out = Output(as_json=as_json)
    today = datetime.now(UTC).date()
    oldest = _month(since) if since else today.replace(day=1, year=today.year - YEARS_BACK)
    there = stack.find(stack_name)
    found = lookup.listing(there, feed, since=oldest, until=today + timedelta(days=31))
    show.listing(out, list(islice(found, limit)))


def tail(
    count: Annotated[
        int | None, typer.Option(help="End after so many events.", show_default="Ctrl-C", min=1)
    ] = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Show events as they come, from now on."""
    out = Output(as_json=as_json)
    there = stack.find(stack_name)
    seen = 0
    with stack.tap_on(there) as tap, until_interrupted() as ended:
        stderr.print("Listening; end it with Ctrl-C.")
        while not ended.is_set() and (count is None or seen < count):
            events = tap.read()
            if events:
                show.events(out, events)
                seen += len(events)
            else:
                time.sleep(PAUSE)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail(f"--since takes a month such as 2026-11, not {text}.", 2)
