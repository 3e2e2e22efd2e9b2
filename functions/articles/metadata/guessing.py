"""What a record of no known format seems to be meant as, for the message that rejects it."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

from articles.catalogue import Code
from articles.metadata import unread
from articles.metadata.shapes import Formats, generic
from articles.metadata.spelling import LONGEST_NAME, folded
from articles.problems import Problem
from articles.quoting import shown
from articles.records.pointers import Found, within
from articles.values import Document, Json, first

_MAX_NAMES = 8
# A record is looked at for what it costs to recognise so many others, and no longer.
_LOOKED_AT = 12  # members of an object
_ITEMS = 3  # of a list
_MAX_LEVELS = 5
_MAX_PLACES = 20
_MAX_TITLE = 300
_TITLES = ("title", "headline")
# What the fields that a value reads like are called in a document.
_SENT_AS = {
    "published_at": "published_at",
    "images": "image",
    "url": "url",
    "authors": "author",
    "body_text": "text",
}


def unknown(document: Document, formats: Formats) -> Problem:
    """Say what a record lacks, which of its members may be meant, or where articles seem to lie."""
    if not document:
        return Problem.of(Code.E_UNKNOWN_SHAPE, "no_fields")
    for place, value in islice(_inside(document), _MAX_PLACES):
        if isinstance(value, list) and any(map(formats.is_article, value[:_ITEMS])):
            return Problem.of(Code.E_UNKNOWN_SHAPE, "articles_at", place=shown(place))
        if formats.is_article(value):
            return Problem.of(Code.E_UNKNOWN_SHAPE, "article_at", place=shown(place))
    names = _listed(document)
    if any(folded(name) in _TITLES for name in document):
        if meant := _meant(document, is_titled=True):
            return Problem.of(Code.E_UNKNOWN_SHAPE, "only_title_meant", names=names, meant=meant)
        return Problem.of(Code.E_UNKNOWN_SHAPE, "only_title", names=names)
    if meant := _meant(document, is_titled=False):
        return Problem.of(Code.E_UNKNOWN_SHAPE, "no_title_meant", names=names, meant=meant)
    return Problem.of(Code.E_UNKNOWN_SHAPE, "no_title", names=names)


def _inside(document: Document) -> Iterator[Found]:
    """Return the objects and lists in a record, the outer ones first, with their pointers."""
    level = [Found("", document)]
    for _ in range(_MAX_LEVELS):
        level = [it for holder in level for it in islice(within(holder), _LOOKED_AT)]
        level = [it for it in level if isinstance(it.value, dict | list)][:_MAX_PLACES]
        yield from level


def _listed(document: Document) -> str:
    names = ", ".join(shown(name, 30) for name in islice(document, _MAX_NAMES))
    more = len(document) - _MAX_NAMES
    return f"{names} and {more:,} more" if more > 0 else names


def _meant(document: Document, *, is_titled: bool) -> str:
    """Return `"article_name" → "title"`: one member for each field that is missing."""
    found: dict[str, str] = {}
    for names, value in islice(generic.SHAPE.known.others(document), _LOOKED_AT):
        field = _field_of(names[0], value) if len(names) == 1 else None
        if field and not (is_titled and field == "title"):
            found.setdefault(field, names[0])
    return ", ".join(f"{shown(name, 30)} to {shown(field)}" for field, name in found.items())


def _field_of(name: str, value: Json) -> str | None:
    key = folded(name)
    text = first(value)
    if len(key) > LONGEST_NAME or key in generic.NAMES or not isinstance(text, str):
        return None
    if len(text) <= _MAX_TITLE and any(word in key for word in ("title", "headline", "heading")):
        return "title"
    for field, reads_like in unread.SIGNS:
        if reads_like(key, value):
            return _SENT_AS[field]
    close = get_close_matches(key, generic.NAMES, n=1, cutoff=0.8)
    return close[0] if close else None
