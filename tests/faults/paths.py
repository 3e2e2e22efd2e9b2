"""The paths through the service, each as short as it can be."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .world import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAR = "2999-01-01T00:00:00Z"


def a_story(**changes: Any) -> dict[str, Any]:
    """Write a story; None takes a field out."""
    story = {
        "id": "ferry",
        "title": "Ferry returns",
        "text": "It leaves at six.",
        "updated_at": "2026-03-01T09:00:00Z",
    }
    return {name: value for name, value in {**story, **changes}.items() if value is not None}


def newer(**changes: Any) -> dict[str, Any]:
    return a_story(**{"title": "Ferry late", "updated_at": "2026-03-01T10:00:00Z", **changes})


BAD = {"neither": "a title", "nor": "a text"}


def nothing(_: World) -> None:
    """Begin with empty tables."""


@dataclass(frozen=True)
class Path:
    """Something to do, and what is there before."""

    name: str
    act: Callable[[World], object]
    before: Callable[[World], object] = nothing


def uploads(*files: Any) -> Callable[[World], None]:
    """Upload files, one version of one key after the other."""

    def act(world: World) -> None:
        for file in files:
            world.upload("incoming/courier/a.json", file, at=NOON)

    return act


def twice(file: Any) -> Callable[[World], object]:
    return lambda world: world.upload("incoming/courier/a.json", file, at=NOON, told=2)


def gone(world: World) -> None:
    message = world.upload("incoming/courier/a.json", a_story(), at=NOON)
    [told] = json.loads(message.body)["Records"]
    world.aws.forget("incoming/courier/a.json", told["s3"]["object"]["versionId"])


def embargo_ends(world: World) -> None:
    world.aws.skew = datetime(2999, 1, 2, tzinfo=UTC) - datetime.now(UTC)
    for _ in range(4):  # every minute: a missed run heals itself
        world.release()


def replayed(world: World) -> None:
    """Replay all uploads, as an operator does."""
    for told in world.told:
        world.tell_again(told, run=1)


def uploaded_and_replayed(file: Any) -> Callable[[World], None]:
    """Upload a file and replay it, so that pairs of crashes have one in each."""

    def act(world: World) -> None:
        uploads(file)(world)
        world.drain()
        replayed(world)

    return act


KILL = {"uri": "ferry", "headline": "Kill", "pubstatus": "canceled"}


def killed(world: World) -> None:
    """Upload a story and a kill of it."""
    for number, file in enumerate((a_story(), KILL)):
        world.upload(f"incoming/courier/{number}.json", file, at=NOON)


def revived(world: World) -> None:
    """Take the kill back, and have everything read again."""
    [name], now = world.items(), world.aws.now()
    world.operate(lambda it: it.revive(name, by="me", reason="a mistake", now=now))
    replayed(world)


def removed(world: World) -> None:
    """Remove the article for good, and have it read again."""
    [name], now = world.items(), world.aws.now()
    world.operate(lambda it: it.remove(name, feed="courier", by="me", reason="the law", now=now))
    replayed(world)


def expired(world: World) -> None:
    """Let the article expire, and have its uploads told of once more, after its tombstone."""
    world.expire()
    while world.publish():
        pass
    for told in world.told:
        world.tell_again(told)


def overtaken(world: World) -> None:
    """Let the article expire, and have its first version read again before its tombstone is."""
    world.expire()
    world.tell_again(world.told[0])


MANY = [a_story(id=f"{n}", title=f"Story {n}") for n in range(7)]

GRAPHS = [
    {
        "@graph": [
            {"@type": "NewsArticle", "@id": f"#{number}", "headline": f"Story {number}"},
            {"@type": "Organization", "name": "x" * 8_000},
        ]
    }
    for number in range(4)
]

PATHS = (
    Path("accept", uploads(a_story())),
    Path("update", uploads(newer()), before=uploads(a_story())),
    Path("older", uploads(a_story()), before=uploads(newer())),
    Path("duplicate", twice(a_story())),
    Path("same content", uploads(a_story()), before=uploads(a_story())),
    Path("withhold", uploads(newer(status="withheld")), before=uploads(a_story())),
    Path("reject", uploads(b"{")),
    Path("partial file", uploads([a_story(), BAD, newer(id="other")])),
    Path("gone", gone),
    Path("ignored", lambda world: world.upload("incoming/courier/a.tmp", b"", at=NOON)),
    Path("embargo", uploads(newer(embargoed_until=FAR)), before=uploads(a_story())),
    Path("release", embargo_ends, before=uploads(a_story(embargoed_until=FAR))),
    Path("plan and parts", uploads(MANY)),
    Path("parts read item by item", uploads([{**it, "padding": "x" * 5_000} for it in MANY])),
    Path("parts of JSON-LD", uploads(GRAPHS)),
    Path("replay", uploaded_and_replayed([a_story(), BAD])),
    Path("replay of parts", uploaded_and_replayed(MANY[:4])),
    Path("revive", revived, before=killed),
    Path("remove", removed, before=uploads(a_story())),
    Path("expire", expired, before=uploads(a_story(), newer())),
    Path("expire, overtaken", overtaken, before=uploads(a_story(), newer())),
    Path(
        "plan of a broken file",
        uploads(b"[" + b'{"id": "1", "title": "T", "text": "Six."},' * 3000 + b"]"),
    ),
)
