"""A file of many parts, through the service itself as template.yaml has it but for its limits."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from articles.storing.items import from_item
from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from tests.aws.service import embedded

KEY = "incoming/agency/archive.ndjson"
PARTS, IN_A_PART = 6, 30
# In each part: articles, each in older versions and some times in its newest; still older versions
# of articles of the next part; broken lines; records without content.
OWN, OLDER, NEWEST, STRANGERS, BROKEN = 2, 1, 3, 2, 5
NOTHING = IN_A_PART - OWN * (OLDER + NEWEST) - STRANGERS - BROKEN

Json = dict[str, Any]


class Line(NamedTuple):
    """A line of the file, and what may become of it."""

    text: str
    outcomes: set[str]


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with embedded(PART_RECORDS=str(IN_A_PART)) as running:
        running.drain()
        yield running


def part(number: int, chance: random.Random) -> list[Line]:
    """Make the lines of one part, in an order by chance."""
    versions = ["older"] * OLDER + ["newest"] * NEWEST
    made = [(kind, f"{number}-{n}") for n in range(OWN) for kind in versions]
    made += [("oldest", f"{(number + 1) % PARTS}-{n}") for n in range(STRANGERS)]
    made += [("broken", "")] * BROKEN + [("nothing", "")] * (NOTHING - 1)
    chance.shuffle(made)
    made.insert(0, ("nothing", ""))  # by its first lines a file is known
    last = {it: place for place, it in enumerate(made)}
    return [line(*it, is_last=place == last[it]) for place, it in enumerate(made)]


def line(kind: str, article: str, *, is_last: bool) -> Line:
    if kind == "broken":
        return Line('{"id": "b", "title": "Cut o', {"rejected"})
    if kind == "nothing":
        return Line('{"section": "Harbour"}', {"rejected"})
    hour = {"oldest": 7, "older": 8, "newest": 9}[kind]
    told = {"id": article, "title": kind, "updated_at": f"2026-03-01T{hour:02}:00:00Z"}
    outcomes = {
        "oldest": {"created", "superseded"},  # before or after the part that has the newest
        "older": {"superseded"},
        "newest": {"created", "updated"} if is_last else {"unchanged"},  # of some alike the last
    }
    return Line(json.dumps(told), outcomes[kind])


def put(aws: EmbeddedAws, lines: list[Line]) -> str:
    body = "\n".join(line.text for line in lines)
    answer = aws.client("s3").put_object(
        Bucket=aws.outputs["InboxBucket"], Key=KEY, Body=body.encode()
    )
    version: str = answer["VersionId"]
    return version


def receipt(aws: EmbeddedAws, version: str) -> Json:
    answer = aws.client("dynamodb").get_item(
        TableName=aws.outputs["ReceiptsTable"],
        Key={"key": {"S": KEY}, "version": {"S": version}},
    )
    return from_item(answer.get("Item", {}))


def muddle(aws: EmbeddedAws, chance: random.Random) -> int:
    """Put copies of the waiting messages behind them, and of the plan's: in an order by chance."""
    sqs, url = aws.client("sqs"), aws.outputs["BulkQueueUrl"]
    bodies: list[str] = []
    while taken := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in taken]
        for message in taken:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    [told] = json.loads(bodies[0])["Records"]
    to_plan = json.dumps({"Records": [{k: v for k, v in told.items() if k != "part"}]})
    copies = [*bodies, *bodies, *chance.choices(bodies, k=5), to_plan, to_plan]
    chance.shuffle(copies)
    for body in copies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return len(bodies)


def articles(aws: EmbeddedAws) -> Iterator[Json]:
    pages = (
        aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=aws.outputs["ArticlesTable"],
            ProjectionExpression="article_id, title",
        )
    )
    for page in pages:
        yield from map(from_item, page["Items"])


def test_every_record_of_a_large_file_is_told_once_and_rightly(aws: EmbeddedAws, tap: Tap) -> None:
    chance = random.Random(20_000)  # noqa: S311
    lines = [line for number in range(PARTS) for line in part(number, chance)]
    version = put(aws, lines)
    assert aws.pump()  # ingest puts it off, and the plan is made
    assert muddle(aws, chance) == PARTS

    events: list[Json] = []
    while aws.pump():
        events += tap.read()
    aws.drain()
    events += tap.read()

    told = receipt(aws, version)
    assert (told["state"], told["outcome"]) == ("done", "partial")
    assert (told["plan"]["parts"], told["plan"]["records"]) == (PARTS, PARTS * IN_A_PART)
    counts: Counter[str] = Counter(told["counts"])
    assert counts["rejected"] == PARTS * (BROKEN + NOTHING)
    assert counts["created"] == PARTS * OWN
    assert counts["unchanged"] == PARTS * OWN * (NEWEST - 1)
    assert counts["updated"] + counts["superseded"] == PARTS * (OWN * OLDER + STRANGERS)
    assert counts.total() == len(lines)

    answer = aws.client("s3").get_object(Bucket=aws.outputs["ArchiveBucket"], Key=told["report"])
    records = json.loads(answer["Body"].read())["records"]
    assert [record["record"] for record in records] == list(range(len(lines)))
    wrong = [
        (record, line)
        for record, line in zip(records, lines, strict=True)
        if record["outcome"] not in line.outcomes
    ]
    assert wrong == []
    assert Counter(record["outcome"] for record in records) == counts
    created = [record["article_id"] for record in records if record["outcome"] == "created"]
    assert len(set(created)) == len(created)
    stored = {item["article_id"]: item["title"] for item in articles(aws)}
    assert stored == dict.fromkeys(created, "newest")

    once = Counter((it["detail-type"], it["detail"]["subject"]) for it in events)
    assert set(once.values()) == {1}
    [of_upload] = [it["detail"] for it in events if it["detail-type"] == "UploadProcessed"]
    told = of_upload["data"]
    is_rejected = [it["record"] for it in records if it["outcome"] == "rejected"]
    assert [it["record"] for it in told["problems"]] == is_rejected[:20]
    assert told["omitted"] == ["problems", "warnings"]
    assert Counter(kind for kind, _ in once) == Counter(
        ArticleCreated=counts["created"], ArticleUpdated=counts["updated"], UploadProcessed=1
    )
