"""A row of a web crawl: C4 and mC4, FineWeb, Dolma.

Its times are those of the crawl, never of the publication (N17). C4 and FineWeb have no title: the
first line of the text is one where it reads like one (N84); the text keeps it.
"""

import re

from articles.catalogue import Code
from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import moment, parse
from articles.metadata.normalize.language import language
from articles.metadata.normalize.text import identifier, paragraphs, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.notes import Notes
from articles.metadata.shapes.raw_text import is_title
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.records.pointers import at
from articles.values import Document, as_list, is_absent

# A row has one of these; the first ones alone could be those of any article with a title.
_KEYS = frozenset({"timestamp", "date", "meta"})
_SIGNATURE = re.compile(r"(?i:posted|written) (?i:by|on) |(?i:by) [A-Z][^:]*$")
_CRAWLERS_KEYS = frozenset({"dump", "language_score"})


def matches(document: Document) -> bool:
    named = document.keys()
    if "text" not in named or not ("url" in named or any(at("/metadata/url")(document))):
        return False
    return (
        bool(named & _CRAWLERS_KEYS)
        or any(name.startswith("warc") for name in named)
        or any(at("/metadata/cc_segment")(document))
        or bool(named & _KEYS and not named & {"title", "headline"})
    )


def _is_signature(row: str) -> bool:
    """Tell a byline, or a date, from a title: `Posted by …`."""
    return bool(_SIGNATURE.match(row) or parse(row))


def prepare(document: Document, notes: Notes) -> Document:
    """Return a row without a title the first line of its text as one, if it is one (N84)."""
    text = next(iter(as_list(document.get("text"))), None)
    places = (at("/title"), at("/metadata/title"))
    named = any(not is_absent(it.value) for find in places for it in find(document))
    if named or not isinstance(text, str):
        return document
    rows = [row for row in paragraphs(text, notes.at("/text")).split("\n") if row]
    if rows and is_title(rows[0], alone=len(rows) == 1) and not _is_signature(rows[0]):
        return {**document, "title": rows[0]}
    notes.at("/text")(Code.W_NO_TITLE)
    return document


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "source added dump file_path language_score token_count score int_score attributes "
    "metadata/* meta warc* minhash* domain snapshot digest curl doc_id status_code mime "
    "content_type"
)

SHAPE = Shape(
    name="crawl-row",
    matches=matches,
    left_alone=LEFT_ALONE,
    prepare=prepare,
    order="upload",
    fields={
        "source_id": take(identifier, "/id"),
        "url": take(page_address, "/url", "/metadata/url"),
        "title": take(title, "/title", "/metadata/title"),
        "retrieved": take(
            moment,
            "/timestamp",
            "/created",
            "/metadata/date_download",
            "/warc_date",
            "/date",
        ),
        "language": take(language, "/language", "/metadata/language"),
        "text": take(text_body, "/text"),
    },
)
