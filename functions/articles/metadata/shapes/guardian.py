"""Items of the Guardian's Open Platform (https://open-platform.theguardian.com/documentation/item).

Booleans may be the texts "true" and "false"; `rights` says who may syndicate and is not mapped.
"""

import re
from collections.abc import Iterator

from articles.metadata.normalize.body import declared_words, html_body, text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images, widest
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.records.pointers import Found, at, each, reads, together
from articles.values import Document, as_list

_PICTURE = re.compile(r"<img\b[^<>]*?\ssrc=[\"']([^\"'<>]+)[\"']", re.IGNORECASE)


def matches(document: Document) -> bool:
    named = document.keys()
    return "webPublicationDate" in named or {"webTitle", "apiUrl"} <= named


@reads("/isGone", "/isExpired")
def availability(document: Document) -> Iterator[Found]:
    """Find out whether the item was taken down, or must not be shown for now (N70)."""
    for name, meaning in (("isGone", "canceled"), ("isExpired", "withheld")):
        said = next(iter(as_list(document.get(name))), None)
        if said is True or str(said).lower() == "true":
            yield Found(f"/{name}", meaning)


@reads("/elements")
def elements(document: Document) -> Iterator[Found]:
    """Find the widest asset of each image, those of the main one first (N60)."""
    pictures = each("/elements", where={"type": "image"})(document)
    found = [(pointer, element) for pointer, element in pictures if isinstance(element, dict)]
    for pointer, element in sorted(found, key=lambda it: it[1].get("relation") != "main"):
        assets = each("/assets", rename=_ASSET)(element)
        if (image := widest([asset for _, asset in assets])) is not None:
            yield Found(pointer, image)


@reads("/fields/main", "/blocks/main")
def main_picture(document: Document) -> Iterator[Found]:
    """Find the picture in the HTML above the text."""
    for place in ("/fields/main", "/blocks/main/bodyHtml"):
        for pointer, html in at(place)(document):
            if isinstance(html, str) and (picture := _PICTURE.search(html)):
                yield Found(pointer, picture[1])


_ASSET = {
    "url": "file",
    "caption": "typeData/caption",
    "credit": "typeData/credit",
    "width": "typeData/width",
    "height": "typeData/height",
}

# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "sectionId apiUrl type pillarId pillarName isHosted isGone isExpired fields/* blocks/* "
    "references section debug rights atoms crossReferences"
)

SHAPE = Shape(
    name="guardian",
    matches=matches,
    left_alone=LEFT_ALONE,
    fields={
        "source": take(source, "/fields/publication"),
        "source_id": take(identifier, "/id"),
        "url": take(page_address, "/webUrl"),
        "title": take(title, "/fields/headline", "/webTitle"),
        "description": take(passage, "/fields/standfirst", "/fields/trailText"),
        "byline": take(byline, "/fields/byline"),
        "authors": take(
            authors,
            together(
                each(
                    "/tags",
                    where={"type": "contributor"},
                    rename={"name": "webTitle", "url": "webUrl"},
                )
            ),
            "/fields/byline",
        ),
        "published": take(moment, "/webPublicationDate"),
        "modified": take(moment, "/fields/lastModified"),
        "language": take(language, "/fields/lang"),
        "section": take(line, "/sectionName"),
        "tags": gather(
            tags,
            each("/tags", where={"type": "keyword"}, rename={"name": "webTitle", "code": "id"}),
        ),
        "images": gather(images, elements, main_picture, "/fields/thumbnail"),
        "text": take(text_body, "/fields/bodyText"),
        "html": take(html_body, "/fields/body", together(each("/blocks/body", "bodyHtml"))),
        "word_count": take(declared_words, "/fields/wordcount"),
        "status": take(status, availability),
    },
)
