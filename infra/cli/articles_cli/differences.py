"""What a replay would change: the uploads are read again here, and compared with what is stored.

Nothing is written. The rules and the feeds are those that are here: they must be the deployed ones.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from articles.feeds import Feeds
from articles.judging import Refused
from articles.refs import RecordRef
from articles.storing.articles_table import next_attempt
from articles.storing.items import Item
from articles.storing.receipts import Receipt
from articles.storing.reports import Reports
from articles.storing.tombstones import EXPIRED, is_tombstone
from articles.uploads.listing import ObjectVersion
from articles.uploads.message import is_ignored_name
from articles.versions.order import PARTS, REVIVED, rank_of, rest_of
from articles.versions.packing import unpack_body
from articles.versions.revision import Revision, fold
from articles_cli import fetching
from articles_cli.deployment import Deployment
from articles_cli.reading import Reading

# What an upload gave is known by its report, which is read as a whole.
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
    retention; rejected, for `code`: where `is_kept`, its earlier reading stays stored.
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
    earlier = _earlier(service, receipt)
    batch: list[Revision | Refused] = []
    for one in reading:
        batch.append(one)
        if len(batch) == fetching.BATCH:
            yield from _compared(service, batch, earlier, version)
            batch = []
    yield from _compared(service, batch, earlier, version)
    if reading.is_gone:
        yield Difference("gone")
    elif reading.problems:
        is_kept = bool(receipt and receipt.counts.keys() - {"rejected"})
        yield Difference("rejected", code=reading.problems[0].code, is_kept=is_kept)


def _earlier(service: Deployment, receipt: Receipt | None) -> dict[int, str]:
    """Return which article each record was when the upload was read before."""
    if receipt is None or sum(receipt.counts.values()) > MAX_RECORDS:
        return {}
    whole = Reports(service.s3, service.lookup.archive).whole(receipt)
    return {it.record: it.article_id for it in whole.records if it.article_id}


def _compared(
    service: Deployment,
    batch: Iterable[Revision | Refused],
    earlier: dict[int, str],
    version: ObjectVersion,
) -> Iterator[Difference]:
    refused = [it for it in batch if isinstance(it, Refused)]
    folded = fold(it for it in batch if isinstance(it, Revision))
    records = [it.frame.record for it in refused] + [it.origin.record for it, _ in folded]
    ids = [it.article_id for it, _ in folded]
    ids += [earlier[it] for it in records if it in earlier]
    stored = fetching.articles(service.lookup, ids)

    def held(record: int) -> Item | None:
        """The item that an earlier reading of this record is stored in."""
        item = stored.get(earlier.get(record, ""))
        origin = RecordRef(version.key, version.version, record)
        return item if item and _holds(item, origin) else None

    for one in refused:
        record = one.frame.record
        code, is_kept = one.problems[0].code, held(record) is not None
        yield Difference("rejected", record, earlier.get(record), code=code, is_kept=is_kept)
    for revision, losers in folded:
        yield _difference(revision, stored.get(revision.article_id), held(revision.origin.record))
        for loser in losers:
            yield Difference("superseded", loser.origin.record, loser.article_id)


def _difference(revision: Revision, item: Item | None, before: Item | None) -> Difference:
    """Compare a reading with the article's item, and with the one that the record is held in."""
    record, article_id = revision.origin.record, revision.article_id
    if before and before["article_id"] != article_id:
        moved_from = before["article_id"]
        return Difference("moved", record, article_id, moved_from, _changes(before, revision))
    if revision.expires and revision.expires <= datetime.now(UTC):
        return Difference("expired", record, article_id)
    if item is None:
        return Difference("stored", record, article_id)
    if not _holds(item, revision.origin):
        if _is_replaced(item, revision):
            return Difference("stored", record, article_id)
        kept = "expired" if item["status"] == EXPIRED else "superseded"
        return Difference(kept, record, article_id)
    changes = _changes(item, revision)
    return Difference("changed" if changes else "unchanged", record, article_id, changes=changes)


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
    keys = rest_of(item["order_key"]).split("#"), rest_of(revision.order_key).split("#")
    changes += [
        Change(f"order: {part}", one, other)
        for part, one, other in zip(PARTS, *keys, strict=False)
        if one != other and part not in _NOT_COMPARED
    ]
    return tuple(changes)
