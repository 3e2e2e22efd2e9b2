"""What a shape is: a test on keys and types, and a mapping from its fields to the article's."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, NamedTuple, TypedDict, TypeVar

from articles.article import Author, Image, Rights, Source, Tag
from articles.metadata.normalize.body import Body
from articles.metadata.normalize.dates import Moment
from articles.metadata.normalize.status import Status
from articles.metadata.notes import Note, Notes
from articles.metadata.rules import members_of
from articles.metadata.unread import Known
from articles.problems import Problem
from articles.records.pointers import Finder, at
from articles.values import Document, Json, is_absent

T_co = TypeVar("T_co", covariant=True)
Rule = Callable[[Json, Note], T_co | None]


class Take(NamedTuple, Generic[T_co]):
    """Where a field may lie in a document, and its normalizer.

    The first place whose value the normalizer takes counts; with `all_places` the values of all
    places are one list for it.
    """

    rule: Rule[T_co]
    places: tuple[Finder, ...]
    all_places: bool = False

    def finds(self, document: Document) -> bool:
        """Whether there is anything at its places."""
        return any(not is_absent(it.value) for place in self.places for it in place.find(document))


def take(rule: Rule[T_co], *places: str | Finder) -> Take[T_co]:
    """Take a field from the best of some places."""
    return Take(rule, tuple(map(_finder, places)))


def gather(rule: Rule[T_co], *places: str | Finder) -> Take[T_co]:
    """Gather a field from all of some places, in their order."""
    return Take(rule, tuple(map(_finder, places)), all_places=True)


def left_alone(names: str) -> tuple[str, ...]:
    """Return the places of some members, which are separated by spaces."""
    return tuple(f"/{name}" for name in names.split())


class Fields(TypedDict, total=False):
    """Where each field of a Draft (draft.py) lies in a document, and what its normalizer returns.

    A shape that names another field, or whose normalizer returns another type, is an error of mypy.
    """

    source: Take[Source]
    source_id: Take[str]
    url: Take[str]
    canonical_url: Take[str]
    title: Take[str]
    subtitle: Take[str]
    description: Take[str]
    byline: Take[str]
    authors: Take[tuple[Author, ...]]
    published: Take[Moment]
    modified: Take[Moment]
    retrieved: Take[Moment]
    language: Take[str]
    section: Take[str]
    tags: Take[tuple[Tag, ...]]
    images: Take[tuple[Image, ...]]
    rights: Take[Rights]
    embargoed: Take[Moment]
    expires: Take[Moment]
    text: Take[Body]
    html: Take[Body]
    word_count: Take[int]
    version: Take[str]
    status: Take[Status]


def as_is(document: Document, _: Notes) -> Document:
    return document


def refuse_none(_: Document) -> Problem | None:
    return None


@dataclass(frozen=True)
class Shape:
    """One input format.

    `fields` maps names of the article to places in the document. The dates go by the names
    `published`, `modified`, `retrieved`, `embargoed` and `expires`, the body by `text` and `html`:
    assembling.py makes the final fields of them. `source` is taken first wherever the mapping has
    it, because bylines end in its name; the order of the others is that of their warnings, and
    changes nothing else. `prepare` may first rewrite a document that has no fields of its own;
    then `reads` says which members of the document itself it looks at. Members that are neither
    read nor `left_alone` on purpose are told to the uploader (N90): places in which `*` is any item
    or the rest of a name. `spelled` gives a name the form in which names are compared. Of the
    fields in `evidence`, an article must have one (N95). `refuse` says why a document of this
    format is not an article (N71). `order` and `absorbing_kills` are the defaults for feeds.
    """

    name: str
    matches: Callable[[Document], bool]
    fields: Fields
    prepare: Callable[[Document, Notes], Document] = as_is
    refuse: Callable[[Document], Problem | None] = refuse_none
    evidence: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    spelled: Callable[[str], str] = str
    order: Literal["modified", "upload"] = "modified"
    absorbing_kills: bool = False

    @cached_property
    def known(self) -> Known:
        """The members that the shape reads, or leaves alone on purpose."""
        places = [
            place + member
            for _, taken in self.takes
            for finder in taken.places
            for place in finder.reads
            for member in ([f"/{name}" for name in members_of(taken.rule)] or [""])
        ]
        return Known([*(self.reads or places), *self.left_alone], self.spelled)

    @cached_property
    def takes(self) -> list[tuple[str, Take[object]]]:
        """The fields in the order in which they are taken: `source` first."""
        named = [(name, it) for name, it in self.fields.items() if isinstance(it, Take)]
        return sorted(named, key=lambda it: it[0] != "source")


def _finder(place: str | Finder) -> Finder:
    return at(place) if isinstance(place, str) else place
