"""Authors from bylines and structured people (N40-N46). When in doubt, a name is left alone.

Letter case never changes: `bell hooks` and `50 Cent` are names.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from articles.article import Author
from articles.normalize import dates
from articles.normalize.text import NOTHING, as_list, plain_line, unescape
from articles.normalize.urls import web_address
from articles.notes import Note
from articles.problems import Code, shown
from articles.strict_json import Json

MAX_NAME = 100
MAX_AUTHORS = 100

# N42: agencies and outlets that sign at the end of a byline.
OUTLETS = frozenset(
    name.casefold()
    for name in (
        "AAP",
        "AFP",
        "Agence France-Presse",
        "Agencies",
        "ANSA",
        "AP",
        "Associated Press",
        "The Associated Press",
        "BBC",
        "BBC News",
        "Bloomberg",
        "CNN",
        "Daily Camera",
        "dpa",
        "EFE",
        "Interfax",
        "Kyodo",
        "NTB",
        "PA",
        "PA Media",
        "Press Association",
        "Reuters",
        "Ritzau",
        "STT",
        "TASS",
        "The Economist",
        "TT",
        "UPI",
        "Xinhua",
    )
)
_BYLINE = re.compile(r"(?:by|text:|written by)\s+", re.IGNORECASE)
_BYLINE_OR_PARTICLE = re.compile(r"(?:von|por|par|da|av|af|door)\s+", re.IGNORECASE)
_SEGMENTS = re.compile(r"[;|\n]")
_SUFFIX = r"(?:Jr\.?|Sr\.?|II|III|IV|M\.?D\.?|Ph\.?D\.?|Esq\.?)(?!\w)"
_COMMA = re.compile(rf"\s*,\s*+(?!{_SUFFIX})")
_DEGREE = re.compile(r",\s*M\.?D\.?$")
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)$")
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_FOREIGN_AND = re.compile(r"(?<!\S)(\S+\s+\S+)\s+(?:und|et|y)\s+(?=\S+\s+\S+)", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:analyst|bureau chief|columnist|contributor|correspondent|critic|editor|fellow|"
    r"journalist|photographer|producer|professor|reporter|staff|writer)s?\b|^(?:in|at|for|from)\s",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")


def authors(value: Json, note: Note) -> tuple[Author, ...] | None:
    """Read one author or many, as texts or as objects; duplicates and joins of others go (N45)."""
    found: list[Author] = []
    for item in as_list(value):
        if isinstance(item, str):
            found.extend(_from_text(item, note))
        elif isinstance(item, dict):
            found.extend(_from_object(item, note))
        else:
            note(Code.W_FIELD_TYPE, f"{shown(item)} is not an author; it was dropped.")
    by_name: dict[str, Author] = {}
    for person in found:
        by_name.setdefault(person.name.casefold(), person)
    if (many := len(by_name)) > MAX_AUTHORS:
        note(Code.W_FIELD_TYPE, f"{many:,} authors are over {MAX_AUTHORS}; the rest is gone.")
        by_name = dict(islice(by_name.items(), MAX_AUTHORS))
    return tuple(p for name, p in by_name.items() if not _is_join(name, by_name)) or None


def byline(value: Json, note: Note) -> str | None:
    """Keep the byline verbatim where the source has it as one text."""
    return plain_line(value, note) or None if isinstance(value, str) else None


def _from_object(person: dict[str, Any], note: Note) -> Iterator[Author]:
    names = person.get("name") or " ".join(
        part
        for key in ("firstname", "first_name", "middlename", "lastname", "last_name")
        if isinstance(part := person.get(key), str)
    )
    url = person.get("url")
    address = url if isinstance(url, str) else ""
    details = {
        "role": _detail(person.get("role"), note),
        "affiliation": _detail(person.get("affiliation"), note),
        "email": _email(person.get("email")) or _email(address),
        "url": web_address(address, note) if address[:7] != "mailto:" else None,
    }
    kind = str(person.get("@type") or person.get("type") or "").lower()
    if kind in ("organization", "person"):
        details["type"] = kind
    given = {key: value for key, value in details.items() if value}
    for name in as_list(names):
        if not isinstance(name, str):
            note(Code.W_FIELD_TYPE, f"{shown(name)} is not the name of an author.")
            continue
        for author in _from_text(name, note, kind):
            yield author.model_copy(update=given)


def _detail(value: Json, note: Note) -> str | None:
    value = value.get("name") if isinstance(value, dict) else value
    return plain_line(value, note) or None if isinstance(value, str) else None


def _email(value: Json) -> str | None:
    match = _EMAIL.search(value) if isinstance(value, str) else None
    return match.group() if match else None


def _from_text(text: str, note: Note, kind: str = "") -> list[Author]:
    people: list[Author] = []
    agency: str | None = None
    for segment in _SEGMENTS.split(unescape(text)):
        for piece in _pieces(" ".join(segment.split()), note):
            email = _email(piece)
            name = plain_line(_EMAIL.sub("", piece) if email else piece, note).strip(" ,<>-–")
            if _is_outlet(name, note):
                agency = name
            elif _is_name(name, kind):
                people.append(Author(name=name, email=email))
            elif name or email:
                note(Code.W_AUTHOR, f"{shown(name or piece)} is not the name of an author.")
    if agency and not people:
        return [Author(name=agency, type="organization")]
    return (
        [person.model_copy(update={"affiliation": agency}) for person in people]
        if agency
        else people
    )


def _pieces(segment: str, note: Note) -> list[str]:
    """Cut a byline at commas, `and` and the agency's slash (N40-N42)."""
    segment = _without_byline_word(segment)
    if (match := _IN_BRACKETS.search(segment)) and _is_outlet(match[1], note):
        segment = f"{segment[: match.start()]}, {match[1]}"
    head, slash, tail = segment.rpartition("/")
    if slash and _is_outlet(tail.strip(), note):
        return [*_pieces(head.strip(), note), tail.strip()]
    parts = [part for part in _COMMA.split(segment) if part]
    names = parts[:1] + [part for part in parts[1:] if not _JOB.search(part)]
    if len(parts) == len(names) == 2 and _is_one_name(names[0], names[1], note):
        note(Code.W_AUTHOR_UNSPLIT, f"{shown(segment)} may be one name or two; it was kept as one.")
        return [segment]
    return [piece for name in names for piece in _at_and(_DEGREE.sub("", name))]


