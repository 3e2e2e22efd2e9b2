"""Generations: what a replay, a revival and a removal do to what is stored, and who beats them."""

from typing import Any

import pytest

from articles.storing.items import to_item
from articles.storing.mending import Mending
from articles.versions.order import generation_of, rank_of, rest_of
from tests.newsroom import Newsroom, a_story, moment

from .stories import KILL, later

NOW = moment("2026-03-02T12:00:00Z")
ME = {"by": "arn:aws:iam::1:user/ida", "reason": "a mistake"}
WRONG, RIGHT = {"timezone": "America/New_York"}, {"timezone": "Europe/Berlin"}


def local(hour: int, **changes: Any) -> dict[str, Any]:
    """Write the story as of an hour of a feed that tells no zone."""
    at = f"2026-02-28T{hour:02}:00:00"
    return a_story(**{"updated_at": at, "published_at": at, **changes})


@pytest.fixture
def mending(newsroom: Newsroom) -> Mending:
    return Mending(newsroom.cloud.clients.dynamodb, newsroom.cloud.outputs["ArticlesTable"])


def generation(newsroom: Newsroom) -> int:
    return generation_of(newsroom.item["order_key"])


# ── Replays ──────────────────────────────────────────────────────────────────────────────────────


def test_a_replay_under_mended_settings_replaces_what_the_same_upload_gave(
    newsroom: Newsroom,
) -> None:
    newsroom.mend(**WRONG)
    newsroom.put(local(9))
    assert newsroom.item["article"]["published_at"] == "2026-02-28T14:00:00Z"
    newsroom.mend(**RIGHT)

    record = newsroom.put(local(9), run=1)

    assert record.outcome == "updated"
    item = newsroom.item
    assert item["article"]["published_at"] == "2026-02-28T08:00:00Z"
    assert generation(newsroom) == 1  # the time went down, and subscribers take it all the same
    assert (item["run"], item["feed_month"]) == (1, "courier#2026-02")


def test_the_redelivery_of_a_replay_tells_the_same_and_a_second_replay_that_nothing_changed(
    newsroom: Newsroom,
) -> None:
    newsroom.mend(**WRONG)
    newsroom.put(local(9))
    newsroom.mend(**RIGHT)
    first = newsroom.put(local(9), run=1)
    stored = newsroom.item

    assert newsroom.put(local(9), run=1) == first
    assert newsroom.put(local(9), run=2).outcome == "unchanged"
    assert newsroom.item == stored


def test_a_late_redelivery_from_before_the_mend_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.mend(**WRONG)
    newsroom.put(local(9))
    newsroom.mend(**RIGHT)
    newsroom.put(local(9), run=2)
    stored = newsroom.item
    newsroom.mend(**WRONG)  # a function of the deployment before, still warm

    for run in (0, 1, 2):
        newsroom.put(local(9), run=run)

    assert newsroom.item == stored


def test_ordinary_writers_take_on_the_generation_only_with_a_greater_version(
    newsroom: Newsroom,
) -> None:
    newsroom.mend(**WRONG)
    newsroom.put(local(9))
    newsroom.mend(**RIGHT)
    newsroom.put(local(9), run=1)

    assert newsroom.put(local(8, title="Older"), version="o").decided_by == "effective time"
    assert newsroom.put(local(10, title="Newer"), version="n").outcome == "updated"
    assert (newsroom.item["title"], generation(newsroom)) == ("Newer", 1)


def test_a_replay_that_is_rejected_says_that_the_earlier_reading_is_still_stored(
    newsroom: Newsroom,
) -> None:
    stored = newsroom.put(a_story())
    newsroom.mend(required=("language",))

    record = newsroom.put(a_story(), run=1)

    assert record.outcome == "rejected"
    [warning] = record.warnings
    assert warning.code == "W_STILL_STORED"
    assert stored.article_id
    assert stored.article_id in warning.message
    assert newsroom.item["status"] == "usable"


def test_what_another_version_has_replaced_is_not_called_still_stored(newsroom: Newsroom) -> None:
    newsroom.put(later(9), version="1")
    newsroom.put(later(10, language="en", title="New"), version="2")
    newsroom.mend(required=("language",))

    assert newsroom.put(later(9), version="1", run=1).warnings == ()


def test_a_replay_of_what_is_gone_says_that_the_articles_stay(newsroom: Newsroom) -> None:
    newsroom.take([a_story(), a_story(id="2")])

    receipt = newsroom.take([], run=1, is_gone=True)

    assert receipt.outcome == "gone"
    [warning] = receipt.warnings
    assert (warning.code, "2." in warning.message) == ("W_STILL_STORED", True)


