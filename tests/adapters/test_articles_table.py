"""One conditional write a revision: what it stores, and what it meant."""

from decimal import Decimal
from typing import Any

import pytest

from articles.refs import RecordRef
from tests.newsroom import Newsroom, a_story, body_of, undated

from .stories import KILL, later

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


def test_a_newer_revision_updates_the_article(newsroom: Newsroom) -> None:
    newsroom.put(later(9))

    assert newsroom.put(later(10, title="Ferry sinks"), version="2").outcome == "updated"
    assert newsroom.item["title"] == "Ferry sinks"
    assert newsroom.item["article"]["modified_at"] == "2026-03-01T10:00:00Z"


def test_the_same_content_again_is_unchanged_but_moves_the_order_on(newsroom: Newsroom) -> None:
    newsroom.put(later(9), version="9")
    first = newsroom.item

    assert newsroom.put(later(11), version="11").outcome == "unchanged"
    assert newsroom.item["content_hash"] == first["content_hash"]
    assert newsroom.item["upload"]["version"] == "11"

    late = newsroom.put(later(10, title="A correction taken back"), version="10")
    assert late.outcome == "superseded"
    assert newsroom.item["title"] == first["title"]


def test_the_same_content_of_an_older_revision_is_unchanged(newsroom: Newsroom) -> None:
    newsroom.put(later(10), version="10")

    assert newsroom.put(later(9), version="9").outcome == "unchanged"
    assert newsroom.item["upload"]["version"] == "10"


def test_an_older_revision_does_not_overwrite(newsroom: Newsroom) -> None:
    newsroom.put(later(10, title="New"), version="10")
    before = newsroom.item

    record = newsroom.put(later(9, title="Old"), key="incoming/courier/old.json", version="9")

    assert record.outcome == "superseded"
    assert record.superseded_by == RecordRef("incoming/courier/ferry.json", "10", 0)
    assert newsroom.item == before


@pytest.mark.parametrize(
    ("part", "winner", "loser"),
    [
        ("kill", {"story": KILL}, {"story": later(10)}),
        ("effective time", {"story": later(10, title="New")}, {"story": later(9)}),
        (
            "version",
            {"story": later(9, title="New", version="1.10")},
            {"story": later(9, version="1.9")},
        ),
        (
            "time of upload",
            {"story": later(9, title="New"), "at": "2026-03-01T12:00:01Z"},
            {"story": later(9)},
        ),
        (
            "sequencer",
            {"story": later(9, title="New"), "sequencer": "0055aed6dcd90281e5"},
            {"story": later(9), "sequencer": "0055AED6DCD90281E4"},
        ),
        (
            "sequencer",  # S3 may leave zeros out at the end: the shorter is padded on the right
            {"story": later(9, title="New"), "sequencer": "0055AF"},
            {"story": later(9), "sequencer": "0055AED6DCD90281E4"},
        ),
    ],
)
@pytest.mark.parametrize("winner_first", [True, False])
def test_the_order_is_decided_by_the_first_part_that_differs(
    newsroom: Newsroom,
    part: str,
    winner: dict[str, Any],
    loser: dict[str, Any],
    *,
    winner_first: bool,
) -> None:
    uploads = [{"version": "winner", **winner}, {"version": "loser", **loser}]
    records = {
        upload["version"]: newsroom.put(**upload)
        for upload in (uploads if winner_first else reversed(uploads))
    }

    assert newsroom.item["upload"]["version"] == "winner"
    if winner_first:
        assert records["loser"].outcome == "superseded"
        assert records["loser"].decided_by == part
    else:
        assert records["loser"].outcome == "created"


def test_two_uploads_that_differ_in_nothing_but_content_have_one_winner(
    newsroom: Newsroom,
) -> None:
    newsroom.put(later(9, title="One"), key="incoming/courier/1.json")
    newsroom.put(later(9, title="Other"), key="incoming/courier/2.json")
    winner = newsroom.item["title"]

    loser = {"One": "Other", "Other": "One"}[winner]
    again = newsroom.put(later(9, title=loser), key="incoming/courier/3.json")

    assert again.outcome == "superseded"
    assert again.decided_by == "content"
    assert newsroom.item["title"] == winner


