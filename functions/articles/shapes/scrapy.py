"""An item of https://github.com/alan-turing-institute/misinformation-crawler .

Scrapy has no format of its own; this one is supported, all others are read as generic.
"""

from articles.normalize.body import html_body, text_body
from articles.normalize.dates import moment
from articles.normalize.people import authors, byline
from articles.normalize.rights import source
from articles.normalize.text import title
from articles.normalize.urls import web_address
from articles.shapes.shape import Document, Shape, take


def matches(document: Document) -> bool:
    return (
        isinstance(document.get("plain_text"), list)
        or "plain_content" in document
        or {"article_url", "publication_datetime"} <= document.keys()
    )


SHAPE = Shape(
    name="scrapy",
    matches=matches,
    fields={
        "source": take(source, "/site_name"),
        "url": take(web_address, "/article_url"),
        "title": take(title, "/title"),
        "byline": take(byline, "/byline"),
        "authors": take(authors, "/byline"),
        "published": take(moment, "/publication_datetime"),
        "text": take(text_body, "/plain_text"),
        "html": take(html_body, "/plain_content", "/content"),
    },
)
