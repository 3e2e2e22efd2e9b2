"""What a command prints: tables for people, JSON lines for pipes; everything else on stderr."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, NoReturn, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from articles.problems import Problem, ReportedProblem
from articles.quoting import cut
from articles_cli.terminal import tables
from articles_cli.terminal.saying import Problems

stderr = Console(stderr=True, highlight=False)
WIDTH_OF_A_PIPE = 140
IN_MEMORY = 1024**2  # bytes of what is held back; the rest is in a file
Item = TypeVar("Item")
# Control characters, line separators, and what reverses the direction of text.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Output:
    """The one place that writes to stdout."""

    def __init__(self, *, as_json: bool | None) -> None:
        self.as_json = not sys.stdout.isatty() if as_json is None else as_json
        self._console = _console()

    def line(self, **members: Any) -> None:  # noqa: ANN401 - JSON
        """Print one JSON line; in ASCII, so that no character can control a terminal."""
        if not self.as_json:
            return
        text = json.dumps({"v": 1, **members})
        if self._console is stderr:
            stderr.out(text)
        else:
            file = self._console.file  # not sys.stdout, which rich takes over during a status
            file.write(f"{text}\n")
            file.flush()

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Print a table, if it has rows; markup and control characters in it have no effect.

        A cell that is a list gets a line for each item.
        """
        cells = [list(map(_cell, row)) for row in rows]
        if cells and not self.as_json:
            shown = tables.table(list(columns), cells, self._console.width)
            self._console.print(shown, soft_wrap=True)

    def text(self, text: str, style: str | None = None) -> None:
        """Print sentences for people; a terminal shows them broken at words."""
        said = text.lstrip()
        indent, said = text[: len(text) - len(said)], plain(said)
        lines = [said]
        if self._console.is_terminal and not self.as_json:
            room = self._console.width - len(indent)
            lines = tables.broken(said, room, 2 if indent else 0).split("\n")
        for line in lines:
            self.verbatim(indent + line, style)

    def verbatim(self, line: str, style: str | None = None) -> None:
        """Print a line that people may copy, or that is laid out: it is never broken."""
        if not self.as_json:
            self._console.print(Text(plain(line), style or ""), soft_wrap=True)

    def verdict(self, about: str, verdict: str, more: str = "", style: str = "") -> None:
        """Print a verdict in its colour, after what it is about and before the details."""
        if not self.as_json:
            colour = style or tables.VERDICTS.get(verdict, "")
            said = Text.assemble(plain(about), ": ", (verdict, colour), plain(more))
            self._console.print(said, soft_wrap=True)

    def problems(
        self, problems: Iterable[Problem | ReportedProblem] | Problems, *, is_one: bool = False
    ) -> None:
        """Print problems, each message with its places; `is_one` where a file has one record."""
        said = problems if isinstance(problems, Problems) else Problems().add(problems)
        for line in said.told(is_one=is_one):
            self.text(f"  {line}")

    @contextmanager
    def held_back(self, summary: Callable[[], None]) -> Iterator[None]:
        """Hold back what is printed for people until a summary is; of JSON lines it is the last.

        Where it would then be out of sight, it is printed once more.
        """
        shown = self._console
        with SpooledTemporaryFile(
            IN_MEMORY, "w+", encoding=shown.encoding, errors="backslashreplace"
        ) as held:
            if not self.as_json:
                self._console = Console(
                    file=held, force_terminal=shown.is_terminal, width=shown.width, highlight=False
                )
            try:
                yield
            finally:
                self._console = shown
                summary()
                held.seek(0)
                lines = sum(shown.file.write(line) > 0 for line in held)
                if shown.is_terminal and lines >= shown.height:
                    summary()


def _console() -> Console:
    """Return the console for stdout.

    A terminal that shows stderr, too, has one console for both: it keeps a progress bar below
    everything else.
    """
    if not sys.stdout.isatty():
        return Console(highlight=False, width=WIDTH_OF_A_PIPE)
    if stderr.is_terminal and os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno()):
        return stderr
    return Console(highlight=False)


def _cell(value: object) -> list[str]:
    return list(map(plain, value if isinstance(value, list) else [value]))


def plain(value: object) -> str:
    """Make a value safe for a terminal: characters that could control it are escaped."""
    text = "" if value is None else str(value)
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def tell(message: str) -> None:
    """Say something on stderr, beside what a command prints."""
    stderr.print(Text(plain(message)), soft_wrap=True)


def warn(message: str) -> None:
    """Report an error on stderr."""
    stderr.print(Text(plain(message), "red"), soft_wrap=True)


def fail(message: str, code: int) -> NoReturn:
    """Report an error on stderr and end the command with an exit code."""
    warn(message)
    raise SystemExit(code)


def tracked(items: Iterable[Item], what: str, *, total: int | None = None) -> Iterator[Item]:
    """Show on a terminal how far a loop is, as long as it lasts, below what is printed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    hidden = not stderr.is_interactive
    with Progress(*columns, console=stderr, transient=True, disable=hidden) as progress:
        yield from progress.track(items, total, description=escape(cut(plain(what), 40)))


@contextmanager
def byte_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many bytes are done, below what is printed; yields what adds some.

    Any thread may add some.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    hidden = not stderr.is_interactive
    with Progress(*columns, console=stderr, transient=True, disable=hidden) as progress:
        task = progress.add_task(escape(what), total=total)
        yield partial(progress.advance, task)
