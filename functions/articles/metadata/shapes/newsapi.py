"""Articles of NewsAPI.org (https://newsapi.org/docs/endpoints/everything); any value may be null.

GNews has the same fields, but for `image`. The text is cut after 200 characters (N64).
"""

from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import passage, title
from articles.metadata.normalize.urls import web_address
from articles.metadata.shapes.shape import Shape, take
from articles.values import Document


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
