"""Articles of NewsAPI.org (https://newsapi.org/docs/endpoints/everything); any value may be null.

GNews has the same fields, but for `image`. The text is cut after 200 characters (N64).
"""

from articles.catalogue import Code
from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.problems import Problem
from articles.values import Document, first


def matches(document: Document) -> bool:
    return {"publishedAt", "url"} <= document.keys() and (
        "urlToImage" in document or isinstance(document.get("source"), dict)
    )


def refuse(document: Document) -> Problem | None:
    """Refuse what NewsAPI writes in place of an article that it has removed (N95)."""
    if first(document.get("title")) != "[Removed]":
        return None
    return Problem.of(Code.E_NOT_ARTICLE, "removed").placed(path="/title")


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone("lang id source/* sentiment category country")

SHAPE = Shape(
    name="newsapi",
    matches=matches,
    left_alone=LEFT_ALONE,
    refuse=refuse,
    fields={
        "source": take(source, "/source"),
        "url": take(page_address, "/url"),
        "title": take(title, "/title"),
        "description": take(passage, "/description"),
        "byline": take(byline, "/author"),
        "authors": take(authors, "/author"),
        "published": take(moment, "/publishedAt"),
        "images": take(images, "/urlToImage", "/image"),
        "text": take(text_body, "/content"),
    },
)
