"""The simulation of the queues is held to the real functions on the AWS in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from articles_scale.queueing import Batch, Moment, Reader, Setup, Simulation
from tests.aws.cloud import Cloud
from tests.aws.day import START, Day, a_day
from tests.newsroom import a_story

MINUTES = 50
DYNAMODB = ("GetItem", "PutItem", "Query", "UpdateItem")
MANY = 1_000
CURVES = ("uploads", "bulk", "dead_letters", "stored", "unannounced")

Done = list[tuple[int, int]]  # of each article, the minutes in which it came and was stored


@dataclass(frozen=True)
class Weather:
    """How many files come in a minute, when AWS fails, how many batches a minute has time for."""

    files: Callable[[int], int]
    no_dynamodb: range = range(0)
    no_eventbridge: range = range(0)
    calls: int = MANY


class Curves(NamedTuple):
    """How the service stood at the end of each minute, and when each article was stored."""

    moments: list[dict[str, int]]
    done: Done


def real(weather: Weather, day: Day) -> Curves:
    """Have the real functions called, minute by minute."""
    border, bus, moments = day.cloud.border, day.cloud.border.bus, []
    day.calls = weather.calls
    for minute in range(MINUTES):
        day.begin()
        border.heal()
        bus.accept()
        for operation in DYNAMODB if minute in weather.no_dynamodb else ():
            border.fail(operation, "InternalServerError", status=500)
        if minute in weather.no_eventbridge:
            bus.refuse("", "InternalFailure")
        for n in range(weather.files(minute)):
            story = a_story(id=f"{minute}-{n}", url=None)
            day.upload(f"incoming/desk/{minute}/{n}.json", story)
        day.end()
        stored = len(day.cloud.memory.tables["articles"].items)
        told = sum(it["DetailType"] == "ArticleCreated" for it in bus.entries)
        names = ("UploadsQueue", "BulkQueue", "DeadLetterQueue")
        counts = [*(len(day.queues[it]) for it in names), stored, stored - told]
        moments.append(dict(zip(CURVES, counts, strict=True)))
    done = [
        (int(it["upload"]["key"].split("/")[2]), _minute(it["first_ingested_at"]))
        for it in day.cloud.articles()
    ]
    return Curves(moments, sorted(done))


def _minute(at: str) -> int:
    return int((datetime.fromisoformat(at) - START).total_seconds() // 60)


def simulated(weather: Weather) -> Curves:
    """Simulate the same: `Day` shows each message again after six minutes, and counts no time."""
    is_slow = weather.calls < MANY
    seconds = 59.9 / weather.calls / 10 if is_slow else 0
    setup = Setup(
        Reader(1 if is_slow else MANY, seconds, visibility=360, batch=10),
        Reader(MANY, 0, visibility=360),
        strikes=5,
        stores=lambda at: at // 60 not in weather.no_dynamodb,
        announces=lambda at: at // 60 not in weather.no_eventbridge,
    )
    simulation = Simulation(setup)
    moments = simulation.run(arrivals(weather), until=60 * MINUTES)
    done: Done = []
    for at, batch in simulation.done:
        done += [(int(batch.since // 60), int(at // 60))] * batch.files
    return Curves([_counts(it) for it in moments], sorted(done))


def arrivals(weather: Weather) -> Iterator[Batch]:
    for minute in range(MINUTES):
        for first in range(0, weather.files(minute), 10):
            yield Batch(min(10, weather.files(minute) - first), 60 * minute)


def _counts(moment: Moment) -> dict[str, int]:
    return {name: getattr(moment, name) for name in CURVES}


WEATHERS = {
    "burst": Weather(lambda minute: 200 if minute == 5 else 3, calls=2),
    "no DynamoDB": Weather(lambda minute: 12 * (minute < 12), no_dynamodb=range(5, 36)),
    "no EventBridge": Weather(lambda _: 4, no_eventbridge=range(5, 40)),
}


@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS)
def test_it_stands_as_the_service_does_at_the_end_of_each_minute(
    weather: Weather, tmp_path: Path
) -> None:
    day = a_day(Cloud(), tmp_path / "feeds.toml", "[default]\nopen = true\n")

    played, told = real(weather, day), simulated(weather)

    batch = 10 if weather.calls < MANY else 0  # a call may end a moment before or after a minute
    for ours, theirs in zip(told.moments, played.moments, strict=True):
        assert ours == pytest.approx(theirs, abs=batch)
    waited = [sum(stored - came for came, stored in it.done) for it in (told, played)]
    assert waited[0] == pytest.approx(waited[1], rel=0.05 if batch else 0)
    assert [came for came, _ in told.done] == [came for came, _ in played.done]


@pytest.mark.parametrize("kind", ["table_articles", "feed_articles"])
def test_a_backlog_drains_at_the_pace_of_what_is_full(kind: str) -> None:
    reader = Reader(MANY, 0, visibility=360, batch=10)
    setup = Setup(reader, reader, strikes=5, patience=MANY, **{kind: 20.0})  # type: ignore[arg-type]
    burst = [Batch(10, since=0) for _ in range(600)]

    stored = [it.stored for it in Simulation(setup).run(burst, until=600)]

    assert stored == pytest.approx([min(6_000, 20 * 60 * n) for n in range(1, 11)], abs=10)


def test_more_functions_than_the_index_can_follow_gain_nothing_and_many_more_do_harm() -> None:
    def longest_wait(at_once: int) -> float:
        reader = Reader(at_once, 0.1, visibility=360, batch=10)
        setup = Setup(reader, reader, strikes=5, patience=0.5, feed_articles=100)
        burst = [Batch(10, since=n / 20) for n in range(3_000)]  # 200 files a second
        return max(it.oldest_upload for it in Simulation(setup).run(burst, until=1_800))

    enough = longest_wait(10)
    assert longest_wait(20) == pytest.approx(enough, rel=0.1)
    assert longest_wait(80) > 1.5 * enough


def test_changes_are_announced_by_as_many_functions_as_there_are_lanes() -> None:
    reader = Reader(MANY, 0, visibility=360)

    def unannounced(lanes: int) -> list[int]:
        setup = Setup(reader, reader, strikes=5, lanes=lanes, event_seconds=0.1)
        changes = [Batch(10, since=0) for _ in range(240)]
        return [it.unannounced for it in Simulation(setup).run(changes, until=240)]

    assert unannounced(1) == pytest.approx([1_800, 1_200, 600, 0], abs=100)
    assert unannounced(2) == pytest.approx([1_200, 0, 0, 0], abs=200)
