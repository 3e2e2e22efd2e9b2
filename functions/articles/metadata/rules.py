"""Which rules of docs/rules.md a normalizer follows, said where the normalizer is defined."""

from collections.abc import Callable
from itertools import chain
from typing import TypeVar

Normalizer = TypeVar("Normalizer", bound=Callable[..., object])

_RULES: dict[Callable[..., object], tuple[str, ...]] = {}


def follows(*rules: str) -> Callable[[Normalizer], Normalizer]:
    """Say which rules a normalizer follows, alone or as a range: `@follows("N6", "N40-N46")`."""

    def record(normalizer: Normalizer) -> Normalizer:
        _RULES[normalizer] = tuple(chain.from_iterable(map(_expanded, rules)))
        return normalizer

    return record


def rules_of(normalizer: Callable[..., object]) -> tuple[str, ...]:
    return _RULES.get(normalizer, ())


def _expanded(rules: str) -> list[str]:
    first, _, last = rules.partition("-")
    return [f"N{number}" for number in range(int(first[1:]), int((last or first)[1:]) + 1)]
