"""Problems of an upload: facts in the service, sentences for the uploader.

A problem is a code, a reason and facts; catalogue.py has the wording. What leaves the service
(receipts, reports, events, the CLI) is a ReportedProblem.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from articles.catalogue import Code, wording
from articles.quoting import cut

Fact = int | str

LONGEST_FACT = 500

# Warnings that no content of a record causes: how the file is written, and what is stored already.
BEYOND_THE_RECORD = frozenset(
    {
        *(Code.W_DUPLICATE_KEY, Code.W_SURROGATE, Code.W_ENVELOPE),
        *(Code.W_SUPERSEDED, Code.W_STILL_STORED),
    }
)


@dataclass(frozen=True, slots=True)
class ReportedProblem:
    """A problem in words; its place only as far as it is known."""

    code: str
    """docs/codes.md explains each; more may be added."""
    message: str
    """What is wrong, and what to do about it."""
    record: int | None = None
    """The position of the record, from 0."""
    at: str | None = None
    """The record's JSON Pointer in the file."""
    path: str | None = None
    """A JSON Pointer inside the record."""
    line: int | None = None
    """The line in the file, from 1."""

    def as_json(self) -> dict[str, Any]:
        """Return the problem as JSON, without what is None."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or a warning: its code, which of the code's wordings, and the facts they name.

    The facts are numbers and texts of bounded length; the place is as in ReportedProblem.
    """

    code: Code
    reason: str
    facts: tuple[tuple[str, Fact], ...] = ()
    record: int | None = None
    at: str | None = None
    path: str | None = None
    line: int | None = None

    @classmethod
    def of(cls, code: Code, reason: str = "default", /, **facts: Fact) -> "Problem":
        """Build a problem that has no place yet."""
        bounded = (
            (name, cut(fact, LONGEST_FACT) if isinstance(fact, str) else fact)
            for name, fact in facts.items()
        )
        problem = cls(code, reason, tuple(bounded))
        _ = problem.message  # a wrong use fails here, where it costs one record and no other
        return problem

    def placed(
        self,
        *,
        record: int | None = None,
        at: str | None = None,
        path: str | None = None,
        line: int | None = None,
    ) -> "Problem":
        """Say where the problem lies; what is not given stays as it is.

        A pointer holds member names, which are as long as an uploader likes: it is cut.
        """
        return replace(
            self,
            record=self.record if record is None else record,
            at=cut(at) if at else self.at,
            path=cut(path) if path else self.path,
            line=line or self.line,
        )

    @property
    def message(self) -> str:
        """What is wrong, and what to do about it."""
        return wording(self.code, self.reason).format_map(dict(self.facts))

    def reported(self) -> ReportedProblem:
        """Put the problem into words."""
        return ReportedProblem(
            self.code.value, self.message, self.record, self.at, self.path, self.line
        )


def reported(problems: Iterable[Problem]) -> tuple[ReportedProblem, ...]:
    """Put problems into words."""
    return tuple(problem.reported() for problem in problems)


class Rejected(Exception):
    """The content is at fault: reported to the uploader, never retried."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems
