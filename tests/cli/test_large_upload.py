"""`put` and `status` of an upload that is stored in parts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from articles_local import EmbeddedAws
from tests.aws.border import Border

from .conftest import Articles, Done, embedded

GOOD = [f'{{"id": "{n}", "title": "Title {n}", "text": "Six."}}' for n in range(3)]
BROKEN = '{"title": "Cut o'


@pytest.fixture(scope="module")
def border() -> Iterator[Border]:
    """The border that the functions of this process cross."""
    session = boto3.Session("embedded", "embedded", region_name="us-east-1")
    with Border().crossed(session) as border:
        yield border


@pytest.fixture(scope="module")
def aws(border: Border) -> Iterator[EmbeddedAws]:
    """A service with parts of two records."""
    with embedded(PART_RECORDS="2", MAX_INLINE_BYTES="1") as running:
        running.drain()
        border.clear()
        yield running


@dataclass(frozen=True)
class Uploaded:
    """A large upload, as `articles status` shows it."""

    articles: Articles
    key: str

    def status(self, form: str = "--json") -> Done:
        return self.articles("status", self.key, form)

    @property
    def receipt(self) -> dict[str, Any]:
        (found,) = self.status().of("receipt")
        return found

    @property
    def table(self) -> str:
        """What people see, on one line."""
        return " ".join(self.status("--table").out.split())


@pytest.fixture
def planned(
    aws: EmbeddedAws, deployed: Articles, tmp_path: Path, request: pytest.FixtureRequest
) -> Uploaded:
    """Upload seven records; the plan is made, and none of the four parts is stored."""
    name = f"{request.node.name}.ndjson"  # each test has its own key
    (tmp_path / name).write_text("\n".join([*GOOD, *[BROKEN] * 3, *GOOD[:1]]))
    put = deployed("put", tmp_path, "--feed", "desk", "--json")
    uploaded = Uploaded(deployed, f"incoming/desk/{name}")
    assert (put.code, [line["key"] for line in put.of("upload")]) == (0, [uploaded.key])
    for _ in range(5):
        aws.pump()
        if not uploaded.status().code:
            return uploaded
    raise AssertionError(uploaded.status())


def test_put_waits_for_all_parts(deployed: Articles, tmp_path: Path) -> None:
    (tmp_path / "archive.ndjson").write_text("\n".join([*GOOD, *[BROKEN] * 22]))

    done = deployed("put", tmp_path, "--feed", "desk", "--wait", "--json")

    assert done.code == 1
    (found,) = done.of("receipt")
    assert (found["state"], found["outcome"]) == ("done", "partial")
    assert found["counts"] == {"created": 3, "rejected": 22}
    assert (found["plan"]["parts"], found["plan"]["records"]) == (13, 25)
    assert found["done"] == list(range(1, 14))
    assert "5 more records in" in Uploaded(deployed, found["key"]).table


def test_status_tells_how_far_an_upload_in_parts_is(planned: Uploaded, aws: EmbeddedAws) -> None:
    found = planned.receipt
    assert found["state"] == "processing"
    assert found.keys() & {"outcome", "done", "counts"} == set()
    assert (found["plan"]["parts"], found["plan"]["records"]) == (4, 7)
    assert found["missing"] == [1, 2, 3, 4]
    assert planned.status("--table").code == 0
    assert "processing" in planned.table
    assert "0 of 4 parts; 7 records in total; missing: 1-4" in planned.table

    aws.pump()
    assert len(planned.receipt["done"]) == 1
    assert "1 of 4 parts; 7 records in total" in planned.table

    aws.drain()
    found = planned.receipt
    assert (found["state"], found["outcome"], found["done"]) == ("done", "partial", [1, 2, 3, 4])
    assert "missing" not in found
    assert "missing" not in planned.table


def test_status_names_the_parts_that_failed_until_they_are_redriven(
    planned: Uploaded, aws: EmbeddedAws, border: Border
) -> None:
    border.clear()
    sqs = aws.client("sqs")
    whole = "\n".join([*GOOD, BROKEN])
    third = len("\n".join(GOOD[:2])) + 1
    assert whole[third:] == f"{GOOD[2]}\n{BROKEN}"
    border.fail(
        "GetObject",
        "AccessDenied",
        status=403,
        concerns=lambda asked: asked.get("Range") == f"bytes={third}-{len(whole) - 1}",
    )

    aws.drain()

    assert planned.status().code == 3
    found = planned.receipt
    assert (found["state"], found["outcome"], found["done"]) == ("failed", "failed", [1, 3, 4])
    assert found["missing"] == [2]
    assert "AccessDenied" in found["cause"]
    assert "3 of 4 parts; 7 records in total; missing: 2" in planned.table

    border.heal()
    [letter] = sqs.receive_message(QueueUrl=aws.outputs["DeadLetterQueueUrl"])["Messages"]
    assert json.loads(letter["Body"])["Records"][0]["part"]["number"] == 2
    sqs.send_message(QueueUrl=aws.outputs["BulkQueueUrl"], MessageBody=letter["Body"])
    aws.drain()

    found = planned.receipt
    assert (found["state"], found["outcome"], found["done"]) == ("done", "partial", [1, 2, 3, 4])
    assert "cause" not in found
    events = [event for event in border.bus.events if event["type"] == "UploadProcessed"]
    assert [event["data"]["state"] for event in events] == ["failed", "done"]
