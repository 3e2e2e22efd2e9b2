"""`articles rejects`: the uploads that somebody should look at, and what is wrong with them."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from shlex import quote
from typing import Annotated

import typer

from articles.catalogue import Code
from articles.quoting import cut
from articles.refs import label
from articles.storing.receipts import Receipt
from articles_cli import options
from articles_cli.files import check_feed_name, load_feeds
from articles_cli.stack import deployment
from articles_cli.stories import rejected, show
from articles_cli.stories.attention import (
    CONTENT,
    LOOKED_AT,
    Search,
    Wanted,
    check_known,
    known_feeds,
    problems_of,
)
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.moments import METAVAR, moment
from articles_cli.terminal.output import Output, fail

LONGEST_MESSAGE = 160
ALIEN = label("")  # as a feed: what is in no feed's folder


def rejects(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="KEY", help="Show what is wrong in this upload.", show_default=False
        ),
    ] = None,
    *,
    version: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="The version to show.",
            show_default="the latest with rejected records",
        ),
    ] = None,
    record: Annotated[
        int | None, typer.Option(metavar="N", help="The only record to show, from 0.", min=0)
    ] = None,
    feed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FEED",
            help="List this feed; may be repeated. Default: all.",
            autocompletion=options.feeds_here,
        ),
    ] = None,
    code: Annotated[
        Code | None,
        typer.Option(metavar="E_…", help="List uploads with this code of docs/codes.md."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar=METAVAR, help="List what was uploaded since, such as 7d.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar=METAVAR, help="List what was uploaded until then.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--open", help="List unfinished uploads: they wait, or lack parts.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="List uploads that failed because AWS did.")
    ] = False,
    moot: Annotated[
        bool,
        typer.Option(
            "--all", help="List also uploads that a later version of the same key has mended."
        ),
    ] = False,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Maximum number of uploads, or of records.", min=1)
    ] = 20,
    feeds_file: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles rejects --feed courier --since 7d`.

    List uploads with rejected records, the latest first. With a KEY, show each
    rejected record of it, the place of its problem, and how to mend it.
    """
    out = Output(as_json=as_json)
    service = deployment.find(stack_name)
    if key:
        rejected.show(out, service, key, version=version, record=record, limit=limit)
        return
    if version or record is not None:
        fail("--version and --record need the KEY of an upload.", WRONG_USAGE)
    outcomes = (*(("processing",) if waiting else ()), *(("failed",) if failed else ()))
    now = datetime.now(UTC)
    wanted = Wanted(
        outcomes or CONTENT,
        since=moment("--since", since, now=now) if since else None,
        until=moment("--until", until, now=now) if until else None,
        code=code,
        moot=moot,
    )
    for name in feed or ():
        if name != ALIEN:
            check_feed_name(name)
    feeds = (
        list(feed)
        if feed
        else known_feeds(service, load_feeds(feeds_file or service.feeds_file).feeds)
    )
    search = Search(service.lookup, feeds, wanted, most=limit * LOOKED_AT)
    shown = list(islice(search, limit + 1))
    for receipt in shown[:limit]:
        _print(out, receipt)
    for name in sorted(set(feed or ()) - {ALIEN, *(it.feed for it in shown)}):
        check_known(service, name, feeds_file)
    if not shown:
        out.text("Nothing here needs attention.")
    if len(shown) > limit or search.is_cut:
        out.text("There may be more: narrow it down with --feed, --since and --until, or --limit.")


def _print(out: Output, receipt: Receipt) -> None:
    rejected, records = receipt.counts.get("rejected", 0), sum(receipt.counts.values())
    problems = list(problems_of(receipt, receipt.records))
    out.line(
        type="reject",
        key=receipt.key,
        version=receipt.version,
        feed=receipt.feed,
        uploaded_at=receipt.uploaded_at,
        outcome=receipt.outcome or receipt.state,
        rejected=rejected,
        records=records,
        codes=list(dict.fromkeys(problem.code for problem in problems)),
        problem=problems[0].as_json() if problems else None,
        cause=receipt.cause,
        report=receipt.report,
    )
    outcome = receipt.outcome or show.progress(receipt)
    counted = f", {rejected:,} of {records:,} records rejected" if records else ""
    out.text(receipt.key, "bold")
    out.text(f"  {receipt.uploaded_at or receipt.finished_at or ''} {outcome}{counted}".rstrip())
    out.text(f"  version {receipt.version}")
    if problems:
        first = problems[0]
        out.problems([replace(first, message=cut(first.message, LONGEST_MESSAGE))])
    # A receipt shows only some records, and each that was rejected has a problem.
    if (others := max(len(problems), rejected) - 1) > 0:
        out.text(f"  and {others:,} more: articles rejects {quote(receipt.key)}")
    if receipt.cause:
        out.text(f"  {cut(receipt.cause, LONGEST_MESSAGE)}")
