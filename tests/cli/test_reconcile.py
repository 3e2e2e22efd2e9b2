"""`reconcile`: uploads whose messages were lost are found, and read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from articles.refs import Part
from articles.times import Clock
from articles.uploads.message import Upload, notice
from articles_cli.replays import sending
from articles_local import EmbeddedAws

from .conftest import Articles, Done, embedded
from .mistakes import lose

RECORDS = [f'{{"id": "{n}", "title": "Title {n}", "text": "Six."}}' for n in range(5)]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """A service with parts of two records; everything that is longer is large."""
    with embedded(PART_RECORDS="2", MAX_INLINE_BYTES="100") as running:
        running.drain()
        yield running


def put(aws: EmbeddedAws, key: str, body: str | None = None) -> str:
    """Upload a file; gives its version."""
    name = key.rpartition("/")[2]
    body = body or f'{{"id": "{name}", "title": "Ferry", "text": "Six."}}'
    answer = aws.client("s3").put_object(Bucket=aws.outputs["InboxBucket"], Key=key, Body=body)
    return str(answer["VersionId"])


def reconciled(deployed: Articles, feed: str, *arguments: str) -> Done:
    done = deployed("reconcile", "--feed", feed, "--age", "0", *arguments, "--json")
    assert done.code == 0, done
    return done


def named(done: Done, kind: str = "missing") -> list[tuple[str, str]]:
    return [(line["key"].rpartition("/")[2], line["version"]) for line in done.of(kind)]


def summary(done: Done) -> dict[str, Any]:
    [line] = done.of("summary")
    return {name: line[name] for name in ("missing", "unfinished", "sent")}


def test_a_message_that_sqs_refuses_is_an_error_and_no_crash(
    aws: EmbeddedAws, deployed: Articles, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(aws, "incoming/refused/lost.json")
    lose(aws)
    monkeypatch.setattr(sending, "notice", lambda *_, **__: "\x00")  # no text that SQS takes

    done = deployed("reconcile", "--feed", "refused", "--age", "0", "--send")

    assert done.code == 3
    assert "Traceback" not in done.err


def test_uploads_whose_notifications_were_lost_are_found_and_read(
    aws: EmbeddedAws, deployed: Articles
) -> None:
    put(aws, "incoming/desk/told.json")
    aws.drain()
    first = put(aws, "incoming/desk/lost.json")
    second = put(aws, "incoming/desk/lost.json", '{"id": "x", "title": "Mended", "text": "Six."}')
    lose(aws)

    looked, sent = reconciled(deployed, "desk"), reconciled(deployed, "desk", "--send")
    aws.drain()
    again = reconciled(deployed, "desk", "--send")

    assert named(looked) == named(sent) == [("lost.json", first), ("lost.json", second)]
    assert summary(looked) == {"missing": 2, "unfinished": 0, "sent": 0}
    assert summary(sent) == {"missing": 2, "unfinished": 0, "sent": 2}
    assert summary(again) == {"missing": 0, "unfinished": 0, "sent": 0}
    assert {it["outcome"] for it in status(deployed, "incoming/desk/lost.json")} == {"accepted"}


def test_of_two_lost_versions_within_a_second_the_later_one_wins(
    aws: EmbeddedAws, deployed: Articles
) -> None:
    for title in ("Ferry", "Boat", "Raft", "Tub"):
        put(aws, "incoming/twice/a.json", f'{{"id": "a", "title": "{title}", "text": "Six."}}')
    lose(aws)

    reconciled(deployed, "twice", "--send")
    aws.drain()

    [article] = deployed("get", "incoming/twice/a.json", "--json").of("article")
    assert article["article"]["title"] == "Tub"


def status(deployed: Articles, key: str) -> list[dict[str, Any]]:
    return deployed("status", key, "--all", "--json").of("receipt")


def test_what_may_still_wait_in_a_queue_is_left(aws: EmbeddedAws, deployed: Articles) -> None:
    put(aws, "incoming/young/a.json")
    lose(aws)

    looked = deployed("reconcile", "--feed", "young", "--json")

    assert (looked.code, summary(looked)["missing"]) == (0, 0)
    assert named(reconciled(deployed, "young")) != []


def test_an_upload_whose_receipt_may_have_expired_is_left(
    aws: EmbeddedAws, deployed: Articles, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(aws, "incoming/old/a.json")
    lose(aws)
    assert len(named(reconciled(deployed, "old"))) == 1

    later = datetime.now(UTC) + timedelta(days=90)
    monkeypatch.setattr(Clock, "now", lambda _: later)

    assert named(reconciled(deployed, "old", "--since", "2020-01-01")) == []


def test_a_large_upload_that_lost_a_part_is_found_and_ends(
    aws: EmbeddedAws, deployed: Articles
) -> None:
    key = "incoming/large/all.ndjson"
    version = put(aws, key, "\n".join(RECORDS))
    while not (receipts := status(deployed, key)) or "plan" not in receipts[0]:
        aws.pump()
    lose(aws, "BulkQueueUrl")

    looked, sent = reconciled(deployed, "large"), reconciled(deployed, "large", "--send")
    aws.drain()
    again = reconciled(deployed, "large")

    [line] = looked.of("unfinished")
    assert (line["key"], line["version"]) == (key, version)
    assert (line["missing"], line["messages"]) == ([1, 2, 3], "lost")
    assert summary(sent) == {"missing": 0, "unfinished": 1, "sent": 1}
    assert again.of("unfinished") == []
    [receipt] = status(deployed, key)
    assert (receipt["outcome"], receipt["counts"], receipt["run"]) == (
        "accepted",
        {"created": 5},
        0,
    )
    stories = deployed("status", key, "--json").of("story")
    assert {it["upload"].get("sequencer") for it in stories} == {receipt["sequencer"]}


def test_what_still_waits_in_the_bulk_queue_is_not_sent_again(
    aws: EmbeddedAws, deployed: Articles
) -> None:
    key = "incoming/waiting/all.ndjson"
    put(aws, key, "\n".join(RECORDS))
    while not (receipts := status(deployed, key)) or "plan" not in receipts[0]:
        aws.pump()

    sent = reconciled(deployed, "waiting", "--send")
    aws.drain()

    assert [line["messages"] for line in sent.of("unfinished")] == ["waiting"]
    assert summary(sent)["sent"] == 0


def test_what_is_among_the_dead_letters_is_left_to_them(
    aws: EmbeddedAws, deployed: Articles
) -> None:
    key = "incoming/failed/all.ndjson"
    upload = Upload(key, put(aws, key, "\n".join(RECORDS)))
    while not (receipts := status(deployed, key)) or "plan" not in receipts[0]:
        aws.pump()
    lose(aws, "BulkQueueUrl")
    part = Part(number=2, form="lines", offset=0, length=9, first=2, count=2)
    for body in ("poison", notice(upload, bucket=aws.outputs["InboxBucket"], part=part)):
        aws.client("sqs").send_message(QueueUrl=aws.outputs["DeadLetterQueueUrl"], MessageBody=body)

    looks = [reconciled(deployed, "failed", "--send") for _ in range(2)]
    lose(aws, "DeadLetterQueueUrl")
    without_letters = reconciled(deployed, "failed")

    assert [[it["messages"] for it in look.of("unfinished")] for look in looks] == [
        ["dead letters"],
        ["dead letters"],
    ]
    assert [it["messages"] for it in without_letters.of("unfinished")] == ["lost"]


def test_people_see_what_is_missing(aws: EmbeddedAws, deployed: Articles) -> None:
    put(aws, "incoming/people/a.json")
    lose(aws)

    shown = deployed("reconcile", "--feed", "people", "--age", "0", "--table").out

    assert "incoming/people/a.json" in shown
    assert "no receipt" in shown
    assert "without a receipt: 1; unfinished: 0; sent: 0" in shown


def test_only_uploads_can_be_reconciled(deployed: Articles) -> None:
    done = deployed("reconcile", "--prefix", "reports/")

    assert done.code == 2
    assert "must begin with incoming/" in done.err
