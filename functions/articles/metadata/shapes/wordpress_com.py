"""Posts of WordPress.com and Jetpack (https://developer.wordpress.com/docs/api/, version 1.1).

Names of its own (`ID`, `URL`), and the names of authors, tags and categories beside the post.
"""

from collections.abc import Iterator

from articles.metadata.normalize.body import html_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, take
from articles.metadata.shapes.wordpress import post_status
from articles.records.pointers import Found, at, compose, each, reads
from articles.values import Document, first, is_absent


def matches(document: Document) -> bool:
    named = document.keys()
    # Spreadsheets have capital names, too, but all of them.
    return "ID" in named and bool(named & {"URL", "site_ID"} and named & {"title", "content"})


@reads("/status", "/password")
def availability(document: Document) -> Iterator[Found]:
    """Find the status; what needs a password is not for everyone."""
    if not is_absent(document.get("password")) and first(document.get("status")) != "trash":
        yield Found("/password", "private")
    yield from at("/status")(document)


SHAPE = Shape(
    name="wordpress-com",
    matches=matches,
    fields={
        "source": take(source, compose(name=("/site_name",), domain=("/site_URL",))),
        "source_id": take(identifier, "/ID"),
        "url": take(page_address, "/URL"),
        "title": take(title, "/title"),
        "description": take(passage, "/excerpt"),
        "authors": take(
            authors,
            compose(name=("/author/name",), url=("/author/URL",), email=("/author/email",)),
        ),
        "published": take(moment, "/date"),
        "modified": take(moment, "/modified"),
        "language": take(language, "/lang"),
        "section": take(line, each("/categories", "name")),
        "tags": gather(tags, each("/tags", rename={"name": "name"})),
        "images": take(
            images,
            compose(
                url=("/post_thumbnail/URL", "/featured_image"),
                width=("/post_thumbnail/width",),
                height=("/post_thumbnail/height",),
            ),
        ),
        "html": take(html_body, "/content"),
        "status": take(post_status, availability),
    },
    left_alone=(
        *("/site_ID", "/global_ID", "/feed_ID", "/feed_URL", "/slug", "/guid", "/short_URL"),
        *("/author/*", "/post_thumbnail/*", "/attachments", "/attachment_count", "/type"),
        *("/sticky", "/parent", "/format", "/geo", "/menu_order", "/page_template", "/terms"),
        *("/discussion", "/likes_enabled", "/sharing_enabled", "/like_count", "/i_like"),
        *("/is_*", "/publicize_URLs", "/metadata", "/meta", "/capabilities", "/other_URLs"),
    ),
)
