"""IPTC ninjs 3.x: as 2.x, with names in camelCase."""

from articles.metadata.shapes import ninjs, ninjs_2
from articles.metadata.shapes.shape import Shape
from articles.values import Document

_OWN_WORDS = frozenset(
    "versionCreated firstCreated pubStatus copyrightHolder copyrightNotice representationType "
    "altIds embargoedUntil".split()
)


def matches(document: Document) -> bool:
    named = document.keys()
    return ninjs_2.declares(document, "3.") or bool(named & {"uri", "guid"} and named & _OWN_WORDS)


SHAPE = Shape(
    name="ninjs-3",
    matches=matches,
    refuse=ninjs.refuse,
    absorbing_kills=True,
    fields=ninjs_2.FIELDS,
    left_alone=ninjs_2.LEFT_ALONE,
)
