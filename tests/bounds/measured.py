"""What a family of uploads costs at several sizes, and what it costs to plan a very large file.

A module of its own, because processes that are started anew cannot import one that was run.
"""

import json
import math
import sys
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from articles.limits import GIB, KIB, MIB, SECONDS_PER_MIB, SECONDS_PER_RECORD, Limits
from articles.metadata.shapes import ANY
from articles.records.compression import Decompressed
from articles.records.planning import plan

from .cost import Cost, cost, measured
from .families import Family, families

SCREENED = (64 * KIB, 256 * KIB)
SIZES = (*SCREENED, MIB, 4 * MIB)
NOISE_SECONDS = 0.2  # no exponent is told of less than this
CLOSE, RETRIES = 0.7, 4  # what is so close to its bound is measured so often again
# What an article of 1 MiB of plain HTML costs on the processor that the bounds are meant for: a
# shared machine runs the same code at half its speed for minutes.
REFERENCE_SECONDS = 0.55
_PLAIN = json.dumps({"id": "1", "title": "a", "body_html": "<p>some words</p>\n" * 58_000}).encode()
PLANNED = 16 * MIB  # as much of a very large file is planned


class Measured(NamedTuple):
    """What a family cost at some sizes in bytes."""

    name: str
    costs: dict[int, Cost]

    def beside_records(self, size: int) -> float:
        """Give the seconds beside what the records may cost."""
        return max(0.0, self.costs[size].seconds - SECONDS_PER_RECORD * self.costs[size].records)

    @property
    def exponent(self) -> float:
        """Give the exponent to which the time grows with the size."""
        first, last = min(self.costs), max(self.costs)
        start, end = (max(0.001, self.costs[it].seconds) for it in (first, last))
        if last != SIZES[-1] or end < NOISE_SECONDS:
            return 0.0
        return math.log(end / start) / math.log(last / first)

    @property
    def growth(self) -> float:
        first, last = SCREENED
        return self.costs[last].seconds / max(0.005, self.costs[first].seconds)


@cache
def all_families() -> list[Family]:
    return list(families())


def measure(wanted: tuple[int, tuple[int, ...], float]) -> Measured:
    """Measure a family at some sizes; after one that took so many seconds, at no larger one."""
    index, sizes, enough = wanted
    family = all_families()[index]
    costs: dict[int, Cost] = {}
    for size in sizes:
        costs[size] = _least(family, size)
        if costs[size].seconds > enough:
            break
    return Measured(family.name, costs)


def _least(family: Family, size: int) -> Cost:
    """Measure what is near its bound again: other work on the machine only ever adds to it.

    Then its seconds are those of the reference processor, if this one is slower just then.
    """
    file = family.make(size)
    least = cost(family.file, file)
    for _ in range(RETRIES):
        bound = SECONDS_PER_MIB * max(1, size / MIB) + SECONDS_PER_RECORD * least.records
        if not CLOSE * bound < least.seconds < 3 * bound:
            break
        before = slowness()
        again = cost(family.file, file)
        seconds = again.seconds * 2 / (before + slowness())
        least = min(least, again._replace(seconds=seconds), key=lambda it: it.seconds)
    return least


def slowness() -> float:
    """How many times longer this processor takes for a plain article than the reference does.

    At most twice: more would hide that the service itself became slower.
    """
    seconds = cost("plain.json", _PLAIN).seconds
    return min(2.0, max(1.0, seconds / REFERENCE_SECONDS))


# ── The plan of a very large file ────────────────────────────────────────────────────────────────

_DEEP = b"[" * 98 + b"]" * 98
PLANS = {
    "text": b'{"title":"a","text":"' + b"a" * 4_000 + b'"}',
    "escapes": b'{"title":"a","text":"' + b"\\n\\u0301" * 500 + b'"}',
    "members": b"[" + b'{"a":1},' * 1_000 + b"1]",
    "numbers": b"[" + b"1,2.5e3," * 1_000 + b"1]",
    "lists": b"[" + b"[]," * 1_000 + b"1]",
    "deep lists": b"[" + b",".join([_DEEP] * 10) + b"]",
    "one large value of deep lists": b"[" + b",".join([_DEEP] * 1_000) + b"]",
}


def plan_of(name: str) -> tuple[str, float]:
    """Give the seconds in which 2 GiB of a list would be planned, or be found to be too much."""

    def act() -> tuple[int, str]:
        limits = Limits(max_values=sys.maxsize)
        return plan(Decompressed(_pieces(PLANS[name]), None), limits, ANY).records, "planned"

    item = PLANS[name]
    values = sum(item.count(mark) for mark in (b",", b"[", b"{")) + 1
    longest = min(2 * GIB, Limits().max_values / values * len(item))
    return name, measured(act).seconds / PLANNED * longest


def _pieces(item: bytes) -> Iterator[bytes]:
    block = (item + b",") * max(1, 256 * KIB // len(item))
    yield b"["
    for _ in range(PLANNED // len(block)):
        yield block
    yield item + b"]"
