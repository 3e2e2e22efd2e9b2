"""`put` and `status` of an upload that is stored in parts."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest

from articles_cli.stack import default_name
from articles_local import EmbeddedAws
from tests.aws.border import Border

from .conftest import ROOT, Articles, Done

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
    """A service that moves only when it is told to, with parts of two records."""
    with EmbeddedAws(
        template=ROOT / "template.yaml",
        functions=ROOT / "functions",
        stack=default_name(),
        parameters={"Stage": "test"},  # functions of one process share their dimensions
        log=StringIO(),
        variables={"PART_RECORDS": "2", "MAX_INLINE_BYTES": "1"},
    ) as running:
        running.drain()
        border.clear()
        yield running


@pytest.fixture
def planned(aws: EmbeddedAws, articles: Articles, tmp_path: Path) -> EmbeddedAws:
    """Upload seven records; the plan is made, and none of the four parts is stored."""
    (tmp_path / "archive.ndjson").write_text("\n".join([*GOOD, *[BROKEN] * 3, *GOOD[:1]]))
    put = articles("put", tmp_path, "--feed", "desk", "--json", **aws.environment)
    assert (put.code, [line["key"] for line in put.of("upload")]) == (0, [KEY])
    for _ in range(5):
        aws.pump()
        if not status(articles, aws).code:
            return aws
    raise AssertionError(status(articles, aws))


def status(articles: Articles, aws: EmbeddedAws, how: str = "--json") -> Done:
    return articles("status", KEY, how, **aws.environment)


def receipt(articles: Articles, aws: EmbeddedAws) -> dict[str, Any]:
    (found,) = status(articles, aws).of("receipt")
    return found


def test_put_waits_for_all_parts(articles: Articles, up: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "archive.ndjson").write_text("\n".join([*GOOD, *[BROKEN] * 2_100]))

    done = articles("put", tmp_path, "--feed", "desk", "--wait", "--json", **up)

    assert done.code == 1
    (told,) = done.of("receipt")
    assert (told["state"], told["outcome"]) == ("done", "partial")
    assert told["counts"] == {"created": 3, "rejected": 2_100}
    assert (told["plan"]["parts"], told["plan"]["records"], told["done"]) == (2, 2_103, [1, 2])
    shown = articles("status", KEY, "--table", **up).out
    assert "2083 more records in" in shown


def test_status_tells_how_far_an_upload_in_parts_is(
    articles: Articles, planned: EmbeddedAws
) -> None:
    told = receipt(articles, planned)
    assert told["state"] == "processing"
    assert told.keys() & {"outcome", "done", "counts"} == set()
    assert (told["plan"]["parts"], told["plan"]["records"]) == (4, 7)
    assert told["missing"] == [1, 2, 3, 4]
    shown = status(articles, planned, "--table")
    assert shown.code == 0
    assert "processing" in shown.out
    assert "0 of 4 parts, 7 records in all; missing: 1-4" in " ".join(shown.out.split())

    planned.pump()
    assert len(receipt(articles, planned)["done"]) == 1
    assert "1 of 4 parts, 7 records in all" in status(articles, planned, "--table").out

    planned.drain()
    told = receipt(articles, planned)
    assert (told["state"], told["outcome"], told["done"]) == ("done", "partial", [1, 2, 3, 4])
    assert "missing" not in told
    assert "missing" not in status(articles, planned, "--table").out


def test_status_names_the_parts_that_failed_until_they_are_redriven(
    articles: Articles, planned: EmbeddedAws, border: Border
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

    done = status(articles, planned)
    assert done.code == 3
    (told,) = done.of("receipt")
    assert (told["state"], told["outcome"], told["done"]) == ("failed", "failed", [1, 3, 4])
    assert told["missing"] == [2]
    assert "AccessDenied" in told["cause"]
    shown = " ".join(status(articles, planned, "--table").out.split())
    assert "3 of 4 parts, 7 records in all; missing: 2" in shown

    border.heal()
    [letter] = sqs.receive_message(QueueUrl=planned.outputs["DeadLetterQueueUrl"])["Messages"]
    assert json.loads(letter["Body"])["Records"][0]["part"]["number"] == 2
    sqs.send_message(QueueUrl=planned.outputs["BulkQueueUrl"], MessageBody=letter["Body"])
    planned.drain()

    told = receipt(articles, planned)
    assert (told["state"], told["outcome"], told["done"]) == ("done", "partial", [1, 2, 3, 4])
    assert "cause" not in told
    events = [event for event in border.bus.events if event["type"] == "UploadProcessed"]
    assert [event["data"]["state"] for event in events] == ["failed", "done"]
