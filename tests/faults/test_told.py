"""What is told of uploads and kept of articles, word by word; the figures compare histories."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from .histories import failing
from .paths import BAD, FAR, MANY, NOON, PATHS, a_story, newer
from .world import World, worlds

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics")


@pytest.fixture(scope="module")
def empty() -> Iterator[Any]:
    with worlds() as maker:
        yield maker


def ingested(world: World, name: str, file: Any, *, again: bool = False) -> dict[str, Any]:
    """Ingest one file; gives its receipt. `again`: once more, as if it had died before that."""
    message = world.upload(f"incoming/courier/{name}.json", file, at=NOON)
    world.drain()
    if again:
        world.aws.tables["receipts"].items.clear()
        world.tell_again(message)
        world.drain()
    return receipts(world)[name]


def receipts(world: World) -> dict[str, dict[str, Any]]:
    return {
        key.split("/")[-1].removesuffix(".json"): it for (key, _), it in world.receipts().items()
    }


def told(receipt: dict[str, Any]) -> Any:
    """Give what a receipt says of its only record."""
    [record] = receipt["records"]
    why = record.get("decided_by"), (record.get("superseded_by") or {}).get("key")
    return record["outcome"], *(it for it in (*why, record.get("hold_until")) if it)


@pytest.mark.parametrize("again", [False, True])
def test_each_record_is_told_what_became_of_it_also_when_it_comes_again(
    empty: Any, *, again: bool
) -> None:
    world: World = empty()
    stories = {
        "first": (a_story(), ("created",)),
        "again": (a_story(updated_at="2026-03-01T09:30:00Z"), ("unchanged",)),
        "newer": (newer(), ("updated",)),
        "older": (
            a_story(title="Ferry sails", updated_at="2026-03-01T08:00:00Z"),
            ("superseded", "effective time", "incoming/courier/newer.json"),
        ),
        "older, the same": (newer(updated_at="2026-03-01T07:00:00Z"), ("unchanged",)),
        "withheld": (newer(updated_at="2026-03-01T11:00:00Z", status="withheld"), ("withheld",)),
        "held": (newer(updated_at="2026-03-01T11:30:00Z", embargoed_until=FAR), ("updated", FAR)),
        "over": (
            newer(updated_at="2026-03-01T11:40:00Z", embargoed_until="2026-03-01T11:50:00Z"),
            ("updated",),
        ),
    }

    for name, (story, expected) in stories.items():
        assert told(ingested(world, name, story, again=again)) == expected, name


def test_the_first_time_that_an_article_was_visible_is_kept(empty: Any) -> None:
    world: World = empty()
    ingested(world, "held", a_story(embargoed_until=FAR))
    [held] = world.items().values()
    world.aws.skew = timedelta(hours=1)
    ingested(world, "shown", newer())
    [shown] = world.items().values()
    world.aws.skew = timedelta(hours=2)
    ingested(world, "changed", newer(title="Ferry later", updated_at="2026-03-01T11:00:00Z"))
    [changed] = world.items().values()

    assert "released_at" not in held
    assert shown["released_at"] == shown["ingested_at"] > held["ingested_at"]
    assert changed["released_at"] == shown["released_at"] < changed["ingested_at"]
    assert changed["first_ingested_at"] == held["ingested_at"]
    assert changed.keys() & {"held", "hold_until"} == set()
    assert changed["feed_month"] == f"courier#{held['ingested_at'][:7]}"


def test_a_release_that_another_revision_has_overtaken_releases_nothing(empty: Any) -> None:
    world: World = empty()
    ingested(world, "held", a_story(embargoed_until="2026-12-31T00:00:00Z"))
    before = world.items()
    world.release()
    assert world.items() == before

    world.aws.skew = timedelta(days=3650)
    overtaken = {"done": False}

    def overtake(phase: str, operation: str, _: Any) -> None:
        if (phase, operation) == ("before", "UpdateItem") and not overtaken["done"]:
            overtaken["done"] = True
            world.aws.skew = timedelta()
            world.upload("incoming/courier/b.json", newer(embargoed_until=FAR), at=NOON)
            world.deliver(world.waiting[:])

    world.aws.hook = overtake
    world.release()

    [item] = world.items().values()
    assert (item["title"], item.get("hold_until")) == ("Ferry late", FAR)


# ── Uploads in parts ─────────────────────────────────────────────────────────────────────────────


def test_an_upload_in_parts_is_told_as_one(empty: Any) -> None:
    world: World = empty()
    receipt = ingested(world, "many", [*MANY, BAD])

    assert (receipt["state"], receipt["outcome"]) == ("done", "partial")
    assert receipt["counts"] == {"created": 7, "rejected": 1}
    assert receipt["done"] == {1, 2, 3}
    assert [it["record"] for it in world.report(receipt)["records"]] == list(range(8))  # type: ignore[index]

    good = ingested(world, "good", MANY)
    assert (good["outcome"], good["counts"]) == ("accepted", {"unchanged": 7})
    assert "problems" not in good


def test_what_is_gone_before_all_parts_are_stored_is_told_with_what_is(empty: Any) -> None:
    world: World = empty()
    world.upload("incoming/courier/many.json", MANY, at=NOON)
    world.deliver(world.waiting[:])
    world.deliver(world.waiting[:])
    world.deliver(world.waiting[:1])
    world.aws.forget("incoming/courier/many.json", "v000000")
    world.drain()

    receipt = receipts(world)["many"]
    assert (receipt["outcome"], receipt["counts"]) == ("gone", {"created": 3})
    assert [it["record"] for it in world.report(receipt)["records"]] == [0, 1, 2]  # type: ignore[index]
    assert len(world.items()) == 3


def test_a_part_has_failed_only_when_its_last_attempt_has(empty: Any) -> None:
    world: World = empty()
    world.upload("incoming/courier/many.json", MANY, at=NOON)
    world.deliver(world.waiting[:])
    world.deliver(world.waiting[:])
    first, *others = world.waiting
    first.received = 4
    world.deliver([first])
    assert receipts(world)["many"]["state"] == "processing"

    others[0].received = 4
    world.aws.hook = refuse
    world.deliver(others[:1])
    world.aws.hook = lambda *_: None
    failed = receipts(world)["many"]
    assert (failed["state"], failed["done"], len(world.dead)) == ("failed", {1}, 1)
    assert "AccessDenied" in failed["cause"]

    world.redrive()
    world.drain()
    states = [it["data"]["state"] for it in world.events() if it["type"] == "UploadProcessed"]
    assert states == ["failed", "done"]


def refuse(phase: str, operation: str, _: Any) -> None:
    if (phase, operation) == ("before", "GetObject"):
        raise failing("AccessDenied", operation)


def test_a_part_that_is_stored_is_not_stored_again(empty: Any) -> None:
    world: World = empty()
    world.upload("incoming/courier/many.json", MANY, at=NOON)
    world.deliver(world.waiting[:])
    world.deliver(world.waiting[:])
    [part, *_] = world.waiting
    world.deliver([part])
    asked = requests(world)

    assert world.invoke([part]) == []

    assert asked == ["GetItem", "UpdateItem"]  # is it stored? It is: count it


@pytest.mark.parametrize("name", ["accept", "reject", "partial file", "plan and parts"])
def test_an_upload_costs_no_request_more_than_these(empty: Any, name: str) -> None:
    expected = {
        "accept": "GetObject UpdateItem PutItem PutEvents",
        "reject": "GetObject PutObject PutItem PutEvents",
        "partial file": "GetObject UpdateItem UpdateItem PutObject PutItem PutEvents PutEvents",
        "plan and parts": "GetObject SendMessage GetItem PutItem "
        # Small as it is, it might have been sent to be alone; then it is found to need a plan.
        "GetObject GetItem GetObject PutItem SendMessageBatch "
        + "GetItem GetObject UpdateItem UpdateItem UpdateItem PutObject PutItem UpdateItem "
        * 2
        + "GetItem GetObject UpdateItem PutObject PutItem UpdateItem "
        "Query UploadFileobj GetObject GetObject GetObject PutItem PutEvents PutEvents",
    }
    [path] = [it for it in PATHS if it.name == name]
    world: World = empty()
    asked = requests(world)

    path.act(world)
    world.drain()

    assert " ".join(asked) == expected[name]


def test_a_file_at_the_limit_is_dealt_with_at_once_and_one_over_it_is_not_downloaded(
    empty: Any,
) -> None:
    for size, expected in ((20_000, "GetObject"), (20_001, "SendMessage")):
        world: World = empty()
        asked = requests(world)
        file = b'{"id": "1", "title": "Ferry"}'
        world.upload("incoming/courier/a.json", file.ljust(size), at=NOON)
        world.deliver(world.waiting[:])
        assert asked[0] == expected


def requests(world: World) -> list[str]:
    """Give a list to which every request from now on is added."""
    asked: list[str] = []

    def note(phase: str, operation: str, _: Any) -> None:
        if phase == "before":
            asked.append(operation)

    world.aws.hook = note
    return asked
