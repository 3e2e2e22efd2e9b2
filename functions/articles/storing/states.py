"""The state of articles, feed by feed, as `articles announce` tells it again: tombstones included.

The read side, for tools: no Lambda function loads it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import BY_FEED, article_key, feed_month
from articles.storing.many import many

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# All that an event is made of, but for the body.
_ATTRIBUTES = (
    "article_id",
    "feed",
    "order_key",
    "content_hash",
    "status",
    "article",
    "upload",
    "ingested_at",
    "released_at",
    "hold_until",
    "moved_to",
    "ttl",
)
_PLACE = re.compile(r"([^#]+)#(\d{4}-\d\d)#([^#]+#([^#]+))")


class Place(NamedTuple):
    """Where the index by feed has an article."""

    feed: str
    month: str
    listing: str
    article_id: str

    def __str__(self) -> str:
        return f"{self.feed}#{self.month}#{self.listing}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what `str` has written; None for anything else."""
        found = _PLACE.fullmatch(text)
        return cls(*found.groups()) if found else None


@dataclass(frozen=True)
class States:
    """Reads the articles table; `table` is its name."""

    dynamodb: "DynamoDBClient"
    table: str

    def places(
        self, feeds: Iterable[str], months: Sequence[str], *, after: Place | None = None
    ) -> Iterator[Place]:
        """Find the articles of feeds, which come in their order; of each, the newest come first.

        `months` must begin with the latest. With `after`, go on behind that place.
        """
        for feed in sorted(set(feeds)):
            for month in months:
                below = None
                if after and feed <= after.feed:
                    if feed < after.feed or month > after.month:
                        continue
                    below = after.listing if month == after.month else None
                yield from self._of_month(feed, month, below)

    def items(self, article_ids: Sequence[str]) -> dict[str, Item]:
        """Read articles by their ids, without their bodies."""
        keys = map(article_key, article_ids)
        found = many(self.dynamodb, self.table, keys, _ATTRIBUTES)
        return {item["article_id"]: item for item in found}

    def _of_month(self, feed: str, month: str, below: str | None) -> Iterator[Place]:
        condition, values = "feed_month = :month", {":month": feed_month(feed, month)}
        if below:
            condition, values = f"{condition} AND listing < :below", {**values, ":below": below}
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=BY_FEED,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ScanIndexForward=False,
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                yield Place(feed, month, item["listing"], item["article_id"])
