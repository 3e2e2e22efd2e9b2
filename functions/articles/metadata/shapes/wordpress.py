"""Posts of the WordPress REST API (https://developer.wordpress.org/rest-api/reference/posts/).

Authors, terms and media are numbers; their names come only with `?_embed` or from Yoast's plugin.
"""

from collections.abc import Iterator, Mapping

from articles.metadata.normalize.body import html_body
from articles.metadata.normalize.dates import moment, peek
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.status import Status, status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.records.pointers import Finder, Found, at, each, reads, together, within
from articles.values import Document, Json, first

# N70: the format's own words, so that reading them is no guess.
_STATUS: Mapping[str, Status] = {
    "publish": "usable",
    "draft": "withheld",
    "future": "withheld",
    "pending": "withheld",
    "private": "withheld",
    "trash": "canceled",
}


def matches(document: Document) -> bool:
    return any(
        isinstance(held := document.get(name), dict)
        and isinstance(first(held.get("rendered")), str)
        for name in ("title", "content")
    )


@follows("N70")
def post_status(value: Json, note: Note) -> Status | None:
    """Read the status of a post in WordPress' words."""
    word = first(value)
    known = _STATUS.get(word) if isinstance(word, str) and word not in note.notes.statuses else None
    return known or status(value, note)


def in_utc(pointer: str) -> Finder:
    """Find a time that is in UTC without saying so (N18)."""

    @reads(pointer)
    def find(document: Document) -> Iterator[Found]:
        for place, value in at(pointer)(document):
            said = peek(value) or ""
            yield Found(place, f"{said}Z" if "T" in said and not said.endswith("Z") else value)

    return find


def terms(taxonomy: str) -> Finder:
    """Find the embedded terms of a taxonomy: there is a list of terms for each."""

    @reads("/_embedded/wp:term")
    def find(document: Document) -> Iterator[Found]:
        for found in each("/_embedded/wp:term")(document):
            yield from within(found, where={"taxonomy": taxonomy}, rename={"name": "name"})

    return find


@reads("/_embedded/wp:term")
def first_category(document: Document) -> Iterator[Found]:
    for pointer, category in terms("category")(document):
        if isinstance(category, dict):
            yield Found(f"{pointer}/name", category["name"])


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "guid slug type content/* excerpt/* title/* author featured_media comment_status "
    "ping_status sticky format template meta _links _embedded/* categories tags class_list "
    "permalink_template generated_slug yoast_head yoast_head_json/* jetpack_* jetpack-* "
    "liveblog_likes parent menu_order uagb_* aioseo_*"
)

SHAPE = Shape(
    name="wordpress",
    matches=matches,
    left_alone=LEFT_ALONE,
    fields={
        "source": take(source, "/yoast_head_json/og_site_name"),
        "source_id": take(identifier, "/id"),
        "url": take(page_address, "/link"),
        "canonical_url": take(page_address, "/yoast_head_json/canonical"),
        "title": take(title, "/title/rendered"),
        "description": take(passage, "/excerpt/rendered"),
        # N47: `author` itself is a number.
        "authors": take(
            authors,
            together(each("/_embedded/author", rename={"name": "name", "url": "link"})),
            "/yoast_head_json/author",
        ),
        # N18
        "published": take(moment, in_utc("/date_gmt"), "/date"),
        "modified": take(moment, in_utc("/modified_gmt"), "/modified"),
        "language": take(language, "/lang", "/yoast_head_json/og_locale"),
        "section": take(line, first_category),
        "tags": gather(tags, terms("post_tag")),
        "images": take(
            images,
            together(
                each(
                    "/_embedded/wp:featuredmedia",
                    rename={
                        "url": "source_url",
                        "caption": "caption/rendered",
                        "width": "media_details/width",
                        "height": "media_details/height",
                    },
                )
            ),
            "/yoast_head_json/og_image",
            "/jetpack_featured_media_url",
        ),
        "html": take(html_body, "/content/rendered"),
        "status": take(post_status, "/status"),
    },
)
