"""IPTC ninjs 1.x: lower-case names in the singular, as Superdesk, BBC LDRS and TT send it, too."""

import re

from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.tags import subjects
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import address_of
from articles.metadata.shapes.ninjs import (
    DESCRIPTIONS,
    HEADLINES,
    LOWER_CASE,
    after_the_title,
    refuse,
)
from articles.metadata.shapes.shape import Shape, gather, take
from articles.records.pointers import each, together
from articles.values import Document, first

_WORDS = frozenset(
    "$standard versioncreated firstcreated pubstatus headline urgency slugline embargoed title "
    "type".split()
)
_PATTERN = re.compile(r"(?:headline|body|description)_\w+")
# What a record with a `guid` has in other formats, as in RSS turned into JSON.
_FOREIGN = frozenset({"id", "link", "url"})


def matches(document: Document) -> bool:
    named = document.keys()
    if not (named & _WORDS or any(map(_PATTERN.fullmatch, named))):
        return False
    if "uri" in named:  # so has the New York Times
        return not str(document["uri"]).startswith("nyt://")
    return isinstance(first(document.get("guid")), str | int) and not named & _FOREIGN  # Superdesk


SHAPE = Shape(
    name="ninjs-1",
    matches=matches,
    refuse=refuse,
    absorbing_kills=True,
    fields={
        "source": take(source, "/source"),
        "source_id": take(identifier, "/uri", "/guid"),
        "url": take(address_of, "/uri", "/guid"),
        "title": take(title, *HEADLINES, "/title"),
        "subtitle": take(line, after_the_title(*HEADLINES)),
        "description": take(passage, *DESCRIPTIONS),
        "byline": take(byline, "/byline"),
        "authors": take(
            authors,
            "/authors",  # Superdesk
            together(  # TT
                each(
                    "/bylines",
                    rename={
                        "name": "byline",
                        "firstname": "firstname",
                        "lastname": "lastname",
                        "role": "role",
                        "affiliation": "affiliation",
                        "email": "email",
                    },
                )
            ),
            "/byline",
        ),
        "section": take(line, "/service/0/name"),
        "tags": gather(subjects, "/subject", "/keywords"),
        **LOWER_CASE,
    },
)
