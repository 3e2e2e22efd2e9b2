"""Feeds that have sent nothing for longer than their `silence_hours`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.aws.cloud import Announcements, Cloud
from tests.newsroom import moment

from .messages import batch, body, notice

FEEDS = """[default]
open = true
[feeds.courier]
silence_hours = 4
[feeds.wire]
silence_hours = 24
[feeds.magazine]
"""
START = moment("2026-03-01T00:00:00Z")


def is_note(request: dict[str, Any]) -> bool:
    return bool(request["Item"]["key"]["S"] == "latest")


class Week:
    """Feeds of which two are watched, and the functions at any hour after the start."""

    def __init__(self, cloud: Cloud, feeds: Path) -> None:
        self.cloud, self.feeds = cloud, feeds
        self.feeds.write_text(FEEDS)
        self.ingest = cloud.function("IngestFunction", FEEDS_FILE=str(feeds))
        self.release = cloud.function("ReleaseFunction", FEEDS_FILE=str(feeds))

    def at(self, hour: float) -> None:
        self.cloud.clock.stand_still(START + timedelta(hours=hour))

    def upload(self, hour: float, feed: str, file: Any = None, run: int = 0) -> None:
        """Put a file, and have it ingested at once."""
        self.at(hour)
        key, now = f"incoming/{feed}/{hour}.json", self.cloud.clock.now()
        data = b"[]" if file is None else file
        put = {"key": key, "version": self.cloud.memory.put(key, data, now), "etag": "0"}
        self.ingest.invoke(batch(body(notice(self.cloud, put) | {"run": run})))

    def silent(self, hour: float) -> tuple[float, dict[str, str]]:
        """Have release look; gives how many are silent, and what its log says of them."""
        self.at(hour)
        self.cloud.log.seek(0)
        self.cloud.log.truncate()
        assert self.release.invoke({}) is not None
        named: dict[str, str] = {}
        for line in self.cloud.logged():
            named |= line.get("latest_uploads", {})
        return self.cloud.metrics()["FeedsSilent"], named


@pytest.fixture
def week(cloud: Cloud, tmp_path: Path) -> Week:
    return Week(cloud, tmp_path / "feeds.toml")


def test_a_feed_is_silent_after_its_hours_and_no_more_after_its_next_upload(week: Week) -> None:
    week.upload(1, "courier")
    week.upload(1, "wire")

    assert week.silent(5) == (0, {})
    assert week.silent(5.2) == (1, {"courier": "2026-03-01T01:00:00Z"})
    week.upload(6, "courier")
    assert week.silent(6) == (0, {})


def test_a_rejected_upload_is_a_sign_of_life_and_a_replay_is_none(week: Week) -> None:
    week.upload(0, "courier", b"{")
    assert week.silent(4) == (0, {})

    week.upload(4, "courier", run=1)

    assert week.silent(4.2) == (1, {"courier": "2026-03-01T00:00:00Z"})


def test_a_feed_that_never_sent_anything_is_silent_from_the_first_look_on(
    week: Week, announced_since: Announcements
) -> None:
    assert week.silent(0) == (0, {})
    assert week.silent(4) == (0, {})
    assert week.silent(4.2) == (1, {"courier": "2026-03-01T00:00:00Z"})
    assert week.silent(30)[0] == 2
    assert announced_since.read() == []  # of what is noted


def test_a_feed_that_uploads_all_the_time_is_noted_every_ten_minutes(week: Week) -> None:
    for minute in range(0, 61, 2):
        week.upload(minute / 60, "courier")

    notes = filter(is_note, week.cloud.border.asked("PutItem"))
    noted = [asked["Item"]["uploaded_at"]["S"] for asked in notes]
    every_ten_minutes = "00:00 00:10 00:20 00:30 00:40 00:50 01:00".split()
    assert noted == [f"2026-03-01T{it}:00Z" for it in every_ten_minutes]


def test_an_older_upload_that_comes_late_silences_no_feed(week: Week, cloud: Cloud) -> None:
    week.upload(3, "courier")
    week.ingest = cloud.function("IngestFunction", FEEDS_FILE=str(week.feeds), PART_RECORDS="9")
    week.upload(1, "courier")  # by another instance, which has noted nothing

    assert week.silent(6) == (0, {})


def test_a_feed_that_is_not_watched_costs_nothing_and_is_never_silent(week: Week) -> None:
    week.upload(0, "magazine", b"[]")
    week.upload(0, "anybody", b"[]")

    assert [it["key"] for it in week.cloud.receipts()] == [
        "incoming/anybody/0.json",
        "incoming/magazine/0.json",
    ]
    assert "magazine" not in week.silent(1000)[1]


def test_what_cannot_be_noted_fails_no_upload(week: Week) -> None:
    week.cloud.border.fail("PutItem", "ThrottlingException", times=1, concerns=is_note)

    week.upload(0, "courier")

    assert [it["key"] for it in week.cloud.receipts()] == ["incoming/courier/0.json"]
    assert "upload not noted" in [line.get("message") for line in week.cloud.logged()]


def test_a_wrong_file_stops_no_release(week: Week) -> None:
    week.feeds.write_text("[feeds.courier]\nsilence_hours = 'four'\n")

    assert week.release.invoke({}) is None  # which an alarm tells

    assert week.cloud.measured("Released") == [0]
    assert week.cloud.measured("UploadsStuck") == [0]
