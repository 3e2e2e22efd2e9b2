"""The catalogue of codes, and the form in which an uploader is told of a problem.

A code is a promise: it never changes its meaning. docs/codes.md is generated from this catalogue.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple


class Code(StrEnum):
    """E_ rejects the record or the file; W_ is said about an accepted record."""

    E_ENCODING = "E_ENCODING"
    E_JSON = "E_JSON"
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
    W_NO_TITLE = "W_NO_TITLE"
    W_EMBARGO = "W_EMBARGO"
    W_ASSUMED_TIMEZONE = "W_ASSUMED_TIMEZONE"
    W_CONTROL = "W_CONTROL"
    W_BIDI = "W_BIDI"
    W_INVISIBLE = "W_INVISIBLE"

    @property
    def rejects(self) -> bool:
        return self.startswith("E_")


# Warnings about how a file is written: no single record is their cause.
ABOUT_THE_FILE = frozenset({Code.W_DUPLICATE_KEY, Code.W_SURROGATE})


class Entry(NamedTuple):
    """One row of the catalogue: what happened, and what the uploader can do."""

    meaning: str
    mend: str


CATALOGUE: dict[Code, Entry] = {
    Code.E_ENCODING: Entry(
        "The bytes are not UTF-8.",
        "Save the file as UTF-8, with at most one byte order mark, and upload it again.",
    ),
    Code.E_JSON: Entry(
        "The text is not JSON as RFC 8259 defines it, nests deeper than 100 levels, or holds a "
        "number no computer can keep.",
        "Write the file with a JSON library; the message names the line and the column.",
    ),
    Code.E_EMPTY: Entry(
        "There is nothing in the file.", "Upload the file again once it has content."
    ),
    Code.E_TOPLEVEL: Entry(
        "The file holds a single number, text or null.",
        "Send an object (one article) or a list of objects.",
    ),
    Code.E_TOO_LARGE: Entry(
        "The upload, a record or its only title or identifier is over a limit; the message names "
        "the limit and the size.",
        "Split the file, or shorten the field.",
    ),
    Code.E_UNKNOWN_SHAPE: Entry(
        "No known article format has these fields.",
        "Send at least a title with a text, an id or a link; docs/uploads.md lists the formats.",
    ),
    Code.E_REQUIRED: Entry(
        "A field or an identity that the feed requires is absent.",
        "Send the field that the message names, or ask the operator to change the feed.",
    ),
    Code.E_FEED: Entry(
        "The key names no feed of this service.",
        "Upload under incoming/<feed>/ with the name that the operator gave you.",
    ),
    Code.E_INTERNAL: Entry(
        "A fault of ours on this record; the operator is alarmed.",
        "Nothing: the operator replays the upload once the fault is mended.",
    ),
    Code.E_NOT_ARTICLE: Entry(
        "The record is well formed, but it is not an article.",
        "Leave it out; only articles are ingested.",
    ),
    Code.E_UPSTREAM_ERROR: Entry(
        "The file is the error that an API answered with, saved in the place of its articles.",
        "Ask the API again, and upload what it answers then.",
    ),
    Code.E_FIELD_TYPE: Entry(
        "The only title, text or identifier has a type that cannot be read.",
        "Send the field as a text.",
    ),
    Code.E_FIELD_VALUE: Entry(
        "A field has a value that would be dangerous to guess about.",
        "Send one of the values that the message names.",
    ),
    Code.E_NO_CONTENT: Entry(
        "The record has neither a title nor a text.",
        "Send a title or a text; a record with neither can only be a withheld or canceled notice.",
    ),
    Code.W_DUPLICATE_KEY: Entry(
        "A name stands twice in one object; the last value was taken.", "Send each name once."
    ),
    Code.W_SURROGATE: Entry(
        "Half of a surrogate pair became U+FFFD.",
        "Cut texts at characters, not at UTF-16 code units.",
    ),
    Code.W_DATE: Entry(
        "The value is not a date we read; the field is absent.",
        "Send RFC 3339, such as 2026-03-01T09:00:00Z.",
    ),
    Code.W_DATE_SENTINEL: Entry(
        "The date is a placeholder for an unknown one; the field is absent.",
        "Leave the field out when the date is not known.",
    ),
    Code.W_DATE_RANGE: Entry(
        "The date is before 1600 or more than two days in the future; it was kept.",
        "Check the year.",
    ),
    Code.W_DATE_ORDER: Entry(
        "The article was modified before it was published; both dates were kept.",
        "Check which date is which.",
    ),
    Code.W_URL: Entry(
        "The value is not an absolute http or https address; the field is absent.",
        "Send the full address of the page.",
    ),
    Code.W_AUTHOR: Entry(
        "An author's name is an address, a date or too long; it was dropped.",
        "Send names only.",
    ),
    Code.W_AUTHOR_UNSPLIT: Entry(
        "The byline may hold one name or two; it was kept as one.",
        "Send authors as a list.",
    ),
    Code.W_LANGUAGE: Entry(
        "The language is not a BCP 47 tag or a name we know; the field is absent.",
        "Send a tag such as en or pt-BR.",
    ),
    Code.W_FIELD_TYPE: Entry(
        "A field has a type that cannot be read, or is over its limit; it was dropped.",
        "Send the field in the form that docs/uploads.md shows.",
    ),
    Code.W_STATUS_ALIAS: Entry(
        "The status is another word for one of the three; it was translated.",
        "Send usable, withheld or canceled.",
    ),
    Code.W_NO_TITLE: Entry(
        "No line of the text is a title; the article has none.",
        "Send the headline as the field title.",
    ),
    Code.W_EMBARGO: Entry(
        "The embargo cannot be read for sure; the article is withheld until a correction.",
        "Send the embargo with its offset, such as 2026-03-01T09:00:00+01:00.",
    ),
    Code.W_ASSUMED_TIMEZONE: Entry(
        "A time without offset was read in the feed's time zone.",
        "Send times with their offset.",
    ),
    Code.W_CONTROL: Entry("Control characters were removed.", "Send plain text."),
    Code.W_BIDI: Entry(
        "Characters that reverse the text direction were removed.", "Leave them out."
    ),
    Code.W_INVISIBLE: Entry("Invisible characters were removed.", "Leave them out."),
}


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


def shown(value: object, limit: int = 60) -> str:
    """Quote a value for a message: one line, printable, cut."""
    text = value if isinstance(value, str) else repr(value)
    text = ascii(text)[1:-1] if not text.isprintable() else text
    return f"'{text}'" if len(text) <= limit else f"'{text[:limit]}…'"
