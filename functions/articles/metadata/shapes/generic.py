"""An article in the field names that most systems use when they follow no format."""

from articles.metadata.normalize.body import declared_words, html_body, text_body
from articles.metadata.normalize.dates import deadline, embargo, moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import web_address
from articles.metadata.shapes.shape import Shape, take
from articles.values import Document


def matches(document: Document) -> bool:
    named = document.keys()
    return bool(
        named & {"title", "headline"}
        and named & {"url", "link", "id", "text", "content", "body", "articleBody"}
    )


SHAPE = Shape(
    name="generic",
    matches=matches,
    fields={
        "source": take(source, "/source", "/publisher", "/site_name", "/domain"),
        "source_id": take(identifier, "/id", "/guid"),
        "url": take(web_address, "/url", "/link"),
        "canonical_url": take(web_address, "/canonical_url", "/canonical"),
        "title": take(title, "/title", "/headline"),
        "subtitle": take(line, "/subtitle", "/kicker"),
        "description": take(passage, "/description", "/summary", "/excerpt", "/abstract"),
        "byline": take(byline, "/byline", "/author", "/authors", "/creator"),
        "authors": take(authors, "/authors", "/author", "/byline", "/creator"),
        "published": take(
            moment,
            "/published_at",
            "/published",
            "/date_published",
            "/publishedAt",
            "/datePublished",
            "/pubDate",
            "/date",
        ),
        "modified": take(
            moment,
            "/updated_at",
            "/modified_at",
            "/updated",
            "/modified",
            "/date_modified",
            "/updatedAt",
            "/dateModified",
        ),
        "retrieved": take(moment, "/retrieved_at", "/crawled_at", "/indexed_at"),
        "language": take(language, "/language", "/lang"),
        "section": take(line, "/section", "/category"),
        "tags": take(tags, "/tags", "/keywords"),
        "images": take(images, "/images", "/image", "/image_url", "/imageUrl"),
        "rights": take(rights, "/rights", "/copyright"),
        "embargoed": take(embargo, "/embargoed_until", "/embargoed", "/embargo"),
        "expires": take(deadline, "/expires_at", "/expires"),
        "text": take(text_body, "/body_text", "/text"),
        "html": take(html_body, "/body_html", "/content_html", "/content", "/body", "/articleBody"),
        "word_count": take(declared_words, "/word_count", "/wordcount", "/wordCount"),
        "version": take(identifier, "/version", "/revision"),
        "status": take(status, "/status", "/pubstatus"),
    },
)
