"""What normalization finds out about one record while it reads it."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from articles.catalogue import Code
from articles.problems import Fact, Problem
from articles.quoting import cut

MAX_OF_A_KIND = 20


class Taken(NamedTuple):
    """Where a field was taken from: a JSON Pointer, and the normalizer that read it."""

    pointer: str
    rule: Callable[..., object]


class Unread(NamedTuple):
    """The members that nobody read: JSON Pointers of the first of them, and how many there are."""

    pointers: tuple[str, ...] = ()
    total: int = 0


NOTHING_UNREAD = Unread()


@dataclass(slots=True)
class Notes:
    """Collects the problems of one record.

    `received` is when its upload arrived (UTC); `statuses` are the feed's own words for a status,
    casefolded; `outlet` is the publisher's name, casefolded, once
    it is known: bylines end in it. `named` is an identifier that stood in the place of an
    address. `field` is the one that is being read; `taken` says where each came from,
    `dropped` what was dropped of each for its type or size, `oversize` which places were too large.
    """

    received: datetime
    statuses: Mapping[str, Literal["usable", "withheld", "canceled"]] = dataclasses.field(
        default_factory=dict
    )
    outlet: str | None = None
    problems: list[Problem] = dataclasses.field(default_factory=list)
    named: str | None = None
    site: str | None = None
    field: str = ""
    taken: dict[str, Taken] = dataclasses.field(default_factory=dict)
    dropped: dict[str, list[Problem]] = dataclasses.field(default_factory=dict)
    oversize: set[str] = dataclasses.field(default_factory=set)
    seen: dict[tuple[Code, str], set[tuple[Fact, ...]]] = dataclasses.field(default_factory=dict)
    unread: Unread = NOTHING_UNREAD

    def at(self, path: str) -> "Note":
        return Note(self, cut(path))

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.code.rejects]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.code.rejects]


@dataclass(frozen=True, slots=True)
class Note:
    """Notes what a normalizer drops or guesses at one place of the record."""

    notes: Notes
    path: str

    def __call__(self, code: Code, reason: str = "default", /, **facts: Fact) -> None:
        """Note a problem once; of one kind in one field, so many and no more."""
        seen = self.notes.seen.setdefault((code, self.notes.field), set())
        noted = (self.path, reason, *facts.values())
        if noted in seen or len(seen) > MAX_OF_A_KIND:
            return
        seen.add(noted)
        if len(seen) > MAX_OF_A_KIND:
            reason, facts = "more", {}
        problem = Problem.of(code, reason, **facts).placed(path=self.path)
        self.notes.problems.append(problem)
        if code == Code.W_FIELD_TYPE:
            self.notes.dropped.setdefault(self.notes.field, []).append(problem)

    def too_large(self, reason: str, /, **facts: Fact) -> None:
        """Note that a value was dropped because it is over a limit (N88)."""
        self.notes.oversize.add(self.path)
        self(Code.W_FIELD_TYPE, reason, **facts)

    @property
    def received(self) -> datetime:
        return self.notes.received
