"""Whatever comes when and how often: the same set of uploads ends in the same articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .cloud import Cloud, Item
from .newsroom import Newsroom, a_story, undated

# What tells of the way to a state and not of the state: excluded by name in the design.
OF_THE_WAY = {"first_ingested_at", "previous_hash", "released_at", "ingested_at"}
LISTING = {"feed_month", "listing"}


@dataclass(frozen=True)
class Delivery:
    """A file as the bucket holds it: everything that a redelivery has again."""

    name: str
    story: dict[str, Any]
    at: str
    key: str = "incoming/courier/ferry.json"
    sequencer: str | None = None


def at(hour: int, **changes: Any) -> dict[str, Any]:
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)


OLDER = Delivery("older", at(8, title="Older"), "2026-03-01T12:00:00Z", sequencer="0055AE01")
FIRST = Delivery("first", at(9), "2026-03-01T12:01:00Z", sequencer="0055AE02")
SAME_AGAIN = Delivery("same again", at(9), "2026-03-01T12:02:00Z", sequencer="0055AE03")
EQUAL = Delivery("equal", at(9, title="Equal"), "2026-03-01T12:02:00Z", sequencer="0055AE04")
WITHHELD = Delivery("withheld", at(10, status="withheld"), "2026-03-01T11:00:00Z")
NEWER = Delivery(
    "newer", at(11, title="Newer", section="Harbour"), "2026-03-01T11:30:00Z", "incoming/courier/b"
)
SAME_AS_NEWER = Delivery(
    "same as newer", at(12, title="Newer", section="Harbour"), "2026-03-01T12:00:30Z"
)
HELD = Delivery(
    "held", at(13, embargoed_until="2999-01-01T00:00:00Z", url=None), "2026-03-01T13:30:00Z"
)
UNDATED = Delivery(
    "undated",
    undated(title="Undated", body_text=None),
    "2026-03-01T14:00:00Z",
    "incoming/courier/c",
)
KILL = Delivery("kill", at(7, status="canceled", title="Kill"), "2026-03-01T11:00:00Z")
LATER_KILL = Delivery("later kill", undated(status="canceled"), "2026-03-01T15:00:00Z")

# By the design's total order, from the weakest to the strongest.
ORDER = [
    OLDER,
    FIRST,
    SAME_AGAIN,
    EQUAL,
    WITHHELD,
    NEWER,
    SAME_AS_NEWER,
    HELD,
    UNDATED,
    KILL,
    LATER_KILL,
]


class World:
    """The articles table, emptied before each history."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._hour = 0

    def play(self, deliveries: Sequence[Delivery]) -> Item:
        """Deliver into empty tables; gives the item that is left."""
        self.newsroom.cloud.empty_table("ArticlesTable", "article_id")
        return self.deliver(deliveries)

    def deliver(self, deliveries: Sequence[Delivery]) -> Item:
        for delivery in deliveries:
            self._hour += 1  # each arrives at an hour of its own, long after the uploads
            self.newsroom.put(
                delivery.story,
                at=delivery.at,
                now=f"2026-04-01T{self._hour % 24:02}:{self._hour // 24 % 60:02}:00Z",
                key=delivery.key,
                version=delivery.name,
                sequencer=delivery.sequencer,
            )
        return self.newsroom.item


@pytest.fixture(scope="module")
def world(stack: Cloud) -> World:
    return World(Newsroom(stack))


def state(item: Item) -> Item:
    excluded = OF_THE_WAY if "published_at" in item["article"] else OF_THE_WAY | LISTING
    return {name: value for name, value in item.items() if name not in excluded}


def strongest(deliveries: Sequence[Delivery]) -> Delivery:
    return max(deliveries, key=ORDER.index)


@pytest.mark.parametrize("weaker", range(len(ORDER) - 1))
def test_each_upload_loses_to_the_next_stronger_one_in_both_orders(
    world: World, weaker: int
) -> None:
    pair = ORDER[weaker : weaker + 2]

    for order in (pair, pair[::-1]):
        assert world.play(order)["upload"]["version"] == pair[1].name


@pytest.mark.parametrize(
    "deliveries",
    [
        (OLDER, EQUAL, SAME_AGAIN, NEWER),
        (FIRST, WITHHELD, SAME_AS_NEWER, UNDATED),
        (NEWER, HELD, KILL, LATER_KILL),
    ],
)
def test_every_order_of_a_set_ends_in_the_same_article(
    world: World, deliveries: tuple[Delivery, ...]
) -> None:
    alone = state(world.play([strongest(deliveries)]))

    for order in permutations(deliveries):
        assert state(world.play(order)) == alone, [delivery.name for delivery in order]


@settings(derandomize=True, database=None, max_examples=30, deadline=None)
@given(history=st.lists(st.sampled_from(ORDER), min_size=1, max_size=12))
def test_any_history_with_repeats_ends_in_its_strongest_upload(
    world: World, history: list[Delivery]
) -> None:
    alone = state(world.play([strongest(history)]))

    assert state(world.play(history)) == alone


@settings(derandomize=True, database=None, max_examples=20, deadline=None)
@given(
    history=st.lists(st.sampled_from(ORDER), min_size=1, max_size=8),
    chosen=st.lists(st.integers(min_value=0, max_value=7), max_size=8),
)
def test_redeliveries_of_what_has_arrived_change_nothing(
    world: World, history: list[Delivery], chosen: list[int]
) -> None:
    before = world.play(history)

    again = [history[place % len(history)] for place in chosen]

    assert world.deliver(again) == before
