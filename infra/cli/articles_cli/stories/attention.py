"""Uploads that somebody should look at: what `rejects` lists, and `replay --rejects` sends."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from articles.problems import ReportedProblem
from articles.refs import DEFAULT, label
from articles.storing.lookup import Attention, Lookup
from articles.storing.receipts import Receipt, Record
from articles.times import format_instant
from articles.uploads import listing
from articles_cli.files import check_feed_name, load_feeds
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import fail

CONTENT = ("rejected", "partial")
AT_ONCE = 25
# So many uploads are looked at, for one that is shown: the others are moot, or have other codes.
LOOKED_AT = 50
# Before and after all times, as they are written.
OLDEST, LATEST = "0", "9"


class Wanted(NamedTuple):
    """Which uploads are looked for: with one of these outcomes, uploaded between two times.

    With `moot`, also those of which a later version was accepted.
    """

    outcomes: tuple[str, ...] = CONTENT
    since: datetime | None = None
    until: datetime | None = None
    code: str | None = None
    moot: bool = False


def known_feeds(service: Deployment, named: Iterable[str] = ()) -> list[str]:
    """Name all feeds: those of feeds.toml, those that have a folder, and what is no feed's."""
    folders = listing.feeds(service.s3, service.inbox)
    return sorted({*named, *map(label, folders), DEFAULT, label("")})


def check_known(service: Deployment, feed: str, feeds_file: Path | None = None) -> None:
    """End the command if neither the feeds file nor the inbox has a feed: it may be mistyped."""
    check_feed_name(feed)
    if feed == DEFAULT or next(listing.versions_in(service.s3, service.inbox, feed), None):
        return
    file = feeds_file or service.feeds_file
    if feed not in load_feeds(file).feeds:
        unknown = f"{file.name} does not name a feed {feed}, and it has no upload"
        fail(f"{unknown}. Is the name right?", FAILED)


@dataclass
class Search:
    """Uploads that somebody should look at, the latest first.

    No more than `most` are looked at; `is_cut` says whether there were others.
    """

    lookup: Lookup
    feeds: Sequence[str]
    wanted: Wanted
    most: int = sys.maxsize
    is_cut: bool = False

    def __iter__(self) -> Iterator[Receipt]:
        candidates = self._candidates()
        looked_at = 0
        while batch := [(it.key, it.version, it.outcome) for it in islice(candidates, AT_ONCE)]:
            looked_at += len(batch)
            if looked_at > self.most:
                self.is_cut = True
                return
            receipts = self.lookup.receipts_at((it[0], it[1]) for it in batch).values()
            found = {(it.key, it.version, it.outcome or it.state): it for it in receipts}
            # What the index says may be over by now.
            current = (found[it] for it in batch if it in found)
            yield from filter(self._is_wanted, current)

    def _candidates(self) -> Iterator[Attention]:
        first, last = self.wanted.since, self.wanted.until
        since = format_instant(first) if first else OLDEST
        until = format_instant(last) if last else LATEST
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

    def _has(self, receipt: Receipt, code: str) -> bool:
        """Whether a code is in a receipt, or in its report where that has more records."""
        if any(problem.code == code for problem in problems_of(receipt, receipt.records)):
            return True
        if sum(receipt.counts.values()) <= len(receipt.records):
            return False
        of_records = self.lookup.records(receipt)
        return any(problem.code == code for problem in problems_of(receipt, of_records))


def problems_of(receipt: Receipt, records: Iterable[Record]) -> Iterator[ReportedProblem]:
    yield from receipt.problems
    for record in records:
        yield from record.problems
