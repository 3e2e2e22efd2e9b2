"""The publish function: what the tables' streams tell becomes events on the bus.

What each transition means is in tests/unit/test_transitions.py, what fits into an event in
test_article_events.py and test_upload_events.py there.
"""

from typing import Any

import pytest

from articles.uploads.message import Upload
from articles_local.function import Function
from tests.newsroom import KEY, Newsroom, a_story

from .messages import failures
from .stream import essence, receipt_change, story_at, told

HELD = "2026-03-02T00:00:00Z"
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
    assert {name: it for name, it in event.items() if name not in ("id", "data")} == {
        "specversion": "1.0",
        "type": "ArticleCreated",
        "source": "/articles/test/feeds/courier",
        "subject": item["article_id"],
        "time": item["ingested_at"],
        "datacontenttype": "application/json",
        "dataschema": "urn:articles:ArticleCreated:1",
    }
    data = event["data"]
    told_of = (data["id"], data["feed"], data["order_key"], data["upload"]["key"])
    assert told_of == (item["article_id"], "courier", item["order_key"], KEY)
    assert data["article"]["section"] == "Harbour"
    assert data["stored"]["table"] == newsroom.cloud.outputs["ArticlesTable"]
    assert "body_text" not in data["article"]


def test_an_embargo_that_ends_creates_or_updates(newsroom: Newsroom, publish: Function) -> None:
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


def test_a_record_given_again_has_its_event_id(newsroom: Newsroom, publish: Function) -> None:
    first = newsroom.submit(story_at(9), version="1")
    second = newsroom.submit(story_at(10, title="New"), version="2")

    for _ in range(2):
        publish.invoke({"Records": [first, second]})

    events = told(newsroom.cloud)
    assert events[:2] == events[2:]
    assert events[0]["id"] != events[1]["id"]


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"body_html": "<p>The ferry <b>sank</b>.</p>"}, ["body_html", "modified_at"]),
        ({"body_text": None}, ["body_text", "modified_at", "word_count"]),
    ],
)
def test_the_bodies_of_both_images_are_compared(
    newsroom: Newsroom, publish: Function, changes: dict[str, Any], changed: list[str]
) -> None:
    newsroom.put(story_at(9), version="1")
    change = newsroom.submit(story_at(10, **changes), version="2")
    assert isinstance(change["dynamodb"]["OldImage"]["body"]["B"], str)  # as Lambda gives it

    publish.invoke({"Records": [change]})

    [event] = told(newsroom.cloud)
    assert event["data"]["changed"] == changed


# ── Receipts ─────────────────────────────────────────────────────────────────────────────────────


def test_an_upload_with_more_to_tell_than_one_article_is_announced(
    newsroom: Newsroom, publish: Function
) -> None:
    receipt = newsroom.take([a_story(id="1"), BAD], version="1")

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [event] = told(newsroom.cloud)
    about = (event["type"], event["source"], event["subject"])
    assert about == ("UploadProcessed", "/articles/test/feeds/courier", KEY)
    data = event["data"]
    assert (data["key"], data["version"], data["feed"]) == (KEY, "1", "courier")
    assert (data["state"], data["outcome"], data["counts"]) == ("done", "partial", receipt.counts)
    assert newsroom.cloud.report(data["report"])["outcome"] == "partial"
    assert data["report_bucket"] == newsroom.cloud.outputs["ArchiveBucket"]


@pytest.mark.parametrize("is_gone", [True, False])
def test_an_upload_whose_article_says_it_all_is_not_announced(
    newsroom: Newsroom, publish: Function, *, is_gone: bool
) -> None:
    newsroom.take(a_story(), is_gone=is_gone)

    publish.invoke({"Records": [receipt_change(newsroom)]})

    assert told(newsroom.cloud) == []


def test_a_failed_upload_is_announced_with_its_cause(newsroom: Newsroom, publish: Function) -> None:
    newsroom.ingestion.give_up(
        Upload("incoming/courier/a.json", "1"), cause="AccessDenied", is_over=True
    )

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [event] = told(newsroom.cloud)
    assert (event["data"]["state"], event["data"]["cause"]) == ("failed", "AccessDenied")
