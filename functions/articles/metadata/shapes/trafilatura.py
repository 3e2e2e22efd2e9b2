"""The JSON output of trafilatura: https://trafilatura.readthedocs.io/ .

`source` is the address, `source-hostname` the name of the site where one is known, `filedate` the
day of the crawl. `fingerprint` tells texts apart, not articles: it is not an identifier.
"""

from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.records.pointers import compose
from articles.values import Document, Json


def matches(document: Document) -> bool:
    named = document.keys()
    return "text" in named and bool(named & {"fingerprint", "source-hostname", "filedate"})


@follows("N56")
def first_category(value: Json, note: Note) -> str | None:
    """Read the first of `Media Industry ; Film`."""
    categories = tags(value, note)
    return categories[0].name if categories else None


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "fingerprint pagetype hostname raw_text commentsbody comments body filedate"
)

SHAPE = Shape(
    name="trafilatura",
    matches=matches,
    left_alone=LEFT_ALONE,
    order="upload",
    fields={
        "source": take(
            source,
            compose(name=("/source-hostname", "/sitename"), domain=("/hostname",)),
        ),
        "source_id": take(identifier, "/id"),
        "url": take(page_address, "/source", "/url"),
        "title": take(title, "/title"),
        "description": take(passage, "/excerpt", "/description"),
        "authors": take(authors, "/author"),
        "published": take(moment, "/date"),
        "retrieved": take(moment, "/filedate"),
        "language": take(language, "/language"),
        "section": take(first_category, "/categories"),
        "tags": take(tags, "/tags"),
        "images": take(images, "/image"),
        "rights": take(rights, compose(usage_terms=("/license",))),
        "text": take(text_body, "/text", "/raw_text"),
    },
)
