"""Permutations: versions of one article in every order of arrival, some of them twice.

Whatever comes first, the same version is stored in the end, and the same is told of it last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any, NamedTuple

from articles_cli.local.invariants import believed

from .histories import Empty, articles
from .judge import judge
from .paths import FAR, NOON, a_story
from .world import World


class Version(NamedTuple):
    """A file as it lies in the bucket."""

    name: str
    file: dict[str, Any]
    minutes: int = 0  # after noon
    key: str = "incoming/courier/a.json"


def at(hour: int, **changes: Any) -> dict[str, Any]:
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)


# When an article was published orders nothing.
LAST_YEAR = "2025-03-01T09:00:00Z"

# Of a wire: it holds for good, whatever is dated later.
KILL = {"uri": "ferry", "headline": "Kill", "pubstatus": "canceled"}

# The last one of each set is the strongest.
SETS: tuple[tuple[Version, ...], ...] = (
    (
        Version("published last", at(8, published_at="2026-03-01T12:05:00Z")),
        Version("equal", at(8, title="Equal"), 1),
        Version("under another key", at(9, title="Newer"), 2, "incoming/courier/b.json"),
        Version("the same content", at(10, title="Newer"), 1),
        Version("of tonight", at(23, title="Dated ahead")),
        Version("mended", a_story(updated_at=None, title="Mended", published_at=LAST_YEAR), 3),
    ),
    (
        Version("older", at(7, title="Older"), 5),
        Version("without a version", at(8, title="Unnumbered"), 6),
        Version("with a version", at(8, title="Numbered", version="2")),
        Version("newer", at(9, title="Newer"), 1),
        Version("held back", at(10, title="Held", embargoed_until=FAR)),
        Version("withheld", at(11, status="withheld")),
    ),
    (
        Version("newer", at(9, title="Newer")),
        Version("withheld", at(10, status="withheld"), 1),
        Version("usable again", at(11, title="Newest"), 2),
        Version("kill", {**KILL, "versioncreated": "2026-03-01T07:00:00Z"}, 3),
        Version("kill without a date", KILL, 1, "incoming/courier/kill.json"),
    ),
)


@dataclass
class Tally:
    """How many orders were played, and in which of them something else came out."""

    of: int = 0
    diverged: list[str] = field(default_factory=list)


def permute(empty: Empty, *, every: int = 1) -> Tally:
    """Play all orders of all sets, or every n-th."""
    tally = Tally()
    for versions in SETS:
        # In the order of their strength, the last one wins by coming last.
        expected = _play(empty, versions, None)
        [item] = expected[0].values()
        assert item["upload"]["key"] == versions[-1].key
        assert item["title"] == versions[-1].file.get("title", "Kill")
        for number, order in enumerate(permutations(versions)):
            if number % every:
                continue
            tally.of += 1
            found = _play(empty, order, Random(number))  # noqa: S311 - the same again
            if found != expected:
                names = ", ".join(version.name for version in order)
                tally.diverged.append(f"permutations: {names}: {found}")
    return tally


def _play(empty: Empty, order: Sequence[Version], repeats: Random | None) -> Any:
    """Deliver in an order; gives the article, what is believed of it, and faults."""
    world = empty()
    told = dict(_uploaded(world, sorted(order)))
    world.waiting.clear()
    for place, version in enumerate(order):
        again = repeats.sample(order[: place + 1], repeats.randint(0, 1)) if repeats else []
        for name in (version.name, *(it.name for it in again)):
            world.tell_again(told[name])
            world.deliver(world.waiting[-1:])
        if repeats and repeats.random() < 0.5:
            world.publish()
    world.drain()
    last = {event["subject"]: believed(event) for event in world.events()}
    # Who never knew of an article and who was told that it is gone see the same.
    visible = {name: it for name, it in last.items() if isinstance(it, dict)}
    return articles(world), visible, judge(world).faults


def _uploaded(world: World, versions: Sequence[Version]) -> Iterator[tuple[str, Any]]:
    for version in versions:
        at = NOON + timedelta(minutes=version.minutes)
        yield version.name, world.upload(version.key, version.file, at=at)
