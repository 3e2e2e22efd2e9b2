"""The publish function: what the tables' streams tell becomes events on the bus."""

import json
from typing import Any

import pytest

from articles.uploads.message import Upload
from articles_local.function import Function
from tests.newsroom import Newsroom, a_story

from .messages import failures
from .stream import essence, receipt_change, story_at, told

HELD, LATER = "2026-03-02T00:00:00Z", "2026-03-02T00:01:00Z"
BAD = {"neither": "a title", "nor": "a text"}


# ── What a change means ──────────────────────────────────────────────────────────────────────────


def test_an_article_that_is_visible_for_the_first_time_is_announced(
    newsroom: Newsroom, publish: Function
) -> None:
    change = newsroom.submit(a_story(section="Harbour"), sequencer="0055AE")

    assert failures(publish.invoke({"Records": [change]})) == []

    [entry] = newsroom.cloud.border.bus.entries
    assert entry["EventBusName"] == newsroom.cloud.outputs["EventBusName"]
    assert (entry["Source"], entry["DetailType"]) == ("articles", "ArticleCreated")
    [event] = told(newsroom.cloud)
    item = newsroom.item
    assert event["specversion"] == "1.0"
    assert event["type"] == "ArticleCreated"
    assert event["source"] == "/articles/test/feeds/courier"
    assert event["subject"] == item["article_id"]
    assert event["time"] == item["ingested_at"]
    assert event["dataschema"] == "urn:articles:ArticleCreated:1"
    assert event["data"]["id"] == item["article_id"]
    assert event["data"]["feed"] == "courier"
    assert event["data"]["order_key"] == item["order_key"]
    assert event["data"]["article"]["section"] == "Harbour"
    assert event["data"]["upload"]["key"] == "incoming/courier/ferry.json"
    assert event["data"]["stored"]["table"] == newsroom.cloud.outputs["ArticlesTable"]
    assert "body_text" not in event["data"]["article"]


# What is stored one after the other, and the events of it: type, and what changed or the reason.
# All transitions are in tests/unit/test_transitions.py.
TRANSITIONS = {
    "body": (
        [story_at(9), story_at(9, body_text="The ferry sank.", version="2")],
        [("ArticleCreated", None), ("ArticleUpdated", ["body_text", "version", "word_count"])],
    ),
    "body removed": (
        [story_at(9), story_at(9, body_text=None, version="2")],
        [("ArticleCreated", None), ("ArticleUpdated", ["body_text", "version", "word_count"])],
    ),
    "only times moved": ([story_at(9), story_at(10)], [("ArticleCreated", None)]),
    "withheld, then back, then killed": (
        [
            story_at(9),
            story_at(10, status="withheld"),
            story_at(11),
            story_at(12, status="canceled"),
        ],
        [
            ("ArticleCreated", None),
            ("ArticleWithdrawn", "withheld"),
            ("ArticleUpdated", None),
            ("ArticleWithdrawn", "canceled"),
        ],
    ),
    "draft, then published": (
        [story_at(9, status="withheld"), story_at(10)],
        [("ArticleCreated", None)],
    ),
    "embargo first": ([story_at(9, embargoed_until=HELD)], []),
}


@pytest.mark.parametrize("case", TRANSITIONS)
def test_each_transition_has_its_event(newsroom: Newsroom, publish: Function, case: str) -> None:
    stories, expected = TRANSITIONS[case]
    changes = [newsroom.submit(story, version=str(n)) for n, story in enumerate(stories)]

    for change in changes:
        assert failures(publish.invoke({"Records": [change]})) == []

    assert [essence(event) for event in told(newsroom.cloud)] == expected


