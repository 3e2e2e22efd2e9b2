"""An item of a JSON Feed: https://www.jsonfeed.org/version/1.1/ .

What the feed says for all its items is given to each where it is unwrapped. `published_at`,
`updated_at` and `blog` are those of Rogue Scholar.
"""

from articles.metadata.normalize.body import html_body, text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.records.pointers import compose
from articles.values import Document


def matches(document: Document) -> bool:
    version, named = document.get("version"), document.keys()
    if isinstance(version, str) and version.startswith("https://jsonfeed.org/version/"):
        return True
    return "id" in named and bool(named & {"content_html", "content_text", "date_published"})


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "version _* attachments archive_url blog/* blog_slug doi guid rid reference "
    "funding_references image category citations content_* parent_doi relationships title_* "
    "registered_at archive_collection abstract"
)

SHAPE = Shape(
    name="jsonfeed",
    matches=matches,
    left_alone=LEFT_ALONE,
    fields={
        "source": take(source, "/blog/title", "/blog_name"),
        "source_id": take(identifier, "/id"),
        "url": take(page_address, "/url", "/external_url"),
        "title": take(title, "/title"),
        "description": take(passage, "/summary"),
        "authors": take(authors, "/authors", "/author"),
        "published": take(moment, "/date_published", "/published_at"),
        "modified": take(moment, "/date_modified", "/updated_at"),
        "retrieved": take(moment, "/indexed_at"),
        "language": take(language, "/language", "/blog/language"),
        "tags": take(tags, "/tags"),
        "images": take(images, "/image", "/banner_image"),
        "rights": take(rights, compose(license_url=("/blog/license",))),
        "text": take(text_body, "/content_text"),
        "html": take(html_body, "/content_html"),
    },
)
