"""Diffbot's Article API: https://docs.diffbot.com/reference/extract-article .

`date` is midnight in London whatever the hour was; the page's own meta tag knows better, and
`estimatedDate` is a guess that is never taken.
"""

from articles.catalogue import Code
from articles.metadata.normalize.body import html_body, text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.problems import Problem
from articles.quoting import shown
from articles.records.pointers import compose, each, together
from articles.values import Document, as_list

IMAGE = {"url": "url", "caption": "title", "width": "naturalWidth", "height": "naturalHeight"}


def matches(document: Document) -> bool:
    return "diffbotUri" in document or {"pageUrl", "type"} <= document.keys()


def refuse(document: Document) -> Problem | None:
    """N71: a product, a discussion, an image or a video is not an article."""
    kind = next(iter(as_list(document.get("type"))), None)
    if kind in (None, "article"):
        return None
    problem = Problem.of(Code.E_NOT_ARTICLE, "page_type", type=shown(kind))
    return problem.placed(path="/type")


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "icon type diffbotUri estimatedDate publisherRegion publisherCountry metaTags meta/* "
    "categories sentiment videos breadcrumb quotes discussion numPages nextPages nextPage "
    "links docId naturalLanguage timestamp request pageUrl resolvedPageUrl authorUrl"
)

SHAPE = Shape(
    name="diffbot",
    matches=matches,
    left_alone=LEFT_ALONE,
    refuse=refuse,
    fields={
        "source": take(source, "/siteName"),
        "source_id": take(identifier, "/diffbotUri"),
        "url": take(page_address, "/pageUrl"),
        "canonical_url": take(page_address, "/resolvedPageUrl"),
        "title": take(title, "/title"),
        "description": take(passage, "/summary", "/meta/description"),
        "authors": take(
            authors,
            together(each("/authors", rename={"name": "name", "url": "link"})),
            compose(name=("/author",), url=("/authorUrl",)),
        ),
        "published": take(moment, "/meta/article:published_time", "/date"),
        "modified": take(moment, "/meta/article:modified_time"),
        "language": take(language, "/humanLanguage"),
        "tags": gather(tags, each("/tags", rename={"name": "label", "code": "uri"})),
        "images": gather(
            images,
            each("/images", where={"primary": True}, rename=IMAGE),
            each("/images", rename=IMAGE),
        ),
        "text": take(text_body, "/text"),
        "html": take(html_body, "/html"),
    },
)
