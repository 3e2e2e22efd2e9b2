"""Envelopes: the articles inside what an API, a feed or a page wraps around them (N3).

A document that is not an envelope is a single record. docs/formats.md lists the envelopes.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple, Protocol

from articles.catalogue import Code
from articles.problems import Problem, Rejected
from articles.quoting import shown
from articles.records.linked_data import article_nodes, is_linked_data, unresolved_nodes
from articles.records.pointers import Finder, Found, at, each, in_pointer, reads
from articles.values import Document, Json, first, is_absent

FEED_VERSION = "https://jsonfeed.org/version/"
# What an item inherits from its feed where it has no value; the version names the format.
INHERITED = ("authors", "author", "language", "version")

# A JSON Feed has one of these, and its items have not; an item may name the version, too.
_OF_A_FEED = {"items", "home_page_url", "feed_url", "user_comment", "next_url"}
# What the items of RSS and Atom have from their feed: its name is that of their publisher.
OF_FEEDS = ("title", "language", "dc:language", "@xml:lang", "$", "copyright", "rights")

_OF_RSS = {"content:encoded", "contentSnippet", "guid", "isoDate", "pubDate"}
_OF_AN_ITEM = {"id", "url", "external_url", "content_html", "content_text", "summary"}
_ARTICLE_MEMBERS = {"title", "headline", "text", "content", "body"}
_AUTHOR_NAMES = {"author", "authors"}


# N93: an envelope that no entry below describes is found by the list of articles in it.
MAX_LEVELS = 3
LOOKED_AT = 20  # items of a list
_MAX_LISTS = 100
# Lists of an article itself, also where their items read like articles.
_PARTS_OF_ARTICLE = (
    *("author", "creator", "contributor", "image", "photo", "picture", "media", "gallery", "video"),
    *("enclosure", "attachment", "tag", "keyword", "categor", "comment", "link", "related"),
    *("recommend", "see_also", "source", "more_"),
)
# What a list of articles is called, also where the object around it has a text of its own.
_NAMES_OF_LISTS = frozenset(
    "articles items entries entry item posts stories results records documents docs data hits "
    "rows news".split()
)


class Formats(Protocol):
    """What an envelope is told from an article by."""

    def is_certain(self, document: Document) -> bool:
        """Whether a document is of a format that nothing else is taken for."""

    def is_article(self, value: Json) -> bool:
        """Whether a value has a title, and an address, a date or a text."""

    def has_text(self, document: Document) -> bool:
        """Whether a document has the text of an article."""


class Envelope(NamedTuple):
    """A test on keys and types, and where the articles lie.

    `place` is the JSON Pointer of a list of articles, or of a single one; `member` is the member of
    an item that holds the article; `inherited` are the members that each article inherits. `feed`
    finds what describes the feed: each article has it as its member `feed`.
    """

    matches: Callable[[Document], bool]
    place: str
    is_list: bool = True
    member: str | None = None
    inherited: tuple[str, ...] = ()
    is_known: bool = True
    feed: Finder | None = None

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is said of the file: that its envelope was found, and is not known."""
        return () if self.is_known else (Problem.of(Code.W_ENVELOPE, place=shown(self.place)),)

    def defaults(self, value: Document) -> Document:
        """Return the members that each article inherits."""
        given = {name: value[name] for name in self.inherited if name in value}
        for _, about in self.feed(value) if self.feed else ():
            if isinstance(about := first(about), dict):
                given["feed"] = {name: about[name] for name in OF_FEEDS if name in about}
        return given

    @property
    def find(self) -> Finder:
        return each(self.place, self.member) if self.is_list else at(self.place)


class Records(NamedTuple):
    """The records of an uploaded value, each with its JSON Pointer ("" for the whole value)."""

    found: Iterator[Found]
    warnings: tuple[Problem, ...] = ()


def unwrap(value: Json, formats: Formats) -> Records:
    """Return the records of an uploaded value.

    Raises Rejected for the envelope of an error, or of something other than articles.
    """
    linked = article_nodes(value)
    if linked is not None:
        if not linked:
            raise Rejected(no_article())
        return Records(iter(linked))
    if isinstance(value, list):
        return Records(Found(f"/{index}", item) for index, item in enumerate(value))
    envelope = envelope_of(value, formats) if isinstance(value, dict) else None
    if envelope is None or not isinstance(value, dict):
        return Records(iter([Found("", value)]))
    defaults = envelope.defaults(value)
    items = envelope.find(value)
    found = (Found(pointer, with_defaults(item, defaults)) for pointer, item in items)
    return Records(found, envelope.warnings)


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


def envelope_of(value: Document, formats: Formats) -> Envelope | None:
    """Return the envelope that an object is, or None.

    Raises Rejected for the envelope of an error, or of something other than articles.
    """
    _refuse(value)
    is_known = not value.keys().isdisjoint(_NAMES)
    known = next((it for it in ENVELOPES if it.matches(value)), None) if is_known else None
    return known or _found(value, formats)


def _found(value: Document, formats: Formats) -> Envelope | None:
    """Find the one list of articles in an object of no certain format (N93)."""
    lists = [it for it in islice(_lists_in(value), _MAX_LISTS) if _may_hold_articles(it)]
    if not lists or formats.is_certain(value):
        return None
    places = [place for place, items in lists if _has_articles(items, formats)]
    if len(places) > 1:
        first, second = map(shown, places[:2])
        raise Rejected(Problem.of(Code.E_UNKNOWN_SHAPE, "two_lists", first=first, second=second))
    if not places or (formats.has_text(value) and _name_in(places[0]) not in _NAMES_OF_LISTS):
        return None  # an article, beside which there are others
    return Envelope(lambda _: True, places[0], is_known=False)


