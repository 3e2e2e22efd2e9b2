"""The articles table: one conditional write for each revision, and what it meant.

An item holds `article_id` (key), `feed`, `order_key`, `content_hash`, `status`, `title`, `article`
(the canonical model less the body), `body` (gzip of `{"text", "html"}`), `upload` (key, version,
record, sequencer), `rules`, `schema_version`, `ingested_at`, `first_ingested_at`, `released_at`
(first time it was visible), `hold_until` (embargo not yet over), `ttl`, `run` (of the message that
stored it, without 0). docs/events.md explains them for subscribers; of what operators did there are
`spared` and `revived` (mending.py), and tombstones (tombstones.py). The keys of its indexes are in
keys.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from articles.article import RULES, SCHEMA_VERSION, Article
from articles.problems import Problem
from articles.refs import RecordRef
from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import HELD, article_key, feed_month, listing, url_key
from articles.storing.putting_back import is_spared, origin_of
from articles.storing.receipts import Kind
from articles.storing.tombstones import entomb, is_tombstone
from articles.times import format_instant, stamp
from articles.versions.identity import is_same_content
from articles.versions.order import (
    LAST_GENERATION,
    REMOVED,
    REVIVED,
    decided_by,
    generation_of,
    in_generation,
    is_same_version,
    overtaken,
    rank_of,
    rest_of,
    with_sequencer,
)
from articles.versions.revision import Revision

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


FIRST = "-"  # in the place of the hash before the first
_IMPOSSIBLE = ("ValidationException", "SerializationException")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a revision; `winner` and `decided_by` say who superseded it, and why.

    `hold_until` is the end of an embargo that holds it back; `warning` is for one that an earlier
    upload superseded. `is_stored` says that the run has written it, be it only under another key.
    """

    kind: Kind
    hold_until: str | None = None
    winner: RecordRef | None = None
    decided_by: str | None = None
    warning: Problem | None = None
    is_stored: bool = False


class Attempt(NamedTuple):
    """A write under a key: where that is greater, or in place of exactly what was seen."""

    order_key: str
    instead_of: str | None = None


class ImpossibleWrite(Exception):
    """DynamoDB will never take this write, so retrying cannot help: a bug in the service."""


