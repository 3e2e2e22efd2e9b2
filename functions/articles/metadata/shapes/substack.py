"""Posts of Substack, as its sites give them under `/api/v1/posts` and `/api/v1/archive`.

Of a post for subscribers the text may be missing; then there is only the beginning of it.
"""

from collections.abc import Iterator

from articles.metadata.normalize.body import declared_words, html_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, take
from articles.records.pointers import Found, each, reads, together
from articles.values import Document, first

_OWN = frozenset({"postTags", "publishedBylines", "truncated_body_text"})


def matches(document: Document) -> bool:
    named = document.keys()
    return bool(
        named & _OWN
        or {"post_date", "audience"} <= named
        or {"post_date", "canonical_url", "body_html"} <= named
    )


@reads("/is_published")
def availability(document: Document) -> Iterator[Found]:
    if first(document.get("is_published")) is False:
        yield Found("/is_published", "withheld")  # N70: a draft


SHAPE = Shape(
    name="substack",
    matches=matches,
    fields={
        "source": take(source, "/publication/name"),
        "source_id": take(identifier, "/id"),
        "url": take(page_address, "/canonical_url"),
        "title": take(title, "/title"),
        "subtitle": take(line, "/subtitle"),
        "description": take(passage, "/description", "/truncated_body_text"),
        "authors": take(authors, together(each("/publishedBylines", rename={"name": "name"}))),
        "published": take(moment, "/post_date"),
        "modified": take(moment, "/updated_at"),
        "language": take(language, "/language"),
        "section": take(line, "/section_name", "/section/name"),
        "tags": gather(tags, "/postTags"),
        "images": take(images, "/cover_image"),
        "html": take(html_body, "/body_html"),
        "word_count": take(declared_words, "/wordcount"),
        "status": take(status, availability),
    },
    left_alone=(
        *("/slug", "/type", "/editor_v2", "/publication_id", "/publication/*", "/section_*"),
        *("/section/*", "/social_title", "/search_engine_*", "/audience", "/audience_*"),
        *("/truncated_body_text", "/longer_truncated_*", "/body_json", "/cover_image_*"),
        *("/write_comment_permissions", "/should_send_*", "/free_unlock_required", "/is_*"),
        *("/default_comment_sort", "/top_exclusions", "/pins", "/reaction", "/reaction*"),
        *("/comment_count", "/child_comment_count", "/comments", "/restack*", "/hidden"),
        *("/podcast*", "/video*", "/voiceover*", "/audio_items", "/has_*", "/hasCashtag"),
        *("/previous_post_slug", "/next_post_slug", "/show_guest_bios", "/themeVariables"),
        *("/exempt_from_archive_paywall", "/saved_at", "/teaser_post_eligible", "/post_preview_*"),
    ),
)
