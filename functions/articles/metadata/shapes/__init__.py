"""The registry of shapes: a new one is a module and a line here.

The order is the order of the tests; the first that holds decides.
"""

from articles.metadata.shapes import (
    ap,
    arc_ans,
    crawl_row,
    diffbot,
    dpa,
    event_registry,
    generic,
    ghost,
    guardian,
    jsonfeed,
    jsonld,
    news_please,
    newsapi,
    newspaper,
    ninjs_1,
    ninjs_2,
    ninjs_3,
    nyt,
    postlight,
    raw_text,
    readability,
    rss,
    scrapy,
    substack,
    trafilatura,
    wordpress,
    wordpress_com,
)
from articles.metadata.shapes.shape import Shape
from articles.values import Document

SHAPES: tuple[Shape, ...] = (
    jsonld.SHAPE,
    nyt.SHAPE,  # first: Top Stories have a `uri` and a `title`, as ninjs has
    ap.SHAPE,
    arc_ans.SHAPE,
    dpa.SHAPE,
    event_registry.SHAPE,
    wordpress.SHAPE,
    wordpress_com.SHAPE,
    rss.SHAPE,  # after WordPress, whose posts have a `guid` and a `link`, too
    ninjs_3.SHAPE,
    ninjs_2.SHAPE,
    ninjs_1.SHAPE,
    guardian.SHAPE,
    newsapi.SHAPE,
    diffbot.SHAPE,
    ghost.SHAPE,
    substack.SHAPE,
    jsonfeed.SHAPE,
    postlight.SHAPE,
    news_please.SHAPE,
    trafilatura.SHAPE,
    newspaper.SHAPE,
    readability.SHAPE,
    scrapy.SHAPE,
    crawl_row.SHAPE,
    generic.SHAPE,
    raw_text.SHAPE,
)
NAMES = frozenset(shape.name for shape in SHAPES)


def recognise(document: Document, pinned: str | None = None) -> Shape | None:
    """Find the shape of a document, or check it against the one a feed has pinned."""
    candidates = (shape for shape in SHAPES if pinned in (None, shape.name))
    return next((shape for shape in candidates if shape.matches(document)), None)
