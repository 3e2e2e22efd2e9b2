"""Authors from bylines and structured people (N40-N46). When in doubt, a name is left alone.

Letter case never changes: `bell hooks` and `50 Cent` are names.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from articles.article import Author
from articles.catalogue import Code
from articles.metadata.normalize.agencies import is_outlet, kind_of
from articles.metadata.normalize.bylines import (
    AND,
    MAX_AUTHORS,
    MAX_READ,
    authors_in,
    email_in,
    first_of,
    too_many,
)
from articles.metadata.normalize.text import NOTHING, plain_line
from articles.metadata.normalize.urls import web_address
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Document, Json, as_list, first, is_absent, says_something

MAX_NAMES_OF_ONE = 20
# N44, in the order of a name: what the New York Times, sites and schema.org call its parts.
_NAME_PARTS = (
    *("firstname", "first_name", "givenName", "middlename", "additionalName"),
    *("lastname", "last_name", "familyName"),
)


@follows("N40-N46", "N100-N101")
def authors(value: Json, note: Note) -> tuple[Author, ...] | None:
    """Read one author or many, as texts or as objects; no name comes twice (N40-N46)."""
    by_name: dict[str, Author] = {}
    for person in first_of(MAX_READ, _people(value, note), partial(too_many, note)):
        name = person.name.casefold()
        if len(by_name) == MAX_AUTHORS and name not in by_name:
            too_many(note)
            break
        by_name.setdefault(name, person)
    return tuple(p for name, p in by_name.items() if not _is_join(name, by_name)) or None


def _people(value: Json, note: Note) -> Iterator[Author]:
    given = (it for it in as_list(value) if not (isinstance(it, str) and it.strip() in NOTHING))
    for kind, items in groupby(first_of(MAX_READ, given, partial(too_many, note)), type):
        if kind is str:  # one byline, whether it is one text or many
            yield from authors_in(items, note)
            continue
        for item in items:
            if isinstance(item, dict):
                yield from _from_object(item, note)
            else:
                note(Code.W_FIELD_TYPE, "not_author", value=shown(item))


@follows("N6", "N40")
def byline(value: Json, note: Note) -> str | None:
    """Keep the byline verbatim where the source has it as one text (N6, N40)."""
    texts = as_list(value)
    if len(texts) != 1 or not isinstance(texts[0], str):
        return None
    text = plain_line(texts[0], note)
    return text if text and text not in NOTHING else None


def _from_object(person: Document, note: Note) -> Iterator[Author]:
    names = person.get("name") or " ".join(
        part for key in _NAME_PARTS if isinstance(part := person.get(key), str)
    )
    url = first(person.get("url"))
    address = url if isinstance(url, str) else ""
    details = {
        "role": _detail(person.get("role"), note),
        "affiliation": _detail(person.get("affiliation"), note),
        "email": email_in(person.get("email")) or email_in(address),
        "url": web_address(address, note) if address[:7] != "mailto:" else None,
    }
    kind = kind_of(person.get("@type") or person.get("type"))
    if kind:
        details["type"] = kind
    if (role := details["role"]) and is_outlet(role, note):  # AP: {"title": "Associated Press"}
        details["role"], details["affiliation"] = None, details["affiliation"] or role
    given: dict[str, Any] = {key: value for key, value in details.items() if value}
    if is_absent(names) and says_something(person):
        note(Code.W_AUTHOR, "no_name", value=shown(person))
    many = partial(note, Code.W_FIELD_TYPE, "too_many_names", limit=MAX_NAMES_OF_ONE)
    for name in first_of(MAX_NAMES_OF_ONE, as_list(names), many):
        if not isinstance(name, str):
            note(Code.W_FIELD_TYPE, "not_author_name", value=shown(name))
            continue
        people = authors_in([name], note, kind)
        if len(people) > 1:  # whose address it is, is not known
            given = {key: given[key] for key in given if key not in ("url", "email")}
        for author in people:
            # N42, N100: an agency that is called a person is an agency.
            yield replace(author, **given | ({"type": author.type} if author.type else {}))


def _detail(value: Json, note: Note) -> str | None:
    value = next(iter(as_list(value)), None)
    value = value.get("name") if isinstance(value, dict) else value
    return plain_line(value, note) or None if isinstance(value, str) else None


def _is_join(name: str, names: dict[str, Author]) -> bool:
    rest, parts = name, 0
    for other in sorted(names, key=len, reverse=True):
        if other != name and other in rest:
            rest, parts = rest.replace(other, "", 1), parts + 1
    return parts > 1 and not re.sub(rf"\b(?:{AND})\b|[\s,&;|]", "", rest)
