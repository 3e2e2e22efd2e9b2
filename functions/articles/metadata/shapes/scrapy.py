"""An item of https://github.com/alan-turing-institute/misinformation-crawler .

Scrapy has no format of its own; this one is supported, all others are read as generic.
"""

from articles.metadata.normalize.body import html_body, text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.values import Document


def matches(document: Document) -> bool:
    return (
        isinstance(document.get("plain_text"), list)
        or "plain_content" in document
        or {"article_url", "publication_datetime"} <= document.keys()
    )


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone("date_crawled crawl_* plain_content request_url site_name")

SHAPE = Shape(
    name="scrapy",
    matches=matches,
    left_alone=LEFT_ALONE,
    fields={
        "source": take(source, "/site_name"),
        "url": take(page_address, "/article_url"),
        "title": take(title, "/title"),
        "byline": take(byline, "/byline"),
        "authors": take(authors, "/byline"),
        "published": take(moment, "/publication_datetime"),
        "text": take(text_body, "/plain_text"),
        "html": take(html_body, "/plain_content", "/content"),
    },
)
