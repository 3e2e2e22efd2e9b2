"""`articles list`: a feed's articles by date."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Annotated

import typer

from articles_cli import deployment, options, show
from articles_cli.exit_codes import WRONG_USAGE
from articles_cli.files import load_feeds
from articles_cli.output import Output, fail

YEARS_BACK = 3


def list_(
    *,
    feed: options.FeedName = "default",
    since: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM", help="The oldest month.", show_default="3 years ago"),
    ] = None,
    limit: Annotated[int, typer.Option(help="Maximum number of articles.", min=1)] = 50,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles list --feed courier --since 2026-01`.

    List the articles of a feed, the newest first.
    """
    out = Output(as_json=as_json)
    today = datetime.now(UTC).date()
    oldest = _month(since) if since else today.replace(day=1, year=today.year - YEARS_BACK)
    service = deployment.find(stack_name)
    spread = load_feeds(feeds or service.feeds_file).spread(feed)
    until = today + timedelta(days=31)
    found = service.lookup.listing(feed, since=oldest, until=until, spread=spread)
    here = (listed for listed in found if not listed.is_tombstone)
    show.listing(out, list(islice(here, limit)))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail(f"--since must be a month such as 2026-11, not {text}.", WRONG_USAGE)
