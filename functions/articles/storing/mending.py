"""What an operator does to an article: taking back a kill, and removing it for good.

For tools: no Lambda function loads it. Both begin a new generation of the article (order.py), by
compare-and-swap, so that they beat what is stored and every subscriber takes them.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import article_key
from articles.storing.tombstones import entomb
from articles.times import format_instant, stamp
from articles.versions.order import (
    KILL,
    REMOVED,
    REVIVED,
    generation_of,
    in_generation,
    rank_of,
    rest_of,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# The key of an article that was removed before anything of it was stored.
_NOTHING = "#" * 6


class Mending:
    """The articles table, as operators change it. `by` is who does it, `reason` is why."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def revive(self, article_id: str, *, by: str, reason: str, now: datetime) -> bool:
        """Take back a kill, or a removal; False when there is none.

        The article stays as it is until one of its uploads is read again: any version beats what is
        left here, but the kill itself and those that it had beaten, which `spared` keeps out.
        """
        while item := self._item(article_id):
            rest = rest_of(item["order_key"])
            if rank_of(rest) not in (KILL, REMOVED):
                return False
            # A removal that is lifted leaves the kill that was taken back before it as it is.
            known = item["upload"] if rank_of(rest) == KILL else item.get("revived", {})
            origin = {it: known[it] for it in ("key", "version", "record") if it in known}
            values = {
                "key": in_generation(generation_of(item["order_key"]) + 1, REVIVED + rest[1:]),
                "revived": {**origin, "at": format_instant(now), "by": by, "reason": reason},
            }
            if rank_of(rest) == KILL:
                values["spared"] = rest
            if self._changed(item, values):
                return True
        return False

    def remove(self, article_id: str, *, feed: str, by: str, reason: str, now: datetime) -> None:
        """Leave a tombstone that no upload and no replay beats; again, it changes nothing."""
        removed = {"at": format_instant(now), "by": by, "reason": reason}
        while True:
            item = self._item(article_id)
            if not item:
                if self._forbidden(article_id, feed, removed, now):
                    return
                continue
            rest = rest_of(item["order_key"])
            if rank_of(rest) == REMOVED:
                return
            key = in_generation(generation_of(item["order_key"]) + 1, REMOVED + rest[1:])
            if entomb(self._dynamodb, self._table, item, "removed", key, now=now, removed=removed):
                return

    def _changed(self, item: Item, values: Item) -> bool:
        """Change an item; False when it is another by now."""
        sets = [f"{'order_key' if name == 'key' else name} = :{name}" for name in values]
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=article_key(item["article_id"]),
                UpdateExpression=f"SET {', '.join(sets)} REMOVE removed",
                ConditionExpression="order_key = :stored",
                ExpressionAttributeValues=to_item(
                    {f":{name}": value for name, value in values.items()}
                    | {":stored": item["order_key"]}
                ),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _forbidden(self, article_id: str, feed: str, removed: Item, now: datetime) -> bool:
        """Remove an article of which nothing is stored; False when something is by now."""
        item = {
            "article_id": article_id,
            "feed": feed,
            "order_key": in_generation(1, REMOVED + _NOTHING),
            "content_hash": "removed",
            "status": "removed",
            "article": {},
            "removed": removed,
            "ingested_at": stamp(now),
            "first_ingested_at": stamp(now),
        }
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(order_key)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _item(self, article_id: str) -> Item:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key=article_key(article_id), ConsistentRead=True
        )
        return from_item(answer.get("Item", {}))
