"""Posts of Ghost's Content and Admin APIs (https://ghost.org/docs/content-api/)."""

from collections.abc import Iterator

from articles.metadata.normalize.body import html_body, text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, take
from articles.records.pointers import Found, at, compose, each, reads
from articles.values import Document, Json, first

_OWN = frozenset(
    "codeinjection_foot codeinjection_head custom_excerpt feature_image_alt feature_image_caption "
    "mobiledoc primary_author primary_tag".split()
)
# N70: the format's own words, so that reading them is no guess.
_STATUS = {"published": "usable", "sent": "usable", "draft": "withheld", "scheduled": "withheld"}


def matches(document: Document) -> bool:
    named = document.keys()
    return bool(
        named & _OWN
        or {"comment_id", "uuid"} <= named
        or ("feature_image" in named and named & {"html", "plaintext"})
    )


@reads("/status", "/visibility")
def availability(document: Document) -> Iterator[Found]:
    """Find the status; posts for members or subscribers are published, private ones are not."""
    if first(document.get("visibility")) in ("private", "hidden"):
        yield Found("/visibility", "withheld")
    for pointer, said in at("/status")(document):
        word = first(said)
        yield Found(pointer, _STATUS.get(word, word) if isinstance(word, str) else said)


@reads("/author")
def author(document: Document) -> Iterator[Found]:
    """Find the author of old versions, which may be an identifier."""
    for pointer, value in at("/author")(document):
        if not isinstance(value, str | int) or not any(map(str.isdigit, str(value))):
            yield Found(pointer, value)


@reads("/tags")
def public_tags(document: Document) -> Iterator[Found]:
    """Find the tags that readers see."""
    for pointer, tag in each("/tags")(document):
        if not _is_internal(tag):
            yield Found(pointer, tag)


@reads("/primary_tag/name", "/primary_tag/visibility")
def primary_tag(document: Document) -> Iterator[Found]:
    if not _is_internal(document.get("primary_tag")):
        yield from at("/primary_tag/name")(document)


def _is_internal(tag: Json) -> bool:
    """Tell a tag for the theme alone: its name begins with `#`."""
    name = tag.get("name") if isinstance(tag, dict) else tag
    is_hidden = isinstance(tag, dict) and tag.get("visibility") == "internal"
    return is_hidden or (isinstance(name, str) and name.startswith("#"))


SHAPE = Shape(
    name="ghost",
    matches=matches,
    fields={
        "source_id": take(identifier, "/id", "/uuid"),
        "url": take(page_address, "/url"),
        "canonical_url": take(page_address, "/canonical_url"),
        "title": take(title, "/title"),
        "description": take(passage, "/custom_excerpt", "/excerpt", "/meta_description"),
        "authors": take(
            authors,
            "/authors",
            "/primary_author",
            author,
        ),
        "published": take(moment, "/published_at"),
        "modified": take(moment, "/updated_at"),
        "language": take(language, "/locale"),
        "section": take(line, primary_tag),
        "tags": gather(tags, public_tags),
        "images": take(
            images,
            compose(url=("/feature_image",), caption=("/feature_image_caption",)),
            "/og_image",
            "/twitter_image",
        ),
        "text": take(text_body, "/plaintext"),
        "html": take(html_body, "/html"),
        "status": take(status, availability),
    },
    left_alone=(
        *("/uuid", "/comment_id", "/slug", "/created_at", "/created_by", "/updated_by"),
        *("/published_by", "/primary_tag/*", "/feature_image_alt", "/featured"),
        *("/meta_*", "/og_*", "/twitter_*", "/codeinjection_*", "/custom_template"),
        *("/show_title_and_feature_image", "/frontmatter", "/reading_time", "/access", "/tiers"),
        *("/comments", "/email", "/email_*", "/newsletter", "/newsletter_id", "/count", "/type"),
        *("/page", "/send_email_when_published"),
    ),
)
