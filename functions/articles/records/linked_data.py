"""JSON-LD documents (https://www.w3.org/TR/json-ld11/): their articles (N20), references resolved.

A reference is resolved inside its document only (N21); nothing is ever fetched.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from articles.records.pointers import Found
from articles.values import Document, Json, as_list, is_absent

TYPES = frozenset(
    "article newsarticle blogposting report liveblogposting opinionnewsarticle "
    "reportagenewsarticle analysisnewsarticle backgroundnewsarticle reviewnewsarticle techarticle "
    "scholarlyarticle socialmediaposting".split()
)
_PREFIXES = ("schema:", "http://schema.org/", "https://schema.org/")
# The members of an article that may be references to other nodes.
_REFERENCES = frozenset(
    "author copyrightholder creator image inlanguage ispartof license liveblogupdate "
    "mainentityofpage publisher thumbnailurl".split()
)
# Many pages use the names that schema.org's own context allows (N102).
KEYWORDS = {"id": "@id", "type": "@type"}
# An author's affiliation may be a reference, too.
_MAX_STEPS = 2
_MAX_DEPTH = 8
_IRI = frozenset(":/#")
# The most that references may add to a document, in characters and in times of its own size: a
# thousand articles that refer to one large node must not become a thousand large nodes.
MAX_ADDED = 2_000_000
MAX_TIMES_ADDED = 4
_WEIGHT = 16  # of a value, in addition to its characters: what it costs to visit it
_EMPTY: tuple[Json, ...] = (None, "", [], {})


def is_linked_data(document: Json) -> TypeGuard[Document]:
    """Recognise JSON-LD by `@context` (naming schema.org), `@graph` or `@type`."""
    return isinstance(document, dict) and (
        "@graph" in document or "@type" in document or _names_schema(document.get("@context"))
    )


def holds_linked_data(value: Json) -> bool:
    """Whether a value is JSON-LD or a list with some, so that it may have references."""
    return any(map(is_linked_data, value if isinstance(value, list) else [value]))


def is_article(node: Json) -> TypeGuard[Document]:
    """Whether a node has the type of an article, as `@type` or as `type`."""
    if not isinstance(node, dict):
        return False
    types = as_list(node.get("@type", node.get("type")))
    return any(isinstance(name, str) and bare(name.strip()).casefold() in TYPES for name in types)


def bare(name: str) -> str:
    """Remove schema.org's prefix from a name."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def article_nodes(value: Json) -> list[Found] | None:
    """Return the articles of a document, their references resolved.

    None when the document is not JSON-LD, an empty list when it has no article. Items of a list
    that are not JSON-LD, next to some that are, are given unchanged: they must be judged, too.
    """
    if not holds_linked_data(value):
        return None
    references = References(value)
    return [
        Found(pointer, references.resolved(node)) if is_article(node) else Found(pointer, node)
        for pointer, node in unresolved_nodes(value)
    ]


def unresolved_nodes(value: Json) -> list[Found]:
    """Return what `article_nodes` gives, with the references unresolved."""
    return _merged(_nodes(value))


def _nodes(value: Json) -> Iterator[Found]:
    """Find articles, and records that are not JSON-LD, in lists, graphs and main entities."""
    open_lists: list[Iterator[_Place]] = [iter([_Place("", value)])]
    while open_lists:  # no recursion: each of a hundred levels would hand every node on
        place = next(open_lists[-1], None)
        if place is None:
            open_lists.pop()
            continue
        pointer, value, is_inside = place
        is_record = not is_inside and not _is_node(value) and not is_absent(value)
        if is_article(value) or (is_record and not isinstance(value, list)):
            yield Found(pointer, value)
        open_lists.append(_inside(place))


class _Place(NamedTuple):
    """A value of a document; inside a graph only articles count."""

    pointer: str
    value: Json
    is_inside: bool = False


def _inside(place: _Place) -> Iterator[_Place]:
    """Return the places in which a value may hold articles."""
    pointer, value, is_inside = place
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield _Place(f"{pointer}/{index}", item, is_inside)
    elif isinstance(value, dict):
        for name in ("@graph",) if is_article(value) else ("@graph", "mainEntity"):
            if name in value:
                yield _Place(f"{pointer}/{name}", value[name], is_inside=True)


