"""From the bytes of an upload to its records: where each lies, and its JSON value.

How an upload is framed is sniffed, never configured: an object, a list, an envelope, or one object
a line (NDJSON). Compression belongs here, too, and is still to come.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from articles import strict_json
from articles.envelopes import unwrap
from articles.problems import Code, Problem, Rejected
from articles.shapes.shape import Found

# What one invocation can store in the time it has.
MAX_RECORDS = 2_000


class Object(NamedTuple):
    """What S3 answered: the first bytes of the object, its whole size, and when it was uploaded."""

    data: bytes
    size: int
    uploaded_at: datetime


class Frame(NamedTuple):
    """One record of an upload: its 0-based position, its place, and its JSON value.

    `at` is its JSON Pointer in a list or an envelope, `line` where it begins in the file, as far as
    that is known. A line that is no JSON has `rejected` for a value.
    """

    record: int
    at: str | None
    line: int | None
    value: Any
    rejected: Rejected | None = None
    warnings: tuple[Problem, ...] = ()


class Framed(NamedTuple):
    """The records of an upload, and what is said about the file as a whole."""

    frames: Iterator[Frame]
    warnings: tuple[Problem, ...]


def frame(data: bytes) -> Framed:
    """Cut an upload into records.

    Raises Rejected when the file as a whole cannot be read; then no record counts.
    """
    try:
        value, warnings = strict_json.parse(data)
    except Rejected:
        if lines := _json_lines(data):
            _check_count(len(lines))
            return Framed(_frame_lines(lines), ())
        raise
    if not isinstance(value, dict | list):
        message = "The file holds a single value; send an object, or a list of objects."
        raise Rejected(Problem(Code.E_TOPLEVEL, message))
    found = list(unwrap(value))
    if not found:
        raise Rejected(Problem(Code.E_EMPTY, "The list is empty: there is no article in it."))
    _check_count(len(found))
    return Framed(_frame_items(found), warnings)


def _check_count(records: int) -> None:
    if records > MAX_RECORDS:
        message = f"The file has {records:,} records; the limit is {MAX_RECORDS:,}. Split it."
        raise Rejected(Problem(Code.E_TOO_LARGE, message))


def _frame_items(found: Iterable[Found]) -> Iterator[Frame]:
    for number, (pointer, item) in enumerate(found):
        yield Frame(number, pointer or None, None if pointer else 1, item)


def _json_lines(data: bytes) -> list[tuple[int, bytes]]:
    """Give the lines of NDJSON with their numbers; none where the first line is no object."""
    # Only newlines part lines: U+2028 and its like may stand in a JSON text.
    lines = [(n, row) for n, row in enumerate(data.split(b"\n"), 1) if row.strip(b" \t\r")]
    if len(lines) < 2:
        return []
    number, first = lines[0]
    try:
        is_object = isinstance(strict_json.parse(first, first_line=number).value, dict)
    except Rejected:
        return []
    return lines if is_object else []


def _frame_lines(lines: Iterable[tuple[int, bytes]]) -> Iterator[Frame]:
    """Read each line by itself: one that is bad is one rejected record (N2a)."""
    for record, (number, row) in enumerate(lines):
        try:
            value, warnings = strict_json.parse(row, first_line=number)
        except Rejected as rejected:
            yield Frame(record, None, number, None, rejected)
        else:
            yield Frame(record, None, number, value, warnings=warnings)
