"""From the bytes of an upload to its records: where each lies, and its JSON value.

How an upload is framed is sniffed, never configured. Compression and NDJSON belong here; today one
JSON text is read: an object, a list, or an envelope.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from articles import strict_json
from articles.envelopes import unwrap
from articles.problems import Code, Problem, Rejected

# What one invocation can store in the time it has.
MAX_RECORDS = 2_000


class Object(NamedTuple):
    """What S3 answered: the first bytes of the object, its whole size, and when it was uploaded."""

    data: bytes
    size: int
    uploaded_at: datetime


class Frame(NamedTuple):
    """One record of an upload: its 0-based position, its JSON Pointer in a list, its value."""

    record: int
    at: str | None
    line: int | None
    value: Any


class Framed(NamedTuple):
    """The records of an upload, and what is said about the file as a whole."""

    frames: Iterator[Frame]
    warnings: tuple[Problem, ...]


def frame(data: bytes) -> Framed:
    """Cut an upload into records.

    Raises Rejected when the file as a whole cannot be read; then no record counts.
    """
    value, warnings = strict_json.parse(data)
    if not isinstance(value, dict | list):
        message = "The file holds a single value; send an object, or a list of objects."
        raise Rejected(Problem(Code.E_TOPLEVEL, message))
    found = list(unwrap(value))
    if not found:
        raise Rejected(Problem(Code.E_EMPTY, "The list is empty: there is no article in it."))
    if len(found) > MAX_RECORDS:
        message = f"The file has {len(found):,} records; the limit is {MAX_RECORDS:,}. Split it."
        raise Rejected(Problem(Code.E_TOO_LARGE, message))
    return Framed(
        (
            Frame(number, pointer or None, None if pointer else 1, item)
            for number, (pointer, item) in enumerate(found)
        ),
        warnings,
    )
