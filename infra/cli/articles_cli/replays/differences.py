"""What would change if uploads were read by what is here: its code, its rules and its feeds.

They are read again, and compared with what is stored and with their receipts; nothing is written.
For a replay, what is here must be what is deployed; before a deployment, what will be.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, NamedTuple, Self, get_args

from articles.article import Article
from articles.catalogue import Code
from articles.feeds import Feed, Feeds, Identity
from articles.judging import Refused
from articles.problems import Problem, Rejected, ReportedProblem
from articles.refs import RecordRef, name_in
from articles.storing.articles_table import next_attempt
from articles.storing.items import Item
from articles.storing.many import AT_ONCE
from articles.storing.receipts import Receipt, Record
from articles.storing.tombstones import EXPIRED, is_tombstone
from articles.times import format_instant
from articles.uploads.listing import ObjectVersion
from articles.uploads.message import is_ignored_name
from articles.versions.identity import article_id
from articles.versions.order import PARTS, REMOVAL, REVIVED, rank_of, rest_of
from articles.versions.packing import unpack_body
from articles.versions.revision import Revision, fold
from articles_cli.stack.deployment import Deployment
from articles_cli.uploads.reading import Reading

# What an upload gave is known by its report; of more records, it is not remembered.
MAX_RECORDS = 100_000
ANY_RUN = sys.maxsize
# Parts of the order key that a listing does not know, or that follow from the fields.
_NOT_COMPARED = {"sequencer", "content"}
# Codes of what is stored already, which no reading of an upload gives.
_OF_STORING = {Code.W_SUPERSEDED, Code.W_STILL_STORED}


class Change(NamedTuple):
    """A field that would have another value; None where it has, or would have, none."""

    field: str
    before: Any
    after: Any


class Told(NamedTuple):
    """What the receipt of an upload says of a record; no codes where it keeps them back."""

    outcome: str
    article_id: str | None
    codes: frozenset[str] | None

    @classmethod
    def of(cls, record: Record) -> Self:
        is_kept_back = record.decided_by == REMOVAL or record.outcome == "expired"
        codes = None if is_kept_back else _codes(record.problems, record.warnings)
        return cls(record.outcome, record.article_id, codes)


@dataclass(frozen=True)
class Difference:
    """What a replay would do with one record, in one word, and the fields that would change.

    unchanged; changed; stored: it is not, and would be; superseded: another version is stored, and
    stays; moved: it would be the article `article_id`, no longer `moved_from`; expired: past its
    retention; rejected, for `code`. `is_kept`: the earlier reading stays stored, because it is the
    last one that was accepted, or because its receipt has expired, by which it would be withdrawn.
    `told` is what the receipt says of the record, and `codes` are those of its new reading.
    """

    outcome: str
    record: int | None = None
    article_id: str | None = None
    moved_from: str | None = None
    changes: tuple[Change, ...] = ()
    code: str | None = None
    is_kept: bool = False
    told: Told | None = None
    codes: frozenset[str] = frozenset()


class Comparison:
    """An upload that is read again, compared with its receipt and with what is stored of it.

    Iterating tells, once, for each record what would become of it. `told` is what the receipt says
    of the records, by their numbers. After that `reading` has what concerns the file as a whole.
    """

    def __init__(
        self, service: Deployment, version: ObjectVersion, receipt: Receipt | None, feeds: Feeds
    ) -> None:
        self.reading = Reading(service, version, feeds)
        self.told: dict[int | None, Told] = {}
        self._service, self._version, self._receipt = service, version, receipt
        self._feed = feeds.find(name_in(version.key))
        # The service goes by the receipt, too: without it, the old article is not withdrawn.
        self._is_known = receipt is not None and sum(receipt.counts.values()) <= MAX_RECORDS
        if receipt and self._is_known:
            self.told = {it.record: Told.of(it) for it in service.lookup.records(receipt)}

    @property
    def is_all_told(self) -> bool:
        """Whether the receipt says something of each record."""
        return self._receipt is not None and len(self.told) == sum(self._receipt.counts.values())

    @property
    def codes(self) -> tuple[frozenset[str], frozenset[str]]:
        """The codes of the file as a whole: by its receipt, and now."""
        told = self._receipt
        before = _codes(told.problems, told.warnings) if told else frozenset[str]()
        return before, _codes(self.reading.problems, self.reading.warnings)

    def __iter__(self) -> Iterator[Difference]:
        if is_ignored_name(self._version.key):
            yield Difference("ignored")
            return
        left = iter(self.reading)
        while batch := list(islice(left, AT_ONCE)):
            codes: dict[int | None, frozenset[str]] = {_number(it): _codes_of(it) for it in batch}
            for found in self._compared(batch):
                told = self.told.get(found.record)
                yield replace(found, told=told, codes=codes[found.record])
        if self.reading.is_gone:
            yield Difference("gone")
        elif self.reading.problems:
            is_kept = bool(self._receipt and self._receipt.counts.keys() - {"rejected"})
            yield Difference("rejected", code=self.reading.problems[0].code, is_kept=is_kept)

    def _compared(self, batch: Iterable[Revision | Refused]) -> Iterator[Difference]:
        refused = [it for it in batch if isinstance(it, Refused)]
        folded = fold(it for it in batch if isinstance(it, Revision))
        before = {it.frame.record: self._ids_before(it.frame.record, None) for it in refused}
        before |= {it.origin.record: self._ids_before(it.origin.record, it) for it, _ in folded}
        ids = [*(it.article_id for it, _ in folded), *chain.from_iterable(before.values())]
        stored = self._service.lookup.items(ids)
        held = {record: self._held(record, stored, ids) for record, ids in before.items()}
        for one in refused:
            record, code = one.frame.record, one.problems[0].code
            kept = held[record]
            article_id = kept["article_id"] if kept else None
            yield Difference("rejected", record, article_id, code=code, is_kept=kept is not None)
        for revision, losers in folded:
            found = _difference(
                revision, stored.get(revision.article_id), held[revision.origin.record]
            )
            is_kept = found.outcome == "moved" and not self._is_known
            yield replace(found, is_kept=is_kept)
            for loser in losers:
                yield Difference("superseded", loser.origin.record, loser.article_id)

    def _ids_before(self, record: int, revision: Revision | None) -> list[str]:
        """Name the articles that an earlier reading of a record may have been."""
        if self._is_known or revision is None or self._feed is None:
            told = self.told.get(record)
            return [told.article_id] if told and told.article_id else []
        return list(_identities(revision.article, self._feed))

    def _held(self, record: int, stored: dict[str, Item], ids: Iterable[str]) -> Item | None:
        """Return the item in which an earlier reading of a record is stored."""
        origin = RecordRef(self._version.key, self._version.version, record)
        items = (stored[it] for it in ids if it in stored)
        return next((it for it in items if _holds(it, origin)), None)


def _codes(*problems: Iterable[Problem | ReportedProblem]) -> frozenset[str]:
    return frozenset(str(it.code) for it in chain(*problems)) - _OF_STORING


def _number(verdict: Revision | Refused) -> int:
    return verdict.frame.record if isinstance(verdict, Refused) else verdict.origin.record


def _codes_of(verdict: Revision | Refused) -> frozenset[str]:
    problems = verdict.problems if isinstance(verdict, Refused) else ()
    return _codes(problems, verdict.warnings)


def _identities(article: Article, feed: Feed) -> Iterator[str]:
    """Name the article by each of its identities, whichever its feed uses."""
    for kind in get_args(Identity):
        with suppress(Rejected):
            profile = feed.profile.model_copy(update={"identity": (kind,)})
            yield article_id(article, Feed(feed.name, profile))


def _difference(revision: Revision, item: Item | None, before: Item | None) -> Difference:
    """Compare a reading with the article's item, and with the one that the record is held in."""
    record, name = revision.origin.record, revision.article_id
    if before and before["article_id"] != name:
        changes = _changes(before, revision)
        return Difference("moved", record, name, before["article_id"], changes)
    if revision.expires and revision.expires <= datetime.now(UTC):
        return Difference("expired", record, name)
    if item is None:
        return Difference("stored", record, name)
    if not _holds(item, revision.origin):
        if _is_replaced(item, revision):
            return Difference("stored", record, name)
        kept = "expired" if item["status"] == EXPIRED else "superseded"
        return Difference(kept, record, name)
    changes = _changes(item, revision)
    return Difference("changed" if changes else "unchanged", record, name, changes=changes)


