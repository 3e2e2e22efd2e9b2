"""`articles list`: a feed's articles by date."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Annotated

import typer

from articles_cli import options
from articles_cli.files import check_feed_name, load_feeds
from articles_cli.stack import deployment
from articles_cli.stories import show
from articles_cli.stories.attention import check_known
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import Output, fail, tell

YEARS_BACK = 3
DAYS_AHEAD = 31


def list_(
    *,
    feed: options.FeedName = "default",
    since: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM", help="The oldest month.", show_default="3 years ago"),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Maximum number of articles.", min=1)
    ] = 50,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles list --feed courier --since 2026-01`.

    List the articles of a feed, the newest first.
    """
    check_feed_name(feed)
    out = Output(as_json=as_json)
    today = datetime.now(UTC).date()
    oldest = _month(since) if since else today.replace(day=1, year=today.year - YEARS_BACK)
    latest = today + timedelta(days=DAYS_AHEAD)
    if oldest > latest:
        fail(f"--since must be {latest:%Y-%m} or before: no list looks further.", WRONG_USAGE)
    service = deployment.find(stack_name)
    spread = load_feeds(feeds_file := feeds or service.feeds_file).spread(feed)
    found = service.lookup.listing(feed, since=oldest, until=latest, spread=spread)
    here = (listed for listed in found if not listed.is_tombstone)
    shown = list(islice(here, limit + 1))
    show.listing(out, shown[:limit])
    if len(shown) > limit:
        tell(f"There are more than {limit:,}; --limit lists more.")
    elif shown:
        months = f"{oldest:%Y-%m} to {latest:%Y-%m}"
        tell(f"Feed {feed}, {months}: {len(shown):,} articles. --since YYYY-MM lists older ones.")
    else:
        check_known(service, feed, feeds_file)
        tell(f"Feed {feed} has no article since {oldest:%Y-%m}. --feed names another feed.")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail(f"--since must be a month such as 2026-11, not {text}.", WRONG_USAGE)
