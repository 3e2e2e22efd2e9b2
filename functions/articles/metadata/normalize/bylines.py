"""Authors from the text of a byline (N40-N43). When in doubt, a name is left alone.

Letter case never changes: `bell hooks` and `50 Cent` are names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from articles.article import Author
from articles.catalogue import Code
from articles.metadata.normalize import dates
from articles.metadata.normalize.agencies import MAX_NAME, is_outlet
from articles.metadata.normalize.text import NOTHING, plain_line, unescape
from articles.metadata.notes import Note
from articles.quoting import shown
from articles.values import Json, first

T = TypeVar("T")

MAX_AUTHORS = 100
# How many names are examined in all, including duplicates and what is not a name.
MAX_READ = 1_000
MAX_BYLINE = 32_768
_MAX_AGENCIES = 5

_BYLINE = re.compile(r"(?:by|text:|written by)(?:\s+|$)", re.IGNORECASE)
_BYLINE_OR_PARTICLE = re.compile(r"(?:von|por|par|da|av|af|door)\s+", re.IGNORECASE)
_SEGMENTS = re.compile(r"[;|\n]")
_SUFFIX = r"(?:Jr\.?|Sr\.?|II|III|IV|M\.?D\.?|Ph\.?D\.?|Esq\.?)(?!\w)"
_COMMA = re.compile(rf"\s*,\s*+(?!{_SUFFIX})")
_DEGREE = re.compile(r",\s*M\.?D\.?$")
_ALL_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)$")
_WITH = re.compile(r"(?:with|avec|mit|con)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_LEADING_AND = re.compile(r"^(?:and|&|und|et|y)\s+", re.IGNORECASE)
_OUTER_AND = re.compile(r"^(?:and|&)(?:\s+|$)|(?<=\s)(?:and|&)$", re.IGNORECASE)
_FOREIGN_AND = re.compile(r"(?<!\S)(\S+\s+\S+)\s+(?:und|et|y)\s+(?=\S+\s+\S+)", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:analyst|bureau chief|columnist|contributor|correspondent|critic|editor|fellow|"
    r"journalist|photographer|producer|professor|reporter|staff|writer)s?\b|^(?:in|at|for|from)\s",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(rf"://|^www\.|{_EMAIL.pattern}", re.IGNORECASE)
_EMAIL_IN = re.compile(rf"[(\[<]?{_EMAIL.pattern}[)\]>]?")
# Where a date begins: `Jane Doe - Apr 16, 2015`, also one that is glued to the name.
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    rf"\d{{1,2}} {_MONTH},? (?:19|20)\d\d|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")


def authors_in(texts: Iterable[Any], note: Note, kind: str = "") -> list[Author]:
    """Find the people in the texts of one byline; agencies are their affiliation (N42).

    `kind` is what the source says of them: `person`, `organization` or nothing.
    """
    people: list[Author] = []
    agencies: list[str] = []
    pieces = chain.from_iterable(_parts(text, note) for text in texts)
    for piece in first_of(MAX_READ, pieces, partial(too_many, note)):
        email = email_in(piece)
        name = plain_line(_EMAIL_IN.sub("", piece) if email else piece, note).strip(" ,<>-–")
        if email and (bracketed := _ALL_IN_BRACKETS.fullmatch(name)):
            name = bracketed[1]  # `ida@a.example (Ida Marsh)`, as RSS has it
        if is_outlet(name, note):
            agencies.append(name)
        elif _is_name(name, kind):
            people.append(Author(name=name, email=email))
        elif name or email:
            note(Code.W_AUTHOR, "not_a_name", value=shown(name or piece))
    if not people:
        return [Author(name=agency, type="organization") for agency in agencies]
    if not agencies:
        return people
    return [person.model_copy(update={"affiliation": agencies[-1]}) for person in people]


def _parts(text: str, note: Note) -> Iterator[str]:
    """Cut a byline into lines, each without a date behind it, and these into names (N41, N43)."""
    if len(text) > MAX_BYLINE:
        note(Code.W_FIELD_TYPE, "byline_too_long", size=len(text), limit=MAX_BYLINE)
        text = text[:MAX_BYLINE]
    # The word may stand on a line of its own, so it goes before the lines are cut.
    text = unescape(text).strip()
    if match := _BYLINE.match(text):
        text = text[match.end() :]
    first, *others = _SEGMENTS.split(text)
    # Only what is written: `;;;;` is a long list of nothing.
    segments = [" ".join(it.split()) for it in (first, *filter(None, others))]
    for segment in (segments[0], *(it for it in segments[1:] if it and not _JOB.search(it))):
        dated = _DATE.search(segment)
        head = segment[: dated.start()].rstrip(" ,-–—•·") if dated else ""
        yield from _pieces(head or segment, note)


def _pieces(segment: str, note: Note) -> list[str]:
    """Cut a byline at commas, `and` and the agency's slash (N40-N42)."""
    segment = _without_byline_word(segment)
    if (match := _IN_BRACKETS.search(segment)) and is_outlet(match[1], note):
        segment = f"{segment[: match.start()]}, {match[1]}"
    elif match and (others := _WITH.match(match[1])):
        segment = f"{segment[: match.start()]} and {match[1][others.end() :]}"
    agencies: list[str] = []
    while len(agencies) < _MAX_AGENCIES and "/" in segment:
        head, _, tail = segment.rpartition("/")
        if not is_outlet(tail.strip(), note):
            break
        agencies.insert(0, tail.strip())
        segment = head.strip()
    parts = [part for part in _COMMA.split(segment) if part]
    joined = [_LEADING_AND.sub("", part) for part in parts[1:]]
    names = parts[:1] + [part for part in joined if not _JOB.search(part)]
    is_pair = len(parts) == len(names) == 2 and joined == parts[1:]
    if is_pair and _is_one_name(names[0], names[1], note):
        note(Code.W_AUTHOR_UNSPLIT, value=shown(segment))
        return [segment, *agencies]
    return [*(it for name in names for it in _at_and(_DEGREE.sub("", name), note)), *agencies]


