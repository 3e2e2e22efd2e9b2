"""What a shape is: a test on keys and types, and a mapping from its fields to the article's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from articles.notes import Note, Notes
from articles.strict_json import Json

Document = dict[str, Any]
Rule = Callable[[Any, Note], Any]


class Take(NamedTuple):
    """Where a field may stand in the document (JSON Pointers, best first), and its normalizer."""

    rule: Rule
    pointers: tuple[str, ...]


def take(rule: Rule, *pointers: str) -> Take:
    return Take(rule, pointers)


def as_is(document: Document, _: Notes) -> Document:
    return document


@dataclass(frozen=True, slots=True)
class Shape:
    """One input format.

    `fields` maps names of the article to places in the document. The dates go by the names
    `published`, `modified`, `retrieved`, `embargoed` and `expires`, the body by `text` and `html`:
    reading.py makes the final fields of them. `prepare` may first rewrite a document that has no
    fields of its own. `order` and `absorbing_kills` are the format's defaults for feeds.
    """

    name: str
    matches: Callable[[Document], bool]
    fields: Mapping[str, Take]
    prepare: Callable[[Document, Notes], Document] = as_is
    order: Literal["modified", "upload"] = "modified"
    absorbing_kills: bool = False


def resolve(document: Document, pointer: str) -> Json:
    """Follow a JSON Pointer through objects; None where it leads nowhere."""
    value: Any = document
    for name in pointer[1:].split("/"):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
