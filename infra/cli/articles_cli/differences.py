"""What a replay would change: the uploads are read again here, and compared with what is stored.

Nothing is written. The rules and the feeds are those that are here: they must be the deployed ones.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, NamedTuple, get_args

from articles.article import Article
from articles.feeds import Feed, Feeds, Identity, name_in
from articles.judging import Refused
from articles.problems import Rejected
from articles.refs import RecordRef
from articles.storing.articles_table import next_attempt
from articles.storing.items import Item
from articles.storing.many import AT_ONCE
from articles.storing.receipts import Receipt
from articles.storing.tombstones import EXPIRED, is_tombstone
from articles.times import format_instant
from articles.uploads.listing import ObjectVersion
from articles.uploads.message import is_ignored_name
from articles.versions.identity import article_id
from articles.versions.order import PARTS, REVIVED, rank_of, rest_of
from articles.versions.packing import unpack_body
from articles.versions.revision import Revision, fold
from articles_cli.deployment import Deployment
from articles_cli.reading import Reading

# What an upload gave is known by its report; of more records, it is not remembered.
MAX_RECORDS = 100_000
ANY_RUN = sys.maxsize
# Parts of the order key that a listing does not know, or that follow from the fields.
_NOT_COMPARED = {"sequencer", "content"}


class Change(NamedTuple):
    """A field that would have another value; None where it has, or would have, none."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """What a replay would do with one record, in one word, and the fields that would change.

    unchanged; changed; stored: it is not, and would be; superseded: another version is stored, and
    stays; moved: it would be the article `article_id`, no longer `moved_from`; expired: past its
    retention; rejected, for `code`. `is_kept`: the earlier reading stays stored, because it is the
    last one that was accepted, or because its receipt has expired, by which it would be withdrawn.
    """

    outcome: str
    record: int | None = None
    article_id: str | None = None
    moved_from: str | None = None
    changes: tuple[Change, ...] = ()
    code: str | None = None
    is_kept: bool = False


def differences(
    service: Deployment, version: ObjectVersion, receipt: Receipt | None, feeds: Feeds
) -> Iterator[Difference]:
    """Read an upload again, and tell for each record what would become of it."""
    if is_ignored_name(version.key):
        yield Difference("ignored")
        return
    reading = Reading(service, version, feeds)
    comparison = _Comparison(service, version, receipt, feeds.find(name_in(version.key)))
    left = iter(reading)
    while batch := list(islice(left, AT_ONCE)):
        yield from comparison.of(batch)
    if reading.is_gone:
        yield Difference("gone")
    elif reading.problems:
        is_kept = bool(receipt and receipt.counts.keys() - {"rejected"})
        yield Difference("rejected", code=reading.problems[0].code, is_kept=is_kept)


class _Comparison:
    """Compares readings of an upload with what is stored of it."""

    def __init__(
        self,
        service: Deployment,
        version: ObjectVersion,
        receipt: Receipt | None,
        feed: Feed | None,
    ) -> None:
        self._service, self._version, self._feed = service, version, feed
        self._earlier: dict[int, str] = {}
        # The service goes by the receipt, too: without it, the old article is not withdrawn.
        self._is_known = receipt is not None and sum(receipt.counts.values()) <= MAX_RECORDS
        if receipt and self._is_known:
            records = service.lookup.records(receipt)
            self._earlier = {it.record: it.article_id for it in records if it.article_id}

    def of(self, batch: Iterable[Revision | Refused]) -> Iterator[Difference]:
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
            return [self._earlier[record]] if record in self._earlier else []
        return list(_identities(revision.article, self._feed))

    def _held(self, record: int, stored: dict[str, Item], ids: Iterable[str]) -> Item | None:
        """Return the item in which an earlier reading of a record is stored."""
        origin = RecordRef(self._version.key, self._version.version, record)
        items = (stored[it] for it in ids if it in stored)
        return next((it for it in items if _holds(it, origin)), None)


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
