"""`put` and `status` of an upload that is stored in parts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from articles_local import EmbeddedAws
from tests.integration.border import Border

from .conftest import Articles, deployed_on, embedded

KEY = "incoming/desk/archive.ndjson"
GOOD = [f'{{"id": "{n}", "title": "Title {n}"}}' for n in range(3)]
BROKEN = '{"title": "Cut o'


@pytest.fixture
def border(monkeypatch: pytest.MonkeyPatch) -> Border:
    """The border that the functions of this process cross."""
    session = boto3.Session("embedded", "embedded", region_name="us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    border = Border()
    border.watch(session)
    return border


@pytest.fixture
def aws(border: Border) -> Iterator[EmbeddedAws]:
    """A service with parts of two records."""
    with embedded(PART_RECORDS="2", MAX_INLINE_BYTES="1") as running:
        running.drain()
        border.clear()
        yield running


@pytest.fixture
def deployed(aws: EmbeddedAws) -> Iterator[Articles]:
    with deployed_on(aws) as articles:
        yield articles


@pytest.fixture
def planned(aws: EmbeddedAws, deployed: Articles, tmp_path: Path) -> EmbeddedAws:
    """Upload seven records; the plan is made, and none of the four parts is stored."""
    (tmp_path / "archive.ndjson").write_text("\n".join([*GOOD, *[BROKEN] * 3, *GOOD[:1]]))
    put = deployed("put", tmp_path, "--feed", "desk", "--json")
    assert (put.code, [line["key"] for line in put.of("upload")]) == (0, [KEY])
    for _ in range(5):
        aws.pump()
        if not deployed("status", KEY).code:
            return aws
    raise AssertionError(deployed("status", KEY))


def receipt(deployed: Articles) -> dict[str, Any]:
    (found,) = deployed("status", KEY, "--json").of("receipt")
    return found


def table(deployed: Articles) -> str:
    """Return what people see, on one line."""
    return " ".join(deployed("status", KEY, "--table").out.split())


def test_put_waits_for_all_parts(deployed: Articles, tmp_path: Path) -> None:
    (tmp_path / "archive.ndjson").write_text("\n".join([*GOOD, *[BROKEN] * 30]))

    done = deployed("put", tmp_path, "--feed", "desk", "--wait", "--json")

    assert done.code == 1
    (found,) = done.of("receipt")
    assert (found["state"], found["outcome"]) == ("done", "partial")
    assert found["counts"] == {"created": 3, "rejected": 30}
    assert (found["plan"]["parts"], found["plan"]["records"]) == (17, 33)
    assert found["done"] == list(range(1, 18))
    assert "13 more records in" in table(deployed)


def test_status_tells_how_far_an_upload_in_parts_is(
    deployed: Articles, planned: EmbeddedAws
) -> None:
    found = receipt(deployed)
    assert found["state"] == "processing"
    assert found.keys() & {"outcome", "done", "counts"} == set()
    assert (found["plan"]["parts"], found["plan"]["records"]) == (4, 7)
    assert found["missing"] == [1, 2, 3, 4]
    assert deployed("status", KEY).code == 0
    assert "processing" in table(deployed)
    assert "0 of 4 parts; 7 records in total; missing: 1-4" in table(deployed)

    planned.pump()
    assert len(receipt(deployed)["done"]) == 1
    assert "1 of 4 parts; 7 records in total" in table(deployed)

    planned.drain()
    found = receipt(deployed)
    assert (found["state"], found["outcome"], found["done"]) == ("done", "partial", [1, 2, 3, 4])
    assert "missing" not in found
    assert "missing" not in table(deployed)


def test_status_names_the_parts_that_failed_until_they_are_redriven(
    deployed: Articles, planned: EmbeddedAws, border: Border
) -> None:
    sqs = planned.client("sqs")
    whole = "\n".join([*GOOD, BROKEN])
    third = len("\n".join(GOOD[:2])) + 1
    assert whole[third:] == f"{GOOD[2]}\n{BROKEN}"
    border.fail(
        "GetObject",
        "AccessDenied",
        status=403,
        concerns=lambda asked: asked.get("Range") == f"bytes={third}-{len(whole) - 1}",
    )

    planned.drain()

    assert deployed("status", KEY).code == 3
    found = receipt(deployed)
    assert (found["state"], found["outcome"], found["done"]) == ("failed", "failed", [1, 3, 4])
    assert found["missing"] == [2]
    assert "AccessDenied" in found["cause"]
    assert "3 of 4 parts; 7 records in total; missing: 2" in table(deployed)

    border.heal()
    [letter] = sqs.receive_message(QueueUrl=planned.outputs["DeadLetterQueueUrl"])["Messages"]
    assert json.loads(letter["Body"])["Records"][0]["part"]["number"] == 2
    sqs.send_message(QueueUrl=planned.outputs["BulkQueueUrl"], MessageBody=letter["Body"])
    planned.drain()

    found = receipt(deployed)
    assert (found["state"], found["outcome"], found["done"]) == ("done", "partial", [1, 2, 3, 4])
    assert "cause" not in found
    events = [event for event in border.bus.events if event["type"] == "UploadProcessed"]
    assert [event["data"]["state"] for event in events] == ["failed", "done"]
