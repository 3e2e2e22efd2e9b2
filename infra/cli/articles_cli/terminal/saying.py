"""Problems as people are told of them: each message once, with the places it is about."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from articles.problems import Problem, ReportedProblem

PLACES = 3  # records that are named of a message
MESSAGES = 20


@dataclass
class _Places:
    """The first records that a message is about, and how many more there are."""

    first: list[Problem | ReportedProblem] = field(default_factory=list)
    more: int = 0

    def add(self, problem: Problem | ReportedProblem) -> None:
        if len(self.first) < PLACES:
            self.first.append(problem)
        else:
            self.more += 1

    def told(self, *, is_one: bool) -> str:
        """Say where: the record only where there is another, the line only of the first."""
        first, *others = self.first
        parts = []
        if first.record is not None and (others or not is_one):
            parts = [self._records()]
            if first.line:
                parts.insert(bool(others), f"{'the first in ' if others else ''}line {first.line}")
        if first.path:
            parts.append(f"at {first.path}")
        return f"({', '.join(parts)}) " if parts else ""

    def _records(self) -> str:
        *named, last = (str(it.record) for it in self.first)
        if not named:
            return f"record {last}"
        if self.more:
            return f"records {', '.join([*named, last])} and {self.more:,} more"
        return f"records {', '.join(named)} and {last}"


@dataclass
class Problems:
    """Problems by what they say, errors before warnings.

    Of each kind so many messages are kept that a screen holds; `others` counts what more there is.
    """

    others: int = 0
    _places: dict[tuple[str, str, str | None], _Places] = field(default_factory=dict)
    _kinds: Counter[str] = field(default_factory=Counter)

    def add(self, problems: Iterable[Problem | ReportedProblem]) -> "Problems":
        for problem in problems:
            said = problem.code, problem.message, problem.path
            kind = problem.code[0]  # E or W
            if said not in self._places and self._kinds[kind] < MESSAGES:
                self._kinds[kind] += 1
                self._places[said] = _Places()
            if said in self._places:
                self._places[said].add(problem)
            else:
                self.others += 1
        return self

    def told(self, *, is_one: bool) -> Iterator[str]:
        """Give a line for each message; `is_one` where a file holds but one record."""
        for said in sorted(self._places, key=lambda it: it[0][0]):
            code, message, _ = said
            yield f"{code} {self._places[said].told(is_one=is_one)}{message}"
        if self.others:
            yield f"… and {self.others:,} more"
