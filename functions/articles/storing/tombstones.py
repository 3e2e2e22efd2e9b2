"""Tombstones: what is left in the place of an article that must not come back by itself.

One has no content: `article` is empty, title and body are gone. It keeps its order key, so that an
older version loses to it, the keys of the index by feed, so that it can be announced again, and
`upload`. Its status says what became of the article: `removed` by an operator, `moved` to another
identity by a replay (`moved_to`), or `expired` at the end of its retention; for the last see
docs/decisions/0016-expiry-leaves-a-tombstone.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from articles.storing.items import Item, to_item
from articles.storing.keys import article_key
from articles.storing.putting_back import put_back
from articles.times import Clock, stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

EXPIRED = "expired"
STATUSES = frozenset({"removed", "moved", EXPIRED})
# S3 deletes what is due at midnight, and may be some days late.
_S3_IS_LATE = timedelta(days=7)
_CONTENT = ("title", "body", "url_key", "held", "hold_until", "ttl", "moved_to", "removed")


def is_tombstone(item: Item) -> bool:
    return item["status"] in STATUSES


def entomb(
    dynamodb: "DynamoDBClient",
    table: str,
    old: Item,
    status: str,
    order_key: str,
    *,
    now: datetime,
    **attributes: Any,  # noqa: ANN401 - plain values, as items.py writes them
) -> bool:
    """Put a tombstone in the place of what is stored; False when that is something else by now."""
    values = {
        "order_key": order_key,
        "status": status,
        "content_hash": status,
        "previous_hash": old["content_hash"],
        "article": {},
        "ingested_at": stamp(now),
        **attributes,
    }
    absent = [name for name in _CONTENT if name not in values]
    bound = {f":{name}": value for name, value in values.items()} | {":stored": old["order_key"]}
    try:
        dynamodb.update_item(
            TableName=table,
            Key=article_key(old["article_id"]),
            UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in values)} "
            f"REMOVE {', '.join(f'#{name}' for name in absent)}",
            ConditionExpression="order_key = :stored",
            ExpressionAttributeNames={f"#{name}": name for name in (*values, *absent)},
            ExpressionAttributeValues=to_item(bound),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def expired(removed: Item) -> Item:
    """Return what is left of an article that DynamoDB removed by its TTL.

    Its `ingested_at` is the instant of the TTL, so that its event is the same however often it is
    told, and later than any other of that version.
    """
    kept = {name: value for name, value in removed.items() if name not in _CONTENT}
    due = datetime.fromtimestamp(removed["ttl"], UTC)
    stored = datetime.fromisoformat(removed["ingested_at"])  # an embargo may end after the TTL
    at = stamp(max(due, stored + timedelta(milliseconds=1)))
    return {
        **kept,
        "status": EXPIRED,
        "content_hash": EXPIRED,
        "previous_hash": removed["content_hash"],
        "article": {},
        "ingested_at": at,
    }


@dataclass(frozen=True)
class Expiry:
    """Leaves tombstones of what expired; `uploads_kept` is how long S3 keeps an upload."""

    dynamodb: "DynamoDBClient"
    table: str
    uploads_kept: timedelta
    clock: Clock

    def entomb(self, tombstone: Item) -> None:
        """Store a tombstone for as long as an older upload can be read again.

        What has been stored since the removal stays, if it is later.
        """
        until = self.clock.now() + self.uploads_kept + _S3_IS_LATE
        put_back(self.dynamodb, self.table, tombstone | {"ttl": int(until.timestamp())})
