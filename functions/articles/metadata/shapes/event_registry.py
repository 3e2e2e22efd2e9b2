"""Articles of Event Registry, also called NewsAPI.ai (https://newsapi.ai/documentation).

`dateTime` is when the service found the article. Its categories and sentiment are guesses of a
machine and are not read; its concepts are, as those of Diffbot.
"""

from collections.abc import Iterator

from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, take
from articles.records.pointers import Found, at, compose, each, reads, together
from articles.values import Document, first, is_absent

_OWN = frozenset({"dateTimePub", "eventUri", "isDuplicate"})


def matches(document: Document) -> bool:
    named, source = document.keys(), document.get("source")
    is_of_a_source = isinstance(source, dict) and {"title", "uri"} <= source.keys()
    return "uri" in named and (bool(named & _OWN) or ("lang" in named and is_of_a_source))


@reads("/date", "/time")
def day_and_time(document: Document) -> Iterator[Found]:
    """Find the time in UTC that is written in two members."""
    day, time = (first(document.get(name)) for name in ("date", "time"))
    yield Found("/date", f"{day}T{time}Z" if day and isinstance(time, str) else day)


@reads("/dateTimePub", "/dateTime", "/date", "/time")
def found_at(document: Document) -> Iterator[Found]:
    """Find when the service found the article (N17), unless that is all that is known of it."""
    if not is_absent(document.get("dateTimePub")):
        yield from at("/dateTime")(document)
        yield from day_and_time(document)


@reads("/authors")
def writers(document: Document) -> Iterator[Found]:
    for pointer, writer in each("/authors")(document):
        if isinstance(writer, dict):
            kind = "organization" if writer.get("isAgency") is True else None
            yield Found(pointer, {"name": writer.get("name"), "type": kind})
        else:
            yield Found(pointer, writer)


@reads("/concepts", "/lang")
def concepts(document: Document) -> Iterator[Found]:
    """Find the concepts, each by its label in the article's language or in another one."""
    spoken = first(document.get("lang"))
    for pointer, concept in each("/concepts")(document):
        if isinstance(concept, dict):
            label = concept.get("label")
            if isinstance(label, dict):
                label = label.get(str(spoken)) or next(iter(label.values()), None)
            yield Found(pointer, {"name": label, "code": concept.get("uri")})


SHAPE = Shape(
    name="event-registry",
    matches=matches,
    fields={
        "source": take(source, compose(name=("/source/title",), domain=("/source/uri",))),
        "source_id": take(identifier, "/uri"),
        "url": take(page_address, "/url"),
        "title": take(title, "/title"),
        "authors": take(authors, together(writers)),
        "published": take(moment, "/dateTimePub", "/dateTime", day_and_time),
        "retrieved": take(moment, found_at),
        "language": take(language, "/lang"),
        "tags": gather(tags, concepts),
        "images": take(images, "/image"),
        "text": take(text_body, "/body"),
    },
    left_alone=(
        *("/dataType", "/isDuplicate", "/sim", "/wgt", "/relevance", "/sentiment", "/eventUri"),
        *("/storyUri", "/source/*", "/categories", "/links", "/videos", "/shares", "/location"),
        *("/extractedDates", "/originalArticle", "/duplicateList"),
    ),
)
