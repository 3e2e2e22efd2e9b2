"""`articles rejects`: the uploads that somebody should look at, and what is wrong with them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from heapq import merge
from itertools import islice
from typing import Annotated, NamedTuple

import typer

from articles.catalogue import Code
from articles.feeds import DEFAULT, label
from articles.problems import ReportedProblem
from articles.quoting import cut
from articles.storing.lookup import Attention, Lookup
from articles.storing.receipts import Receipt, Record
from articles.times import format_instant
from articles.uploads import listing
from articles_cli import deployment, options, rejected, show
from articles_cli.deployment import Deployment
from articles_cli.exit_codes import WRONG_USAGE
from articles_cli.files import load_feeds
from articles_cli.moments import METAVAR, moment
from articles_cli.output import Output, fail

CONTENT = ("rejected", "partial")
LONGEST_MESSAGE = 160
# So many uploads are looked at, for one that is shown: the others are moot, or have other codes.
LOOKED_AT = 50
AT_ONCE = 25
# Before and after all times, as they are written.
OLDEST, LATEST = "0", "9"


class Wanted(NamedTuple):
    """Which uploads are listed: of an outcome each, uploaded between two times."""

    outcomes: tuple[str, ...]
    since: str
    until: str
    code: Code | None
    moot: bool


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
        typer.Option(help="The version to show.", show_default="the latest with rejected records"),
    ] = None,
    record: Annotated[
        int | None, typer.Option(help="The only record to show, from 0.", min=0)
    ] = None,
    feed: Annotated[
        list[str] | None, typer.Option(help="List this feed; may be repeated. Default: all.")
    ] = None,
    code: Annotated[
        Code | None, typer.Option(metavar="E_…", help="List uploads with this code.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar=METAVAR, help="List what was uploaded since, such as 7d.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar=METAVAR, help="List what was uploaded until then.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--open", help="List uploads that wait, or lack parts.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="List uploads that failed because AWS did.")
    ] = False,
    moot: Annotated[
        bool,
        typer.Option("--all", help="List also what a later accepted version of its key mended."),
    ] = False,
    limit: Annotated[
        int, typer.Option(help="Maximum number of uploads, or of records.", min=1)
    ] = 20,
    feeds_file: options.FeedsFile = options.FEEDS,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles rejects --feed courier --since 7d`.

    List uploads with rejected records, the latest first. With a KEY, show each
    rejected record of it, the place of its problem, and the mend.
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
        since=format_instant(moment("--since", since, now=now)) if since else OLDEST,
        until=format_instant(moment("--until", until, now=now)) if until else LATEST,
        code=code,
        moot=moot,
    )
    feeds = list(map(label, feed)) if feed else _feeds(service, load_feeds(feeds_file).feeds)
    search = Search(service.lookup, feeds, wanted, most=limit * LOOKED_AT)
    shown = list(islice(search, limit + 1))
    for receipt in shown[:limit]:
        _print(out, receipt)
    if not shown:
        out.text("Nothing here needs attention.")
    if len(shown) > limit or search.is_cut:
        out.text("There may be more: narrow it down with --feed, --since and --until, or --limit.")


def _feeds(service: Deployment, named: Iterable[str]) -> list[str]:
    """Name all feeds: those of feeds.toml, those that have a folder, and what is no feed's."""
    folders = listing.feeds(service.s3, service.inbox)
    return sorted({*named, *map(label, folders), DEFAULT, label("")})


@dataclass
class Search:
    """Uploads that somebody should look at, the latest first.

    No more than `most` are looked at; `is_cut` says whether there were others.
    """

    lookup: Lookup
    feeds: Sequence[str]
    wanted: Wanted
    most: int
    is_cut: bool = False

    def __iter__(self) -> Iterator[Receipt]:
        candidates = self._candidates()
        looked_at = 0
        while batch := [(it.key, it.version, it.outcome) for it in islice(candidates, AT_ONCE)]:
            looked_at += len(batch)
            if looked_at > self.most:
                self.is_cut = True
                return
            receipts = self.lookup.receipts_at((key, version) for key, version, _ in batch)
            found = {(it.key, it.version, it.outcome or it.state): it for it in receipts.values()}
            # What the index says may be over by now.
            current = (found[it] for it in batch if it in found)
            yield from filter(self._is_wanted, current)

    def _candidates(self) -> Iterator[Attention]:
        since, until = self.wanted.since, self.wanted.until
        found = (
            self.lookup.attention(feed, outcome, since=since, until=until)
            for feed in self.feeds
            for outcome in self.wanted.outcomes
        )
        return merge(*found, key=lambda it: it.since, reverse=True)

    def _is_wanted(self, receipt: Receipt) -> bool:
        if not self.wanted.moot and self._is_moot(receipt):
            return False
        return self.wanted.code is None or self._has(receipt, self.wanted.code)

    def _is_moot(self, receipt: Receipt) -> bool:
        """Whether a later version of its key was accepted; what AWS failed at stays to be done."""
        if receipt.outcome not in CONTENT:
            return False
        accepted = self._last_accepted(receipt.key)
        if accepted is None:
            return False
        finished_at = receipt.finished_at or ""
        if receipt.uploaded_at is None:  # nobody asked S3: the file is empty
            return accepted[1] > finished_at
        return accepted > (receipt.uploaded_at, finished_at)

    @cached_property
    def _last_accepted(self) -> Callable[[str], tuple[str, str] | None]:
        return lru_cache(maxsize=1_000)(self.lookup.last_accepted)

    def _has(self, receipt: Receipt, code: Code) -> bool:
        """Whether a code is in a receipt, or in its report where that has more records."""
        if any(problem.code == code for problem in _problems(receipt, receipt.records)):
            return True
        if sum(receipt.counts.values()) <= len(receipt.records):
            return False
        of_records = self.lookup.records(receipt)
        return any(problem.code == code for problem in _problems(receipt, of_records))


def _problems(receipt: Receipt, records: Iterable[Record]) -> Iterator[ReportedProblem]:
    yield from receipt.problems
    for record in records:
        yield from record.problems


def _print(out: Output, receipt: Receipt) -> None:
    rejected, records = receipt.counts.get("rejected", 0), sum(receipt.counts.values())
    problems = list(_problems(receipt, receipt.records))
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
        out.text(f"  {problems[0].code} {cut(problems[0].message, LONGEST_MESSAGE)}")
    if receipt.cause:
        out.text(f"  {cut(receipt.cause, LONGEST_MESSAGE)}")
