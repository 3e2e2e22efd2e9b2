"""Subjects and keywords (N57, N102)."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from articles.article import Tag
from articles.catalogue import Code
from articles.metadata.normalize.text import plain_line
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Document, Json, as_list, first, is_absent, whole

MAX_TAGS = 500
MAX_NAME = 200
MAX_READ = 5_000  # those that repeat included
_PIECE, _WHOLE = re.compile(r"[^,;]+"), re.compile(r".+")
_NO_TAGS = frozenset({"set()", "[]"})  # N4: how Python writes that there are none


@follows("N57", "N102")
def tags(value: Json, note: Note) -> tuple[Tag, ...] | None:
    """Read keywords: objects with name, scheme, code, or texts; one alone is split at `,`, `;`.

    A list of lists is one of places, as `gather` hands them over: each has its own list.
    """
    return _distinct(_read(_lists(value), note), note)


@follows("N57", "N102")
def subjects(value: Json, note: Note) -> tuple[Tag, ...] | None:
    """Read the subjects of ninjs, whose codes may be literals or ends of addresses."""
    lists = ((tag for item in items for tag in _subject(item)) for items in _lists(value))
    return _distinct(_read(lists, note), note)


def _lists(value: Json) -> list[list[Json]]:
    items = as_list(value)
    lists = [as_list(it) for it in items if isinstance(it, list)]
    return lists if len(lists) == len(items) else [items]


def _distinct(found: Iterable[Tag], note: Note) -> tuple[Tag, ...] | None:
    """Keep each tag once, and look at no more than may be kept."""
    distinct: dict[tuple[str, str, str], Tag] = {}
    for read, tag in enumerate(found):
        key = ((tag.name or "").casefold(), tag.scheme or "", tag.code or "")
        if read == MAX_READ or (len(distinct) == MAX_TAGS and key not in distinct):
            note(Code.W_FIELD_TYPE, "too_many_tags", limit=MAX_TAGS)
            break
        distinct.setdefault(key, tag)
    return tuple(distinct.values()) or None


def _subject(item: Json) -> Iterator[Json]:
    if not isinstance(item, dict):
        yield item
    elif isinstance(codes := item.get("code"), list):  # Fingerpost: {"code": ["news", "sport"]}
        yield from ({"code": code} for code in as_list(codes))
    else:
        # `uri` is the scheme and the code in one: http://cv.iptc.org/newscodes/mediatopic/15000000
        uri = address.strip() if isinstance(address := item.get("uri"), str) else ""
        scheme, slash, end = uri.rstrip("/").rpartition("/")
        if uri.endswith("/") and not is_absent(item.get("literal")):
            scheme = uri.rstrip("/")  # the code is a member of its own
        code = next((c for c in (item.get("literal"), item.get("code")) if not is_absent(c)), end)
        yield {**item, "scheme": item.get("scheme") or scheme + slash, "code": code}


def _read(lists: Iterable[Iterable[Json]], note: Note) -> Iterator[Tag]:
    for items in lists:
        written = (it for it in items if not (isinstance(it, str) and it.strip() in _NO_TAGS))
        one_or_two = list(islice(written, 2))
        piece = _PIECE if len(one_or_two) == 1 else _WHOLE
        yield from _from_list(chain(one_or_two, written), piece, note)


def _from_list(items: Iterable[Json], part: re.Pattern[str], note: Note) -> Iterator[Tag]:
    for item in items:
        if isinstance(item, str):
            for piece in part.finditer(plain_line(item, note)):
                if name := piece.group().strip():
                    yield from _sized(Tag(name=name), note)
        elif isinstance(item, dict):
            yield from _from_object(item, note)
        else:
            note(Code.W_FIELD_TYPE, "not_tag", value=shown(item))


def _from_object(item: Document, note: Note) -> Iterator[Tag]:
    parts = {
        key: text
        for key in ("name", "scheme", "code")
        if _is_word(word := first(item.get(key))) and (text := plain_line(str(whole(word)), note))
    }
    if parts.keys() & {"name", "code"}:
        yield from _sized(Tag(**parts), note)
    else:
        note(Code.W_FIELD_TYPE, "tag_without_name", value=shown(item))


def _is_word(value: Json) -> bool:
    """A code may be a number, as an identifier may (N7, N98)."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _sized(tag: Tag, note: Note) -> Iterator[Tag]:
    if any(len(part or "") > MAX_NAME for part in (tag.name, tag.scheme, tag.code)):
        note(Code.W_FIELD_TYPE, "tag_too_long", limit=MAX_NAME)
    else:
        yield tag
