"""What is left of an article that DynamoDB removed by its TTL: a tombstone without content.

Without it, an older upload that is read again would bring an older version back; see
docs/decisions/0016-expiry-leaves-a-tombstone.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from articles.storing.items import Item, to_item
from articles.times import Clock, stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

EXPIRED = "expired"
# S3 deletes what is due at midnight, and may be some days late.
S3_IS_LATE = timedelta(days=7)
# What orders the versions of an article, and what finds it in the index by feed.
_KEPT = (
    "article_id",
    "feed",
    "order_key",
    "content_hash",
    "previous_hash",
    "upload",
    "run",
    "spared",
    "rules",
    "schema_version",
    "first_ingested_at",
    "released_at",
    "feed_month",
    "listing",
)


def tombstone(removed: Item) -> Item:
    """Return what an article leaves that expired; it has no `ttl` yet.

    Its `ingested_at` is the instant of the article's TTL, so that its event is the same however
    often it is told, and later than any other of that version.
    """
    kept = {name: removed[name] for name in _KEPT if name in removed}
    due = datetime.fromtimestamp(removed["ttl"], UTC)
    stored = datetime.fromisoformat(removed["ingested_at"])  # an embargo may end after the TTL
    at = stamp(max(due, stored + timedelta(milliseconds=1)))
    return {**kept, "status": EXPIRED, "article": {}, "ingested_at": at}


@dataclass(frozen=True)
class Tombstones:
    """Leaves tombstones in the articles table; `uploads_kept` is how long S3 keeps an upload."""

    dynamodb: "DynamoDBClient"
    table: str
    uploads_kept: timedelta
    clock: Clock

    def leave(self, left: Item) -> None:
        """Store a tombstone for as long as an older upload can be read again.

        A version that is newer, or that has been stored again, stays.
        """
        until = self.clock.now() + self.uploads_kept + S3_IS_LATE
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item=to_item(left | {"ttl": int(until.timestamp())}),
                ConditionExpression="attribute_not_exists(order_key) OR order_key < :order_key",
                ExpressionAttributeValues=to_item({":order_key": left["order_key"]}),
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return
