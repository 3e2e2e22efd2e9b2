"""The registry of shapes: a new one is a module and a line here.

The order is the order of the tests; the first that holds decides.
"""

from articles.shapes import generic, raw_text
from articles.shapes.shape import Document, Shape

SHAPES: tuple[Shape, ...] = (
    generic.SHAPE,
    raw_text.SHAPE,
)
NAMES = frozenset(shape.name for shape in SHAPES)


def recognise(document: Document, pinned: str | None = None) -> Shape | None:
    """Find the shape of a document, or check it against the one a feed has pinned."""
    candidates = (shape for shape in SHAPES if pinned in (None, shape.name))
    return next((shape for shape in candidates if shape.matches(document)), None)
