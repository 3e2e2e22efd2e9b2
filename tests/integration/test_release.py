"""The release function: embargoes that are over."""

import pytest

from articles_local.function import Function

from .cloud import Cloud
from .newsroom import Newsroom, a_story, moment

UNTIL = "2026-03-01T18:00:00Z"
BEFORE = "2026-03-01T17:59:59Z"
FAR = "9999-01-01T00:00:00Z"


@pytest.fixture
def release(cloud: Cloud) -> Function:
    return cloud.function("ReleaseFunction")


def due(newsroom: Newsroom, now: str) -> int:
    return len(list(newsroom.store.due(moment(now))))


def test_an_embargo_is_due_at_its_time_and_not_before(newsroom: Newsroom) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL))

    assert due(newsroom, BEFORE) == 0
    assert due(newsroom, UNTIL) == 1


def test_a_due_article_is_released_and_one_that_is_not_stays(
    newsroom: Newsroom, release: Function
) -> None:
    newsroom.put(a_story(id="over", embargoed_until=UNTIL))
    newsroom.put(a_story(id="waiting", embargoed_until=FAR))

    release.invoke({})

    items = {item["article"]["source_id"]: item for item in newsroom.cloud.articles()}
    assert not items["over"].keys() & {"held", "hold_until"}
    assert items["over"]["released_at"] > items["over"]["first_ingested_at"]
    assert items["over"]["ingested_at"] == items["over"]["released_at"]
    assert items["waiting"]["hold_until"] == FAR
    assert "released_at" not in items["waiting"]
    assert newsroom.cloud.metrics()["Released"] == 1


def test_a_release_changes_nothing_but_the_hold_and_the_times(newsroom: Newsroom) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL))
    before = newsroom.item

    newsroom.release(UNTIL)

    moved = {"held", "hold_until", "released_at", "ingested_at"}
    after = newsroom.item
    assert {k: v for k, v in after.items() if k not in moved} == {
        k: v for k, v in before.items() if k not in moved
    }


def test_what_was_released_once_keeps_the_time_of_its_first_release(newsroom: Newsroom) -> None:
    newsroom.put(a_story(), version="1")
    first = newsroom.item["released_at"]
    held = a_story(updated_at="2026-03-01T10:00:00Z", embargoed_until=UNTIL)
    newsroom.put(held, version="2", now="2026-03-01T13:00:00Z")

    newsroom.release(UNTIL)

    assert newsroom.item["released_at"] == first


def test_a_release_that_finds_a_newer_revision_leaves_it_alone(newsroom: Newsroom) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL), version="1")
    [seen] = newsroom.store.due(moment(UNTIL))
    newer = a_story(updated_at="2026-03-01T10:00:00Z", embargoed_until=FAR, title="Not yet")
    newsroom.put(newer, version="2")
    before = newsroom.item

    assert not newsroom.store.release(seen, now=moment(UNTIL))

    assert newsroom.item == before


def test_a_kill_between_the_query_and_the_release_wins(newsroom: Newsroom) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL), version="1")
    [seen] = newsroom.store.due(moment(UNTIL))
    newsroom.put(a_story(status="canceled", updated_at="2026-03-01T10:00:00Z"), version="2")

    assert not newsroom.store.release(seen, now=moment(UNTIL))

    assert newsroom.item["status"] == "canceled"
    assert "released_at" not in newsroom.item


def test_an_article_is_released_once(newsroom: Newsroom) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL))
    [seen] = newsroom.store.due(moment(UNTIL))
    assert newsroom.store.release(seen, now=moment(UNTIL))
    before = newsroom.item

    assert not newsroom.store.release(seen, now=moment(FAR))

    assert newsroom.item == before


def test_a_redelivery_after_the_release_does_not_hold_the_article_again(
    newsroom: Newsroom,
) -> None:
    story = a_story(embargoed_until=UNTIL)
    newsroom.put(story, version="1")
    newsroom.release(UNTIL)
    before = newsroom.item

    assert newsroom.put(story, version="1", now=FAR).outcome == "created"

    assert newsroom.item == before


def test_a_revision_that_comes_after_the_embargo_needs_no_release(newsroom: Newsroom) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL), version="1")
    corrected = a_story(embargoed_until=UNTIL, title="New", updated_at="2026-03-01T11:00:00Z")

    newsroom.put(corrected, version="2", at="2026-03-01T18:00:01Z")

    assert due(newsroom, FAR) == 0
    assert "released_at" in newsroom.item


def test_a_release_that_failed_is_made_up_for_by_the_next(
    newsroom: Newsroom, release: Function
) -> None:
    for name in ("a", "b"):
        newsroom.put(a_story(id=name, embargoed_until=UNTIL))
    newsroom.cloud.border.fail("UpdateItem", "ThrottlingException", times=1)

    assert release.invoke({}) is None
    release.invoke({})

    assert due(newsroom, FAR) == 0