class ArticlesTable:
    """The articles table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def put(
        self,
        revision: Revision,
        *,
        now: datetime,
        run: int = 0,
        folded: frozenset[int] = frozenset(),
    ) -> Outcome:
        """Store a revision if it is the greatest its article has seen; say what that meant.

        A replay (`run` is 1 or more) also replaces what an earlier run made of the same record, or
        of one that is `folded` into it: the others of its upload that it beats.
        Raises ImpossibleWrite; other errors of DynamoDB pass as they are.
        """
        if revision.expires and revision.expires <= now:
            if run:
                self._let_expire(revision, now, run, folded)
            return Outcome("expired")
        if run and revision.origin.sequencer is None:
            revision = _completed(revision, self._item(revision.article_id), folded)
        attempt: Attempt | None = Attempt(revision.order_key)
        while attempt:  # generations only grow, and a swap fails only if another writer succeeded
            old, is_stored = self._attempt(revision, attempt, now, run)
            if is_stored:
                return _outcome(revision, old.get("content_hash", FIRST), now, run)
            attempt = next_attempt(revision, old, run, folded)
        return _refused(revision, old, now, run)

    def _let_expire(
        self, revision: Revision, now: datetime, run: int, folded: frozenset[int]
    ) -> None:
        """Give what is stored of a record the end of its retention, which has passed.

        It was stored when its feed had none, or a longer one: DynamoDB removes it now.
        """
        while old := self._item(revision.article_id):
            attempt = next_attempt(revision, old, run, folded)
            if not attempt or not attempt.instead_of:
                return
            if self._attempt(revision, attempt, now, run)[1]:
                return

    def move(self, article_id: str, origin: RecordRef, *, to: str, run: int, now: datetime) -> bool:
        """Withdraw an article whose record has another identity under today's rules.

        False when it holds something else by now, and so stays.
        """
        while self.holds(article_id, origin):
            old = self._item(article_id)
            key = in_generation(generation_of(old["order_key"]) + 1, rest_of(old["order_key"]))
            tombstone = {"moved_to": to, "run": run}
            if entomb(self._dynamodb, self._table, old, "moved", key, now=now, **tombstone):
                return True
        return False

    def holds(self, article_id: str, origin: RecordRef) -> bool:
        """Whether what is stored of an article is a reading of this very record."""
        item = self._item(article_id)
        return bool(item) and not is_tombstone(item) and origin_of(item) == origin

    def _attempt(
        self, revision: Revision, attempt: "Attempt", now: datetime, run: int
    ) -> tuple[Item, bool]:
        """Try to write a revision; gives what was stored before it, or what it was refused for."""
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key=article_key(revision.article_id),
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_update(revision, attempt, now, run),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException as refused:
            item: Any = refused.response.get("Item")
            # A store that does not say what it was refused for is asked (R39).
            return (from_item(item) if item else self._item(revision.article_id)), False
        except ClientError as error:
            if error.response["Error"]["Code"] not in _IMPOSSIBLE:
                raise
            raise ImpossibleWrite from error
        return from_item(answer.get("Attributes") or {}), True

    def _item(self, article_id: str) -> Item:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key=article_key(article_id), ConsistentRead=True
        )
        return from_item(answer.get("Item", {}))


def next_attempt(
    revision: Revision, old: Item, run: int, folded: frozenset[int] = frozenset()
) -> Attempt | None:
    """Say how a refused revision is stored all the same, if it should be.

    Ordinary writers know no generation: what is greater but for it takes on that of the item. A
    replay begins a new one where it reads what is stored in another way.
    """
    if not old:  # it was removed in between
        return Attempt(revision.order_key)
    stored = old["order_key"]
    mine, theirs = rest_of(revision.order_key), rest_of(stored)
    if rank_of(theirs) == REMOVED or is_spared(revision.order_key, revision.origin, by=old):
        return None
    generation, stored_run = generation_of(stored), old.get("run", 0)
    if _is_own(revision, old, folded):
        if old["status"] == "expired" or run <= stored_run or generation == LAST_GENERATION:
            return None
        if _is_reading(revision, old):
            return None
        return Attempt(in_generation(generation + 1, mine), instead_of=stored)
    if generation and mine.encode() > theirs.encode():
        return Attempt(in_generation(generation, mine))
    return None


def _is_own(revision: Revision, old: Item, folded: frozenset[int] = frozenset()) -> bool:
    """Whether what is stored came from the same record, or from one that is folded into it."""
    origin = origin_of(old)
    if origin is None or rank_of(rest_of(old["order_key"])) == REVIVED:
        return False
    mine = revision.origin
    is_same_upload = (origin.key, origin.version) == (mine.key, mine.version)
    return is_same_upload and origin.record in {mine.record, *folded}


def _completed(revision: Revision, old: Item, folded: frozenset[int]) -> Revision:
    """Give a revision the sequencer of its upload, which a replay by a listing does not know."""
    sequencer = old["upload"].get("sequencer") if old and _is_own(revision, old, folded) else None
    if sequencer is None:
        return revision
    return replace(
        revision,
        order_key=with_sequencer(revision.order_key, sequencer),
        origin=replace(revision.origin, sequencer=sequencer),
    )


def _is_reading(revision: Revision, old: Item) -> bool:
    """Whether what is stored is what a revision says, also where that is not content."""
    read, stored = (revision.packed.metadata, _ttl(revision)), (old["article"], old.get("ttl"))
    return (
        read == stored
        and is_same_content(revision.content_hash, old["content_hash"])
        and is_same_version(revision.order_key, old["order_key"])
    )


def _ttl(revision: Revision) -> int | None:
    return int(revision.expires.timestamp()) if revision.expires else None


def _update(revision: Revision, attempt: Attempt, now: datetime, run: int) -> dict[str, Any]:
    """Build the write: one request that stores the whole document, or nothing at all."""
    article = revision.article
    hold_until = _hold_until(article, now)
    values = _attributes(revision, hold_until=hold_until, now=now)
    values |= {"order_key": attempt.order_key, "run": run or None}
    present = {name: value for name, value in values.items() if value is not None}
    sets = [f"#{name} = :{name}" for name in present]
    sets += [
        "previous_hash = if_not_exists(content_hash, :first)",
        "first_ingested_at = if_not_exists(first_ingested_at, :ingested_at)",
        *_listing(article),
    ]
    if article.status == "usable" and not hold_until:
        sets.append("released_at = if_not_exists(released_at, :ingested_at)")
    absent = [name for name in values if name not in present]
    remove = f" REMOVE {', '.join(f'#{name}' for name in absent)}" if absent else ""
    listed_at = article.published_at or article.published_at_local or present["ingested_at"]
    bound = present | {
        "first": FIRST,
        **({"stored": attempt.instead_of} if attempt.instead_of else {}),
        "feed_month": feed_month(revision.feed, listed_at, revision.article_id, revision.spread),
        "listing": listing(listed_at, revision.article_id),
    }
    return {
        "UpdateExpression": f"SET {', '.join(sets)}{remove}",
        "ConditionExpression": "order_key = :stored"
        if attempt.instead_of
        else "attribute_not_exists(order_key) OR order_key < :order_key",
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": to_item({f":{name}": v for name, v in bound.items()}),
    }


def _attributes(revision: Revision, *, hold_until: str | None, now: datetime) -> Item:
    """Every attribute of one revision; None where this revision has none."""
    article = revision.article
    return {
        "feed": revision.feed,
        "content_hash": revision.content_hash,
        "status": article.status,
        "title": article.title,
        "article": revision.packed.metadata,
        "body": revision.packed.body,
        "upload": revision.origin.as_json(),
        "url_key": url_key(url) if revision.by_url and (url := article.canonical_url) else None,
        "held": HELD if hold_until else None,
        "hold_until": hold_until,
        "ttl": _ttl(revision),
        "rules": RULES,
        "schema_version": SCHEMA_VERSION,
        "ingested_at": stamp(now),
        "moved_to": None,
        "removed": None,
    }


def _listing(article: Article) -> list[str]:
    """List an article under its date; without one, under its first arrival, for good."""
    names = ("feed_month", "listing")
    if article.published_at or article.published_at_local:
        return [f"{name} = :{name}" for name in names]
    return [f"{name} = if_not_exists({name}, :{name})" for name in names]


def _hold_until(article: Article, now: datetime) -> str | None:
    """Return the end of the embargo of an article that is held back by nothing else."""
    until = article.embargoed_until
    return until if article.status == "usable" and (until or "") > format_instant(now) else None


def _refused(revision: Revision, old: Item, now: datetime, run: int) -> Outcome:
    """Name the outcome of a write that the condition refused.

    An item that came from this very record was stored by an earlier delivery of it: the outcome is
    the first one again. A replay that would store the same again stores nothing.
    """
    stored = old["order_key"]
    if old["status"] == "expired":
        return Outcome("expired")
    if is_spared(revision.order_key, revision.origin, by=old):  # no version won: an operator did
        return Outcome("superseded", decided_by="revival")
    if _is_own(revision, old) and not is_tombstone(old) and run == old.get("run", 0):
        return _outcome(revision, old["previous_hash"], now, run)
    if is_same_content(revision.content_hash, old["content_hash"]):
        return Outcome("unchanged")
    return Outcome(
        "superseded",
        winner=origin_of(old),
        decided_by=decided_by(stored, revision.order_key),
        warning=overtaken(stored, revision.order_key),
    )


def _outcome(revision: Revision, previous_hash: str, now: datetime, run: int) -> Outcome:
    kind = _kind(revision, previous_hash, run)
    return Outcome(kind, _hold_until(revision.article, now), is_stored=True)


def _kind(revision: Revision, previous_hash: str, run: int) -> Kind:
    is_same = is_same_content(previous_hash, revision.content_hash)
    if revision.article.status != "usable":
        return "unchanged" if run and is_same else revision.article.status
    if previous_hash == FIRST:
        return "created"
    return "unchanged" if is_same else "updated"
