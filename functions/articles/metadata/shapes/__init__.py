"""The registry of shapes: a new one is a module and a line here.

The order is the order of the tests; the first that holds decides.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from articles.metadata.notes import Notes
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
from articles.metadata.shapes.shape import Fields, Shape
from articles.records.pointers import at
from articles.values import Document, Json

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
# They recognise a document by names that many things have: it may as well be an envelope.
_LOOSE = frozenset({generic.SHAPE.name, raw_text.SHAPE.name})
_NEVER = datetime.min.replace(tzinfo=UTC)

# Where the fields of a feed's documents lie: the names of Fields, and JSON Pointers.
Places = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats in which a feed sends its articles.

    `pinned` is the only one, if the feed has one; `places` are those at which its documents have
    fields that no format reads, and come before all others.
    """

    pinned: str | None = None
    places: Places = ()

    def recognise(self, document: Document) -> Shape | None:
        """Find the shape of a document, or check it against the one that the feed has pinned."""
        shapes = SHAPES if self.pinned is None else filter(self._may_be, SHAPES)
        shape = next((it for it in shapes if it.matches(document)), None)
        if not self.places:
            return shape
        if shape is None and self._has_places(document) and self._may_be(generic.SHAPE):
            shape = generic.SHAPE
        return shape and _with_places(shape.name, self.places)

    def is_certain(self, document: Document) -> bool:
        """Whether a document is of a format that nothing else is taken for."""
        shape = self._shape_of(document)
        return shape is not None and shape.name not in _LOOSE

    def is_article(self, value: Json) -> bool:
        """Whether a value has a title, and an address, a date or a text (N93)."""
        given = self._given(value, _EVIDENCE) if isinstance(value, dict) else set()
        return "title" in given and len(given) > 1

    def has_text(self, document: Document) -> bool:
        """Whether a document has the text of an article."""
        return bool(self._given(document, _TEXTS))

    def _given(self, document: Document, fields: Collection[str]) -> set[str]:
        shape = self._shape_of(document)
        if shape is None:
            return set()
        prepared = shape.prepare(document, Notes(_NEVER))
        return {name for name, it in shape.takes if name in fields and it.finds(prepared)}

    def _shape_of(self, document: Document) -> Shape | None:
        try:
            return self.recognise(document)
        except Exception:  # noqa: BLE001 - told where the record is judged; here it is only looked at
            return None

    def _may_be(self, shape: Shape) -> bool:
        return self.pinned in (None, shape.name)

    def _has_places(self, document: Document) -> bool:
        return any(any(at(it)(document)) for _, pointers in self.places for it in pointers)


_TEXTS = frozenset({"text", "html"})
_EVIDENCE = _TEXTS | {"title", "url", "canonical_url", "published"}
ANY = Formats()


@lru_cache(maxsize=256)
def _with_places(name: str, places: Places) -> Shape:
    """Return a shape that looks at some places first."""
    shape = next(it for it in SHAPES if it.name == name)
    fields = dict(shape.takes)
    defaults = dict(generic.SHAPE.takes)
    for field, pointers in places:
        known = fields.get(field)
        take = known or defaults[field]
        own = (*map(at, pointers), *(known.places if known else ()))
        fields[field] = take._replace(places=own, all_places=False)
    return replace(shape, fields=cast("Fields", fields))
