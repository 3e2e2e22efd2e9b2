"""`reconcile`: uploads whose messages were lost are found, and read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from articles.refs import Part
from articles.times import Clock
from articles.uploads.message import Upload, notice
from articles_cli.replays import sending

from .conftest import Articles, Done, feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, desk_of_feed, lose, story

feeds = feeds_file(FEEDS)
aws = service_with_feeds(PART_RECORDS="2", MAX_INLINE_BYTES="300")
desk = desk_of_feed()


def reconciled(desk: Desk, *arguments: str) -> Done:
    done = desk.articles("reconcile", "--feed", desk.feed, "--age", "0", *arguments, "--json")
    assert done.code == 0, done
    return done


def missing(done: Done) -> list[tuple[str, str]]:
    return [(line["key"].rpartition("/")[2], line["version"]) for line in done.of("missing")]


def summary(done: Done) -> dict[str, Any]:
    [line] = done.of("summary")
    return {name: line[name] for name in ("missing", "unfinished", "sent")}


def test_uploads_whose_notifications_were_lost_are_found_and_read(desk: Desk) -> None:
    desk.put("told.json", story("told"))
    versions = [desk.upload("lost.json", story("lost", title=it)) for it in ("Ferry", "Mended")]
    lose(desk.aws)

    looked = reconciled(desk)
    shown = desk.articles("reconcile", "--feed", "desk", "--age", "0", "--table").out
    sent = reconciled(desk, "--send")
    desk.aws.drain()
    again = reconciled(desk, "--send")

    assert missing(looked) == missing(sent) == [("lost.json", it) for it in versions]
    assert summary(looked) == {"missing": 2, "unfinished": 0, "sent": 0}
    assert summary(sent) == {"missing": 2, "unfinished": 0, "sent": 2}
    assert summary(again) == {"missing": 0, "unfinished": 0, "sent": 0}
    for words in ("desk/lost.json", "no receipt", "without a receipt: 2; unfinished: 0; sent: 0"):
        assert words in shown
    assert {it["outcome"] for it in desk.receipts("lost.json")} == {"accepted"}


def test_a_message_that_sqs_refuses_is_an_error_and_no_crash(desk: Desk) -> None:
    replace(desk, feed="refused").upload("lost.json", story("refused"))
    lose(desk.aws)

    with patch.object(sending, "notice", return_value="\x00"):  # no text that SQS takes
        done = desk.articles("reconcile", "--feed", "refused", "--age", "0", "--send")

    assert (done.code, "\nAWS failed: " in done.err) == (3, True), done


@pytest.mark.parametrize("titles", [("Ferry", "Tub"), ("Tub", "Ferry")])
def test_of_two_lost_versions_within_a_second_the_later_one_wins(
    desk: Desk, titles: tuple[str, str]
) -> None:
    desk = replace(desk, feed=f"{titles[1].lower()}-last")
    for title in titles:
        desk.upload("a.json", story("a", title=title))
    lose(desk.aws)

    reconciled(desk, "--send")
    desk.aws.drain()

    assert desk.stored(desk.article_id("a.json"))["title"]["S"] == titles[1]


def test_what_may_still_wait_in_a_queue_and_whose_receipt_may_have_expired_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = replace(desk, feed="left")
    version = desk.upload("a.json", story("left"))
    lose(desk.aws)

    young = desk.articles("reconcile", "--feed", "left", "--json")
    assert (young.code, missing(young)) == (0, [])
    assert missing(reconciled(desk)) == [("a.json", version)]

    later = datetime.now(UTC) + timedelta(days=90)
    monkeypatch.setattr(Clock, "now", lambda _: later)
    assert missing(reconciled(desk, "--since", "2020-01-01")) == []


def test_a_large_upload_whose_parts_are_lost_is_read_to_its_end(desk: Desk) -> None:
    desk = replace(desk, feed="large")
    version = desk.upload("all.json", *(story(f"{number}") for number in range(5)))
    while not (receipts := desk.receipts("all.json")) or "plan" not in receipts[0]:
        desk.aws.pump()

    waiting = reconciled(desk, "--send")
    lose(desk.aws, "BulkQueueUrl")
    upload, inbox = Upload("incoming/large/all.json", version), desk.aws.outputs["InboxBucket"]
    part = Part(number=2, form="lines", offset=0, length=9, first=2, count=2)
    for body in ("poison", notice(upload, bucket=inbox, part=part)):
        desk.send("DeadLetterQueueUrl", body)
    dead = reconciled(desk, "--send")
    lose(desk.aws, "DeadLetterQueueUrl")
    lost = reconciled(desk, "--send")
    desk.aws.drain()

    told = [it["messages"] for look in (waiting, dead, lost) for it in look.of("unfinished")]
    assert told == ["waiting", "dead letters", "lost"]
    assert [summary(look)["sent"] for look in (waiting, dead, lost)] == [0, 0, 1]
    [line] = lost.of("unfinished")
    assert (line["key"], line["version"], line["missing"]) == (upload.key, version, [1, 2, 3])
    assert summary(reconciled(desk)) == {"missing": 0, "unfinished": 0, "sent": 0}
    [receipt] = desk.receipts("all.json")
    found = [receipt[it] for it in ("outcome", "counts", "run")]
    assert found == ["accepted", {"created": 5}, 0]
    stories = desk.articles("status", upload.key, "--json").of("story")
    assert {it["upload"].get("sequencer") for it in stories} == {receipt["sequencer"]}


def test_only_uploads_can_be_reconciled(deployed: Articles) -> None:
    done = deployed("reconcile", "--prefix", "reports/")

    assert done.code == 2
    assert "must begin with incoming/" in done.err
