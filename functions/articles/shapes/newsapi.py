"""Articles of NewsAPI.org (https://newsapi.org/docs/endpoints/everything); any value may be null.

GNews has the same fields, but for `image`. The text is cut after 200 characters (N64).
"""

from articles.normalize.body import text_body
from articles.normalize.dates import moment
from articles.normalize.images import images
from articles.normalize.people import authors, byline
from articles.normalize.rights import source
from articles.normalize.text import passage, title
from articles.normalize.urls import web_address
from articles.shapes.shape import Document, Shape, take


def matches(document: Document) -> bool:
    return {"publishedAt", "url"} <= document.keys() and (
        "urlToImage" in document or isinstance(document.get("source"), dict)
    )


SHAPE = Shape(
    name="newsapi",
    matches=matches,
    fields={
        "source": take(source, "/source"),
        "url": take(web_address, "/url"),
        "title": take(title, "/title"),
        "description": take(passage, "/description"),
        "byline": take(byline, "/author"),
        "authors": take(authors, "/author"),
        "published": take(moment, "/publishedAt"),
        "images": take(images, "/urlToImage", "/image"),
        "text": take(text_body, "/content"),
    },
)
