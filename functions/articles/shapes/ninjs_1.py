"""IPTC ninjs 1.x: lower-case names in the singular, as Superdesk, BBC LDRS and TT send it, too."""

import re

from articles.normalize.body import declared_words, html_body, text_body
from articles.normalize.dates import deadline, embargo, moment
from articles.normalize.images import pictures
from articles.normalize.language import language
from articles.normalize.people import authors, byline
from articles.normalize.rights import rights, source
from articles.normalize.status import status
from articles.normalize.tags import subjects
from articles.normalize.text import first, identifier, line, passage, title
from articles.normalize.urls import address_of
from articles.shapes.ninjs import (
    DESCRIPTIONS,
    HEADLINES,
    HTMLS,
    TEXTS,
    after_the_title,
    refuse,
)
from articles.shapes.shape import Document, Shape, compose, each, gather, take, together

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
        "published": take(moment, "/firstpublished", "/firstcreated", "/versioncreated"),
        "modified": take(moment, "/versioncreated"),
        "language": take(language, "/language"),
        "section": take(line, "/service/0/name"),
        "tags": gather(subjects, "/subject", "/keywords"),
        "images": take(pictures, "/associations"),
        "rights": take(
            rights,
            compose(
                holder=("/copyrightholder",),
                notice=("/copyrightnotice",),
                usage_terms=("/usageterms",),
                license_url=("/rightsinfo/linkedrights",),
            ),
        ),
        "embargoed": take(embargo, "/embargoed"),
        "expires": take(deadline, "/expires"),
        "text": take(text_body, *TEXTS),
        "html": take(html_body, *HTMLS),
        "word_count": take(declared_words, "/wordcount"),
        "version": take(identifier, "/version"),
        "status": take(status, "/pubstatus"),
    },
)
