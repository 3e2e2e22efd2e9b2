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


def written(day: Day, n: int) -> dict[str, object]:
    """Write a story, every third under an embargo of a few minutes."""
    until = START.replace(hour=day.minute // 60 % 24, minute=59) if n % 3 == 2 else None
    name = f"{day.minute % 60}-{n}"
    embargo = {"embargoed_until": format_instant(until)} if until else {}
    return a_story(id=name, title=f"{name} at {day.minute}", updated_at=None, **embargo)


UPLOADS = int(os.environ.get("UPLOADS", "720"))  # in a day; CI plays 10,000


def test_a_healthy_day_rings_nothing(day: Day) -> None:
    live(day, 24 * 60, every=2, uploads=math.ceil(UPLOADS / 720))

    assert len(day.cloud.receipts()) >= UPLOADS
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


def crashes(day: Day, setting: str, minutes: int = 10) -> None:
    """Have the functions that need a setting crash when they start."""
    good, day.settings = day.settings, {**day.settings, setting: "no number"}
    live(day, minutes)
    day.settings = good


def ingest_crashes(day: Day) -> None:
    crashes(day, "MAX_RECEIVES")


def bulk_crashes(day: Day) -> None:
    stories = [a_story(id=f"{n}") for n in range(LARGE)]
    day.begin()
    day.upload("incoming/magazine/large.json", stories)
    day.off.add("BulkFunction")  # so that what is planned waits for the crash
    day.end()
    day.off = {"IngestFunction"}  # which reads the same settings
    crashes(day, "MAX_RECEIVES", minutes=1)
    day.off.clear()


def publish_crashes(day: Day) -> None:
    crashes(day, "KEEP_UPLOADS_DAYS")


def the_bus_throttles(day: Day) -> None:
    day.cloud.border.bus.refuse("", "ThrottlingException")
    live(day, 30)
    day.cloud.border.bus.accept()


def the_bus_refuses_an_event(day: Day) -> None:
    day.cloud.border.bus.refuse("refused", "InvalidArgument")
    day.begin()
    day.upload("incoming/magazine/a.json", a_story(title="refused"))
    day.end()


def a_notification_is_lost(day: Day) -> None:
    day.begin()
    day.upload("incoming/magazine/a.json", a_story(), notified=False)
    day.end()
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


def an_index_is_full(day: Day, table: str, index: str) -> None:
    full = {"TableName": table, "GlobalSecondaryIndexName": index}
    for _ in range(10):
        day.metrics.add(metric("AWS/DynamoDB WriteThrottleEvents", **full), day.minute, 7)
        live(day, 1)


def a_feed_is_too_hot(day: Day) -> None:
    an_index_is_full(day, "ArticlesTable", "by_feed")


def too_many_uploads_are_open(day: Day) -> None:
    an_index_is_full(day, "ReceiptsTable", "by_open")


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
    (bulk_crashes, {"BulkErrors"}),
    (publish_crashes, {"PublishErrors"}),
    (the_bus_throttles, {"EventsWaitTooLong"}),
    (the_bus_refuses_an_event, {"PublishFailuresNotEmpty"}),
    (a_notification_is_lost, {"UploadsMissing"}),
    (reconcile_fails, {"ReconcileErrors"}),
    (a_request_is_wrong, {"ArticlesInternalErrors"}),
    (a_feed_is_too_hot, {"ArticlesThrottled"}),
    (too_many_uploads_are_open, {"ReceiptsThrottled"}),
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


def test_every_alarm_rings_for_something() -> None:
    assert {alarm for _, rings in WRONG for alarm in rings} == alarms().keys()


# ── What heals itself ────────────────────────────────────────────────────────────────────────────


def test_a_crash_that_heals_itself_is_a_ticket_and_no_page(day: Day) -> None:
    live(day, 30)
    crashes(day, "MAX_RECEIVES", minutes=1)
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
