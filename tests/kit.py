"""The kit of examples/subscriber beside the service, and what its index holds."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from articles_local.function import Function, load
from articles_reader import Version

FOLDER = Path(__file__).parents[1] / "examples/subscriber"
STACK = "articles-search"
Json = dict[str, Any]


class Shown(NamedTuple):
    """What the index shows of an article, and as which version."""

    title: str | None
    text: str | None
    version: Version


@dataclass(frozen=True)
class Kit:
    """The kit as it is deployed in the embedded AWS."""

    aws: EmbeddedAws
    outputs: dict[str, str]
    stack: str = STACK

    @classmethod
    def deploy(cls, aws: EmbeddedAws, stack: str = STACK, **parameters: str) -> Self:
        template = FOLDER / "template.yaml"
        given = {"Stage": "dev", **parameters}
        return cls(aws, aws.deploy(template=template, stack=stack, parameters=given), stack)

    def unsubscribe(self) -> None:
        """Have no event sent to the queue, but what a test sends."""
        events, bus = self.aws.client("events"), self.aws.outputs["EventBusName"]
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            events.remove_targets(Rule=rule["Name"], EventBusName=bus, Ids=["queue"])

    def instance(self) -> Function:
        """Start one more instance of the function."""
        properties = self.aws.functions[self.stack].properties
        return load(properties, FOLDER / "function", self.aws.environment, StringIO())

    def send(self, events: Iterable[Json]) -> None:
        """Send events to the queue."""
        sqs, left = self.aws.client("sqs"), iter(events)
        while ten := list(islice(left, 10)):
            entries = [{"Id": str(n), "MessageBody": json.dumps(it)} for n, it in enumerate(ten)]
            sqs.send_message_batch(QueueUrl=self.outputs["QueueUrl"], Entries=entries)

    def take(self, *events: Json) -> None:
        """Send events to the queue, and have them taken, a few at a time: many slow moto down."""
        left = iter(events)
        while some := list(islice(left, 50)):
            self.send(some)
            while self.aws.pump():
                pass

    def renew(self) -> None:
        """Run the schedule."""
        assert self.aws.functions[self.stack].invoke(SCHEDULED) is not None

    def file(self) -> bytes:
        s3, bucket = self.aws.client("s3"), self.outputs["IndexBucket"]
        return bytes(s3.get_object(Bucket=bucket, Key="index.sqlite")["Body"].read())

    def delete_file(self) -> None:
        bucket = self.outputs["IndexBucket"]
        self.aws.client("s3").delete_object(Bucket=bucket, Key="index.sqlite")

    def shown(self) -> dict[str, Shown]:
        """Give what the index shows, by article."""
        rows = self._rows(
            "SELECT article_id, title, text, order_key, time"
            " FROM shown JOIN known ON number = shown.rowid"
        )
        return {name: Shown(title, text, Version(*at)) for name, title, text, *at in rows}

    def known(self) -> dict[str, int | None]:
        """Give every article that the index knows, and when it looks at it again."""
        return dict(self._rows("SELECT article_id, expires FROM known"))

    def let_expire(self, *article_ids: str) -> None:
        """Have so much time gone by that the index may keep articles no longer."""
        with sqlite3.connect(":memory:") as index:
            index.deserialize(self.file())
            index.executemany(
                "UPDATE known SET expires = 1 WHERE article_id = ?", [[it] for it in article_ids]
            )
            index.commit()
        self.aws.client("s3").put_object(
            Bucket=self.outputs["IndexBucket"], Key="index.sqlite", Body=index.serialize()
        )

    def search(self, words: str) -> str:
        """Search as people do."""
        done = subprocess.run(
            [sys.executable, FOLDER / "search.py", words, "--stack", self.stack],
            env=os.environ | self.aws.environment,
            capture_output=True,
            check=False,
            text=True,
        )
        return done.stdout + done.stderr

    def _rows(self, query: str) -> list[Any]:
        with sqlite3.connect(":memory:") as index:
            index.deserialize(self.file())
            return index.execute(query).fetchall()


SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def batch(*events: Json) -> Json:
    """Write events as Lambda passes a batch of the queue to a function."""
    bodies = map(json.dumps, events)
    return {"Records": [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]}


def heard(tap: Tap) -> list[Json]:
    """Give the events of articles that have come since the last time."""
    return [it for it in tap.read() if it["detail-type"] != "UploadProcessed"]


def end_retention(aws: EmbeddedAws, *article_ids: str) -> None:
    """Let the retention of articles be over: their TTL, which DynamoDB has not noticed yet."""
    for article_id in article_ids:
        set_attribute(aws, article_id, "ttl", {"N": "1772355600"})


def set_attribute(aws: EmbeddedAws, article_id: str, name: str, value: Json) -> None:
    aws.client("dynamodb").update_item(
        TableName=aws.outputs["ArticlesTable"],
        Key={"article_id": {"S": article_id}},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )
