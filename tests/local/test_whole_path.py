"""The whole path: from a file in the inbox to the event at a subscriber."""

import base64
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from articles.storing.items import from_item
from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from tests.aws.records import dumped
from tests.aws.service import embedded
from tests.newsroom import a_story


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with embedded() as running:
        running.drain()
        yield running


def put(aws: EmbeddedAws, key: str, file: Any) -> str:
    answer = aws.client("s3").put_object(
        Bucket=aws.outputs["InboxBucket"], Key=key, Body=dumped(file).encode()
    )
    version: str = answer["VersionId"]
    return version


def receipt(aws: EmbeddedAws, key: str, version: str) -> dict[str, Any]:
    answer = aws.client("dynamodb").get_item(
        TableName=aws.outputs["ReceiptsTable"],
        Key={"key": {"S": key}, "version": {"S": version}},
    )
    return from_item(answer["Item"])


def article(aws: EmbeddedAws, stored: dict[str, str]) -> dict[str, Any]:
    """Read an article as an event tells to."""
    answer = aws.client("dynamodb").get_item(
        TableName=stored["table"],
        Key={"article_id": {"S": stored["article_id"]}},
        ConsistentRead=True,
    )
    return from_item(answer["Item"])


def test_a_file_becomes_an_article_an_event_and_a_receipt(aws: EmbeddedAws, tap: Tap) -> None:
    key = "incoming/path/a+b 100%/é ⛴.json"
    version = put(aws, key, a_story())

    aws.drain()

    [event] = tap.read()
    assert (event["source"], event["detail-type"]) == ("articles", "ArticleCreated")
    data = event["detail"]["data"]
    assert data["upload"]["key"] == key
    assert data["upload"]["version"] == version
    item = article(aws, data["stored"])
    assert item["title"] == "Ferry returns to the harbour"
    assert item["order_key"] == data["order_key"]
    assert receipt(aws, key, version)["outcome"] == "accepted"


def test_a_story_is_created_updated_and_killed_for_its_subscribers(
    aws: EmbeddedAws, tap: Tap
) -> None:
    for changes in (
        {"title": "Ferry sails"},
        {"title": "Ferry sails"},  # once more, under the same key
        {"title": "Ferry sinks", "updated_at": "2026-03-01T10:00:00Z"},
        {"title": "Ferry sails", "updated_at": "2026-03-01T08:00:00Z"},
        {"status": "canceled", "updated_at": "2026-03-01T11:00:00Z"},
        {"title": "Ferry is back", "updated_at": "2026-03-01T12:00:00Z"},
    ):
        put(aws, "incoming/example/ferry.json", a_story(**changes))
        aws.drain()

    events = tap.read()
    assert [event["detail-type"] for event in events] == [
        "ArticleCreated",
        "ArticleUpdated",
        "ArticleWithdrawn",
    ]
    assert events[1]["detail"]["data"]["changed"] == ["modified_at", "title"]
    assert events[2]["detail"]["data"]["reason"] == "canceled"
    keys = [event["detail"]["data"]["order_key"] for event in events]
    assert keys == sorted(keys)


def test_a_file_with_a_bad_record_is_announced_with_its_report(aws: EmbeddedAws, tap: Tap) -> None:
    key = "incoming/path/mixed.json"
    version = put(aws, key, [a_story(id="good", url=None), {"no": "article"}])

    aws.drain()

    events = {event["detail-type"]: event["detail"] for event in tap.read()}
    assert events.keys() == {"ArticleCreated", "UploadProcessed"}
    told = events["UploadProcessed"]["data"]
    assert told["counts"] == {"created": 1, "rejected": 1}
    assert told["report"] == f"reports/path/{key}/{version}.json"
    assert [(it["code"], it["record"]) for it in told["problems"]] == [("E_UNKNOWN_SHAPE", 1)]
    report = aws.client("s3").get_object(Bucket=told["report_bucket"], Key=told["report"])
    assert len(json.loads(report["Body"].read())["records"]) == 2


def test_an_article_twice_in_a_file_is_one_event(aws: EmbeddedAws, tap: Tap) -> None:
    twins = [a_story(id="twin", url=None, title=title) for title in ("One", "Two")]
    put(aws, "incoming/path/twins.json", twins)

    aws.drain()

    events = [it["detail"] for it in tap.read() if it["detail-type"] == "ArticleCreated"]
    assert [event["data"]["article"]["title"] for event in events] == ["Two"]


def test_a_version_deleted_before_it_is_read_is_gone(aws: EmbeddedAws, tap: Tap) -> None:
    key = "incoming/path/gone.json"
    version = put(aws, key, a_story(id="gone"))
    aws.client("s3").delete_object(Bucket=aws.outputs["InboxBucket"], Key=key, VersionId=version)

    aws.drain()

    assert receipt(aws, key, version)["outcome"] == "gone"
    assert tap.read() == []


def test_poison_waits_in_the_dead_letters(aws: EmbeddedAws, tap: Tap) -> None:
    aws.client("sqs").send_message(
        QueueUrl=aws.outputs["UploadsQueueUrl"], MessageBody="not a notice"
    )

    aws.drain()

    letters = aws.client("sqs").receive_message(QueueUrl=aws.outputs["DeadLetterQueueUrl"])
    assert [letter["Body"] for letter in letters["Messages"]] == ["not a notice"]
    assert tap.read() == []


def test_an_embargo_ends_by_itself(aws: EmbeddedAws, tap: Tap) -> None:
    until = (datetime.now(UTC) + timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    put(aws, "incoming/path/held.json", a_story(id="held", url=None, embargoed_until=until))

    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + 30
    while not events and time.monotonic() < deadline:
        aws.drain()
        events = tap.read()

    assert [event["detail-type"] for event in events] == ["ArticleCreated"]
    assert events[0]["detail"]["time"] >= until[:19]


def test_a_long_article_can_be_updated(aws: EmbeddedAws, tap: Tap) -> None:
    noise = base64.b64encode(random.Random(2).randbytes(200_000)).decode()  # noqa: S311
    key = "incoming/path/long.json"
    for hour in (9, 10):
        story = a_story(id="long", url=None, body_text=noise + str(hour))
        version = put(aws, key, story | {"updated_at": f"2026-03-01T{hour:02}:00:00Z"})
        aws.drain()

    assert receipt(aws, key, version)["counts"] == {"updated": 1}
    assert [event["detail-type"] for event in tap.read()] == ["ArticleCreated", "ArticleUpdated"]
