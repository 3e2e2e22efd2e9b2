"""Markdown as HTML (N92): CommonMark with tables, rendered by a library that takes linear time."""

from collections.abc import Iterator

from pyromark import Options, html

from articles.records.pointers import Finder, Found
from articles.values import Document, first

_OPTIONS = Options.ENABLE_TABLES | Options.ENABLE_STRIKETHROUGH
# `>>>>` becomes thirty times as much HTML: what grows so is no Markdown, but a text all the same.
_MOST_TIMES, _SPARE = 4, 65_536


def rendered(finder: Finder) -> Finder:
    """Find what a finder finds, as HTML."""

    def find(document: Document) -> Iterator[Found]:
        for pointer, value in finder.find(document):
            text = first(value)
            yield Found(pointer, _html(text) if isinstance(text, str) else value)

    return Finder(find, finder.reads)


def _html(text: str) -> str:
    made = html(text, options=_OPTIONS)
    return made if len(made) <= _MOST_TIMES * len(text) + _SPARE else text
