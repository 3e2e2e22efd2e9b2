"""Embargoes: articles that are held back until an hour, which the index by_due finds."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from articles.storing.items import from_item, to_item
from articles.storing.keys import BY_DUE, HELD, article_key
from articles.times import format_instant, stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class Held(NamedTuple):
    """An article under an embargo, as the index shows it."""

    article_id: str
    order_key: str
    hold_until: datetime


class Embargoes:
    """The articles table, as the release function sees it."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def due(self, now: datetime) -> Iterator[Held]:
        """Find the articles whose embargo is over, the oldest embargo first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_DUE,
            KeyConditionExpression="held = :held AND hold_until <= :now",
            ExpressionAttributeValues=to_item({":held": HELD, ":now": format_instant(now)}),
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                until = datetime.fromisoformat(item["hold_until"])
                yield Held(item["article_id"], item["order_key"], until)

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