def _holds(item: Item, origin: RecordRef) -> bool:
    """Whether an item is what a record gave, and neither a tombstone nor revived since."""
    if is_tombstone(item) or rank_of(rest_of(item["order_key"])) == REVIVED:
        return False
    return RecordRef.read(item["upload"]) == origin


def _is_replaced(item: Item, revision: Revision) -> bool:
    """Whether a reading would be stored in place of what another record gave."""
    is_greater = revision.order_key > item["order_key"]
    return is_greater or next_attempt(revision, item, ANY_RUN) is not None


def _changes(item: Item, revision: Revision) -> tuple[Change, ...]:
    """Compare field by field, then the place among the versions of the article."""
    before = {**item["article"], **unpack_body(item.get("body"))}
    after = revision.article.as_json()
    names = sorted((before.keys() | after.keys()) - {"warnings"})
    changes = [
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
    expiry = _instant(item.get("ttl")), revision.expires and format_instant(revision.expires)
    if expiry[0] != expiry[1]:
        changes.append(Change("expires", *expiry))
    keys = rest_of(item["order_key"]).split("#"), rest_of(revision.order_key).split("#")
    changes += [
        Change(f"order: {part}", one, other)
        for part, one, other in zip(PARTS, *keys, strict=False)
        if one != other and part not in _NOT_COMPARED
    ]
    return tuple(changes)


def _instant(timestamp: int | None) -> str | None:
    return None if timestamp is None else format_instant(datetime.fromtimestamp(timestamp, UTC))
