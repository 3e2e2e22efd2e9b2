"""An article in the field names that most systems use when they follow no format.

Names are found in every spelling: `published_at` is `publishedAt` is `Published At` (N92).
"""

from collections.abc import Iterator

from articles.metadata.normalize.body import declared_words, html_body, text_body
from articles.metadata.normalize.dates import deadline, embargo, moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.markdown import rendered
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.notes import Notes
from articles.metadata.shapes.shape import Shape, take
from articles.metadata.spelling import Spelled, folded, spelled
from articles.records.pointers import Finder, Found
from articles.values import Document, first

_TITLES = ("title", "headline")
_ADDRESSES = ("url", "link", "permalink", "href", "web_url", "source_url")
_CANONICAL = ("canonical_url", "canonical")
_IDENTIFIERS = ("id", "guid", "uri", "uuid")
_TEXTS = ("body_text", "text", "content_text", "text_content", "plaintext")
_HTMLS = (
    *("body_html", "content_html", "content:encoded", "html", "content", "body"),
    *("article_body", "article_text", "full_text", "story"),
)
_DATES = (
    *("published_at", "published", "date_published", "pub_date", "publish_date"),
    *("publication_date", "post_date", "date_time_pub", "iso_date", "date_time", "date"),
    *("created_at", "created"),
)
NAMES = frozenset(map(folded, (*_TITLES, *_ADDRESSES, *_TEXTS, *_HTMLS, *_DATES, "author")))
_DISTINCTIVE = frozenset(
    map(folded, (*_ADDRESSES, *_CANONICAL, *_IDENTIFIERS, *_TEXTS, *_HTMLS, "markdown", *_DATES))
)


def matches(document: Document) -> bool:
    names = set(map(folded, document))
    return not names.isdisjoint(_TITLES) and not names.isdisjoint(_DISTINCTIVE)


def prepare(document: Document, _: Notes) -> Document:
    return Spelled(document)


def among(*names: str) -> tuple[Finder, ...]:
    """Find some members, in any spelling."""
    return tuple(map(spelled, names))


def address_in(name: str) -> Finder:
    """Find an identifier that is a web address."""
    finder = spelled(name)

    def find(document: Document) -> Iterator[Found]:
        for found in finder.find(document):
            text = first(found.value)
            if isinstance(text, str) and text.lstrip()[:4].lower() == "http":
                yield found

    return Finder(find, finder.reads)


SHAPE = Shape(
    name="generic",
    matches=matches,
    prepare=prepare,
    spelled=folded,
    evidence=("url", "canonical_url", "published", "modified", "description", "text", "html"),
    fields={
        "source": take(source, *among("source", "publisher", "site_name", "source_name", "domain")),
        "source_id": take(identifier, *among(*_IDENTIFIERS)),
        "url": take(
            page_address, *among(*_ADDRESSES, *_CANONICAL), address_in("uri"), address_in("guid")
        ),
        "canonical_url": take(page_address, *among(*_CANONICAL)),
        "title": take(title, *among(*_TITLES)),
        "subtitle": take(line, *among("subtitle", "kicker")),
        "description": take(passage, *among("description", "summary", "excerpt", "abstract")),
        "byline": take(
            byline, *among("byline", "author", "authors", "author_name", "creator", "by")
        ),
        "authors": take(
            authors,
            *among("authors", "author", "author_name", "byline", "creator", "dc:creator"),
            *among("writer", "by"),
        ),
        "published": take(moment, *among(*_DATES)),
        "modified": take(
            moment,
            *among("updated_at", "modified_at", "updated", "modified", "date_modified"),
            *among("date_updated", "last_modified", "last_updated"),
        ),
        "retrieved": take(moment, *among("retrieved_at", "crawled_at", "indexed_at")),
        "language": take(language, *among("language", "lang")),
        "section": take(line, *among("section", "category")),
        "tags": take(tags, *among("tags", "keywords")),
        "images": take(
            images,
            *among("images", "image", "image_url", "featured_image", "feature_image"),
            *among("cover_image", "top_image", "url_to_image", "thumbnail", "enclosure"),
        ),
        "rights": take(rights, *among("rights", "copyright")),
        "embargoed": take(embargo, *among("embargoed_until", "embargoed", "embargo")),
        "expires": take(deadline, *among("expires_at", "expires")),
        "text": take(text_body, *among(*_TEXTS)),
        "html": take(html_body, *among(*_HTMLS), rendered(spelled("markdown"))),
        "word_count": take(declared_words, *among("word_count")),
        "version": take(identifier, *among("version", "revision")),
        "status": take(status, *among("status", "pubstatus")),
    },
)
