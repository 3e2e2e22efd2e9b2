"""What is stored: receipts by upload, articles by id, URL and feed. Nothing is ever scanned.

The read side, for tools: no Lambda function loads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from articles.article import Article
from articles.refs import RecordRef
from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import (
    BY_FEED,
    BY_URL,
    article_key,
    feed_month,
    listed_at,
    receipt_key,
    url_key,
)
from articles.storing.receipts import Receipt, from_receipt_item
from articles.storing.reports import Reports
from articles.versions.packing import unpack_body

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client


class Stored(NamedTuple):
    """An article as it is stored; `hold_until` is the end of an embargo that holds it back."""

    article_id: str
    feed: str
    order_key: str
    status: str
    ingested_at: str
    origin: RecordRef
    hold_until: str | None
    article: Article


class Listed(NamedTuple):
    """An article as the index by feed shows it; `listed_at` is its date, or its first arrival."""

    article_id: str
    listed_at: str
    status: str
    title: str | None
    hold_until: str | None


@dataclass(frozen=True)
class Lookup:
    """Reads both tables and the reports; `articles`, `receipts` and `archive` are their names."""

    dynamodb: "DynamoDBClient"
    s3: "S3Client"
    articles: str
    receipts: str
    archive: str

    def receipt(self, key: str, version: str) -> Receipt | None:
        """Return the receipt of one version of an object."""
        item = self._item(self.receipts, receipt_key(key, version))
        return from_receipt_item(item) if item else None

    def receipts_of(self, key: str) -> list[Receipt]:
        """Return the receipts of all versions of an object, the latest first."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.receipts,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues=to_item({":key": key}),
            ConsistentRead=True,
        )
        items = (from_item(item) for page in pages for item in page["Items"])
        found = [from_receipt_item(item) for item in items if "part" not in item]
        return sorted(found, key=_latest, reverse=True)

    def article_ids(self, receipt: Receipt) -> list[str]:
        """Name the articles that an upload was about, also those that only its report lists."""
        records = Reports(self.s3, self.archive).whole(receipt).records
        return list(dict.fromkeys(record.article_id for record in records if record.article_id))

    def article_ids_at(self, canonical_url: str) -> list[str]:
        """Name the articles at a canonical URL, one for each feed that has it."""
        answer = self.dynamodb.query(
            TableName=self.articles,
            IndexName=BY_URL,
            KeyConditionExpression="url_key = :url",
            ExpressionAttributeValues=to_item({":url": url_key(canonical_url)}),
        )
        return [str(from_item(item)["article_id"]) for item in answer["Items"]]

    def article(self, article_id: str) -> Stored | None:
        item = self._item(self.articles, article_key(article_id))
        return _stored(item) if item else None

    def listing(self, feed: str, *, since: date, until: date) -> Iterator[Listed]:
        """Return a feed's articles, newest first: whole months from `until` back to `since`."""
        for month in months_back(until, since):
            pages = self.dynamodb.get_paginator("query").paginate(
                TableName=self.articles,
                IndexName=BY_FEED,
                KeyConditionExpression="feed_month = :month",
                ExpressionAttributeValues=to_item({":month": feed_month(feed, month)}),
                ScanIndexForward=False,
            )
            for page in pages:
                yield from (_listed(from_item(item)) for item in page["Items"])

    def _item(self, table: str, key: Item) -> Item:
        answer = self.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)
        return from_item(answer.get("Item", {}))


def _latest(receipt: Receipt) -> tuple[str, str]:
    """What is not finished comes last of all; a failure has no time of upload."""
    finished_at = receipt.finished_at or "9999"
    return receipt.uploaded_at or finished_at, finished_at


def _stored(item: Item) -> Stored:
    return Stored(
        article_id=item["article_id"],
        feed=item["feed"],
        order_key=item["order_key"],
        status=item["status"],
        ingested_at=item["ingested_at"],
        origin=RecordRef.read(item["upload"]),
        hold_until=item.get("hold_until"),
        article=Article.model_validate(item["article"] | unpack_body(item.get("body"))),
    )


def _listed(item: Item) -> Listed:
    return Listed(
        article_id=item["article_id"],
        listed_at=listed_at(item["listing"]),
        status=item["status"],
        title=item.get("title"),
        hold_until=item.get("hold_until"),
    )


def months_back(until: date, since: date) -> Iterator[str]:
    """Name the months between two dates, the latest first."""
    year, month = until.year, until.month
    while (year, month) >= (since.year, since.month):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
