"""The index by feed, read in order.

The read side, for tools: no Lambda function loads it.
"""

from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

from articles.feeds import FeedsError
from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import BY_FEED, feed_months

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PAGE = 1_000  # entries of a query: each partition has one page in memory


def newest_first(
    dynamodb: "DynamoDBClient",
    table: str,
    feed: str,
    month: str,
    spread: int,
    *,
    below: str | None = None,
) -> Iterator[Item]:
    """Find the entries of a feed's month, which `spread` partitions share, the newest first.

    With `below`, only those whose `listing` is less. Raises FeedsError where there are more
    partitions: better no list than one that lacks articles.
    """
    *months, beyond = feed_months(feed, month, spread + 1)
    shares = (_of(dynamodb, table, it, below) for it in months)
    entries = merge(*shares, key=itemgetter("listing"), reverse=True)
    for first in entries:
        if any(_of(dynamodb, table, beyond)):
            raise FeedsError(
                f"{feed} has articles in the partition {beyond}: "
                f"its `spread` was more than {spread}, and must not be lowered"
            )
        yield first
        yield from entries


def _of(
    dynamodb: "DynamoDBClient", table: str, partition: str, below: str | None = None
) -> Iterator[Item]:
    condition, values = "feed_month = :month", {":month": partition}
    if below:
        condition, values = f"{condition} AND listing < :below", {**values, ":below": below}
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName=BY_FEED,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=to_item(values),
        ScanIndexForward=False,
        PaginationConfig={"PageSize": PAGE},
    )
    for page in pages:
        yield from map(from_item, page["Items"])
