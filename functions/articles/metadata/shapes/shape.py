"""What a shape is: a test on keys and types, and a mapping from its fields to the article's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from articles.metadata.notes import Note, Notes
from articles.problems import Problem
from articles.records.pointers import Finder, at
from articles.values import Document

Rule = Callable[[Any, Note], Any]


class Take(NamedTuple):
    """Where a field may stand in a document, and its normalizer.

    The first place whose value the normalizer takes counts; with `all_places` the values of all
    places are one list for it.
    """

    rule: Rule
    places: tuple[Finder, ...]
    all_places: bool = False


def take(rule: Rule, *places: str | Finder) -> Take:
    """Take a field from the best of some places."""
    return Take(rule, tuple(map(_finder, places)))


def gather(rule: Rule, *places: str | Finder) -> Take:
    """Gather a field from all of some places, in their order."""
    return Take(rule, tuple(map(_finder, places)), all_places=True)


def as_is(document: Document, _: Notes) -> Document:
    return document


def refuse_none(_: Document) -> Problem | None:
    return None


@dataclass(frozen=True, slots=True)
class Shape:
    """One input format.

    `fields` maps names of the article to places in the document. The dates go by the names
    `published`, `modified`, `retrieved`, `embargoed` and `expires`, the body by `text` and `html`:
    reading.py makes the final fields of them. `prepare` may first rewrite a document that has no
    fields of its own. `refuse` says why a document of this format is no article (N71). `order` and
    `absorbing_kills` are the format's defaults for feeds.
    """

    name: str
    matches: Callable[[Document], bool]
    fields: Mapping[str, Take]
    prepare: Callable[[Document, Notes], Document] = as_is
    refuse: Callable[[Document], Problem | None] = refuse_none
    order: Literal["modified", "upload"] = "modified"
    absorbing_kills: bool = False


def _finder(place: str | Finder) -> Finder:
    return at(place) if isinstance(place, str) else place