def _is_node(value: Json) -> bool:
    return isinstance(value, dict) and any(name[:1] == "@" for name in value)


def _merged(nodes: Iterator[Found]) -> list[Found]:
    """Merge the nodes that share an `@id` or a page; the first value of a member counts."""
    found: list[Found] = []
    first_of: dict[tuple[str, str], Document] = {}
    for pointer, node in nodes:
        if not is_article(node):
            found.append(Found(pointer, node))
            continue
        keys = _keys(node)
        same = (first_of[key] for key in keys if key in first_of)
        known = next((it for it in same if not _differ(it, node)), None)
        if known is None:
            known = dict(node)
            found.append(Found(pointer, known))
        else:
            known.update({k: v for k, v in node.items() if known.get(k) in _EMPTY})
        for key in keys:
            first_of.setdefault(key, known)
    return found


def _keys(node: Document) -> list[tuple[str, str]]:
    page = node.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = _identifier(page) or page.get("url")
    # `"mainEntityOfPage": "Article"` and `true` say nothing.
    named = (("@id", _identifier(node)), ("page", page if "/" in str(page) else None))
    return [(name, text) for name, text in named if isinstance(text, str)]


def _differ(one: Document, other: Document) -> bool:
    """Whether two articles of one page have identifiers or addresses that differ."""
    name, another = _identifier(one), _identifier(other)
    if name is not None and name == another:
        return False
    pairs = ((name, another), (one.get("url"), other.get("url")))
    return any(isinstance(a, str) and isinstance(b, str) and a != b for a, b in pairs)


class References:
    """Resolves references in a document: to the members of all objects with the same `@id`."""

    def __init__(self, document: Json) -> None:
        self._known: dict[str, Document] = {}
        self._sizes: Counter[str] = Counter()
        self._left = min(MAX_ADDED, MAX_TIMES_ADDED * self._learn(document))

    def _learn(self, value: Json) -> int:
        """Remember each object with an identifier and its size; returns the size of the value."""
        if isinstance(value, list):
            return _WEIGHT + sum(map(self._learn, value))
        if not isinstance(value, dict):
            return _WEIGHT + (len(value) if isinstance(value, str) else 0)
        identifier = _identifier(value)
        if not isinstance(identifier, str) or len(value) == 1:
            return self._learn_members(value)
        known = self._known.setdefault(identifier, {})
        for name, member in value.items():  # the first value of a name counts
            known.setdefault(name, member)
        size = self._learn_members(value)
        self._sizes[identifier] += size
        return size

    def _learn_members(self, value: Document) -> int:
        return _WEIGHT + sum(len(name) + self._learn(it) for name, it in value.items())

    def resolved(self, article: Document) -> Document:
        """Return an article with references replaced by the objects they name (N21)."""
        return {
            name: self._followed(value) if bare(name).casefold() in _REFERENCES else value
            for name, value in article.items()
        }

    def _followed(self, value: Json, steps: int = _MAX_STEPS, depth: int = 0) -> Json:
        if not steps or depth > _MAX_DEPTH:
            return value
        if isinstance(value, list):
            return [self._followed(item, steps, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        if (known := self._meaning(value)) is not None:
            value, steps = {**known, **value}, steps - 1
        return {name: self._followed(it, steps, depth + 1) for name, it in value.items()}

    def _meaning(self, value: Document) -> Document | None:
        name = _identifier(value)
        if self._left < 0 or not isinstance(name, str):
            return None
        known = self._known.get(name)
        if known is None or known.keys() <= value.keys():
            return None
        self._left -= self._sizes[name]
        return known if self._left >= 0 else None


def _identifier(node: Document) -> Json:
    """Return the name of a node; a plain `id` may be any number of a database instead."""
    name = node.get("@id")
    if name is None and isinstance(plain := node.get("id"), str) and not _IRI.isdisjoint(plain):
        return plain
    return name


def _everything(value: Json) -> Iterator[Json]:
    stack = [value]
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, dict):
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _names_schema(context: Json) -> bool:
    return any(isinstance(it, str) and "schema.org" in it for it in _everything(context))
