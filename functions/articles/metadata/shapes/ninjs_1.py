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
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.records.pointers import each, together
from articles.values import Document, first

# N96: words that no other format has; `headline` is one only where nothing foreign is beside it.
_WORDS = frozenset(
    "$standard versioncreated firstcreated pubstatus urgency slugline embargoed usageterms "
    "copyrightholder".split()
)
_PATTERN = re.compile(r"(?:headline|body|description)_\w+")
# What a record has in other formats, as in RSS turned into JSON, and never in ninjs.
_FOREIGN = frozenset({"id", "link", "url"})
_FOREIGN_CONTENT = _FOREIGN | frozenset(
    "body content text html date published_at published publishedAt pubDate author image".split()
)


def matches(document: Document) -> bool:
    named = document.keys()
    is_named = bool(named & _WORDS) or any(map(_PATTERN.fullmatch, named))
    if not is_named and ("headline" not in named or named & _FOREIGN_CONTENT):
        return False
    if "uri" in named:  # so has the New York Times
        return not str(document["uri"]).startswith("nyt://")
    return isinstance(first(document.get("guid")), str | int) and not named & _FOREIGN  # Superdesk


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "$standard type profile located place places urgency person organisation object event "
    "priority genre slugline contracts mimetype representationtype contentcreated altids "
    "trustindicator ednote extra charcount readtime id infosource renditions rightsinfo/* "
    "title by products anpa_category keywords_* annotations evolvedfrom source_* "
    "copyrightnotice_* service authors bylines signals assignments headline_* version_* "
    "headlines ingest* auto_publish advertisement_* attachments family_id"
)

SHAPE = Shape(
    name="ninjs-1",
    matches=matches,
    left_alone=LEFT_ALONE,
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