def _at_and(name: str) -> list[str]:
    marked = _FOREIGN_AND.sub(r"\1;", re.sub(r"^(?:and|&)\s+", "", name, flags=re.IGNORECASE))
    return [piece.strip() for part in marked.split(";") for piece in _AND.split(part)]


def _is_one_name(first: str, second: str, note: Note) -> bool:
    """N41a: `Smith, John` and `von der Leyen, Ursula` are one name each."""
    if _is_outlet(first, note) or _is_outlet(second, note) or _AND.search(first + second):
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


def _is_outlet(name: str, note: Note) -> bool:
    outlet = note.notes.outlet
    return name.casefold() in OUTLETS or (
        outlet is not None and name.casefold() == outlet.casefold()
    )


def _is_name(name: str, kind: str) -> bool:
    """N43: an address, a date, a nothing or a whole sentence is no name."""
    if not name or name in NOTHING or len(name) > MAX_NAME:
        return False
    if "://" in name or name.lower().startswith("www.") or dates.read(name):
        return False
    return not _HOST.fullmatch(name) or kind == "organization"


def _is_join(name: str, names: dict[str, Author]) -> bool:
    rest, parts = name, 0
    for other in sorted(names, key=len, reverse=True):
        if other != name and other in rest:
            rest, parts = rest.replace(other, "", 1), parts + 1
    return parts > 1 and not re.sub(r"\b(?:and|und|et|y)\b|[\s,&;|]", "", rest)
