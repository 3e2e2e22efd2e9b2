"""`replay`: uploads are read again, and what would change is told before anything is sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from articles_local import EmbeddedAws

from .conftest import Articles, Done, embedded

BERLIN = '[default]\nopen = true\n[feeds.courier]\ntimezone = "Europe/Berlin"\n'
NEW_YORK = BERLIN.replace("Europe/Berlin", "America/New_York")


@dataclass(frozen=True)
class Desk:
    """A service, the feeds file that it was given, and the one that its operator has here."""

    articles: Articles
    aws: EmbeddedAws
    feeds: Path
    folder: Path

    def put(self, feed: str, name: str, *records: dict[str, Any], text: str | None = None) -> str:
        key = f"incoming/{feed}/{name}"
        body = text or "\n".join(json.dumps(it) for it in records)
        answer = self.aws.client("s3").put_object(
            Bucket=self.aws.outputs["InboxBucket"], Key=key, Body=body.encode()
        )
        self.aws.drain()
        return str(answer["VersionId"])

    def replay(self, *arguments: object) -> Done:
        return self.articles("replay", *arguments, "--feeds", self.feeds, "--json")

    def receipts(self, key: str) -> list[dict[str, Any]]:
        return self.articles("status", key, "--all", "--json").of("receipt")

    @property
    def messages(self) -> int:
        """How many messages wait for ingest."""
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.aws.outputs["UploadsQueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages"],
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feeds") / "feeds.toml"
    path.write_text(NEW_YORK)
    return path


@pytest.fixture(scope="module")
def aws(feeds: Path) -> Iterator[EmbeddedAws]:
    with embedded(FEEDS_FILE=str(feeds)) as running:
        running.drain()
        yield running


@pytest.fixture
def desk(aws: EmbeddedAws, deployed: Articles, feeds: Path, tmp_path: Path) -> Desk:
    here = tmp_path / "feeds.toml"
    here.write_text(feeds.read_text())
    return Desk(deployed, aws, here, tmp_path)


def story(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"s-{number}",
        "title": f"Story {number}",
        "text": "At six.",
        "published_at": "2025-06-02T19:00:00",
    } | more


def test_looking_tells_what_a_mended_zone_would_change_and_sends_nothing(desk: Desk) -> None:
    for number in range(3):
        desk.put("courier", f"zone/{number}.json", story(number))
    desk.feeds.write_text(BERLIN)

    done = desk.replay("incoming/courier/zone/")

    assert (done.code, desk.messages) == (0, 0), done
    assert done.of("selection")[0]["uploads"] == 3
    assert done.of("selection")[0]["records"] == 3
    (found,) = done.of("differences")
    assert (found["outcomes"], found["fields"]) == ({"changed": 3}, {"published_at": 3})
    first = done.of("difference")[0]
    assert first["changes"] == [
        {
            "field": "published_at",
            "before": "2025-06-02T23:00:00Z",
            "after": "2025-06-02T17:00:00Z",
        }
    ]
    assert desk.receipts("incoming/courier/zone/0.json")[0]["run"] == 0
