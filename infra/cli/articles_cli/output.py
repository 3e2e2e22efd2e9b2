"""What a command prints: tables for people, JSON lines for pipes; everything else on stderr."""

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from articles.problems import Problem, ReportedProblem

stderr = Console(stderr=True, highlight=False)
WIDTH_OF_A_PIPE = 140
# Control characters, line separators, and what reverses the direction of a text.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Output:
    """The one place that writes to stdout."""

    def __init__(self, *, as_json: bool | None) -> None:
        self.as_json = not sys.stdout.isatty() if as_json is None else as_json
        width = None if sys.stdout.isatty() else WIDTH_OF_A_PIPE
        self._console = _Pipe(highlight=False, width=width)

    def line(self, **members: Any) -> None:  # noqa: ANN401 - JSON
        """Print one JSON line; ASCII, so that no character can play with a terminal."""
        if self.as_json:
            try:
                sys.stdout.write(json.dumps({"v": 1, **members}) + "\n")
                sys.stdout.flush()
            except BrokenPipeError:
                self._console.on_broken_pipe()

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Print a table that has rows; nothing in it is read as markup or as a control character.

        A cell that is a list has a line for each of its items.
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
        """Print problems, each with the place where it lies."""
        for problem in problems:
            self.text(f"  {problem.code} {_place(problem)}{problem.message}")


class _Pipe(Console):
    """A console whose reader may have seen enough: that is no failure of ours."""

    def on_broken_pipe(self) -> None:
        # Python would write what is left when it exits, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0)


def _cell(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    return "\n".join(escape(plain(item)) for item in items)


def plain(value: object) -> str:
    """Make a value safe for a terminal: what could steer it shows as its escape."""
    text = "" if value is None else str(value)
    return _STEERING.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def warn(message: str) -> None:
    """Tell on stderr what went wrong."""
    stderr.print(escape(plain(message)), style="red", soft_wrap=True)


def fail(message: str, code: int) -> NoReturn:
    """Tell on stderr why a command ends, and end it."""
    warn(message)
    raise SystemExit(code)


def _place(problem: Problem | ReportedProblem) -> str:
    parts = [f"record {problem.record}"] if problem.at else []
    if problem.path:
        parts.append(f"at {problem.path}")
    return f"({', '.join(parts)}) " if parts else ""
