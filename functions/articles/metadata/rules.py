"""Which rules of docs/rules.md a normalizer follows, said where the normalizer is defined."""

from collections.abc import Callable, Collection
from itertools import chain
from typing import TypeVar

Normalizer = TypeVar("Normalizer", bound=Callable[..., object])

_RULES: dict[Callable[..., object], tuple[str, ...]] = {}
_MEMBERS: dict[Callable[..., object], Collection[str]] = {}


def follows(*rules: str, members: Collection[str] = ()) -> Callable[[Normalizer], Normalizer]:
    """Say which rules a normalizer follows, alone or as a range: `@follows("N6", "N40-N46")`.

    `members` are those that it reads of an object; without them, it reads all.
    """

    def record(normalizer: Normalizer) -> Normalizer:
        _RULES[normalizer] = tuple(chain.from_iterable(map(_expanded, rules)))
        _MEMBERS[normalizer] = members
        return normalizer

    return record


def rules_of(normalizer: Callable[..., object]) -> tuple[str, ...]:
    return _RULES.get(normalizer, ())


def members_of(normalizer: Callable[..., object]) -> Collection[str]:
    return _MEMBERS.get(normalizer, ())


def _expanded(rules: str) -> list[str]:
    first, _, last = rules.partition("-")
    return [f"N{number}" for number in range(int(first[1:]), int((last or first)[1:]) + 1)]
