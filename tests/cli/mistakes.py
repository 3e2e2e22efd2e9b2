"""A newsroom's uploads, and what came of them: what the tests of repairs share."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from articles.times import Clock
from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws

from .conftest import Articles, Done, Line

FEEDS = """[default]
open = true

[feeds.desk]
kills = true
"""


def story(number: str = "f-1", *, title: str = "Ferry returns", day: int = 1, **more: Any) -> Line:
    """Write a story that was modified on a day of January 2026."""
    modified = f"2026-01-{day:02}T06:00:00Z"
    return {"id": number, "title": title, "text": "At six.", "updated_at": modified, **more}


def lose(aws: EmbeddedAws, queue: str = "UploadsQueueUrl") -> None:
    """Lose all messages that wait in a queue."""
    sqs, url = aws.client("sqs"), aws.outputs[queue]
    while lost := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in lost:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def tapped(aws: EmbeddedAws) -> Tap:
    """Listen to all events of a service."""
    return Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"])


def deploy(feeds: Path, text: str) -> None:
    """Have the functions start anew with another feeds file; the data stays."""
    feeds.write_text(text)
    start_anew()


def start_anew() -> None:
    """Have ingest read its settings again on its next call, as after a deployment."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ingest@") and hasattr(module, "built"):
            module.built.cache_clear()


@contextmanager
def ago(**age: int) -> Iterator[None]:
    """Have what is uploaded, and what the functions do, happen at an earlier time."""

    def then(*_: object) -> datetime:
        return datetime.now(UTC) - timedelta(**age)

    with (
        patch.object(Clock, "now", then),
        patch("moto.s3.models.utcnow", lambda: then().replace(tzinfo=None)),
    ):
        yield


@dataclass(frozen=True)
class Desk:
    """A feed of a running service whose kills absorb, and the commands for it."""

    aws: EmbeddedAws
    articles: Articles
    feeds: Path
    feed: str = "desk"

    def upload(self, name: str, *stories: Line) -> str:
        """Upload stories; gives the version of the file."""
        return self.write(name, json.dumps(stories[0] if len(stories) == 1 else stories))

    def write(self, name: str, body: str | bytes) -> str:
        """Upload a file as it is; gives its version."""
        bucket, key = self.aws.outputs["InboxBucket"], f"incoming/{self.feed}/{name}"
        answer = self.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return str(answer["VersionId"])

    def put(self, name: str, *stories: Line) -> str:
        """Upload stories and have them read; gives the version of the file."""
        version = self.upload(name, *stories)
        self.aws.drain()
        return version

    def messages(self, queue: str) -> int:
        """Count the messages that wait in a queue."""
        asked = "ApproximateNumberOfMessages"
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.aws.outputs[queue], AttributeNames=[asked]
        )
        return int(answer["Attributes"][asked])

    def send(self, queue: str, body: str) -> None:
        self.aws.client("sqs").send_message(QueueUrl=self.aws.outputs[queue], MessageBody=body)

    def forget_receipt(self, name: str) -> None:
        """Let the latest receipt of a file expire."""
        receipt = self.receipts(name)[0]
        self.aws.client("dynamodb").delete_item(
            TableName=self.aws.outputs["ReceiptsTable"],
            Key={it: {"S": receipt[it]} for it in ("key", "version")},
        )

    def receipts(self, name: str) -> list[Line]:
        """Give the receipts of a file, the latest first."""
        return self.articles("status", f"incoming/{self.feed}/{name}", "--all", "--json").of(
            "receipt"
        )

    def article_id(self, name: str, record: int = 0) -> str:
        """Give the id of the article that a record of a file is a version of."""
        records = next(it["records"] for it in self.receipts(name) if it.get("records"))
        return str(records[record]["article_id"])

    def stored(self, article_id: str) -> Line:
        """Give what is stored of an article, as DynamoDB has it."""
        table, key = self.aws.outputs["ArticlesTable"], {"article_id": {"S": article_id}}
        return dict(self.aws.client("dynamodb").get_item(TableName=table, Key=key)["Item"])

    def redeliver(self, name: str, version: str, run: int = 0) -> None:
        """Deliver the message of an upload once more."""
        record = {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": {
                "bucket": {"name": self.aws.outputs["InboxBucket"]},
                "object": {"key": f"incoming/{self.feed}/{name}", "versionId": version},
            },
            "run": run,
        }
        self.aws.client("sqs").send_message(
            QueueUrl=self.aws.outputs["UploadsQueueUrl"],
            MessageBody=json.dumps({"Records": [record]}),
        )
        self.aws.drain()

    def __call__(self, command: str, *arguments: str) -> Done:
        return self.articles(command, *arguments, "--feeds", str(self.feeds), "--json")


def desk_of_feed() -> Callable[..., Desk]:
    """Make the fixture `desk` of a module: the feed `desk` of its service."""

    @pytest.fixture(scope="module")
    def desk(aws: EmbeddedAws, deployed: Articles, feeds: Path) -> Desk:
        return Desk(aws, deployed, feeds)

    return desk
