"""Stories, and the way of their uploads into the tables at any hour: builders for these tests."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, cast

from botocore.exceptions import ClientError

from articles.feeds import Default, Feeds, Profile
from articles.ingestion import Ingestion
from articles.settings import IngestSettings
from articles.storing.articles_table import ArticlesTable
from articles.storing.items import from_item
from articles.storing.receipts import Receipt, Record
from articles.storing.receipts_table import Receipts
from articles.storing.writing import Writer
from articles.uploads.bulk_queue import BulkQueue
from articles.uploads.inbox import Inbox
from articles.uploads.message import Upload
from tests.clock import TestClock

from .cloud import Cloud, Item, dumped

FEEDS = Feeds(
    default=Default(open=True),
    feeds={
        "courier": Profile(kills=True),
        "crawl": Profile(order="upload"),
        "brief": Profile(retain_days=30),
        "wire": Profile(retain_days=30, kills=True),
    },
)
KEY = "incoming/courier/ferry.json"
NOON = "2026-03-01T12:00:00Z"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def a_story(**changes: Any) -> dict[str, Any]:
    """Write a story; None takes a field out."""
    story = {
        "id": "courier-1",
        "title": "Ferry returns to the harbour",
        "body_text": "The ferry returned to the harbour on Sunday.\nNobody was hurt.",
        "url": "https://courier.example/ferry",
        "published_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-01T09:00:00Z",
    }
    return {name: value for name, value in {**story, **changes}.items() if value is not None}


def undated(**changes: Any) -> dict[str, Any]:
    return a_story(**{"published_at": None, "updated_at": None, **changes})


@dataclass
class Shelf:
    """An S3 client that holds one object of any age: moto's objects are all of today."""

    body: bytes = b""
    uploaded_at: datetime = field(default_factory=lambda: moment(NOON))
    is_gone: bool = False

    def get_object(self, **_: Any) -> dict[str, Any]:
        if self.is_gone:
            raise ClientError({"Error": {"Code": "NoSuchVersion"}}, "GetObject")
        return {
            "Body": BytesIO(self.body),
            "ContentLength": len(self.body),
            "LastModified": self.uploaded_at,
        }


class Newsroom:
    """Uploads of any hour on their way into the tables, and what changes in the articles table."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.dynamodb = cloud.client("dynamodb")
        self.store = ArticlesTable(self.dynamodb, cloud.outputs["ArticlesTable"])
        self.shelf = Shelf()
        self.faults: list[BaseException] = []
        self._now = moment(NOON)
        self._sequence = 0
        self.ingestion = Ingestion(
            limits=_settings(cloud),
            feeds=FEEDS,
            inbox=Inbox(cast("Any", self.shelf), "inbox"),
            writer=Writer(self.store, self.faults.append),
            receipts=Receipts(
                self.dynamodb,
                cloud.client("s3"),
                table=cloud.outputs["ReceiptsTable"],
                archive=cloud.outputs["ArchiveBucket"],
                keep=timedelta(days=90),
                on_fault=self.faults.append,
            ),
            bulk_queue=BulkQueue(cloud.client("sqs"), cloud.outputs["BulkQueueUrl"], inbox="inbox"),
            on_fault=self.faults.append,
            clock=TestClock(lambda: self._now),
        )

    def take(
        self,
        file: Any,
        *,
        at: str = NOON,
        now: str | None = None,
        key: str = KEY,
        version: str | None = None,
        sequencer: str | None = None,
        run: int = 0,
    ) -> Receipt:
        """Take an upload whose LastModified is `at`, at the hour `now`."""
        self.shelf.body = file if isinstance(file, bytes) else dumped(file).encode()
        self.shelf.uploaded_at = moment(at)
        self._now = moment(now or at)
        receipt = self.ingestion.take(
            Upload(key=key, version=version or f"version-{at}", sequencer=sequencer, run=run)
        )
        assert receipt
        return receipt

    def put(self, story: dict[str, Any], **upload: Any) -> Record:
        """Take a single story; gives what its receipt says of it."""
        [record] = self.take(story, **upload).records
        return record

    def image(self, article_id: str) -> Item | None:
        """Read an item as the table holds it; None when there is none."""
        image: Item | None = self.dynamodb.get_item(
            TableName=self.cloud.outputs["ArticlesTable"],
            Key={"article_id": {"S": article_id}},
            ConsistentRead=True,
        ).get("Item")
        return image

    @property
    def item(self) -> Item:
        """The one item of the table."""
        [item] = self.cloud.articles()
        return item

    def query(self, index: str, **where: str) -> list[Item]:
        """Find items by the partition of an index."""
        [(name, value)] = where.items()
        answer = self.dynamodb.query(
            TableName=self.cloud.outputs["ArticlesTable"],
            IndexName=index,
            KeyConditionExpression="#name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        return [from_item(item) for item in answer["Items"]]

    def submit(self, story: dict[str, Any], **upload: Any) -> Item:
        """Take a single story; gives the stream record of the change."""
        return self.change(lambda: self.put(story, **upload))

    def release(self, now: str) -> Item:
        """Release what is due; gives the stream record of the change."""
        [held] = self.store.due(moment(now))
        return self.change(lambda: self.store.release(held, now=moment(now)))

    def change(self, action: Callable[[], Any]) -> Item:
        """Do something to one article; gives the stream record of it."""
        before = self._images()
        action()
        [change] = [
            (before.get(name), new)
            for name, new in self._images().items()
            if before.get(name) != new
        ]
        return self.record(*change)

    def record(self, old: Item | None, new: Item | None) -> Item:
        self._sequence += 1
        return stream_record(self._sequence, old, new)

    def _images(self) -> dict[str, Item]:
        items = self.dynamodb.scan(TableName=self.cloud.outputs["ArticlesTable"])["Items"]
        return {item["article_id"]["S"]: item for item in items}


def _settings(cloud: Cloud) -> IngestSettings:
    return IngestSettings.from_env(cloud.variables("IngestFunction"))


def stream_record(sequence: int, old: Item | None, new: Item | None, *keys: str) -> Item:
    """Write a change as a table's stream tells it to a function; images are DynamoDB JSON."""
    known = new or old or {}
    change: Item = {
        "ApproximateCreationDateTime": 1772355600.0,
        "Keys": {name: known[name] for name in keys or ("article_id",)},
        "SequenceNumber": str(sequence),
        "SizeBytes": 1,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    change |= {"OldImage": as_lambda_tells(old)} if old else {}
    change |= {"NewImage": as_lambda_tells(new)} if new else {}
    return {
        "eventID": f"{sequence:032}",
        "eventName": "REMOVE" if not new else ("MODIFY" if old else "INSERT"),
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/articles-test/stream/1",
    }


def as_lambda_tells(image: Item) -> Item:
    """Write binaries as base64: a function is given its event as JSON."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in image.items()
    }


def body_of(item: Item) -> dict[str, str]:
    """Read an item's body as a subscriber does."""
    body: dict[str, str] = json.loads(gzip.decompress(bytes(item["body"])))
    return body