def _lists_in(value: Document) -> Iterator[Found]:
    """Return the lists in an object, and in the objects in it, with their JSON Pointers."""
    inside: list[tuple[str, Document]] = [("", value)]
    for _ in range(MAX_LEVELS):
        deeper: list[tuple[str, Document]] = []
        for pointer, holder in inside:
            for name, held in holder.items():
                if isinstance(held, list):
                    yield Found(f"{pointer}/{in_pointer(name)}", held)
                elif isinstance(held, dict):
                    deeper.append((f"{pointer}/{in_pointer(name)}", held))
        inside = deeper


def _has_articles(items: Json, formats: Formats) -> bool:
    return isinstance(items, list) and any(map(formats.is_article, items[:LOOKED_AT]))


def _may_hold_articles(found: Found) -> bool:
    items = found.value[:LOOKED_AT] if isinstance(found.value, list) else ()
    is_part = _name_in(found.pointer).startswith(_PARTS_OF_ARTICLE)
    return not is_part and any(isinstance(it, dict) for it in items)


def _name_in(pointer: str) -> str:
    return pointer.rpartition("/")[2].lower()


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
    is_item = value.keys() & _OF_AN_ITEM and not value.keys() & _OF_A_FEED
    if _is_json_feed(value) and value.get("items") is None and not is_item:
        raise Rejected(Problem.of(Code.E_EMPTY, "feed"))


def _has(name: str, kind: type, *, with_: tuple[str, ...] = ()) -> Callable[[Document], bool]:
    """Test for a member of a type, and for the presence of others."""
    return lambda value: isinstance(value.get(name), kind) and all(it in value for it in with_)


def _inside(name: str, member: str, kind: type) -> Callable[[Document], bool]:
    """Test for a member of an object inside."""

    def matches(value: Document) -> bool:
        inner = value.get(name)
        return isinstance(inner, dict) and isinstance(inner.get(member), kind)

    return matches


def _holds(pointer: str, kind: type) -> Callable[[Document], bool]:
    """Test what lies at a JSON Pointer."""
    return lambda value: any(isinstance(it.value, kind) for it in at(pointer)(value))


def _is_rss(value: Document) -> bool:
    items = value.get("items")
    return isinstance(items, list) and any(
        isinstance(it, dict) and _OF_RSS & it.keys() for it in items
    )


def _is_list_of_posts(value: Document) -> bool:
    posts = value.get("posts")
    is_list = isinstance(posts, list) and any(isinstance(post, dict) for post in posts)
    return is_list and not value.keys() & _ARTICLE_MEMBERS


def _is_collection(value: Document) -> bool:
    """Tell stories in a collection or among results from the elements of a story."""
    elements = value.get("content_elements")
    return (
        value.get("type") != "story"
        and isinstance(elements, list)
        and any(isinstance(it, dict) and it.get("type") == "story" for it in elements)
    )


@reads("")
def _whole(value: Document) -> Iterator[Found]:
    yield Found("", value)


def _feeds() -> Iterator[Envelope]:
    """RSS and Atom as XML is turned into JSON: a list, or the only item without a list."""
    for feed, place in (
        ("/rss/channel", "/rss/channel/item"),
        ("/rss/channel", "/rss/channel/0/item"),
        ("/channel", "/channel/item"),
        ("/feed", "/feed/entry"),
        ("/rdf:RDF/channel", "/rdf:RDF/item"),
    ):
        for kind in (list, dict):
            yield Envelope(_holds(place, kind), place, is_list=kind is list, feed=at(feed))


def _is_feed(value: Document) -> bool:
    items = value.get("items")
    if not isinstance(items, list):
        return False
    if _is_json_feed(value) or any(isinstance(item, dict) and "id" in item for item in items):
        return True
    return any(isinstance(item, dict) for item in items) and not value.keys() & _ARTICLE_MEMBERS


def _is_json_feed(value: Document) -> bool:
    version = value.get("version")
    return isinstance(version, str) and version.startswith(FEED_VERSION)


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
    # GNews
    Envelope(_has("articles", list, with_=("totalArticles",)), "/articles"),
    # Diffbot
    Envelope(_has("objects", list, with_=("request",)), "/objects"),
    # Arc XP
    Envelope(_is_collection, "/content_elements"),
    # dpa
    Envelope(_holds("/entries/0/urn", str), "/entries"),
    # Event Registry
    Envelope(_inside("articles", "results", list), "/articles/results"),
    # Ghost, WordPress.com
    Envelope(_is_list_of_posts, "/posts"),
    # RSS and Atom: rss2json, rss-parser, feedparser, and XML as JSON
    Envelope(_has("items", list, with_=("status", "feed")), "/items", feed=at("/feed")),
    Envelope(_is_rss, "/items", feed=_whole),
    Envelope(_has("entries", list, with_=("feed",)), "/entries", feed=at("/feed")),
    *_feeds(),
    # JSON Feed
    Envelope(_is_feed, "/items", inherited=INHERITED),
)
# Every envelope has a member of such a name: most articles have none.
_NAMES = frozenset(it.place.split("/")[1] for it in ENVELOPES)