def test_a_withdrawal_does_not_tell_what_was_withdrawn(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.put(story_at(9), version="1")
    change = newsroom.submit(story_at(10, title="Libel", status="canceled"), version="2")

    publish.invoke({"Records": [change]})

    [event] = told(newsroom.cloud)
    assert event["dataschema"] == "urn:articles:ArticleWithdrawn:1"
    assert "Libel" not in json.dumps(event)
    assert "Ferry" not in json.dumps(event)


def test_an_embargo_that_ends_is_a_creation_or_an_update(
    newsroom: Newsroom, publish: Function
) -> None:
    fresh = newsroom.submit(story_at(9, embargoed_until=HELD), version="1")
    opened = newsroom.release(HELD)
    shut = newsroom.submit(story_at(10, embargoed_until="2026-03-03T00:00:00Z"), version="2")
    reopened = newsroom.release("2026-03-03T00:00:00Z")

    publish.invoke({"Records": [fresh, opened, shut, reopened]})

    events = told(newsroom.cloud)
    assert [essence(event) for event in events] == [
        ("ArticleCreated", None),
        ("ArticleWithdrawn", "embargoed"),
        ("ArticleUpdated", None),
    ]
    # Under one order key the later time wins: subscribers must not end with the withdrawal.
    withdrawn, updated = events[1:]
    assert withdrawn["data"]["order_key"] == updated["data"]["order_key"]
    assert withdrawn["time"] < updated["time"]
    assert withdrawn["id"] != updated["id"]


def test_what_an_operator_deleted_is_no_event(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(a_story())
    image = newsroom.image(newsroom.item["article_id"])

    assert failures(publish.invoke({"Records": [newsroom.record(image, None)]})) == []

    assert newsroom.cloud.border.asked("PutEvents") == []


def test_a_stream_record_given_again_has_the_same_event_id(
    newsroom: Newsroom, publish: Function
) -> None:
    first = newsroom.submit(story_at(9), version="1")
    second = newsroom.submit(story_at(10, title="New"), version="2")

    for _ in range(2):
        publish.invoke({"Records": [first, second]})

    events = told(newsroom.cloud)
    assert events[:2] == events[2:]
    assert events[0]["id"] != events[1]["id"]


def test_the_bodies_of_both_images_are_compared(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(story_at(9), version="1")
    change = newsroom.submit(story_at(10, body_html="<p>The ferry <b>sank</b>.</p>"), version="2")
    assert isinstance(change["dynamodb"]["NewImage"]["body"]["B"], str)  # as Lambda gives it

    publish.invoke({"Records": [change]})

    [event] = told(newsroom.cloud)
    assert event["data"]["changed"] == ["body_html", "modified_at"]


def test_an_event_that_would_be_too_large_names_what_it_omits(
    newsroom: Newsroom, publish: Function
) -> None:
    images = [
        {"url": f"https://courier.example/{n}.jpg", "caption": "⛴ " * 400} for n in range(100)
    ]
    change = newsroom.submit(a_story(images=images, tags=["harbour"]))

    publish.invoke({"Records": [change]})

    [entry] = newsroom.cloud.border.bus.entries
    assert len(entry["Detail"].encode()) < 64 * 1024
    [event] = told(newsroom.cloud)
    assert event["data"]["omitted"] == ["images"]
    assert event["data"]["article"]["tags"] == [{"name": "harbour"}]


# ── Receipts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        ([a_story(id="1"), a_story(id="2")], "accepted"),
        ([a_story(id="1"), BAD], "partial"),
        (BAD, "rejected"),
        (b"{", "rejected"),
    ],
)
def test_an_upload_with_more_to_tell_than_one_article_is_announced(
    newsroom: Newsroom, publish: Function, file: Any, outcome: str
) -> None:
    receipt = newsroom.take(file, version="1")

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [event] = told(newsroom.cloud)
    assert event["type"] == "UploadProcessed"
    assert event["source"] == "/articles/test/feeds/courier"
    assert event["subject"] == "incoming/courier/ferry.json"
    data = event["data"]
    assert (data["key"], data["version"], data["feed"]) == (receipt.key, "1", "courier")
    assert (data["state"], data["outcome"]) == ("done", outcome)
    assert data.get("counts", {}) == receipt.counts
    assert newsroom.cloud.report(data["report"])["outcome"] == outcome
    assert data["report_bucket"] == newsroom.cloud.outputs["ArchiveBucket"]


@pytest.mark.parametrize("is_gone", [True, False])
def test_an_upload_whose_article_says_it_all_is_not_announced(
    newsroom: Newsroom, publish: Function, *, is_gone: bool
) -> None:
    newsroom.take(a_story(), is_gone=is_gone)

    publish.invoke({"Records": [receipt_change(newsroom)]})

    assert told(newsroom.cloud) == []


def test_an_upload_that_failed_is_announced_with_its_cause(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.ingestion.give_up(
        Upload("incoming/courier/a.json", "1"), cause="AccessDenied", is_over=True
    )

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [event] = told(newsroom.cloud)
    assert (event["data"]["state"], event["data"]["cause"]) == ("failed", "AccessDenied")


def test_the_event_of_a_hopeless_upload_is_bounded(newsroom: Newsroom, publish: Function) -> None:
    newsroom.take([BAD] * 1_000)

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [entry] = newsroom.cloud.border.bus.entries
    assert len(entry["Detail"].encode()) < 64 * 1024
    data = told(newsroom.cloud)[0]["data"]
    assert [problem["record"] for problem in data["problems"]] == [*range(20)]
    assert data["omitted"] == ["problems", "warnings"]
