"""The alarms of the template ring when something is wrong, and only then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from articles.times import format_instant
from tests.aws.alarms import alarms, metric
from tests.aws.cloud import Cloud
from tests.aws.day import START, Day, Message, a_day
from tests.newsroom import a_story

FEEDS = """[default]
open = true
[feeds.courier]
silence_hours = 1
"""
LARGE = 20  # stories: over the limit of one pass
SETTINGS = {"MAX_INLINE_BYTES": "4000", "PART_RECORDS": "10"}


@pytest.fixture
def day(cloud: Cloud, tmp_path: Path) -> Day:
    return a_day(cloud, tmp_path / "feeds.toml", FEEDS, **SETTINGS)


def live(day: Day, minutes: int, *, every: int = 10, uploads: int = 1) -> None:
    """Let time pass in which two feeds upload, some articles under an embargo, some in bulk."""
    for _ in range(minutes):
        day.begin()
        if day.minute % every == 0:
            for n in range(uploads):
                feed = ("courier", "magazine")[n % 2]
                day.upload(f"incoming/{feed}/{day.minute}-{n}.json", written(day, n))
        if day.minute % 60 == 30:
            stories = [a_story(id=f"{n}", title=f"At {day.minute}") for n in range(LARGE)]
            day.upload(f"incoming/magazine/{day.minute}.json", stories)
        day.end()


def written(day: Day, n: int) -> dict[str, object]:
    """Write a story, every third under an embargo of a few minutes."""
    until = START.replace(hour=day.minute // 60 % 24, minute=59) if n % 3 == 2 else None
    name = f"{day.minute % 60}-{n}"
    embargo = {"embargoed_until": format_instant(until)} if until else {}
    return a_story(id=name, title=f"{name} at {day.minute}", updated_at=None, **embargo)


def test_a_healthy_day_rings_nothing(day: Day) -> None:
    live(day, 24 * 60, every=2)

    assert len(day.cloud.receipts()) > 700
    assert day.rang == {}


# ── Something is wrong ───────────────────────────────────────────────────────────────────────────


def release_is_off(day: Day) -> None:
    day.off.add("ReleaseFunction")
    live(day, 60, uploads=3)
    day.off.clear()


def release_crashes(day: Day) -> None:
    day.cloud.border.fail("Query", "InternalServerError", status=500)
    live(day, 10)
    day.cloud.border.heal()


def a_feed_is_silent(day: Day) -> None:
    for _ in range(80):
        day.begin()
        day.end()


def ingest_is_off(day: Day) -> None:
    day.off.add("IngestFunction")
    live(day, 30)
    day.off.clear()


def bulk_is_off(day: Day) -> None:
    day.off.add("BulkFunction")
    live(day, 120)


def a_write_is_refused(day: Day) -> None:
    def is_of_one(asked: dict[str, Any]) -> bool:
        return "refused" in str(asked.get("ExpressionAttributeValues"))

    day.cloud.border.fail("UpdateItem", "InternalServerError", status=500, concerns=is_of_one)
    day.begin()
    day.upload("incoming/magazine/a.json", a_story(title="refused"))
    day.end()
    live(day, 40)


def a_letter_is_left_alone(day: Day) -> None:
    week = 7 * 24 * 60
    day.queues["DeadLetterQueue"].append(Message("poison", sent=day.minute - week))
    live(day, 5)


def ingest_crashes(day: Day, minutes: int = 10) -> None:
    good, day.settings = day.settings, {**day.settings, "MAX_RECEIVES": "no number"}
    live(day, minutes)
    day.settings = good


def the_index_is_full(day: Day) -> None:
    index = {"TableName": "ArticlesTable", "GlobalSecondaryIndexName": "by_feed"}
    for _ in range(10):
        day.metrics.add(metric("AWS/DynamoDB WriteThrottleEvents", **index), day.minute, 7)
        live(day, 1)


def lambda_throttles(day: Day) -> None:
    for _ in range(10):
        of_bulk = metric("AWS/Lambda Throttles", FunctionName="BulkFunction")
        day.metrics.add(of_bulk, day.minute, 1)
        live(day, 1)


def a_subscriber_is_gone(day: Day) -> None:
    rule = metric("AWS/Events FailedInvocations", EventBusName="articles-test", RuleName="search")
    live(day, 1)
    day.metrics.add(rule, day.minute, 1)
    live(day, 1)


WRONG: list[tuple[Callable[[Day], None], set[str]]] = [
    (release_is_off, {"ReleaseStopped", "EmbargoesEndLate"}),
    (release_crashes, {"ReleaseErrors"}),
    (a_feed_is_silent, {"FeedsSilent"}),
    (ingest_is_off, {"UploadsWaitTooLong"}),
    (bulk_is_off, {"BulkWaitsTooLong", "UploadsStuck"}),
    (a_write_is_refused, {"DeadLettersNotEmpty", "UploadsWaitTooLong"}),
    (a_letter_is_left_alone, {"DeadLettersNotEmpty", "DeadLettersOld"}),
    (ingest_crashes, {"IngestErrors"}),
    (the_index_is_full, {"ArticlesThrottled"}),
    (lambda_throttles, {"FunctionsThrottled"}),
    (a_subscriber_is_gone, {"EventsNotDelivered"}),
]


@pytest.mark.parametrize(("happens", "rings"), WRONG, ids=lambda it: getattr(it, "__name__", ""))
def test_what_is_wrong_rings_its_alarms_and_no_others(
    day: Day, happens: Callable[[Day], None], rings: set[str]
) -> None:
    live(day, 45)

    happens(day)
    live(day, 30)

    assert day.rang.keys() == rings


# ── What heals itself ────────────────────────────────────────────────────────────────────────────


def test_a_crash_that_heals_itself_is_a_ticket_and_no_page(day: Day) -> None:
    live(day, 30)
    ingest_crashes(day, minutes=1)
    live(day, 30)

    assert [alarms()[it]["AlarmDescription"].split(":")[0] for it in day.rang] == ["Ticket"]


def test_one_release_that_fails_rings_nothing(day: Day) -> None:
    live(day, 30)
    day.cloud.border.fail("Query", "InternalServerError", status=500, times=1)
    live(day, 30)

    assert day.rang == {}


def test_throttling_that_passes_rings_nothing(day: Day) -> None:
    live(day, 30)
    index = {"TableName": "ArticlesTable", "GlobalSecondaryIndexName": "by_feed"}
    day.metrics.add(metric("AWS/DynamoDB WriteThrottleEvents", **index), day.minute, 700)
    live(day, 30)

    assert day.rang == {}
