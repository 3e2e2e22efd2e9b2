"""What people see of a record: the lines around its problems, whatever its size.

A record that is JSON is shown with a member or an item on each line, its values as they are written
and cut; a text that is not is shown as it stands.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from rich.cells import cell_len

from articles.quoting import cut
from articles_cli.stories.source import TOKENS, Place, Source
from articles_cli.terminal.output import plain

WIDTH = 74  # of a line, so that it fits 80 columns with its indentation
SHORTEST_VALUE = 20
BEFORE, AFTER = 4, 2  # lines around a mark
FIRST = 12  # lines, where there is no mark
LEFT, RIGHT = 48, 24  # characters around a mark in a text
LONGEST_CHARACTER = 4  # bytes


class Line(NamedTuple):
    """A line, safe for a terminal; `marks` are places in the file, and their columns in it."""

    text: str
    marks: Mapping[int, int] = MappingProxyType({})


LEFT_OUT = Line("…")


def excerpt(source: Source, start: int, marks: AbstractSet[int]) -> Iterator[Line]:
    """Show the record that begins at a place, around its marks; without any, its beginning."""
    lines = _lines(source, start, marks)
    if marks:
        yield from _around(lines, len(marks))
        return
    yield from islice(lines, FIRST)
    if next(lines, None):
        yield LEFT_OUT


def _around(lines: Iterable[Line], marks: int) -> Iterator[Line]:
    """Keep the lines around marks, and say where lines are left out."""
    before: deque[Line] = deque(maxlen=BEFORE)
    after, is_cut = 0, False
    for line in lines:
        if line.marks:
            yield from (LEFT_OUT,) * is_cut
            yield from before
            before.clear()
            is_cut, after, marks = False, AFTER, marks - len(line.marks)
            yield line
        elif after:
            after -= 1
            yield line
        elif marks:
            is_cut |= len(before) == BEFORE
            before.append(line)
        else:
            yield LEFT_OUT
            return


def _lines(source: Source, start: int, marks: AbstractSet[int]) -> Iterator[Line]:
    depth, text, found, before = 0, "", dict[int, int](), b":"
    for token in TOKENS.finditer(source.data, start):
        sign = source.data[token.start() : token.start() + 1]
        is_end = sign in (b"]", b"}")
        depth -= is_end
        if before not in (b"[", b"{") if is_end else before in (b"[", b"{", b","):
            yield Line(text, found)
            text, found = "  " * depth, {}
        if token.start() in marks:
            found[token.start()] = cell_len(text)
        text += _written(source, *token.span(), room=WIDTH - cell_len(text))
        depth += sign in (b"[", b"{")
        before = sign
        if not depth:
            break
    yield Line(text, found)


def _written(source: Source, start: int, end: int, *, room: int) -> str:
    if source.data[start:end] == b":":
        return ": "
    room = max(room, SHORTEST_VALUE)
    written = source.data[start : min(end, start + LONGEST_CHARACTER * room)]
    text = plain(written.decode(errors="replace"))
    if len(text) <= room and len(written) == end - start:
        return text
    return cut(text.ljust(room), room - 1) + text[0]


def text_excerpt(source: Source, place: Place) -> Iterator[Line]:
    """Show the line of a place, around its mark; in one document, also those before it."""
    start = place.start
    for _ in range(0 if source.is_lines else BEFORE):
        start = max(source.first, source.data.rfind(b"\n", 0, max(0, start - 1)) + 1)
    while start < place.start:
        end = source.data.find(b"\n", start)
        yield Line(_cut(source.data[start : min(end, start + LONGEST_CHARACTER * WIDTH)], WIDTH))
        start = end + 1
    mark = place.start if place.mark is None else place.mark
    end = source.data.find(b"\n", mark)
    end = len(source.data) if end < 0 else end
    left = _text(source.data[max(place.start, mark - LONGEST_CHARACTER * (LEFT + 2)) : mark])
    if len(left) > LEFT:
        left = f"…{left[-LEFT:]}"
    right = _cut(source.data[mark : min(end, mark + LONGEST_CHARACTER * (RIGHT + 2))], RIGHT)
    yield Line(left + right, {mark: cell_len(left)} if place.mark is not None else {})


def _cut(data: bytes, limit: int) -> str:
    return cut(_text(data), limit)


def _text(data: bytes) -> str:
    return plain(data.decode(errors="backslashreplace").rstrip("\r"))
