"""When the feeds that are watched uploaded last: an item for each, in one partition.

They are in the receipts table, under a key that no upload has, so that one query finds them all.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from articles.storing.items import from_item, to_item
from articles.storing.keys import LATEST, receipt_key
from articles.times import format_instant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# A feed that uploads all the time is not written more often than that.
RESOLUTION = timedelta(minutes=10)


class LatestUploads:
    """The latest upload of each watched feed; what is noted may be older by the resolution."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._noted: dict[str, datetime] = {}

    def note(self, feed: str, at: datetime) -> None:
        """Note an upload of a feed, unless a later one is known."""
        if feed in self._noted and at - self._noted[feed] < RESOLUTION:
            return
        with suppress(self._dynamodb.exceptions.ConditionalCheckFailedException):
            self._dynamodb.put_item(
                TableName=self._table,
                Item=receipt_key(LATEST, feed) | to_item({"uploaded_at": format_instant(at)}),
                ConditionExpression="attribute_not_exists(uploaded_at) OR uploaded_at < :at",
                ExpressionAttributeValues=to_item({":at": format_instant(at)}),
            )
        self._noted[feed] = at

    def by_feed(self) -> dict[str, datetime]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#key = :latest",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues=to_item({":latest": LATEST}),
        )
        items = [from_item(item) for page in pages for item in page["Items"]]
        return {it["version"]: datetime.fromisoformat(it["uploaded_at"]) for it in items}
