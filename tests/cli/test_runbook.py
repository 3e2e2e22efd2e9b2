"""The runbook of docs/operations.md: incidents are staged, and the commands of the page end them.

Each incident of the page has a story here, and a new one gets one. A story stages the incident and
yields what the page calls `$ID` or `$QUEUE`; it is given what each command of the page did, and
asserts what the page promises. What holds of all incidents is asserted at the end.
"""

import re
import shlex
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import pytest
import typer

from articles.storing.items import from_item
from articles_cli.main import app
from articles_local import EmbeddedAws, Tap
from tests.aws.border import Border
from tests.aws.expressions import Item
from tests.subscriber import Subscriber, to_tell

from .conftest import ROOT, Articles, Done, Line, embedded
from .mistakes import Desk, deploy, story

BERLIN = """[default]
open = true
[feeds.courier]
kills = true
timezone = "Europe/Berlin"
"""
NEW_YORK = BERLIN.replace("Europe/Berlin", "America/New_York")
PART_RECORDS = 20
QUEUES = ["UploadsQueueUrl", "BulkQueueUrl", "DeadLetterQueueUrl", "PublishFailureQueueUrl"]
TABLES = {"ArticlesTable": ["article_id"], "ReceiptsTable": ["key", "version"]}
BUCKETS = ["InboxBucket", "ArchiveBucket"]

Story = Generator[dict[str, str], list[Done], None]


def runbook() -> dict[str, list[str]]:
    """Read the commands of the page, by its headings."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.partition("\n## Runbook\n")[2].partition("\n## ")[0]
    parts = [part.partition("\n") for part in section.split("\n### ")]
    blocks = {name: re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for name, _, text in parts}
    return {name: "".join(found).splitlines() for name, found in blocks.items() if found}


INCIDENTS = runbook()
STORIES: dict[str, tuple[Callable[["Room"], Story], tuple[int, ...]]] = {}


def incident(
    heading: str, *, exits: tuple[int, ...] = ()
) -> Callable[[Callable[["Room"], Story]], Callable[["Room"], Story]]:
    """Register the story of a heading, and the exit codes of its commands unless all are 0."""

    def register(tell: Callable[["Room"], Story]) -> Callable[["Room"], Story]:
        STORIES[heading] = tell, exits
        return tell

    return register


@dataclass(frozen=True)
class Room(Desk):
    """The feed courier, its operator, and a subscriber to all events."""

    border: Border = field(default_factory=Border)
    tap: Tap = None  # type: ignore[assignment]
    subscriber: Subscriber = field(default_factory=Subscriber)

    def run(self, line: str, **names: str) -> Done:
        """Run a command of the page; one that only looks must change nothing."""
        program, command, *words = shlex.split(Template(line).substitute(names))
        assert program == "articles"
        options = typer.main.get_group(app).commands[command].params
        feeds = ["--feeds", self.feeds] if any("--feeds" in it.opts for it in options) else []
        before = self.everything()
        done = self.articles(command, *words, *feeds)
        if "--send" in words:
            self.aws.drain()
        else:
            assert self.everything() == before, line
        return done

    def everything(self) -> list[Any]:
        """Give all that a command could change."""
        sqs, s3 = self.aws.client("sqs"), self.aws.client("s3")
        states = [self.items(table) for table in TABLES]
        for bucket in BUCKETS:
            objects = s3.list_object_versions(Bucket=self.aws.outputs[bucket])
            states += [objects.get("Versions"), objects.get("DeleteMarkers")]
        for url in sqs.list_queues()["QueueUrls"]:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            states.append({url: [it for it in found.items() if "NumberOfMessages" in it[0]]})
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

    def get(self, name: str) -> Line:
        """Give the one article of a file."""
        [article] = self.articles("get", f"incoming/{self.feed}/{name}", "--json").of("article")
        return dict(article["article"])

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
            self.aws.client("sqs").purge_queue(QueueUrl=self.aws.outputs[queue])
        self.aws.drain()


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feeds") / "feeds.toml"
    path.write_text(BERLIN)
    return path


@pytest.fixture(scope="module")
def aws(feeds: Path, border: Border) -> Iterator[EmbeddedAws]:
    parts = {"PART_RECORDS": str(PART_RECORDS), "MAX_INLINE_BYTES": "10000"}
    with embedded(FEEDS_FILE=str(feeds), **parts) as running:
        running.drain()
        yield running
    assert border


@pytest.fixture
def room(aws: EmbeddedAws, deployed: Articles, feeds: Path, border: Border) -> Iterator[Room]:
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap:
        room = Room(aws, deployed, feeds, "courier", border, tap)
        yield room
        border.clear()
        room.clear()
    deploy(feeds, BERLIN)


def test_every_incident_has_a_story_and_every_story_an_incident() -> None:
    assert STORIES.keys() == INCIDENTS.keys()


@pytest.mark.parametrize("heading", INCIDENTS)
def test_the_commands_of_the_page_end_the_incident(heading: str, room: Room) -> None:
    tell, exits = STORIES[heading]
    told = tell(room)
    names = next(told)
    room.hear()

    done = [room.run(line, **names) for line in INCIDENTS[heading]]

    assert [it.code for it in done] == list(exits or [0] * len(done)), done
    with pytest.raises(StopIteration):
        told.send(done)
    room.hear()
    assert {queue: room.messages(queue) for queue in QUEUES} == dict.fromkeys(QUEUES, 0)
    assert room.subscriber.believes() == room.told()


@incident("Uploads that failed")
def uploads_that_failed(room: Room) -> Story:
    table = room.aws.outputs["ArticlesTable"]
    room.border.fail(
        "UpdateItem",
        "ProvisionedThroughputExceededException",
        concerns=lambda asked: asked["TableName"] == table,
    )
    room.put("small.json", story("small"))
    room.put("large.json", *(story(f"large-{n}") for n in range(3 * PART_RECORDS)))
    assert room.messages("DeadLetterQueueUrl") == 4
    room.border.heal()

    looked, sent, listed = yield {}

    assert all("ProvisionedThroughput" in it["cause"] for it in looked.of("letter"))
    assert sent.of("summary")[0]["letters"] == {"sent": 4}
    assert listed.lines == []
    outcomes = [it["data"]["outcome"] for it in room.hear() if it["type"] == "UploadProcessed"]
    assert outcomes == ["accepted", "accepted"]
    assert len(room.told()) == 3 * PART_RECORDS + 1
