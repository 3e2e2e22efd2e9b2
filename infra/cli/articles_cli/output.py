"""What a command prints: tables for people, JSON lines for pipes; everything else on stderr."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from articles.problems import Problem, ReportedProblem

stderr = Console(stderr=True, highlight=False)
WIDTH_OF_A_PIPE = 140
Item = TypeVar("Item")
# Control characters, line separators, and what reverses the direction of text.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Output:
    """The one place that writes to stdout."""

    def __init__(self, *, as_json: bool | None) -> None:
        self.as_json = not sys.stdout.isatty() if as_json is None else as_json
        width = None if sys.stdout.isatty() else WIDTH_OF_A_PIPE
        self._console = _Pipe(highlight=False, width=width)

    def line(self, **members: Any) -> None:  # noqa: ANN401 - JSON
        """Print one JSON line; in ASCII, so that no character can control a terminal."""
        if self.as_json:
            try:
                sys.stdout.write(json.dumps({"v": 1, **members}) + "\n")
                sys.stdout.flush()
            except BrokenPipeError:
                self._console.on_broken_pipe()

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Print a table, if it has rows; markup and control characters in it have no effect.

        A cell that is a list gets a line for each item.
        """
        rows = list(rows)
        if self.as_json or not rows:
            return
        table = Table()
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*map(_cell, row))
        self._console.print(table)

    def text(self, text: str, style: str | None = None) -> None:
        """Print a sentence for people."""
        if not self.as_json:
            self._console.print(escape(plain(text)), style=style, soft_wrap=True)

    def problems(self, problems: Iterable[Problem | ReportedProblem]) -> None:
        """Print problems, each with its location."""
        for problem in problems:
            self.text(f"  {problem.code} {_location(problem)}{problem.message}")


class _Pipe(Console):
    """A console whose reader may stop reading, which is not an error."""

    def on_broken_pipe(self) -> None:
        # Python would flush what is left at exit, and fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0)


def _cell(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    return "\n".join(escape(plain(item)) for item in items)


def plain(value: object) -> str:
    """Make a value safe for a terminal: characters that could control it are escaped."""
    text = "" if value is None else str(value)
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def tell(message: str) -> None:
    """Say something on stderr, beside what a command prints."""
    stderr.print(escape(plain(message)), soft_wrap=True)


def warn(message: str) -> None:
    """Report an error on stderr."""
    stderr.print(escape(plain(message)), style="red", soft_wrap=True)


def fail(message: str, code: int) -> NoReturn:
    """Report an error on stderr and end the command with an exit code."""
    warn(message)
    raise SystemExit(code)


def _location(problem: Problem | ReportedProblem) -> str:
    parts = [f"record {problem.record}"] if problem.at else []
    if problem.path:
        parts.append(f"at {problem.path}")
    return f"({', '.join(parts)}) " if parts else ""


def tracked(items: Iterable[Item], what: str, *, total: int | None = None) -> Iterator[Item]:
    """Show on stderr how far a long loop is."""
    hidden = not stderr.is_terminal
    yield from track(items, what, total=total, console=stderr, disable=hidden)
