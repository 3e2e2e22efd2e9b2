"""One conditional write a revision: what it stores, and what it meant."""

from decimal import Decimal
from typing import Any

import pytest

from articles.refs import RecordRef
from tests.newsroom import Newsroom, a_story, body_of

from .stories import later

# ── What a revision means ────────────────────────────────────────────────────────────────────────


def test_the_first_revision_of_an_article_creates_it(newsroom: Newsroom) -> None:
    record = newsroom.put(
        a_story(), at="2026-03-01T10:00:00Z", now="2026-03-01T10:00:02Z", sequencer="0055AE"
    )

    assert record.outcome == "created"
    item = newsroom.item
    assert item["article_id"] == record.article_id
    assert item["feed"] == "courier"
    assert item["status"] == "usable"
    assert item["title"] == item["article"]["title"] == "Ferry returns to the harbour"
    assert item["upload"] == {
        "key": "incoming/courier/ferry.json",
        "version": "version-2026-03-01T10:00:00Z",
        "record": Decimal(0),
        "sequencer": "0055AE",
    }
    assert item["ingested_at"] == item["first_ingested_at"] == item["released_at"]
    assert item["ingested_at"].startswith("2026-03-01T10:00:02")
    assert len(item["content_hash"]) == 32
    assert {"rules", "schema_version"} <= item.keys()


def test_the_body_stands_beside_the_metadata_as_gzipped_json(newsroom: Newsroom) -> None:
    newsroom.put(a_story(body_html="<p>The ferry returned.</p>"))

    assert body_of(newsroom.item) == {
        "text": "The ferry returned to the harbour on Sunday.\nNobody was hurt.",
        "html": "<p>The ferry returned.</p>",
    }
    assert not newsroom.item["article"].keys() & {"body_text", "body_html"}


def test_the_same_content_again_is_unchanged_but_moves_the_order_on(newsroom: Newsroom) -> None:
    newsroom.put(later(9), version="9")
    first = newsroom.item

    assert newsroom.put(later(11), version="11").outcome == "unchanged"
    assert newsroom.item["content_hash"] == first["content_hash"]
    assert newsroom.item["upload"]["version"] == "11"

    late = newsroom.put(later(10, title="A correction taken back"), version="10")
    assert late.outcome == "superseded"
    assert newsroom.item["title"] == first["title"]


def test_an_older_revision_does_not_overwrite_and_its_replay_is_told_the_same(
    newsroom: Newsroom,
) -> None:
    newsroom.put(later(10, title="New"), version="10")
    before = newsroom.item
    upload: dict[str, Any] = {"key": "incoming/courier/old.json", "at": "2026-03-01T13:00:00Z"}

    record = newsroom.put(later(9, title="Old", language="?"), **upload)

    assert record.outcome == "superseded"
    assert record.superseded_by == RecordRef("incoming/courier/ferry.json", "10", 0)
    assert [it.code for it in record.warnings] == ["W_SUPERSEDED", "W_LANGUAGE"]
    assert newsroom.item == before
    assert newsroom.put(later(9, title="Old", language="?"), **upload, run=1) == record


def test_of_two_kills_the_later_one_stands_whatever_comes_then(newsroom: Newsroom) -> None:
    newsroom.put(later(10, status="canceled", title="Second notice"), version="2")
    early = newsroom.put(later(9, status="canceled", title="First notice"), version="1")

    late = newsroom.put(later(23, title="Back"), version="3", at="2026-03-09T00:00:00Z")

    assert (early.outcome, late.outcome, late.decided_by) == ("superseded", "superseded", "kill")
    assert (newsroom.item["title"], newsroom.item["status"]) == ("Second notice", "canceled")


def test_what_is_past_its_retention_is_expired_and_not_stored(newsroom: Newsroom) -> None:
    brief: dict[str, Any] = {"key": "incoming/brief/ferry.json", "at": "2026-03-01T10:00:00Z"}

    record = newsroom.put(a_story(), **brief, now="2026-03-31T10:00:01Z")

    assert record.outcome == "expired"
    assert newsroom.cloud.articles() == []


# ── Redelivery ───────────────────────────────────────────────────────────────────────────────────


def test_a_write_that_is_refused_needs_no_second_read(newsroom: Newsroom) -> None:
    newsroom.put(later(10))
    newsroom.cloud.border.fail("GetItem", "ThrottlingException")  # a gap for another writer

    assert newsroom.put(later(9, title="Old"), version="1").outcome == "superseded"
    assert newsroom.put(later(10)).outcome == "created"


def test_a_redelivered_record_is_superseded_when_a_newer_upload_came_between(
    newsroom: Newsroom,
) -> None:
    newsroom.put(later(9), version="1")
    newsroom.put(later(10, title="New"), version="2")

    again = newsroom.put(later(9), version="1")

    assert again.outcome == "superseded"
    assert again.superseded_by == RecordRef("incoming/courier/ferry.json", "2", 0)


def test_a_replay_of_everything_changes_nothing(newsroom: Newsroom) -> None:
    uploads = [(later(hour, title=f"At {hour}"), str(hour)) for hour in (8, 9, 10)]
    for story, version in uploads:
        newsroom.put(story, version=version)
    before = newsroom.item

    outcomes = [newsroom.put(story, version=version, run=1).outcome for story, version in uploads]

    assert outcomes == ["superseded", "superseded", "unchanged"]
    assert newsroom.item == before


def test_a_store_that_does_not_say_what_it_holds_is_asked(newsroom: Newsroom) -> None:
    newsroom.put(later(10, title="New"), version="2")
    border = newsroom.cloud.border
    border.fail("UpdateItem", "ConditionalCheckFailedException", times=1)

    record = newsroom.put(later(9), version="1")

    assert record.outcome == "superseded"
    assert [asked["ConsistentRead"] for asked in border.asked("GetItem")] == [True]


# ── First seen, first shown ──────────────────────────────────────────────────────────────────────


def test_the_first_arrival_and_the_first_release_stay(newsroom: Newsroom) -> None:
    newsroom.put(later(8), version="1", now="2026-03-01T12:00:00Z")
    first = newsroom.item
    for number, story in enumerate(
        [later(9, title="New"), later(10, status="withheld"), later(11, title="Newest")]
    ):
        newsroom.put(story, version=f"later-{number}", now=f"2026-03-01T1{3 + number}:00:00Z")

    assert newsroom.item["first_ingested_at"] == first["first_ingested_at"]
    assert newsroom.item["released_at"] == first["released_at"]
    assert newsroom.item["ingested_at"].startswith("2026-03-01T15:00:00")


@pytest.mark.parametrize(
    "hidden",
    [
        later(9, status="withheld"),
        later(9, status="canceled"),
        later(9, embargoed_until="2026-03-02T00:00:00Z"),
    ],
)
def test_what_was_never_visible_was_never_released(
    newsroom: Newsroom, hidden: dict[str, Any]
) -> None:
    key = "incoming/plain/ferry.json"
    newsroom.put(hidden, key=key, version="1", now="2026-03-01T12:00:00Z")
    assert "released_at" not in newsroom.item

    newsroom.put(later(10), key=key, version="2", now="2026-03-01T13:00:00Z")

    assert newsroom.item["released_at"].startswith("2026-03-01T13:00:00")
    assert newsroom.item["first_ingested_at"].startswith("2026-03-01T12:00:00")
