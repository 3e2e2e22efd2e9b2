"""The state of articles, feed by feed, as `articles announce` tells it again: tombstones included.

The read side, for tools: no Lambda function loads it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from articles.storing.by_feed import newest_first
from articles.storing.items import Item
from articles.storing.keys import article_key
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
        self, spreads: Mapping[str, int], months: Sequence[str], *, after: Place | None = None
    ) -> Iterator[Place]:
        """Find the articles of feeds, which come in their order; of each, the newest come first.

        `spreads` has the feeds, each with the number of partitions that share its months. `months`
        must begin with the latest. With `after`, go on behind that place.
        """
        for feed, spread in sorted(spreads.items()):
            for month in months:
                below = None
                if after and feed <= after.feed:
                    if feed < after.feed or month > after.month:
                        continue
                    below = after.listing if month == after.month else None
                found = newest_first(self.dynamodb, self.table, feed, month, spread, below=below)
                for item in found:
                    yield Place(feed, month, item["listing"], item["article_id"])

    def items(self, article_ids: Sequence[str]) -> dict[str, Item]:
        """Read articles by their ids, without their bodies."""
        keys = map(article_key, article_ids)
        found = many(self.dynamodb, self.table, keys, _ATTRIBUTES)
        return {item["article_id"]: item for item in found}
