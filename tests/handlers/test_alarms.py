"""The alarms of the template ring when something is wrong, and only then."""

import math
import os
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


def upload_one(day: Day, story: dict[str, Any], *, notified: bool = True) -> None:
    day.begin()
    day.upload("incoming/magazine/a.json", story, notified=notified)
    day.end()


def written(day: Day, n: int) -> dict[str, object]:
    """Write a story, every third under an embargo of a few minutes."""
    until = START.replace(hour=day.minute // 60 % 24, minute=59) if n % 3 == 2 else None
    name = f"{day.minute % 60}-{n}"
    embargo = {"embargoed_until": format_instant(until)} if until else {}
    return a_story(id=name, title=f"{name} at {day.minute}", updated_at=None, **embargo)


UPLOADS = int(os.environ.get("UPLOADS", "0"))  # in a day, as CI plays it; without, six hours


def test_a_healthy_day_rings_nothing(day: Day) -> None:
    live(day, 60 * (24 if UPLOADS else 6), every=2, uploads=math.ceil(UPLOADS / 720) or 1)

    assert len(day.cloud.receipts()) >= (UPLOADS or 180)
    assert day.rang == {}


# ── Something is wrong ───────────────────────────────────────────────────────────────────────────


Happens = Callable[[Day], None]


def off(function: str, minutes: int, *, uploads: int = 1) -> Happens:
    def happens(day: Day) -> None:
        day.off.add(function)
        live(day, minutes, uploads=uploads)
        day.off.clear()

    return happens


def release_crashes(day: Day) -> None:
    day.cloud.border.fail("Query", "InternalServerError", status=500)
    live(day, 10)
    day.cloud.border.heal()


def a_feed_is_silent(day: Day) -> None:
    for _ in range(80):
        day.begin()
        day.end()


def a_write_is_refused(day: Day) -> None:
    day.cloud.border.fail(
        "UpdateItem", "InternalServerError", status=500, concerns=lambda it: "refused" in str(it)
    )
    upload_one(day, a_story(title="refused"))
    live(day, 40)


def a_letter_is_left_alone(day: Day) -> None:
    week = 7 * 24 * 60
    day.queues["DeadLetterQueue"].append(Message("poison", sent=day.minute - week))
    live(day, 5)


def crashes(day: Day, setting: str, minutes: int = 10) -> None:
    """Have the functions that need a setting crash when they start."""
    good, day.settings = day.settings, {**day.settings, setting: "no number"}
    live(day, minutes)
    day.settings = good


def bulk_crashes(day: Day) -> None:
    stories = [a_story(id=f"{n}") for n in range(LARGE)]
    day.begin()
    day.upload("incoming/magazine/large.json", stories)
    day.off.add("BulkFunction")  # so that what is planned waits for the crash
    day.end()
    day.off = {"IngestFunction"}  # which reads the same settings
    crashes(day, "MAX_RECEIVES", minutes=1)
    day.off.clear()


def the_bus_throttles(day: Day) -> None:
    day.cloud.border.bus.refuse("", "ThrottlingException")
    live(day, 30)
    day.cloud.border.bus.accept()


def the_bus_refuses_an_event(day: Day) -> None:
    day.cloud.border.bus.refuse("refused", "InvalidArgument")
    upload_one(day, a_story(title="refused"))


def a_notification_is_lost(day: Day) -> None:
    upload_one(day, a_story(), notified=False)
    day.reconciles = True
    live(day, 150)


def reconcile_fails(day: Day) -> None:
    day.reconciles = True
    day.cloud.border.fail("ListObjectVersions", "InternalError", status=500)
    live(day, 70)
    day.cloud.border.heal()


def a_request_is_wrong(day: Day) -> None:
    day.cloud.border.fail("UpdateItem", "ValidationException", times=1)
    live(day, 20)


def full(table: str, index: str) -> Happens:
    def happens(day: Day) -> None:
        names = {"TableName": table, "GlobalSecondaryIndexName": index}
        for _ in range(10):
            day.metrics.add(metric("AWS/DynamoDB WriteThrottleEvents", **names), day.minute, 7)
            live(day, 1)

    return happens


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


WRONG: dict[str, tuple[Happens, set[str]]] = {
    "release is off": (
        off("ReleaseFunction", 60, uploads=3),
        {"ReleaseStopped", "EmbargoesEndLate"},
    ),
    "release crashes": (release_crashes, {"ReleaseErrors"}),
    "a feed is silent": (a_feed_is_silent, {"FeedsSilent"}),
    "ingest is off": (off("IngestFunction", 30), {"UploadsWaitTooLong"}),
    "bulk is off": (off("BulkFunction", 120), {"BulkWaitsTooLong", "UploadsStuck"}),
    "a write is refused": (a_write_is_refused, {"DeadLettersNotEmpty", "UploadsWaitTooLong"}),
    "a letter is left alone": (a_letter_is_left_alone, {"DeadLettersNotEmpty", "DeadLettersOld"}),
    "ingest crashes": (lambda day: crashes(day, "MAX_RECEIVES"), {"IngestErrors"}),
    "bulk crashes": (bulk_crashes, {"BulkErrors"}),
    "publish crashes": (lambda day: crashes(day, "KEEP_UPLOADS_DAYS"), {"PublishErrors"}),
    "the bus throttles": (the_bus_throttles, {"EventsWaitTooLong"}),
    "the bus refuses an event": (the_bus_refuses_an_event, {"PublishFailuresNotEmpty"}),
    "a notification is lost": (a_notification_is_lost, {"UploadsMissing"}),
    "reconcile fails": (reconcile_fails, {"ReconcileErrors"}),
    "a request is wrong": (a_request_is_wrong, {"ArticlesInternalErrors"}),
    "a feed is too hot": (full("ArticlesTable", "by_feed"), {"ArticlesThrottled"}),
    "too many uploads are open": (full("ReceiptsTable", "by_open"), {"ReceiptsThrottled"}),
    "Lambda throttles": (lambda_throttles, {"FunctionsThrottled"}),
    "a subscriber is gone": (a_subscriber_is_gone, {"EventsNotDelivered"}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_rings_its_alarms_and_no_others(day: Day, wrong: str) -> None:
    happens, rings = WRONG[wrong]
    live(day, 15)

    happens(day)
    live(day, 30)

    assert day.rang.keys() == rings


def test_every_alarm_rings_for_something() -> None:
    assert {alarm for _, rings in WRONG.values() for alarm in rings} == alarms().keys()


# ── What heals itself ────────────────────────────────────────────────────────────────────────────


def test_a_crash_that_heals_itself_is_a_ticket_and_no_page(day: Day) -> None:
    live(day, 30)
    crashes(day, "MAX_RECEIVES", minutes=1)
    live(day, 30)

    assert [alarms()[it]["AlarmDescription"].split(":")[0] for it in day.rang] == ["Ticket"]


def test_one_release_that_fails_and_throttling_that_passes_ring_nothing(day: Day) -> None:
    live(day, 30)
    day.cloud.border.fail("Query", "InternalServerError", status=500, times=1)
    index = {"TableName": "ArticlesTable", "GlobalSecondaryIndexName": "by_feed"}
    day.metrics.add(metric("AWS/DynamoDB WriteThrottleEvents", **index), day.minute, 700)
    live(day, 30)

    assert day.rang == {}
