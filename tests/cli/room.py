"""A newsroom in which incidents happen: its uploads, its operator, and a subscriber."""

import json
import shlex
from collections import Counter
from dataclasses import dataclass, field
from string import Template
from typing import Any

import typer
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from articles.storing.items import from_item
from articles_cli.local.invariants import to_tell
from articles_cli.main import app
from articles_cli.stack.tap import Tap
from tests.aws.border import Border
from tests.aws.expressions import Item
from tests.subscriber import Subscriber

from .conftest import Done
from .mistakes import Desk, lose
from .operators import Operator

COMMANDS = typer.main.get_group(app).commands
QUEUES = ["UploadsQueueUrl", "BulkQueueUrl", "DeadLetterQueueUrl", "PublishFailureQueueUrl"]
TABLES = {"ArticlesTable": ["article_id"], "ReceiptsTable": ["key", "version"]}
BUCKETS = ["InboxBucket", "ArchiveBucket"]


@dataclass(frozen=True, kw_only=True)
class Room(Desk):
    """The feed courier, its operator, and a subscriber to all events."""

    border: Border
    tap: Tap
    operator: Operator
    subscriber: Subscriber = field(default_factory=Subscriber)

    def run(self, line: str, **names: str) -> Done:
        """Run a command of the page; one that only looks must change nothing."""
        program, command, *words = shlex.split(Template(line).substitute(names))
        assert program == "articles"
        taken = {it for option in COMMANDS[command].params for it in option.opts}
        here = {"--feeds": self.feeds, "--oldest": "2025-01"}  # no file of ours; no empty months
        added = [word for name in here.keys() & taken for word in (name, here[name])]
        before = self.everything()
        with self.operator.at_work():
            done = self.articles(command, *words, *added)
        if "--send" in words:
            self.aws.drain()
        else:
            assert self.everything() == before, line
        return done

    def everything(self) -> list[Any]:
        """Give all that a command could change."""
        s3 = self.aws.client("s3")
        states: list[Any] = [self.items(table) for table in TABLES]
        for bucket in BUCKETS:
            objects = s3.list_object_versions(Bucket=self.aws.outputs[bucket])
            states += [objects.get("Versions"), objects.get("DeleteMarkers")]
        # Of moto itself: a request for each queue would take most of the time of these tests.
        queues = get_backend("sqs")[DEFAULT_ACCOUNT_ID][self.aws.session.region_name].queues
        assert queues, "moto keeps its queues elsewhere"
        for name, it in queues.items():
            taken = it.approximate_number_of_messages_not_visible
            delayed = it.approximate_number_of_messages_delayed
            states.append((name, it.approximate_number_of_messages, taken, delayed))
        return states

    def items(self, table: str) -> list[Item]:
        return list(self.aws.client("dynamodb").scan(TableName=self.aws.outputs[table])["Items"])

    def told(self) -> dict[str, Any]:
        """Give what subscribers should believe."""
        articles = map(from_item, self.items("ArticlesTable"))
        told = {it["article_id"]: to_tell(it) for it in articles}
        return {article_id: it for article_id, it in told.items() if it is not None}

    def hear(self) -> list[Item]:
        """Give the events since the last call, in the order in which they came."""
        self.aws.drain()
        events = [it["detail"] for it in self.tap.read()]
        self.subscriber.take(events)
        return events

    def heard(self) -> Counter[str]:
        return Counter(str(it["data"].get("reason") or it["type"]) for it in self.hear())

    def clear(self) -> None:
        """Empty the service."""
        self.aws.drain()
        dynamodb, s3 = self.aws.client("dynamodb"), self.aws.client("s3")
        for table, names in TABLES.items():
            for item in self.items(table):
                key = {name: item[name] for name in names}
                dynamodb.delete_item(TableName=self.aws.outputs[table], Key=key)
        for bucket in (self.aws.outputs[it] for it in BUCKETS):
            found = s3.list_object_versions(Bucket=bucket)
            for it in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=it["Key"], VersionId=it["VersionId"])
        for queue in QUEUES:
            lose(self.aws, queue)
        self.aws.drain()

    def taken(self, url: str) -> list[Item]:
        """Take all events out of the queue of a subscriber."""
        sqs, events = self.aws.client("sqs"), list[Item]()
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            events += [json.loads(it["Body"])["detail"] for it in found]
            for it in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=it["ReceiptHandle"])
        return events