def test_a_replay_gives_articles_the_retention_that_their_feed_has_now(newsroom: Newsroom) -> None:
    newsroom.put(a_story())
    newsroom.mend(retain_days=30)

    assert newsroom.put(a_story(), run=1).outcome == "unchanged"
    assert newsroom.item["ttl"] == moment("2026-03-31T12:00:00Z").timestamp()

    newsroom.mend()
    assert newsroom.put(a_story(), run=2).outcome == "unchanged"
    assert "ttl" not in newsroom.item


def test_what_is_past_a_retention_that_was_set_later_is_left_to_its_ttl(newsroom: Newsroom) -> None:
    newsroom.put(a_story())
    newsroom.mend(retain_days=30)

    record = newsroom.put(a_story(), run=1, now="2026-05-01T12:00:00Z")

    assert record.outcome == "expired"
    assert newsroom.item["ttl"] == moment("2026-03-31T12:00:00Z").timestamp()


def test_a_replay_by_a_listing_keeps_the_sequencer_that_only_the_notification_had(
    newsroom: Newsroom,
) -> None:
    newsroom.put(a_story(), sequencer="0A")
    stored = newsroom.item

    assert newsroom.put(a_story(), run=1).outcome == "unchanged"
    assert newsroom.item == stored

    newsroom.mend(language="en")
    assert newsroom.put(a_story(), run=2).outcome == "updated"
    assert newsroom.item["upload"]["sequencer"] == "0A"
    assert rest_of(newsroom.item["order_key"]).split("#")[4].startswith("0A")


def test_what_was_stored_with_longer_keys_and_hashes_is_the_same(newsroom: Newsroom) -> None:
    newsroom.put(a_story(), sequencer="0A")
    longer = {
        "order_key": newsroom.item["order_key"].replace("#0A#", f"#{'0A':0<40}#"),
        "content_hash": newsroom.item["content_hash"].ljust(64, "0"),
    }
    newsroom.cloud.clients.dynamodb.put_item(
        TableName=newsroom.cloud.outputs["ArticlesTable"], Item=to_item(newsroom.item | longer)
    )
    stored = newsroom.item

    assert newsroom.put(a_story(), sequencer="0A").outcome == "created"
    assert newsroom.put(a_story(), run=1).outcome == "unchanged"
    assert newsroom.item == stored
    later = newsroom.put(a_story(), at="2026-03-01T13:00:00Z", key="incoming/courier/again.json")
    assert later.outcome == "unchanged"


# ── Another identity ─────────────────────────────────────────────────────────────────────────────


def test_a_record_of_another_identity_moves_and_the_receipt_names_both(newsroom: Newsroom) -> None:
    old = newsroom.put(a_story())
    newsroom.mend(identity=("url",))

    new = newsroom.put(a_story(), run=1)

    assert (new.outcome, new.moved_from) == ("created", old.article_id)
    items = {it["article_id"]: it for it in newsroom.cloud.articles()}
    assert items[new.article_id]["status"] == "usable"
    tombstone = items[old.article_id]
    assert (tombstone["status"], tombstone["moved_to"]) == ("moved", new.article_id)
    assert not tombstone.keys() & {"title", "body", "url_key"}
    assert tombstone["article"] == {}
    newsroom.put(a_story(), run=1)
    [receipt] = newsroom.cloud.receipts()
    assert receipt["records"][0]["moved_from"] == old.article_id
    assert newsroom.put(a_story(), run=2).outcome == "unchanged"


def test_what_a_newer_upload_holds_does_not_move(newsroom: Newsroom) -> None:
    old = newsroom.put(later(9), version="1")
    newsroom.put(later(10, title="Newer"), version="2")
    newsroom.mend(identity=("url",))

    moved = newsroom.put(later(9), version="1", run=1)

    assert moved.moved_from == old.article_id
    items = {it["article_id"]: it for it in newsroom.cloud.articles()}
    assert items[old.article_id]["title"] == "Newer"


def test_a_move_is_taken_back_by_a_replay_under_the_old_settings(newsroom: Newsroom) -> None:
    old = newsroom.put(a_story())
    newsroom.mend(identity=("url",))
    newsroom.put(a_story(), run=1)
    newsroom.mend()

    back = newsroom.put(a_story(), run=2)

    assert (back.article_id, back.outcome) == (old.article_id, "updated")
    statuses = {it["article_id"]: it["status"] for it in newsroom.cloud.articles()}
    assert sorted(statuses.values()) == ["moved", "usable"]
    assert statuses[back.article_id] == "usable"


def test_articles_of_a_report_move_as_those_of_a_receipt(newsroom: Newsroom) -> None:
    stories = [a_story(id=str(n), url=f"https://courier.example/{n}") for n in range(30)]
    newsroom.take(stories)
    newsroom.mend(identity=("url",))

    newsroom.take(stories, run=1)

    statuses = [it["status"] for it in newsroom.cloud.articles()]
    assert (statuses.count("usable"), statuses.count("moved")) == (30, 30)


