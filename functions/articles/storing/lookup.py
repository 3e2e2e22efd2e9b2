"""What is stored: receipts by upload, articles by id, URL and feed. Nothing is ever scanned.

The read side, for tools: no Lambda function loads it.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from articles.article import Article
from articles.limits import KIB, UNLIMITED
from articles.records.json_stream import JsonStream
from articles.refs import RecordRef, VersionRef
from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import (
    BY_ATTENTION,
    BY_FEED,
    BY_URL,
    article_key,
    attention,
    feed_month,
    listed_at,
    receipt_key,
    url_key,
)
from articles.storing.many import many
from articles.storing.receipts import Receipt, Record, from_receipt_item
from articles.storing.tombstones import STATUSES, is_tombstone
from articles.times import SECONDS, in_milliseconds
from articles.versions.packing import unpack_body

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client


CHUNK = 64 * KIB


class Repair(NamedTuple):
    """What an operator did to an article, and why."""

    at: str
    by: str
    reason: str


class Stored(NamedTuple):
    """An article as it is stored; `hold_until` is the end of an embargo that holds it back.

    A tombstone has no `article`, and no `origin` where an operator left it before any version came;
    `moved_to` is the id that its record has now.
    """

    article_id: str
    feed: str
    order_key: str
    status: str
    ingested_at: str
    origin: RecordRef | None
    hold_until: str | None
    article: Article | None
    released_at: str | None = None
    moved_to: str | None = None
    removed: Repair | None = None
    revived: Repair | None = None

    @property
    def is_tombstone(self) -> bool:
        return self.status in STATUSES


class Listed(NamedTuple):
    """An article as the index by feed shows it; `listed_at` is its date, or its first arrival."""

    article_id: str
    listed_at: str
    status: str
    title: str | None
    hold_until: str | None

    @property
    def is_tombstone(self) -> bool:
        return self.status in STATUSES


class Attention(NamedTuple):
    """An upload that somebody should look at, as the index shows it.

    `outcome` is `processing` for one that is not finished; `since` is when it was uploaded, or when
    it failed or was put off, where that is not known.
    """

    key: str
    version: str
    feed: str
    outcome: str
    since: str


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

    def receipts_at(self, uploads: Iterable[VersionRef]) -> dict[VersionRef, Receipt]:
        """Return the receipts of uploads; those without one are left out."""
        keys = (receipt_key(*upload) for upload in dict.fromkeys(uploads))
        found = map(from_receipt_item, many(self.dynamodb, self.receipts, keys))
        return {(it.key, it.version): it for it in found}

    def items(self, article_ids: Iterable[str]) -> dict[str, Item]:
        """Return articles by their ids, as they are stored; those that are not are left out."""
        keys = map(article_key, dict.fromkeys(article_ids))
        return {it["article_id"]: it for it in many(self.dynamodb, self.articles, keys)}

    def attention(self, feed: str, outcome: str, *, since: str, until: str) -> Iterator[Attention]:
        """Find a feed's uploads of an outcome that somebody should look at, the latest first."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.receipts,
            IndexName=BY_ATTENTION,
            KeyConditionExpression="feed = :feed AND attention BETWEEN :since AND :until",
            ExpressionAttributeValues=to_item(
                {
                    ":feed": feed,
                    ":since": attention(outcome, since),
                    ":until": attention(outcome, until),
                }
            ),
            ScanIndexForward=False,
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                _, _, at = item["attention"].partition("#")
                yield Attention(item["key"], item["version"], item["feed"], outcome, at)

    def last_accepted(self, key: str) -> tuple[str, str] | None:
        """Say when the latest accepted version of an object was uploaded, and when it was read."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.receipts,
            KeyConditionExpression="#key = :key",
            FilterExpression="outcome = :accepted",
            ProjectionExpression="uploaded_at, finished_at",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues=to_item({":key": key, ":accepted": "accepted"}),
        )
        items = (from_item(item) for page in pages for item in page["Items"])
        accepted = ((it["uploaded_at"], in_milliseconds(it["finished_at"])) for it in items)
        return max(accepted, default=None)

    def records(self, receipt: Receipt) -> Iterator[Record]:
        """Return all records of an upload, one by one: its report may not fit in memory.

        Where there is no report, or no longer, they are those that the receipt shows.
        """
        if receipt.report is None:
            yield from receipt.records
            return
        try:
            answer = self.s3.get_object(Bucket=self.archive, Key=receipt.report)
        except self.s3.exceptions.NoSuchKey:
            yield from receipt.records
            return
        with closing(answer["Body"]) as body:
            yield from _reported(JsonStream(body.iter_chunks(CHUNK), UNLIMITED))

    def article_ids(self, receipt: Receipt) -> list[str]:
        """Name the articles that an upload was about, also those that only its report lists."""
        records = self.records(receipt)
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

    def stored(self, article_ids: Iterable[str]) -> list[Stored]:
        """Return articles in the order of their ids; those that are not stored are left out."""
        ids = list(dict.fromkeys(article_ids))
        found = self.items(ids)
        return [_stored(found[it]) for it in ids if it in found]

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
    return (receipt.uploaded_at or finished_at)[:SECONDS], finished_at


def _stored(item: Item) -> Stored:
    return Stored(
        article_id=item["article_id"],
        feed=item["feed"],
        order_key=item["order_key"],
        status=item["status"],
        ingested_at=item["ingested_at"],
        origin=RecordRef.read(item["upload"]) if "upload" in item else None,
        hold_until=item.get("hold_until"),
        article=_article(item),
        released_at=item.get("released_at"),
        moved_to=item.get("moved_to"),
        removed=_repair(item.get("removed")),
        revived=_repair(item.get("revived")),
    )


def _article(item: Item) -> Article | None:
    if is_tombstone(item):
        return None
    return Article.model_validate(item["article"] | unpack_body(item.get("body")))


def _repair(noted: Item | None) -> Repair | None:
    return Repair(noted["at"], noted["by"], noted["reason"]) if noted else None


def _reported(stream: JsonStream) -> Iterator[Record]:
    """Read the records of a report, which is an object with a list of them."""
    stream.take("{")
    while True:
        name = stream.value(1)
        stream.take(":")
        if name == "records":
            yield from map(Record.model_validate, _items(stream))
            return
        stream.value(1)
        if stream.take(",}") == "}":
            return


def _items(stream: JsonStream) -> Iterator[object]:
    stream.take("[")
    if stream.peek() == "]":
        return
    while True:
        yield stream.value(2)
        if stream.take(",]") == "]":
            return


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