def test_a_date_in_the_future_is_skipped_and_does_not_lock_the_article(newsroom: Newsroom) -> None:
    newsroom.put(a_story(title="Of 2999", updated_at="2999-01-01T00:00:00Z"), version="1")

    today = newsroom.put(later(13, title="Of today"), at="2026-03-01T13:00:00Z", version="2")
    assert today.outcome == "updated"


@pytest.mark.parametrize(
    ("stored", "fact"),
    [
        (later(10, title="Newer"), "is dated 2026-03-01T10:00:00Z"),
        (undated(title="Undated"), "counts from 2026-03-01T12:00:00Z"),
        (later(9, title="Numbered", version="2"), "is dated 2026-03-01T09:00:00Z"),
        (KILL, "canceled the article for good"),
    ],
)
def test_a_later_upload_that_loses_to_an_earlier_one_is_warned_and_so_is_its_replay(
    newsroom: Newsroom, stored: dict[str, Any], fact: str
) -> None:
    newsroom.put(stored, version="1")
    upload: dict[str, Any] = {"at": "2026-03-01T13:00:00Z", "version": "2"}

    record = newsroom.put(later(9, title="Late", language="?"), **upload)

    assert record.outcome == "superseded"
    assert [it.code for it in record.warnings] == ["W_SUPERSEDED", "W_LANGUAGE"]
    assert fact in record.warnings[0].message
    assert newsroom.put(later(9, title="Late", language="?"), **upload, run=1) == record


def test_an_upload_that_loses_to_a_later_one_or_within_its_file_is_not_warned(
    newsroom: Newsroom,
) -> None:
    newsroom.take([later(10, title="New"), later(9)], at="2026-03-01T13:00:00Z", version="1")
    late = newsroom.put(later(9), at="2026-03-01T12:00:00Z", version="2")

    assert late.outcome == "superseded"
    [receipt] = [it for it in newsroom.cloud.receipts() if it["version"] == "1"]
    records = [late.model_dump(), *receipt["records"]]
    assert [it["record"] for it in records if it.get("warnings")] == []


def test_a_crawled_feed_goes_by_the_time_of_upload(newsroom: Newsroom) -> None:
    key = "incoming/crawl/ferry.json"
    newsroom.put(later(11, title="Crawled first"), key=key, at="2026-03-01T12:00:00Z")

    record = newsroom.put(undated(title="Crawled last"), key=key, at="2026-03-01T13:00:00Z")

    assert record.outcome == "updated"


@pytest.mark.parametrize("status", ["withheld", "canceled"])
def test_a_notice_has_its_status_as_outcome(newsroom: Newsroom, status: str) -> None:
    newsroom.put(later(9))

    assert newsroom.put(later(10, status=status), version="2").outcome == status
    assert newsroom.item["status"] == status


def test_what_is_past_its_retention_is_expired_and_not_stored(newsroom: Newsroom) -> None:
    record = newsroom.put(
        a_story(),
        key="incoming/brief/ferry.json",
        at="2026-03-01T10:00:00Z",
        now="2026-03-31T10:00:01Z",
    )

    assert record.outcome == "expired"
    assert newsroom.cloud.articles() == []


# ── Redelivery ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "story", "outcome"),
    [
        (None, later(9), "created"),
        (later(9), later(10, title="New"), "updated"),
        (later(9), later(10), "unchanged"),
        (later(9), later(10, status="withheld"), "withheld"),
        (later(9), KILL, "canceled"),
    ],
)
def test_a_redelivered_record_has_its_first_outcome_again(
    newsroom: Newsroom, before: dict[str, Any] | None, story: dict[str, Any], outcome: str
) -> None:
    if before:
        newsroom.put(before, version="before")
    first = newsroom.put(story, version="this", now="2026-03-01T12:00:01Z")
    stored = newsroom.item

    second = newsroom.put(story, version="this", now="2026-03-01T18:00:00Z")

    assert first.outcome == second.outcome == outcome
    assert newsroom.item == stored


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
    assert again.superseded_by is not None
    assert again.superseded_by.version == "2"


def test_an_older_upload_of_the_same_key_is_no_redelivery(newsroom: Newsroom) -> None:
    newsroom.put(later(10, title="New"), version="2")

    assert newsroom.put(later(9), version="1").outcome == "superseded"


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
