"""The codes, and the form in which an uploader is told of a problem.

A code is a promise: it never changes its meaning. catalogue.py explains each.
"""

import reprlib
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """E_ rejects the record or the file; W_ is said about an accepted record."""

    E_ENCODING = "E_ENCODING"
    E_JSON = "E_JSON"
    E_COMPRESSION = "E_COMPRESSION"
    E_UNREADABLE = "E_UNREADABLE"
    E_EMPTY = "E_EMPTY"
    E_TOPLEVEL = "E_TOPLEVEL"
    E_TOO_LARGE = "E_TOO_LARGE"
    E_UNKNOWN_SHAPE = "E_UNKNOWN_SHAPE"
    E_REQUIRED = "E_REQUIRED"
    E_FEED = "E_FEED"
    E_INTERNAL = "E_INTERNAL"
    E_NOT_ARTICLE = "E_NOT_ARTICLE"
    E_UPSTREAM_ERROR = "E_UPSTREAM_ERROR"
    E_FIELD_TYPE = "E_FIELD_TYPE"
    E_FIELD_VALUE = "E_FIELD_VALUE"
    E_NO_CONTENT = "E_NO_CONTENT"
    W_DUPLICATE_KEY = "W_DUPLICATE_KEY"
    W_SURROGATE = "W_SURROGATE"
    W_DATE = "W_DATE"
    W_DATE_SENTINEL = "W_DATE_SENTINEL"
    W_DATE_RANGE = "W_DATE_RANGE"
    W_DATE_ORDER = "W_DATE_ORDER"
    W_URL = "W_URL"
    W_AUTHOR = "W_AUTHOR"
    W_AUTHOR_UNSPLIT = "W_AUTHOR_UNSPLIT"
    W_LANGUAGE = "W_LANGUAGE"
    W_FIELD_TYPE = "W_FIELD_TYPE"
    W_STATUS_ALIAS = "W_STATUS_ALIAS"
    W_MOJIBAKE = "W_MOJIBAKE"
    W_NO_TITLE = "W_NO_TITLE"
    W_EMBARGO = "W_EMBARGO"
    W_ASSUMED_TIMEZONE = "W_ASSUMED_TIMEZONE"
    W_CONTROL = "W_CONTROL"
    W_BIDI = "W_BIDI"
    W_INVISIBLE = "W_INVISIBLE"

    @property
    def rejects(self) -> bool:
        return self.startswith("E_")


# In characters: a receipt tells of many problems, and must fit its item.
LONGEST_TOLD = 200

# Warnings about how a file is written: no single record is their cause.
ABOUT_THE_FILE = frozenset({Code.W_DUPLICATE_KEY, Code.W_SURROGATE})


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or a warning, and where it lies.

    `record` is 0-based, `at` the JSON Pointer of the record in the file, `path` a JSON Pointer
    inside the record, `line` 1-based in the file; each is None where it says nothing.
    """

    code: Code
    message: str
    record: int | None = None
    at: str | None = None
    path: str | None = None
    line: int | None = None

    def __post_init__(self) -> None:
        # A pointer holds member names, which are as long as an uploader likes.
        for name in ("at", "path"):
            if place := getattr(self, name):
                object.__setattr__(self, name, cut(place))

    def of(self, *, record: int, at: str | None, line: int | None) -> "Problem":
        """Give the same problem with the place of its record."""
        return replace(self, record=record, at=at, line=line or self.line)

    def as_json(self) -> dict[str, Any]:
        """Give the problem as JSON; what says nothing is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Rejected(Exception):
    """The content is at fault: told to the uploader, never retried."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def cut(text: str, limit: int = LONGEST_TOLD) -> str:
    """Cut what an uploader wrote to the length at which it is told."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def shown(value: object, limit: int = 60) -> str:
    """Quote a value for a message: one line, printable, cut."""
    text = value[: limit + 1] if isinstance(value, str) else _abridged(value)
    text = ascii(text)[1:-1] if not text.isprintable() else text
    return f"'{text}'" if len(text) <= limit else f"'{text[:limit]}…'"


def _abridged(value: object) -> str:
    """Write a value of any size as Python would, as far as it may be shown."""
    brief = reprlib.Repr()
    brief.maxdict = brief.maxlist = 20
    brief.maxstring = brief.maxother = brief.maxlong = LONGEST_TOLD
    return brief.repr(value)
