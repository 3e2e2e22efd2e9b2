"""Envelopes: the articles inside what an API, a feed or a page wraps around them (N3).

A document that is not an envelope is a single record. docs/formats.md lists the envelopes.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from articles.catalogue import Code
from articles.problems import Problem, Rejected
from articles.quoting import shown
from articles.records.linked_data import article_nodes, is_linked_data, unresolved_nodes
from articles.records.pointers import Finder, Found, at, each
from articles.values import Document, Json, is_absent

FEED_VERSION = "https://jsonfeed.org/version/"
# What an item inherits from its feed where it has no value; the version names the format.
INHERITED = ("authors", "author", "language", "version")

_ARTICLE_MEMBERS = {"title", "headline", "text", "content", "body"}
_AUTHOR_NAMES = {"author", "authors"}


class Envelope(NamedTuple):
    """A test on keys and types, and where the articles lie.

    `place` is the JSON Pointer of a list of articles, or of a single one; `member` is the member of
    an item that holds the article; `inherited` are the members that each article inherits.
    """

    matches: Callable[[Document], bool]
    place: str
    is_list: bool = True
    member: str | None = None
    inherited: tuple[str, ...] = ()

    def defaults(self, value: Document) -> Document:
        """Return the members that each article inherits."""
        return {name: value[name] for name in self.inherited if name in value}

    @property
    def find(self) -> Finder:
        return each(self.place, self.member) if self.is_list else at(self.place)


def unwrap(value: Json) -> Iterator[Found]:
    """Return the records of an uploaded value, each with its JSON Pointer ("" for the whole value).

    Raises Rejected for the envelope of an error, or of something other than articles.
    """
    linked = article_nodes(value)
    if linked is not None:
        if not linked:
            raise Rejected(no_article())
        yield from linked
        return
    if isinstance(value, list):
        yield from (Found(f"/{index}", item) for index, item in enumerate(value))
        return
    if not isinstance(value, dict):
        yield Found("", value)
        return
    envelope = envelope_of(value)
    if envelope is None:
        yield Found("", value)
        return
    defaults = envelope.defaults(value)
    for pointer, item in envelope.find(value):
        yield Found(pointer, with_defaults(item, defaults))


def unwrap_item(item: Json) -> list[Found]:
    """Return the records in an item of a list that is too large to be read as a whole.

    JSON-LD may have any number of them; references that leave the item are not followed, and its
    nodes are not merged with those of other items.
    """
    linked = article_nodes(item) if is_linked_data(item) else None
    return [Found("", item)] if linked is None else linked


def records_in(item: Json) -> int:
    """Count what `unwrap_item` gives."""
    return len(unresolved_nodes(item)) if is_linked_data(item) else 1


def no_article() -> Problem:
    return Problem.of(Code.E_NOT_ARTICLE, "linked_data")


def envelope_of(value: Document) -> Envelope | None:
    """Return the envelope that an object is, or None.

    Raises Rejected for the envelope of an error, or of something other than articles.
    """
    _refuse(value)
    return next((it for it in ENVELOPES if it.matches(value)), None)


def with_defaults(item: Json, defaults: Document) -> Json:
    """Fill in the members that an item lacks; `author` and `authors` count as one."""
    if not isinstance(item, dict):
        return item
    said = {name for name, value in item.items() if not is_absent(value)}
    said |= _AUTHOR_NAMES if said & _AUTHOR_NAMES else set()
    return {**item, **{name: it for name, it in defaults.items() if name not in said}}


def _refuse(value: Document) -> None:
    """NewsAPI answers with errors and with lists of sources in the same envelope as articles."""
    if value.get("status") == "error" and isinstance(value.get("code"), str):
        raise Rejected(Problem.of(Code.E_UPSTREAM_ERROR, code=shown(value["code"])))
    if "status" in value and isinstance(value.get("sources"), list):
        raise Rejected(Problem.of(Code.E_NOT_ARTICLE, "sources").placed(path="/sources"))


def _has(name: str, kind: type, *, with_: tuple[str, ...] = ()) -> Callable[[Document], bool]:
    """Test for a member of a type, and for the presence of others."""
    return lambda value: isinstance(value.get(name), kind) and all(it in value for it in with_)


def _inside(name: str, member: str, kind: type) -> Callable[[Document], bool]:
    """Test for a member of an object inside."""

    def matches(value: Document) -> bool:
        inner = value.get(name)
        return isinstance(inner, dict) and isinstance(inner.get(member), kind)

    return matches


def _is_feed(value: Document) -> bool:
    version, items = value.get("version"), value.get("items")
    if not isinstance(items, list):
        return False
    if isinstance(version, str) and version.startswith(FEED_VERSION):
        return True
    if any(isinstance(item, dict) and "id" in item for item in items):
        return True
    return any(isinstance(item, dict) for item in items) and not value.keys() & _ARTICLE_MEMBERS


ENVELOPES = (
    # AP
    Envelope(_inside("data", "item", dict), "/data/item", is_list=False),
    Envelope(_inside("data", "items", list), "/data/items", member="item"),
    Envelope(_inside("item", "altids", dict), "/item", is_list=False),
    # BBC LDRS
    Envelope(_has("item", list, with_=("total",)), "/item"),
    # Guardian
    Envelope(_inside("response", "content", dict), "/response/content", is_list=False),
    Envelope(_inside("response", "results", list), "/response/results"),
    # New York Times; the copyright notice is given once for all (N67)
    Envelope(_inside("response", "docs", list), "/response/docs", inherited=("copyright",)),
    Envelope(_has("results", list, with_=("status",)), "/results", inherited=("copyright",)),
    # NewsAPI
    Envelope(_has("articles", list, with_=("status",)), "/articles"),
    # Diffbot
    Envelope(_has("objects", list, with_=("request",)), "/objects"),
    # JSON Feed
    Envelope(_is_feed, "/items", inherited=INHERITED),
)
