"""What is known of an upload and of an article, put together from all the places that know a part.

The inbox knows the versions of a key, receipts what became of each, the item what won. Events are
not kept anywhere: those that left are derived from the outcomes, and from the state of the item.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from operator import attrgetter
from typing import Literal, NamedTuple

from articles.feeds import Feeds
from articles.limits import Limits
from articles.refs import RecordRef
from articles.storing.lookup import Stored
from articles.storing.receipts import Receipt, Record
from articles.times import SECONDS
from articles.uploads.listing import ObjectVersion, versions_of
from articles.versions.order import KILL, ORDINARY, REMOVED, REVIVED, generation_of, rest_of
from articles.versions.revision import Revision
from articles_cli.stack.deployment import Deployment
from articles_cli.uploads.reading import Reading

FEW = 3  # stories that fit a screen; of more articles, there is a list
# What is looked at to tell a story on one screen.
MAX_VERSIONS = 50
MAX_ARTICLES = 20
# Of an upload with more records, only those are known that its receipt shows.
MAX_SEARCHED = 10_000

State = Literal["done", "processing", "failed", "waiting", "expired"]

_ORDER = ("rank", "effective_time", "version", "uploaded_at", "sequencer", "record", "content")
_RANKS = {
    REVIVED: "revived: every version beats it, but not the kill",
    ORDINARY: "an ordinary version",
    KILL: "a kill: no ordinary version beats it",
    REMOVED: "removed: no version beats it",
}
_WITHDRAWN = "ArticleWithdrawn ({})"


class Upload(NamedTuple):
    """A version of a key: its object while the inbox has it, and its receipt while it is kept."""

    key: str
    version: str
    uploaded_at: datetime | None
    object: ObjectVersion | None
    receipt: Receipt | None

    def state(self, *, now: datetime, keep: timedelta) -> State:
        """Tell a receipt that has expired from one that is still to come."""
        if self.receipt:
            return self.receipt.state
        return "expired" if self.uploaded_at and self.uploaded_at + keep <= now else "waiting"


class Known(NamedTuple):
    """A version of an article that a receipt tells of; `event` is what subscribers were told."""

    receipt: Receipt
    record: Record
    event: str | None = None

    @property
    def origin(self) -> RecordRef:
        return RecordRef(self.receipt.key, self.receipt.version, self.record.record)

    @property
    def uploaded(self) -> tuple[str, tuple[str, bool, int]]:
        since = self.receipt.uploaded_at or self.receipt.finished_at or ""
        return since[:SECONDS], self.stored

    @property
    def stored(self) -> tuple[str, bool, int]:
        """When it was stored, if it was; of two at one time, that which created comes first."""
        is_later = self.record.outcome != "created"
        return self.receipt.finished_at or "", is_later, self.record.record


class Told(NamedTuple):
    """The story of an article: what is stored, its versions (the latest first), and its events.

    `since` is the last event, where no version brought it; `unsearched` are the uploads with too
    many records to look for it in all of them.
    """

    stored: Stored
    versions: list[Known]
    since: str | None
    unsearched: list[Receipt]


@dataclass(frozen=True)
class Stories:
    """Tells stories of a deployed service."""

    service: Deployment
    now: datetime
    _read: dict[str, list[Receipt]] = field(default_factory=dict)

    def uploads(self, key: str) -> list[Upload]:
        """List the versions of a key, the latest first; at the end those that are gone."""
        left = {receipt.version: receipt for receipt in self._receipts(key)}
        found = [
            Upload(key, it.version, it.uploaded_at, it, left.pop(it.version, None))
            for it in islice(versions_of(self.service.s3, self.service.inbox, key), MAX_VERSIONS)
        ]
        for it in left.values():
            uploaded_at = datetime.fromisoformat(it.uploaded_at) if it.uploaded_at else None
            found.append(Upload(key, it.version, uploaded_at, None, it))
        return found[:MAX_VERSIONS]

    def state(self, upload: Upload) -> State:
        return upload.state(now=self.now, keep=self.service.keep_receipts)

    def article_ids(self, receipts: Iterable[Receipt]) -> list[str]:
        """Name the first articles that uploads were about."""
        return _first(it.article_id for it in chain.from_iterable(map(self._records, receipts)))

    def read_again(self, upload: Upload, feeds: Feeds) -> list[str] | None:
        """Name the articles of an upload by reading it; None where it is too large for that."""
        if upload.object is None or upload.object.size > Limits().max_inline_bytes:
            return None
        read = Reading(self.service, upload.object, feeds)
        return _first(it.article_id for it in read if isinstance(it, Revision))

    def articles(self, stored: Sequence[Stored], keys: Iterable[str] = ()) -> list[Told]:
        """Tell the stories of articles, as far as receipts of these keys and of their own know."""
        origins = (it.origin.key for it in stored if it.origin)
        receipts = [
            receipt
            for key in dict.fromkeys((*keys, *origins))
            for receipt in self._receipts(key)[:MAX_VERSIONS]
        ]
        known: dict[str | None, list[Known]] = {it.article_id: [] for it in stored}
        for receipt in receipts:
            for record in self._records(receipt):
                for article_id in {record.article_id, record.moved_from} & known.keys():
                    known[article_id].append(Known(receipt, record))
        unsearched = [it for it in receipts if not _is_searched(it)]
        return [_told(it, known[it.article_id], unsearched) for it in stored]

    def _records(self, receipt: Receipt) -> Iterable[Record]:
        is_shown = len(receipt.records) >= sum(receipt.counts.values())
        if is_shown or not _is_searched(receipt):
            return receipt.records
        return self.service.lookup.records(receipt)

    def _receipts(self, key: str) -> list[Receipt]:
        if key not in self._read:
            self._read[key] = self.service.lookup.receipts_of(key)
        return self._read[key]


def _first(ids: Iterable[str | None]) -> list[str]:
    """Return the first distinct ones."""
    found: dict[str, None] = {}
    for article_id in ids:
        if article_id:
            found[article_id] = None
        if len(found) == MAX_ARTICLES:
            break
    return list(found)


def _is_searched(receipt: Receipt) -> bool:
    return sum(receipt.counts.values()) <= MAX_SEARCHED


def _told(stored: Stored, known: list[Known], unsearched: list[Receipt]) -> Told:
    told, since = _with_events(stored, sorted(known, key=attrgetter("stored")))
    told.sort(key=attrgetter("uploaded"), reverse=True)
    return Told(stored, told, since, unsearched)


def _with_events(stored: Stored, known: list[Known]) -> tuple[list[Known], str | None]:
    """Derive the event of each version in the order in which they were stored, and the last one.

    Where the first version that is known did not create the article, an earlier one may have been
    released.
    """
    first = next((it.stored[0] for it in known if _state_after(it.record, stored)), "")
    is_released = bool(stored.released_at and stored.released_at[:SECONDS] < first[:SECONDS])
    state, told = None, []
    for it in known:
        after, event = _state_after(it.record, stored), None
        if after == "visible" or (after and after != state):
            event = _event(after, is_released=is_released)
        told.append(it._replace(event=event))
        state = after or state
        is_released |= after == "visible"
    now = state_of(stored)
    return told, None if state in (now, None) else _event(now, is_released=is_released)


def _state_after(record: Record, stored: Stored) -> str | None:
    """Say what an article is after a record was stored; None when it was not."""
    if record.moved_from == stored.article_id:
        return "moved"
    if record.outcome in ("withheld", "canceled"):
        return record.outcome
    if record.outcome in ("created", "updated"):
        return "embargoed" if record.hold_until else "visible"
    return None


def state_of(stored: Stored) -> str:
    """Say what an article is: visible, or why it is not."""
    if stored.hold_until:
        return "embargoed"
    return "visible" if stored.status == "usable" else stored.status


def _event(state: str | None, *, is_released: bool) -> str | None:
    if state == "visible":
        return "ArticleUpdated" if is_released else "ArticleCreated"
    return _WITHDRAWN.format(state) if is_released else None


def subscribers(stored: Stored) -> str:
    """Say what subscribers were told last."""
    state = state_of(stored)
    if state == "visible":
        return f"have it, since {stored.released_at}"
    if stored.released_at is None:
        return "were never told of it"
    return f"were told to drop it: {_WITHDRAWN.format(state)}"


def order(stored: Stored) -> dict[str, str]:
    """Take the order key apart."""
    parts = rest_of(stored.order_key).split("#")
    rank, *others = zip(_ORDER, parts, strict=False)
    named = {name: part for name, part in others if part.strip("0")}
    return {"generation": str(generation_of(stored.order_key)), **dict([rank]), **named}


def explained(stored: Stored) -> Iterator[str]:
    """Explain what decides between this version and another."""
    parts = order(stored)
    if int(parts["generation"]):
        yield f"generation {parts['generation']}: repaired by an operator"
    yield _RANKS.get(parts["rank"], "of unknown rank")
    time, uploaded_at = parts.get("effective_time"), parts.get("uploaded_at")
    if time and time == uploaded_at:
        yield f"from {time}, when it was uploaded"
    elif time:
        yield f"from {time}, when it was modified; uploaded {uploaded_at}"
    if version := parts.get("version"):
        yield f"version {version.lstrip('0')}"
