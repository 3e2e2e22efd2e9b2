"""The release function: embargoes that are over, and uploads that do not end."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from articles.ingestion import Ingestion
from articles.uploads.message import Upload, announced
from articles_local.function import Function
from tests.aws.clock import stopped
from tests.aws.cloud import Cloud
from tests.aws.records import dumped
from tests.newsroom import Newsroom, a_story, moment

UNTIL = "2026-03-01T18:00:00Z"
BEFORE = "2026-03-01T17:59:59Z"
FAR = "9999-01-01T00:00:00Z"


@pytest.fixture
def release(cloud: Cloud) -> Function:
    return cloud.function("ReleaseFunction")


def due(newsroom: Newsroom, now: str) -> int:
    """Count the embargoes that are over at some time."""
    return len(list(newsroom.embargoes.due(moment(now))))


def test_a_release_changes_nothing_but_the_hold_and_the_times(
    newsroom: Newsroom, release: Function
) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL))
    before = newsroom.item

    release.invoke({})

    after = newsroom.item
    assert after["ingested_at"] == after["released_at"] > after["first_ingested_at"]
    moved = {"released_at": after["released_at"], "ingested_at": after["ingested_at"]}
    assert after | {"held": before["held"], "hold_until": UNTIL} == before | moved
    assert not after.keys() & {"held", "hold_until"}
    assert newsroom.cloud.metrics()["Released"] == 1


def test_what_was_released_once_keeps_the_time_of_its_first_release(newsroom: Newsroom) -> None:
    newsroom.put(a_story(), version="1")
    first = newsroom.item["released_at"]
    held = a_story(updated_at="2026-03-01T10:00:00Z", embargoed_until=UNTIL)
    newsroom.put(held, version="2", now="2026-03-01T13:00:00Z")

    newsroom.release(UNTIL)

    assert newsroom.item["released_at"] == first


def revised(newsroom: Newsroom) -> None:
    newer = a_story(updated_at="2026-03-01T10:00:00Z", embargoed_until=FAR, title="Not yet")
    newsroom.put(newer, version="2")


def killed(newsroom: Newsroom) -> None:
    newsroom.put(a_story(status="canceled", updated_at="2026-03-01T10:00:00Z"), version="2")


def released(newsroom: Newsroom) -> None:
    newsroom.release(UNTIL)


@pytest.mark.parametrize("meanwhile", [revised, killed, released])
def test_what_changes_between_the_query_and_the_release_is_left_alone(
    newsroom: Newsroom, meanwhile: Callable[[Newsroom], None]
) -> None:
    newsroom.put(a_story(embargoed_until=UNTIL), version="1")
    [seen] = newsroom.embargoes.due(moment(UNTIL))
    meanwhile(newsroom)
    before = newsroom.item

    assert not newsroom.embargoes.release(seen, now=moment(FAR))

    assert newsroom.item == before


def test_a_redelivery_after_the_release_does_not_hold_it_again(newsroom: Newsroom) -> None:
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


def test_a_release_that_failed_is_measured_and_made_up_for_by_the_next(
    newsroom: Newsroom, release: Function
) -> None:
    for name in ("a", "b"):
        newsroom.put(a_story(id=name, embargoed_until=UNTIL))
    newsroom.cloud.border.fail("UpdateItem", "ThrottlingException", times=1)
    newsroom.cloud.clock.stand_still(moment("2026-03-01T18:10:00Z"))

    assert release.invoke({}) is None
    assert newsroom.cloud.measured("EmbargoLateSeconds") == [600]
    release.invoke({})

    assert due(newsroom, FAR) == 0


def test_no_embargo_ends_early_and_how_late_the_oldest_is_released_is_measured(
    newsroom: Newsroom, release: Function
) -> None:
    for name, until in (("a", "2026-03-01T18:00:30Z"), ("b", UNTIL), ("c", FAR)):
        newsroom.put(a_story(id=name, embargoed_until=until))

    left = []
    for now in (BEFORE, "2026-03-01T18:01:00Z", "2026-03-01T18:02:00Z"):
        newsroom.cloud.clock.stand_still(moment(now))
        release.invoke({})
        left.append(due(newsroom, FAR))

    assert left == [3, 1, 1]
    assert newsroom.cloud.measured("EmbargoLateSeconds") == [0, 60, 0]


# ── Uploads in parts that do not end ─────────────────────────────────────────────────────────────

NOW = datetime.now(UTC)
LONG_AGO, LATELY = NOW - timedelta(minutes=70), NOW - timedelta(minutes=50)


@dataclass(frozen=True)
class Opened:
    """An upload of two parts, planned at some time."""

    ingestion: Ingestion
    parts: list[Upload]

    def store(self, number: int) -> None:
        self.ingestion.ingest(self.parts[number - 1])

    def fail(self, number: int) -> None:
        self.ingestion.give_up(self.parts[number - 1], cause="AccessDenied", is_over=True)


def opened(
    newsroom: Newsroom, name: str, at: datetime, *, uploaded_at: datetime | None = None
) -> Opened:
    body = dumped([a_story(id=name), a_story(id=f"{name} too")]).encode()
    newsroom.cloud.memory.put(f"incoming/courier/{name}.json", body, uploaded_at or NOW, "1")
    limits = newsroom.ingestion.limits.model_copy(update={"part_records": 1})
    ingestion = replace(newsroom.ingestion, limits=limits, clock=stopped(at))
    ingestion.ingest(Upload(f"incoming/courier/{name}.json", "1"), is_bulk=True)
    sent = newsroom.cloud.messages("BulkQueueUrl")
    parts = [it for message in sent for it in announced(message["Body"], bucket="inbox")]
    parts.sort(key=lambda it: it.part.number if it.part else 0)
    return Opened(ingestion, parts)


def stuck(newsroom: Newsroom, release: Function) -> float:
    newsroom.cloud.clock.stand_still(NOW)
    release.invoke({})
    counted = [line["UploadsStuck"] for line in newsroom.cloud.logged() if "UploadsStuck" in line]
    return float(*counted[-1])


def test_uploads_that_are_in_parts_for_more_than_an_hour_are_counted(
    newsroom: Newsroom, release: Function
) -> None:
    assert stuck(newsroom, release) == 0
    late = opened(newsroom, "late", LONG_AGO)
    assert stuck(newsroom, release) == 1
    opened(newsroom, "young", LATELY, uploaded_at=LONG_AGO)  # or read again
    later = opened(newsroom, "later", LONG_AGO)
    later.store(2)
    assert stuck(newsroom, release) == 2

    late.store(1)
    assert stuck(newsroom, release) == 2
    late.store(2)
    later.store(1)
    assert stuck(newsroom, release) == 0


def test_an_upload_that_failed_is_counted_until_its_parts_are_there(
    newsroom: Newsroom, release: Function
) -> None:
    failing = opened(newsroom, "failing", LONG_AGO)
    failing.store(1)
    failing.fail(2)
    assert stuck(newsroom, release) == 1

    failing.store(2)
    assert stuck(newsroom, release) == 0


def test_what_was_rejected_or_is_gone_is_not_counted(newsroom: Newsroom, release: Function) -> None:
    taken_away = opened(newsroom, "gone", LONG_AGO)
    newsroom.cloud.memory.forget("incoming/courier/gone.json", "1")
    taken_away.store(1)
    taken_away.store(2)
    newsroom.take(b"{", now=f"{LONG_AGO:%Y-%m-%dT%H:%M:%SZ}")
    newsroom.ingestion.give_up(Upload("incoming/courier/a.json", "1"), cause="No", is_over=True)

    assert stuck(newsroom, release) == 0


def test_a_large_upload_that_waits_to_be_planned_for_more_than_an_hour_is_counted(
    newsroom: Newsroom, release: Function
) -> None:
    limits = newsroom.ingestion.limits.model_copy(update={"max_inline_bytes": 1})

    for name, at in (("late", LONG_AGO), ("young", LATELY)):
        ingestion = replace(newsroom.ingestion, limits=limits, clock=stopped(at))
        key, data = f"incoming/courier/{name}.json", dumped(a_story()).encode()
        newsroom.cloud.memory.put(key, data, NOW, "1")
        ingestion.ingest(Upload(key, "1"))

    assert stuck(newsroom, release) == 1
