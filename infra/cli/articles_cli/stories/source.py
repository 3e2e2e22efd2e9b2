"""An upload as it stands in its file: where a record begins, and where in it a problem lies.

A file may have gigabytes: it is mapped into memory, and looked through from front to back.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

from articles.catalogue import Code
from articles.limits import MIB, Limits
from articles.problems import Rejected, ReportedProblem
from articles.records.compression import decompressed
from articles.records.framing import is_json_lines
from articles.records.pointers import in_pointer
from articles.records.strict_json import BOM, parse

AT_ONCE = MIB
# Bytes of UTF-8 that begin no character.
_CONTINUATION = bytes(range(0x80, 0xC0))

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_BLANKS = re.compile(rb"[ \t\r\n]*+")
_BRACKETS = re.compile(_STRING + rb"|[\[\]{}]", re.DOTALL)
TOKENS = re.compile(_STRING + rb"|[-+.\w]++|[\[\]{}:,]", re.DOTALL)
# A receipt has the place of such a fault in its message alone.
_NOT_JSON = re.compile(r"at line (\d+), column (\d+)")
_NOT_UTF8 = re.compile(r"line (\d+)\) is not UTF-8")


class Place(NamedTuple):
    """Where a problem lies, in bytes: its record, or its line where that is no JSON (`is_text`).

    `mark` is what is wrong there, as far as that is one place.
    """

    start: int
    mark: int | None
    is_text: bool = False


@dataclass
class Source:
    """The unpacked bytes of an upload."""

    data: mmap | bytes
    # What was found so far: the members of an object, the last item of a list, the last line.
    _members: dict[int, dict[str, int]] = field(default_factory=dict)
    _items: dict[int, tuple[int, int]] = field(default_factory=dict)
    _line: tuple[int, int] = (1, 0)

    def __post_init__(self) -> None:
        head = self.data[: Limits().max_record_bytes]
        self.is_lines = is_json_lines(head)
        self.first = len(BOM) if head.startswith(BOM) else 0

    def place(self, problem: ReportedProblem) -> Place | None:
        """Find where a problem lies; None when it concerns the file, or its place is not known."""
        if problem.code == Code.E_JSON and (found := _NOT_JSON.search(problem.message)):
            start = self._line_start(int(found[1]))
            return Place(start, self._character(start, int(found[2]) - 1), is_text=True)
        if problem.code == Code.E_ENCODING and (found := _NOT_UTF8.search(problem.message)):
            start = self._line_start(int(found[1]))
            return Place(start, self._not_utf8(start), is_text=True)
        record = self._record(problem)
        if record is None:
            return None
        return Place(record, self._follow(record, problem.path) if problem.path else None)

    def end(self, place: Place) -> int:
        """Find the end of what a place begins."""
        if not place.is_text:
            return self._end(place.start)
        newline = self.data.find(b"\n", place.start)
        return len(self.data) if newline < 0 else newline

    def _record(self, problem: ReportedProblem) -> int | None:
        start = self._skip(self.first)
        if problem.at:
            return self._follow(start, problem.at)
        if problem.record is None:
            return None
        if self.is_lines:
            return self._skip(self._line_start(problem.line or 1))
        for _ in range(problem.record):  # objects side by side
            start = self._skip(self._end(start))
        return start

    def _follow(self, start: int, pointer: str) -> int | None:
        """Find the value at a JSON Pointer in the value that begins at a place."""
        for step in pointer.split("/")[1:]:
            child = self._child(start, step)
            if child is None:
                return None
            start = child
        return start

    def _child(self, start: int, step: str) -> int | None:
        if self.data[start : start + 1] == b"{":
            return self._members_of(start).get(step)
        if self.data[start : start + 1] == b"[" and step.isdecimal():
            return self._item(start, int(step))
        return None

    def _members_of(self, start: int) -> dict[str, int]:
        """Find the members of an object; of a name that it has twice, the last counts."""
        if start not in self._members:
            self._members[start] = dict(self._named(start))
        return self._members[start]

    def _named(self, start: int) -> Iterator[tuple[str, int]]:
        at = self._skip(start + 1)
        while self.data[at : at + 1] == b'"':
            end = self._end(at)
            value = self._skip(self._skip(end) + 1)
            yield in_pointer(str(parse(self.data[at:end]).value)), value
            at = self._skip(self._end(value))
            if self.data[at : at + 1] != b",":
                return
            at = self._skip(at + 1)

    def _item(self, start: int, index: int) -> int | None:
        number, at = self._items.get(start, (0, 0))
        if not at or number > index:
            number, at = 0, self._skip(start + 1)
        while number < index:
            at = self._skip(self._end(at))
            if self.data[at : at + 1] != b",":
                return None
            number, at = number + 1, self._skip(at + 1)
        self._items[start] = number, at
        return None if self.data[at : at + 1] in (b"]", b"") else at

    def _end(self, start: int) -> int:
        """Find the end of the value that begins at a place."""
        if self.data[start : start + 1] not in (b"{", b"["):
            found = TOKENS.match(self.data, start)
            return found.end() if found else len(self.data)
        depth = 0
        for bracket in _BRACKETS.finditer(self.data, start):
            sign = self.data[bracket.start()]
            depth += (sign in b"[{") - (sign in b"]}")
            if not depth:
                return bracket.end()
        return len(self.data)

    def _skip(self, start: int) -> int:
        found = _BLANKS.match(self.data, start)
        return found.end() if found else start

    def _line_start(self, number: int) -> int:
        """Find a line by its number, from 1; the last where there are not so many."""
        known, at = self._line if self._line[0] <= number else (1, 0)
        while known < number and (newline := self.data.find(b"\n", at)) >= 0:
            known, at = known + 1, newline + 1
        self._line = known, at
        return at or self.first

    def _character(self, start: int, number: int) -> int:
        """Find the character that is so many behind a place."""
        while piece := self.data[start : start + AT_ONCE]:
            there = len(piece.translate(None, _CONTINUATION))
            if number < there:
                beginnings = (at for at, byte in enumerate(piece) if byte & 0xC0 != 0x80)
                return start + next(islice(beginnings, number, None))
            number, start = number - there, start + len(piece)
        return len(self.data)

    def _not_utf8(self, start: int) -> int | None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while piece := self.data[start : start + AT_ONCE]:
            kept = len(decoder.getstate()[0])
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return start - kept + error.start
            start += len(piece)
        return None


@contextmanager
def opened(path: Path, *, name: str, folder: Path) -> Iterator[Source]:
    """Open a file by the name it was uploaded under; a compressed one is unpacked into a folder.

    Of one that is damaged, or too large, there is as much as can be unpacked.
    """
    with path.open("rb") as file:
        try:
            read = decompressed(file, name=name, size=path.stat().st_size, limits=Limits())
        except Rejected:
            yield Source(b"")
            return
        if read.compression is not None:
            path = folder / "unpacked"
            with path.open("wb") as unpacked, suppress(Rejected):
                unpacked.writelines(read.pieces)
    if not path.stat().st_size:
        yield Source(b"")
        return
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        yield Source(data)
