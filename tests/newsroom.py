"""Stories, and the way of their uploads into the tables at any hour: builders for these tests."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from articles.feeds import Default, Feeds, Profile
from articles.ingestion import Ingestion
from articles.limits import Limits
from articles.storing.articles_table import ArticlesTable
from articles.storing.embargoes import Embargoes
from articles.storing.receipts import Receipt, Record
from articles.storing.receipts_table import Receipts
from articles.storing.writing import Writer
from articles.uploads.bulk_queue import BulkQueue
from articles.uploads.inbox import Inbox
from articles.uploads.message import Upload

from .aws.clock import TestClock
from .aws.cloud import Cloud
from .aws.expressions import Item
from .aws.records import dumped, stream_record

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


class Newsroom:
    """Uploads of any hour on their way into the tables, and what changes in the articles table."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        aws = cloud.clients
        self.store = ArticlesTable(aws.dynamodb, cloud.outputs["ArticlesTable"])
        self.embargoes = Embargoes(aws.dynamodb, cloud.outputs["ArticlesTable"])
        self.faults: list[BaseException] = []
        self._now = moment(NOON)
        self._sequence = 0
        self.ingestion = Ingestion(
            limits=Limits(),
            feeds=lambda: FEEDS,
            inbox=Inbox(aws.s3, "inbox"),
            writer=Writer(self.store, self.faults.append),
            receipts=Receipts(
                aws.dynamodb,
                aws.s3,
                table=cloud.outputs["ReceiptsTable"],
                archive=cloud.outputs["ArchiveBucket"],
                keep=timedelta(days=90),
                on_fault=self.faults.append,
            ),
            bulk_queue=BulkQueue(aws.sqs, cloud.outputs["BulkQueueUrl"], inbox="inbox"),
            on_fault=self.faults.append,
            clock=TestClock(lambda: self._now),
        )

    def mend(self, **profile: Any) -> None:
        """Give the feeds of the uploads that follow another profile."""
        feeds = Feeds(feeds={"courier": Profile(kills=True, **profile)})
        self.ingestion = replace(self.ingestion, feeds=lambda: feeds)

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
        is_gone: bool = False,
    ) -> Receipt:
        """Take an upload whose LastModified is `at`, at the hour `now`."""
        version = version or f"version-{at}"
        data = file if isinstance(file, bytes) else dumped(file).encode()
        self.cloud.memory.put(key, data, moment(at), version)
        if is_gone:
            self.cloud.memory.forget(key, version)
        self._now = moment(now or at)
        receipt = self.ingestion.ingest(
            Upload(key=key, version=version, sequencer=sequencer, run=run)
        )
        assert receipt
        return receipt

    def put(self, story: dict[str, Any], **upload: Any) -> Record:
        """Take a single story; gives what its receipt says of it."""
        [record] = self.take(story, **upload).records
        return record

    def image(self, article_id: str) -> Item | None:
        """Read an item as the table holds it; None when there is none."""
        return self._images().get(article_id)

    @property
    def item(self) -> Item:
        """The one item of the table."""
        [item] = self.cloud.articles()
        return item

    def query(self, index: str, **where: str) -> list[Item]:
        """Find articles by the partition of an index."""
        return self.cloud.indexed("ArticlesTable", index, **where)

    def submit(self, story: dict[str, Any], **upload: Any) -> Item:
        """Take a single story; gives the stream record of the change."""
        return self.change(lambda: self.put(story, **upload))

    def release(self, now: str) -> Item:
        """Release what is due; gives the stream record of the change."""
        [held] = self.embargoes.due(moment(now))
        return self.change(lambda: self.embargoes.release(held, now=moment(now)))

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

    def expire(self, now: str) -> Item:
        """Let the one article that is due expire; gives the stream record of its removal."""
        table = self.cloud.memory.tables[self.cloud.outputs["ArticlesTable"]]
        table.expire(moment(now))
        old, new = table.changes[-1]
        return self.record(old, new, by_ttl=True)

    def record(self, old: Item | None, new: Item | None, *, by_ttl: bool = False) -> Item:
        self._sequence += 1
        return stream_record(
            self._sequence, ["article_id"], old, new, table="articles", by_ttl=by_ttl
        )

    def _images(self) -> dict[str, Item]:
        items = self.cloud.images("ArticlesTable")
        return {item["article_id"]["S"]: item for item in items}


def body_of(item: Item) -> dict[str, str]:
    """Read an item's body as a subscriber does."""
    body: dict[str, str] = json.loads(gzip.decompress(bytes(item["body"])))
    return body
