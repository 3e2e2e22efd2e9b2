"""What the fault figures rest on: a judge that sees, and a delivery like that of AWS."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from . import histories
from .judge import judge
from .paths import NOON, a_story, newer
from .world import Crash, World

# The functions of one process share their metrics: one sends those of the other.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics")


# ── The judge is not blind ───────────────────────────────────────────────────────────────────────


def published(empty: Any, *files: Any) -> World:
    world: World = empty()
    for file in files:
        world.upload("incoming/courier/a.json", file, at=NOON)
    world.drain()
    return world


def test_a_lost_event_is_seen(empty: Any) -> None:
    world = published(empty, a_story(), newer())
    world.aws.entries.pop()

    assert {it.split(":")[0] for it in judge(world).faults} == {"lost_events"}


def test_an_event_of_what_was_never_stored_is_seen(empty: Any) -> None:
    world = published(empty, a_story())
    changes = world.aws.tables["articles"].changes
    changes.clear()

    assert any(it.startswith("events_not_stored") for it in judge(world).faults)


def test_a_stale_overwrite_is_seen(empty: Any) -> None:
    world = published(empty, a_story(), newer())
    table = world.aws.tables["articles"]
    [(place, item)] = table.items.items()
    table.write(place, {**item, "order_key": {"S": "0"}})

    assert any(it.startswith("stale_overwrites") for it in judge(world).faults)


# ── The delivery does what AWS does ──────────────────────────────────────────────────────────────


def test_a_message_that_is_not_taken_five_times_is_a_dead_letter_and_may_be_redriven(
    empty: Any,
) -> None:
    world: World = empty()

    def refuse(phase: str, operation: str, _: Any) -> None:
        if (phase, operation) == ("before", "UpdateItem"):
            raise histories.failing("AccessDenied", operation)

    world.aws.hook = refuse
    world.upload("incoming/courier/a.json", a_story(), at=NOON)
    world.drain()
    assert [it.received for it in world.dead] == [5]
    [receipt] = world.receipts().values()
    assert (receipt["state"], "AccessDenied" in receipt["cause"]) == ("failed", True)

    world.aws.hook = lambda *_: None
    world.redrive()
    world.drain()
    [receipt] = world.receipts().values()
    assert (receipt["state"], world.dead, judge(world).faults) == ("done", [], [])


def test_a_wrong_clock_changes_neither_the_winner_nor_the_ids_of_events(empty: Any) -> None:
    right = published(empty, a_story(), newer())
    ids, items = [it["id"] for it in right.events()], histories.articles(right)

    skewed: World = empty()
    skewed.aws.skew = datetime(2031, 1, 1, tzinfo=UTC) - datetime.now(UTC)
    for file in (a_story(), newer()):
        skewed.upload("incoming/courier/a.json", file, at=NOON)
    skewed.drain()

    assert [it["id"] for it in skewed.events()] == ids
    assert histories.articles(skewed) == items


def test_what_time_does_not_suffice_for_comes_again_untried(empty: Any) -> None:
    world: World = empty()
    world.remaining_ms = 10_000
    first, second = (
        world.upload(f"incoming/courier/{name}.json", a_story(id=name), at=NOON) for name in "ab"
    )

    world.deliver([first, second])

    assert world.waiting == [second]
    assert [key for key, _ in world.receipts()] == ["incoming/courier/a.json"]

    world.remaining_ms = 60_000
    world.deliver([second])
    assert len(world.items()) == 2


def test_a_message_that_kills_its_function_takes_no_other_with_it(empty: Any) -> None:
    world: World = empty()
    killer = "incoming/courier/killer.json"

    def kill(phase: str, operation: str, asked: Any) -> None:
        if (phase, operation, asked.get("Key")) == ("after", "GetObject", killer):
            raise Crash

    for name in ("one", "killer", "two"):
        world.upload(f"incoming/courier/{name}.json", a_story(id=name), at=NOON)
    world.aws.hook = kill
    while world.waiting:
        world.deliver(world.waiting[:])

    outcomes = {key.split("/")[-1]: it["outcome"] for (key, _), it in world.receipts().items()}
    assert outcomes == {"one.json": "accepted", "killer.json": "failed", "two.json": "accepted"}


def test_of_many_versions_within_a_second_the_last_one_is_stored(empty: Any) -> None:
    world: World = empty()
    for number in range(200):
        file = a_story(title=f"{number}", updated_at=None)
        world.upload("incoming/courier/a.json", file, at=NOON)
    Random(7).shuffle(world.waiting)  # noqa: S311
    while world.waiting:
        world.deliver(world.waiting[:10])
        world.publish()
    world.drain()

    [item] = world.items().values()
    assert item["title"] == "199"
    assert {it["state"] for it in world.receipts().values()} == {"done"}
    assert len(world.receipts()) == 200
    keys = [it["data"]["order_key"] for it in world.events()]
    assert keys == sorted(set(keys))
    assert (world.dead, judge(world).faults) == ([], [])
