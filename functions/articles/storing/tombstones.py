"""Tombstones: what is left in the place of an article that must not come back by itself.

One has no content: `article` is empty, title and body are gone. It keeps its order key, so that an
older version loses to it, the keys of the index by feed, so that it can be announced again, and
`upload`. Its status says what became of the article: `removed` by an operator, `moved` to another
identity by a replay (`moved_to`), or `expired` at the end of its retention.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from articles.storing.items import Item, to_item
from articles.storing.keys import article_key
from articles.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

STATUSES = frozenset({"removed", "moved", "expired"})
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
