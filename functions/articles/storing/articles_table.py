"""The articles table: one conditional write for each revision, and what it meant.

An item holds `article_id` (key), `feed`, `order_key`, `content_hash`, `status`, `title`, `article`
(the canonical model less the body), `body` (gzip of `{"text", "html"}`), `upload` (key, version,
record, sequencer), `rules`, `schema_version`, `ingested_at`, `first_ingested_at`, `released_at`
(first time it was visible), `hold_until` (embargo not yet over), `ttl`. docs/events.md explains
them for subscribers. The keys of its indexes are in keys.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, ParamValidationError

from articles.article import RULES, SCHEMA_VERSION, Article
from articles.outcomes import Kind
from articles.problems import Problem
from articles.refs import RecordRef
from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import BY_DUE, HELD, article_key, feed_month, listing, url_key
from articles.times import format_instant, stamp
from articles.versions.order import decided_by, overtaken
from articles.versions.revision import Revision

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


FIRST = "-"  # in the place of the hash before the first


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a revision; `winner` and `decided_by` say who superseded it, and why.

    `hold_until` is the end of an embargo that holds it back; `warning` is for one that an earlier
    upload superseded.
    """

    kind: Kind
    hold_until: str | None = None
    winner: RecordRef | None = None
    decided_by: str | None = None
    warning: Problem | None = None


class ImpossibleWrite(Exception):
    """DynamoDB will never take this write, so retrying cannot help: a bug in the service."""


class Held(NamedTuple):
    """An article under an embargo, as the index shows it."""

    article_id: str
    order_key: str


class ArticlesTable:
    """The articles table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def put(self, revision: Revision, *, now: datetime) -> Outcome:
        """Store a revision if it is the greatest its article has seen; say what that meant.

        Raises ImpossibleWrite; other errors of DynamoDB pass as they are.
        """
        if revision.expires and revision.expires <= now:
            return Outcome("expired")
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key=article_key(revision.article_id),
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_update(revision, now),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException as refused:
            old = self._old(revision, refused.response.get("Item"))
            return _refused(revision, old, now)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            raise ImpossibleWrite from error
        except ParamValidationError as error:
            raise ImpossibleWrite from error
        old = from_item(answer.get("Attributes") or {})
        return _outcome(revision, old.get("content_hash", FIRST), now)

    def due(self, now: datetime) -> Iterator[Held]:
        """Find the articles whose embargo is over."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_DUE,
            KeyConditionExpression="held = :held AND hold_until <= :now",
            ExpressionAttributeValues=to_item({":held": HELD, ":now": format_instant(now)}),
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                yield Held(item["article_id"], item["order_key"])

    def release(self, held: Held, *, now: datetime) -> bool:
        """Take the hold off; False when another revision was stored since.

        `ingested_at` moves: the event of the release must be later than the one that withdrew the
        article under the same order key.
        """
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=article_key(held.article_id),
                UpdateExpression="SET ingested_at = :stamp, "
                "released_at = if_not_exists(released_at, :stamp) REMOVE held, hold_until",
                ConditionExpression="order_key = :seen AND hold_until <= :now",
                ExpressionAttributeValues=to_item(
                    {":seen": held.order_key, ":stamp": stamp(now), ":now": format_instant(now)}
                ),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _old(self, revision: Revision, item: Any) -> Item:  # noqa: ANN401 - botocore's own type
        """Read what was refused for; a store that does not say is asked (R39)."""
        if not item:
            item = self._dynamodb.get_item(
                TableName=self._table,
                Key=article_key(revision.article_id),
                ConsistentRead=True,
            ).get("Item", {})
        return from_item(item)


def _update(revision: Revision, now: datetime) -> dict[str, Any]:
    """Build the write: one request that stores the whole document, or nothing at all."""
    article = revision.article
    hold_until = _hold_until(article, now)
    values = _attributes(revision, hold_until=hold_until, now=now)
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
        "feed_month": feed_month(revision.feed, listed_at),
        "listing": listing(listed_at, revision.article_id),
    }
    return {
        "UpdateExpression": f"SET {', '.join(sets)}{remove}",
        "ConditionExpression": "attribute_not_exists(order_key) OR order_key < :order_key",
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": to_item({f":{name}": v for name, v in bound.items()}),
    }


def _attributes(revision: Revision, *, hold_until: str | None, now: datetime) -> Item:
    """Every attribute of one revision; None where this revision has none."""
    article = revision.article
    return {
        "feed": revision.feed,
        "order_key": revision.order_key,
        "content_hash": revision.content_hash,
        "status": article.status,
        "title": article.title,
        "article": revision.packed.metadata,
        "body": revision.packed.body,
        "upload": revision.origin.as_json(),
        "url_key": url_key(article.canonical_url) if article.canonical_url else None,
        "held": HELD if hold_until else None,
        "hold_until": hold_until,
        "ttl": int(revision.expires.timestamp()) if revision.expires else None,
        "rules": RULES,
        "schema_version": SCHEMA_VERSION,
        "ingested_at": stamp(now),
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


def _refused(revision: Revision, old: Item, now: datetime) -> Outcome:
    """Name the outcome of a write that the condition refused.

    An item that came from this very record was stored by an earlier delivery of it: the outcome is
    the first one again.
    """
    held = RecordRef.read(old["upload"]) if old else None
    if held == revision.origin:
        return _outcome(revision, old["previous_hash"], now)
    if old.get("content_hash") == revision.content_hash:
        return Outcome("unchanged")
    keys = old.get("order_key", ""), revision.order_key
    return Outcome(
        "superseded", winner=held, decided_by=decided_by(*keys), warning=overtaken(*keys)
    )


def _outcome(revision: Revision, previous_hash: str, now: datetime) -> Outcome:
    return Outcome(_kind(revision, previous_hash), _hold_until(revision.article, now))


def _kind(revision: Revision, previous_hash: str) -> Kind:
    if revision.article.status != "usable":
        return revision.article.status
    if previous_hash == FIRST:
        return "created"
    return "unchanged" if previous_hash == revision.content_hash else "updated"