# ── Kills that are taken back ────────────────────────────────────────────────────────────────────


@pytest.fixture
def revived(newsroom: Newsroom, mending: Mending) -> str:
    """Kill an article by mistake, and take it back."""
    newsroom.put(later(9), version="1")
    article_id = newsroom.put(KILL, version="2").article_id
    assert article_id
    assert mending.revive(article_id, **ME, now=NOW)
    return article_id


@pytest.mark.usefixtures("revived")
@pytest.mark.parametrize("run", [0, 1, 7])
def test_the_kill_that_was_taken_back_never_kills_again(newsroom: Newsroom, run: int) -> None:
    before = newsroom.put(KILL, version="2", run=run)
    newsroom.put(later(9), version="1", run=1)
    after = newsroom.put(KILL, version="2", run=run)

    for record in (before, after):
        assert (record.outcome, record.decided_by) == ("superseded", "revival")
    assert newsroom.item["status"] == "usable"


def test_the_same_kill_read_in_another_zone_does_not_kill_either(
    newsroom: Newsroom, mending: Mending
) -> None:
    kill = local(9, status="canceled")
    newsroom.mend(**RIGHT)
    article_id = newsroom.put(kill, version="2").article_id
    assert article_id
    mending.revive(article_id, **ME, now=NOW)
    newsroom.mend(**WRONG)  # by which it is later

    assert newsroom.put(kill, version="2", run=1).outcome == "superseded"


def test_any_later_version_brings_a_revived_article_back(newsroom: Newsroom, revived: str) -> None:
    assert newsroom.put(later(8, title="Any"), version="3").outcome == "updated"
    assert (newsroom.item["article_id"], newsroom.item["title"]) == (revived, "Any")


def test_only_a_kill_or_a_removal_is_taken_back(newsroom: Newsroom, mending: Mending) -> None:
    record = newsroom.put(later(9, status="withheld"))
    assert record.article_id

    assert not mending.revive(record.article_id, **ME, now=NOW)
    assert not mending.revive("a" * 26, **ME, now=NOW)


# ── Removal ──────────────────────────────────────────────────────────────────────────────────────


def removed(newsroom: Newsroom, mending: Mending) -> str:
    article_id = newsroom.put(later(9), version="1").article_id
    assert article_id
    mending.remove(article_id, feed="courier", **ME, now=NOW)
    return article_id


@pytest.mark.parametrize("run", [0, 1])
@pytest.mark.parametrize("story", [later(9), later(23), KILL], ids=["same", "newer", "kill"])
def test_nothing_brings_a_removed_article_back(
    newsroom: Newsroom, mending: Mending, story: dict[str, Any], run: int
) -> None:
    removed(newsroom, mending)
    tombstone = newsroom.item

    for version, at in (("1", "2026-03-01T12:00:00Z"), ("9", "2026-03-09T12:00:00Z")):
        record = newsroom.put(story, version=version, at=at, run=run)
        assert (record.outcome, record.decided_by) == ("superseded", "removal")
        assert record.title is None
    assert [it.code for it in record.warnings] == ["W_SUPERSEDED"]

    assert newsroom.item == tombstone
    assert (tombstone["status"], tombstone["article"]) == ("removed", {})
    assert not tombstone.keys() & {"title", "body", "url_key"}
    assert tombstone["removed"]["reason"] == ME["reason"]


def test_a_second_removal_changes_nothing(newsroom: Newsroom, mending: Mending) -> None:
    article_id = removed(newsroom, mending)
    tombstone = newsroom.item

    mending.remove(article_id, feed="courier", by="another", reason="again", now=NOW)

    assert newsroom.item == tombstone


def test_what_was_never_stored_can_be_removed(newsroom: Newsroom, mending: Mending) -> None:
    article_id = removed(newsroom, mending)
    newsroom.cloud.empty()

    mending.remove(article_id, feed="courier", **ME, now=NOW)

    assert newsroom.put(later(9)).outcome == "superseded"
    assert rank_of(rest_of(newsroom.item["order_key"])) == "A"


def test_a_later_kill_kills_a_revived_article(newsroom: Newsroom, revived: str) -> None:
    newsroom.put(later(9), version="1", run=1)

    record = newsroom.put(KILL, version="3", at="2026-03-01T13:00:00Z")

    assert record.outcome == "canceled"
    assert (newsroom.item["article_id"], newsroom.item["status"]) == (revived, "canceled")


def test_a_revival_lifts_a_removal_and_kills_work_again(
    newsroom: Newsroom, mending: Mending
) -> None:
    assert mending.revive(removed(newsroom, mending), **ME, now=NOW)

    assert "removed" not in newsroom.item
    assert newsroom.put(KILL, version="2").outcome == "canceled"
