"""What a shape gives of an article: the fields as they were taken, before what follows of them."""

from dataclasses import dataclass

from articles.article import Author, Image, Rights, Source, Tag
from articles.metadata.normalize.body import Body
from articles.metadata.normalize.dates import Moment
from articles.metadata.normalize.status import Status

# What a field of the article is called in a draft, where that differs.
READ_AS = {
    "published_at": "published",
    "modified_at": "modified",
    "retrieved_at": "retrieved",
    "embargoed_until": "embargoed",
    "expires_at": "expires",
    "body_text": "text",
    "body_html": "html",
}


@dataclass(slots=True)
class Draft:
    """The fields of one document; None where it has none.

    `url` and `canonical_url` are as the document has them, a date is a moment that may lack its
    offset, `text` is a body from a field for text and `html` one from a field for HTML. Shapes say
    where they lie by the same names: Fields in shape.py.
    """

    source: Source | None = None
    source_id: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    title: str | None = None
    subtitle: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: tuple[Author, ...] | None = None
    published: Moment | None = None
    modified: Moment | None = None
    retrieved: Moment | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[Tag, ...] | None = None
    images: tuple[Image, ...] | None = None
    rights: Rights | None = None
    embargoed: Moment | None = None
    expires: Moment | None = None
    text: Body | None = None
    html: Body | None = None
    word_count: int | None = None
    version: str | None = None
    status: Status | None = None
