"""Where a value lies in a document: JSON Pointers, and finders that follow them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from articles.quoting import cut
from articles.values import Document, Json, first, is_absent


class Found(NamedTuple):
    """A value of a document, and the JSON Pointer at which it lies."""

    pointer: str
    value: Json


Find = Callable[[Document], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds values in a document.

    `reads` are the places at which it looks, and no others: JSON Pointers in which `*` is any item
    or the rest of a name. So a shape knows which members of a document it does not read.
    """

    find: Find
    reads: tuple[str, ...]

    def __call__(self, document: Document) -> Iterable[Found]:
        return self.find(document)


def reads(*places: str) -> Callable[[Find], Finder]:
    """Make a finder of a function, and say at which places it looks."""
    return lambda find: Finder(find, places)


@lru_cache(maxsize=1_024)  # shapes call it for each document
def at(pointer: str) -> Finder:
    """Find what lies at a JSON Pointer."""
    top, *path = (it.replace("~1", "/").replace("~0", "~") for it in pointer[1:].split("/"))

    @reads(pointer)
    def find(document: Document) -> Iterable[Found]:
        value = document.get(top)
        if path and value is not None:
            value = _within(value, path)
        return () if value is None else (Found(pointer, value),)

    return find


def in_pointer(name: str) -> str:
    """Return a member's name as it is written in a JSON Pointer, cut."""
    return cut(name).replace("~", "~0").replace("/", "~1")


def each(
    pointer: str,
    member: str | None = None,
    *,
    where: Mapping[str, Json] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Finder:
    """Find the items of a list, or the values of an object, at a JSON Pointer.

    `where` keeps the items whose members have these values; `member` takes one member of each;
    `rename` gives objects with other names: `{"name": "webTitle"}` reads webTitle as name. A member
    may lie deeper: `caption/rendered`.
    """
    named = [*(where or ()), *(rename or {}).values(), *([member] if member else ())]
    holders = at(pointer)

    @reads(*(f"{pointer}/*/{name}" for name in named or ["*"]))
    def find(document: Document) -> Iterator[Found]:
        for holder in holders(document):
            yield from within(holder, member, where=where, rename=rename)

    return find


def within(
    holder: Found,
    member: str | None = None,
    *,
    where: Mapping[str, Json] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Iterator[Found]:
    """Find the items of a list, or the values of an object, in what was found; as `each` does."""
    path = member.split("/") if member is not None else []
    renamed = {new: old.split("/") for new, old in (rename or {}).items()}
    for name, item in _items(holder.value):
        if where and not all(first(_member(item, key)) == it for key, it in where.items()):
            continue
        place = f"{holder.pointer}/{name}"
        if member is not None:
            yield Found(f"{place}/{member}", _within(item, path))
        elif rename is not None and isinstance(item, dict):
            yield Found(place, {new: _within(item, old) for new, old in renamed.items()})
        else:
            yield Found(place, item)


def together(find: Finder) -> Finder:
    """Find all that a finder finds as one list: a place among others."""

    def find_together(document: Document) -> Iterator[Found]:
        if found := list(find(document)):
            yield Found(found[0].pointer, [it.value for it in found])

    return Finder(find_together, find.reads)


def compose(**places: tuple[str, ...]) -> Finder:
    """Find an object put together: each member is the first value at some JSON Pointers."""

    @reads(*(pointer for pointers in places.values() for pointer in pointers))
    def find(document: Document) -> Iterator[Found]:
        members: dict[str, Json] = {}
        for name, pointers in places.items():
            found = (it.value for pointer in pointers for it in at(pointer)(document))
            members[name] = next((value for value in found if not is_absent(value)), None)
        if any(value is not None for value in members.values()):
            yield Found("", members)

    return find


def _within(value: Json, path: list[str]) -> Json:
    for name in path:
        value = _member(value, name)
    return value


def _member(value: Json, name: str) -> Json:
    """Return a member of an object, or an item of a list by its number, or None."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None


def _items(holder: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(holder, dict):
        # Each item names its place, and a name may be as long as all items together.
        yield from ((in_pointer(name), item) for name, item in holder.items())
    elif isinstance(holder, list):
        yield from ((str(index), item) for index, item in enumerate(holder))
