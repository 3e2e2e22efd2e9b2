"""What is told of uploads and kept of articles, word by word; the figures compare histories."""

from typing import Any

import pytest

from .paths import FAR, KILL, MANY, NOON, PATHS, a_story, newer
from .world import World

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics")


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
        "killed": (KILL, ("canceled",)),
        "late": (
            newer(updated_at="2026-03-01T11:55:00Z"),
            ("superseded", "kill", "incoming/courier/killed.json"),
        ),
    }

    for name, (story, expected) in stories.items():
        assert told(ingested(world, name, story, again=again)) == expected, name


# ── Uploads in parts ─────────────────────────────────────────────────────────────────────────────


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
        file = b'{"id": "1", "title": "Ferry", "text": "Six."}'
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
