"""From the bytes of a file to its records: where each lies, and its JSON value.

How an upload is framed is sniffed, never configured: an object, a list, an envelope, one object a
line (NDJSON), or objects side by side (N93). A file that is too large for this is planned and
framed in parts: see planning.py and parts.py.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import NamedTuple

from articles.catalogue import Code
from articles.limits import UNLIMITED, Limits
from articles.problems import Problem, Rejected
from articles.records import strict_json
from articles.records.envelopes import Formats, unwrap
from articles.records.json_stream import JsonStream
from articles.records.pointers import Found
from articles.records.strict_json import BOM, Parsed
from articles.streams import in_pieces
from articles.values import Json

BLANK = b" \t\r"
_WHITE = b" \t\r\n"
_BLANKS = re.compile(rb"[ \t\r\n]*+")
# Whether a file is NDJSON is decided by its first lines.
SNIFFED_LINES = 10
SNIFFED_TEXT = 100
# The end of an object, and the beginning of another.
_SIDE_BY_SIDE = re.compile(rb'\}[ \t\r\n]*+\{[ \t\r\n]*+["}]')


class Frame(NamedTuple):
    """One record of an upload: its 0-based position, its place, and its JSON value.

    `at` is its JSON Pointer in a list or an envelope, `line` where it begins in the file, as far as
    that is known. A line that is not JSON has `rejected` for a value.
    """

    record: int
    at: str | None
    line: int | None
    value: Json
    rejected: Rejected | None = None
    warnings: tuple[Problem, ...] = ()


class Framed(NamedTuple):
    """The records of an upload, their number, and the warnings about the file as a whole."""

    frames: Iterator[Frame]
    records: int
    warnings: tuple[Problem, ...]


class Row(NamedTuple):
    """A line that is not blank: its bytes `[start, end)`, and its 1-based number."""

    start: int
    end: int
    number: int


def frame(data: bytes, formats: Formats) -> Framed:
    """Cut a whole file into records; `formats` tell an envelope from an article.

    Raises Rejected when the file as a whole cannot be read; then no record counts.
    """
    if is_json_lines(data):
        found_rows = list(rows([data]))
        return Framed(frame_rows(data, found_rows), len(found_rows), ())
    if is_side_by_side(data):
        frames = list(frame_objects(data))
        return Framed(iter(frames), len(frames), ())
    return frame_document(strict_json.parse(data), formats)


def frame_document(document: Parsed, formats: Formats) -> Framed:
    """Find the records of one JSON text; raises Rejected when there is none."""
    value, warnings = document
    if not isinstance(value, dict | list):
        raise Rejected(single_value(value))
    records = unwrap(value, formats)
    found = list(records.found)
    if not found:
        raise Rejected(nothing())
    return Framed(_frame_items(found), len(found), (*warnings, *records.warnings))


def single_value(value: Json) -> Problem:
    if isinstance(value, str) and value[:SNIFFED_TEXT].lstrip().startswith(("{", "[")):
        return Problem.of(Code.E_TOPLEVEL, "encoded_twice")
    return Problem.of(Code.E_TOPLEVEL)


def nothing() -> Problem:
    return Problem.of(Code.E_EMPTY, "list")


def is_json_lines(head: bytes) -> bool:
    """Recognise NDJSON by its beginning: several lines are objects, or meant to be.

    Any line may be bad, even the first. But an object followed by garbage is not NDJSON, nor is the
    beginning of a broken list, nor are objects that take several lines, or share the first.
    """
    sniffed = [head[it.start : it.end] for it in islice(rows([head]), SNIFFED_LINES)]
    first, *others = sniffed or [b""]
    if not any(line.lstrip(BLANK).startswith(b"{") for line in others):
        return False
    is_spread = any(line.strip(BLANK) == b"{" for line in others)
    if is_spread and not _is_object(others[0], first_line=2):
        return False
    if _is_object(first, first_line=1):
        return True
    is_one_line = first.strip(BLANK).startswith(b"{") and first.strip(BLANK).endswith(b"}")
    return is_one_line and _is_object(others[0], first_line=2) and not is_side_by_side(first)


def is_side_by_side(head: bytes) -> bool:
    """Recognise objects one after the other by their beginning: a second one follows the first.

    The first is only read if braces meet outside strings, which they never do in a good document.
    """
    if not head.removeprefix(BOM).lstrip(_WHITE).startswith(b"{") or not _braces_meet(head):
        return False
    stream = JsonStream(in_pieces(head), UNLIMITED)
    try:
        stream.value(0)
        return stream.peek() == "{"
    except Rejected:
        return False


def _braces_meet(text: bytes) -> bool:
    quotes = start = 0
    for found in _SIDE_BY_SIDE.finditer(text):
        between = text[start : found.start()]
        if b"\\" in between:
            between = between.replace(b"\\\\", b"").replace(b'\\"', b"")
        quotes, start = quotes + between.count(b'"'), found.start()
        if quotes % 2 == 0:
            return True
    return False


def rows(pieces: Iterable[bytes], limits: Limits = UNLIMITED) -> Iterator[Row]:
    """Find the lines of a text that comes in pieces; no line need be in memory.

    Raises Rejected when there are too many blank lines.
    """
    offset, start, number, blank_lines, is_blank = 0, 0, 1, 0, True
    for piece in pieces:
        position = 0
        while position < len(piece):
            if is_blank:  # all blank lines in one step: 32 MB of them are 46 bytes of bzip2
                begun, position = position, _end_of_blanks(piece, position)
                if skipped := piece.count(b"\n", begun, position):
                    start = offset + piece.rfind(b"\n", begun, position) + 1
                    number, blank_lines = number + skipped, blank_lines + skipped
                    limits.check("max_blank_lines", blank_lines)
                is_blank = position == len(piece)
                continue
            # Only newlines separate lines: JSON may contain U+2028 and its like.
            newline = piece.find(b"\n", position)
            if newline < 0:
                break
            yield Row(start, offset + newline, number)
            position = newline + 1
            start, number, is_blank = offset + position, number + 1, True
        offset += len(piece)
    if not is_blank:
        yield Row(start, offset, number)


def _end_of_blanks(piece: bytes, position: int) -> int:
    found = _BLANKS.match(piece, position)
    return found.end() if found else position


def frame_rows(data: bytes, lines: Iterable[Row], first: int = 0) -> Iterator[Frame]:
    """Read each line by itself: a bad line is one rejected record (N2a)."""
    for record, (start, end, number) in enumerate(lines, first):
        try:
            value, warnings = strict_json.parse(data[start:end], first_line=number)
        except Rejected as rejected:
            yield Frame(record, None, number, None, rejected)
        else:
            yield Frame(record, None, number, value, warnings=warnings)


def frame_objects(data: bytes, first: int = 0, before: int = 0) -> Iterator[Frame]:
    """Read objects one after the other; `before` are the lines that come before these bytes.

    Raises Rejected: behind a bad one nothing tells where the next begins.
    """
    stream = JsonStream(in_pieces(data), UNLIMITED)
    for record in count(first):
        if stream.peek() != "{":
            break
        line = before + stream.line
        value, warnings = stream.parsed(0)
        yield Frame(record, None, line, value, warnings=warnings)
    stream.end()


def _is_object(line: bytes, *, first_line: int) -> bool:
    try:
        return isinstance(strict_json.parse(line, first_line=first_line).value, dict)
    except Rejected:
        return False


def _frame_items(found: Iterable[Found]) -> Iterator[Frame]:
    for number, (pointer, item) in enumerate(found):
        yield Frame(number, pointer or None, None if pointer else 1, item)