def _at_and(name: str, note: Note) -> list[str]:
    if is_outlet(name.strip(), note):  # The Post and Courier
        return [name.strip()]
    marked = _FOREIGN_AND.sub(r"\1;", _OUTER_AND.sub("", name))
    return [piece.strip() for part in marked.split(";") for piece in _AND.split(part)]


def _is_one_name(first: str, second: str, note: Note) -> bool:
    """N41a: `Smith, John` and `von der Leyen, Ursula` are one name each."""
    if any(is_outlet(it, note) or _ADDRESS.search(it) for it in (first, second)):
        return False
    if _AND.search(f"{first}, {second}"):
        return False
    return any(" " not in part or part[0].islower() for part in (first, second))


def _without_byline_word(text: str) -> str:
    if match := _BYLINE.match(text):
        return text[match.end() :]
    if match := _BYLINE_OR_PARTICLE.match(text):
        rest = text[match.end() :]
        # `Von Max Müller` is a byline; `von der Leyen, Ursula` and `Da Silva` are names.
        upper = [word[0].isupper() for word in rest.partition(",")[0].split()]
        if upper[:1] == [True] and sum(upper) > 1:
            return rest
    return text


def _is_name(name: str, kind: str) -> bool:
    """N43: an address, a date, a nothing or a whole sentence is no name."""
    if not name or name in NOTHING or len(name) > MAX_NAME:
        return False
    if "://" in name or name.lower().startswith("www.") or dates.parse(name) or _DATE.match(name):
        return False
    return not _HOST.fullmatch(name) or kind == "organization"


def email_in(value: Json) -> str | None:
    text = first(value)
    match = _EMAIL.search(text) if isinstance(text, str) else None
    return match.group() if match else None


def first_of(count: int, items: Iterable[T], on_more: Callable[[], None]) -> Iterator[T]:
    """Return the first items; the others are not even looked at, and `on_more` notes that."""
    for index, item in enumerate(items):
        if index == count:
            on_more()
            return
        yield item


def too_many(note: Note) -> None:
    note(Code.W_FIELD_TYPE, "too_many_authors", limit=MAX_AUTHORS)
