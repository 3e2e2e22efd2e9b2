"""Families of uploads that grow: each is made of any size in bytes, and says one thing very often.

What is in them is not listed by hand where it can be found: every place from which a shape takes a
field of a golden document, every list and object of these. A new shape is bound as soon as it has a
golden document.
"""

import bz2
import gzip
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from articles.feeds import Feed, Profile
from articles.judging import Accepted, Refused, judge
from articles.records.framing import Frame, Framed
from tests.inputs import records

# Said over and over in one text. What an uploader may write has no end; these are the pieces that
# some rule looks for, or that Unicode, HTML and regular expressions find hard.
PIECES = (
    "a| |\t|\u00a0|\n|\r|\u2028|a\n|\na |A|1|1,|a |Aa |\u0301\u0323|e\u0301\u0323|"
    "\u1100\u1161\u11a8|\u0958|\u0344|\ufdfa|\u0130|\u00df|\u6e2f|\U0001f1e6|\x00|\u200b|\u202e|\ufffe|\u00c3\u00a9|"
    "<|>|<a|<!--|<a>|<p>|</p>|<br>|<b><i>|<a href=|<td>|<img src=a>|<script>|<<a>|<svg><math>|"
    "<table><a>|</a|<![CDATA[|<q cite=a>|&|&amp;|&#|&#38;|&amp;amp;|&lt;a&gt;|&#769;&#803;|"
    "a;|a,|a, |a b,|a & |Ann Bee and |Bee, Ann; | und |a b und |;|,|/|/AP|Reuters/|AP, |by |von |"
    "with (|(|)|()|((| (a)|[|{|{'a', |'|\"|\\|\\'|a@|@|a@a.|a@b.c |a@b.c, |http://|//|a/b/|"
    "https://a.example/|%41|%|?|&utm_a=b|&a=b|#|.|..|...|\u2026|[+1 chars]| [+1 chars]| - |"
    " \u2013 A|a 1x, |a 1w,|2026-|2026-03-01T09:00:00Z|Jan 1, 2020 |1 May 2020|12:|Z|"
    "+00:00 |\u00a9a\n|Photo: a\n|a\n\u00a9a\n|Images source: \u00a9 a\n|Related:\n|a\na\n|"
    "en,|en-|x-a-|a_|a.|urn:|nyt:|ABCDEF|usable,|0x|-|--|e1|\U0001f600"
).split("|")
# Of these, each place hears; of all, each rule once.
COMMON = ("a", " ", "\u0301\u0323", "a;", "a, ", "<a>", "a\n", "&amp;", "a b\n", "\u00df")
ENDS = ("", "!")


Path = tuple[Any, ...]  # names of members and numbers of items


class Family(NamedTuple):
    """Uploads that are alike but for their size; `name` says what is in them."""

    name: str
    make: Callable[[int], bytes]
    file: str = "a.json"
    is_always: bool = False  # measured where only some are


def families() -> Iterator[Family]:
    yield from texts()
    yield from structures()
    yield from (family._replace(is_always=True) for family in framings())


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


# ── One text ─────────────────────────────────────────────────────────────────────────────────────


def texts() -> Iterator[Family]:
    """Put a long text into each place that a field is taken from."""
    heard: set[str] = set()
    for shape, rule, document, path in places():
        is_new = rule not in heard
        heard.add(rule)
        for piece, end in product(PIECES, ENDS) if is_new else product(COMMON, ENDS[:1]):
            name = f"{shape} {_pointer(path)} ({rule}): {piece!a} … {end!a}"
            yield Family(name, partial(_with_text, document, path, piece, end))


def _with_text(document: Any, path: Path, piece: str, end: str, size: int) -> bytes:
    return _json(_put(document, path, piece * max(1, size // (len(_json(piece)) - 2)) + end))


def places() -> Iterator[tuple[str, str, Any, Path]]:
    """Find where the fields of golden documents are taken from: shape, rule, document, path.

    A shape that first rewrites its documents has a text that it reads as a whole.
    """
    known: set[tuple[str, str, Path]] = set()
    for document in records():
        verdict = _verdict(document)
        if not isinstance(verdict, Accepted):
            continue
        found = [(it.rule.__name__, _steps(it.pointer)) for it in verdict.taken.values()]
        found += [("prepare", (name,)) for name in ("text", "content")]
        for rule, path in found:
            if (place := (verdict.shape.name, rule, path)) not in known:
                known.add(place)
                if path and _is_there(document, path):
                    yield verdict.shape.name, rule, document, path


def _verdict(document: Any) -> Accepted | Refused:
    framed = Framed(iter([Frame(0, None, 1, document)]), 1, ())
    feed, received = Feed("bounds", Profile()), datetime(2026, 3, 1, tzinfo=UTC)
    [verdict] = judge(framed, feed=feed, received=received).records
    return verdict


def _pointer(path: Path) -> str:
    return "/".join(map(str, ("", *path)))


def _steps(pointer: str) -> Path:
    return tuple(int(it) if it.isdecimal() else it for it in pointer.split("/")[1:])


def _is_there(document: Any, path: Path) -> bool:
    try:
        for name in path:
            document = document[name]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _put(document: Any, path: Path, value: Any) -> Any:
    changed = deepcopy(document)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return changed


# ── Many members and items ───────────────────────────────────────────────────────────────────────


def structures() -> Iterator[Family]:
    """Make each value of a golden document a long list, and each object one of many members."""
    known: set[tuple[str, Path]] = set()
    for document in records():
        shape = _verdict(document).shape
        for path, value in _everything(document):
            place = (
                shape.name if shape else "none",
                tuple("*" if isinstance(it, int) else it for it in path),
            )
            if place in known:
                continue
            known.add(place)
            name = f"{place[0]} {_pointer(path)}"
            item = value[0] if isinstance(value, list) and value else value
            yield Family(f"{name}: one item, often", partial(_many, document, path, item))
            yield Family(f"{name}: many items", partial(_many_others, document, path, item))
            yield Family(f"{name}: many members", partial(_members, document, path, value))
            yield Family(f"{name}: a long name", partial(_long_name, document, path, item))


def _everything(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from _everything(value[name], (*path, name))


def _at(document: Any, path: Path, value: Any) -> bytes:
    return _json(_put(document, path, value) if path else value)


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return f"{value}{number}"
    if isinstance(value, dict):
        return {name: _numbered(it, number) for name, it in value.items()}
    if isinstance(value, list):
        return [_numbered(it, number) for it in value]
    return value if value is None or isinstance(value, bool) else value + number


def _many(document: Any, path: Path, item: Any, size: int) -> bytes:
    return _at(document, path, [item] * max(1, size // (len(_json(item)) + 2)))


def _many_others(document: Any, path: Path, item: Any, size: int) -> bytes:
    count = max(1, size // (len(_json(item)) + 8))
    return _at(document, path, [_numbered(item, number) for number in range(count)])


def _members(document: Any, path: Path, value: Any, size: int) -> bytes:
    members = value if isinstance(value, dict) else {"name": value}
    one = next(iter(members.values()), 1)
    count = max(1, size // (len(_json(one)) + 15))
    return _at(document, path, {**members, **{f"m{n:08}": one for n in range(count)}})


def _long_name(document: Any, path: Path, item: Any, size: int) -> bytes:
    return _at(document, path, {"k" * size: item})


# ── Framing ──────────────────────────────────────────────────────────────────────────────────────

_ARTICLE = b'{"title":"a","text":"b"'
_LINE = _ARTICLE + b"}\n"
_GRAPH = b'{"@context":"https://schema.org","@graph":['
_NODE = b'{"@type":"NewsArticle","headline":"a",'
# What stands before and after a piece that is repeated.
AROUND = {
    "bytes": (b"", b""),
    "lines": (_LINE * 2, b"\n" + _LINE),
    "a list": (b"[", b"0]"),
    "tags": (_ARTICLE + b',"tags":[', b"0]}"),
    "an unknown member": (_ARTICLE + b',"x":[', b"0]}"),
    "a member without an end": (_ARTICLE + b',"x":[', b""),
    "a text": (b'{"title":"a","text":"', b'"}'),
    "a text without an end": (b'{"title":"a","text":"', b""),
    "a name": (_ARTICLE + b',"', b'":1}'),
    "an identifier": (_ARTICLE + b',"id":1', b"}"),
    "members": (b"{", _ARTICLE[1:] + b"}"),
    "a context": (b'{"@context":[', b'"https://schema.org"],' + _NODE[1:-1] + b"}"),
}
_DEEP = [b"[" * depth + b"]" * depth + b"," for depth in (48, 90, 98, 101, 5000)]
REPEATED: dict[str, list[bytes]] = {
    "bytes": b'\n~\r\n~ ~"~\\~[~{~{"a":~[]~\xff~\x00~-'.split(b"~"),
    "lines": [b"\n", b" \n", b" ", b"}\n", b"1\n", b"\r"],
    "a list": [*b'0,~{},~"a",~{"a":1,"a":2},~"\\ud800",~\'a\',~ '.split(b"~"), b"1" * 100 + b","],
    "tags": [*b'0,~[],~"",~"\\u0301",~1e9,~{"a":1},'.split(b"~"), b"12" * 199 + b",", *_DEEP],
    "an unknown member": [*b'0.5,~{},~"a",~{"a":1,"a":2},~"\\ud800",'.split(b"~"), *_DEEP],
    "a member without an end": [b"[", b"0,", b'{"a":', b'"a",', b"tru"],
    "a text": b"\\n~\\u0301\\u0323~\\ud83d\\ude00~\\ud800~\\\\~{~,~\n".split(b"~"),
    "a text without an end": [b"a", b"\\", b"\\n", b"{", b"\\u"],
    "a name": [b"a", b"\\u0301\\u0323", b"\\ud800"],
    "an identifier": [b"1", b".1", b"e1"],
    "members": [b'"a":1,'],
    "a context": [b'"a",'],
}
RECORDS = {
    "short": b'{"id":"%d","title":"a","text":"b"}',
    "broken": b'{"id":%d,',
    "unknown": b'{"a%d":1}',
    "of one article": b'{"id":"1","title":"%d"}',
    "odd": '{"title":"%d","authors":"a;a;a b","tags":"a,b","url":"//","text":"<p>é"}'.encode(),
    "of HTML": b'{"id":"%d","title":"a","body":"<table>' + b"<tr>a" * 200 + b'"}',
    "with halves of pairs": b'{"title":"%d\\ud800","text":"b"}',
    "with duplicate names": b'{"title":"%d","title":"a","text":"b"}',
}
NODES = {
    "with an author elsewhere": _NODE + b'"@id":"%d","author":{"@id":"#p"}}',
    "of one page": _NODE + b'"url":"u%d","mainEntityOfPage":"http://a/"}',
    "of one article": _NODE + b'"a%d":1,"mainEntityOfPage":"http://a/"}',
    "of one identifier": b'{"@id":"p","n%d":1}',
}


# What a parser of HTML finds hard, numbered and often.
HTML = {
    "attributes": ("<p ", "a%d ", ">x"),
    "attributes that hold an end of a tag": ("<p ", 'a%d=">" ', ">x"),
    "attributes with blanks": ("<p ", "a%d = ", ">x"),
    "attributes behind a comment": ('<!--<p a="--><p ', "a%d ", ">x"),
    "entities between ends of nothing": ("<p>", "a%d</x>&amp;", ""),
    "tags between very many entities": ("", "&amp;" * 499 + "<b>%d</b>", ""),
    "tags that have no end": ("", "<a%d/", ""),
    "cells outside of rows": ("<table>", "<b>%d<tr>", ""),
    "rows without cells": ("<table>", "<tr>%d", ""),
    "formatting that is never closed": ("", "<p><b><i x=%d>", "a"),
    "ends that do not match": ("", "<div><span %d></div>", "a"),
    "links in links": ("", "<a href=%d><p>", "a"),
}


def framings() -> Iterator[Family]:
    """Repeat what is hard in the bytes of a file, in its records, and in its packing."""
    for place, pieces in REPEATED.items():
        for piece in pieces:
            name = f"{place} of {piece[:40]!r}"
            yield Family(name, partial(_between, piece, *AROUND[place]))
    for name, record in RECORDS.items():
        yield Family(f"lines {name}", partial(_numbered_bytes, record, b"\n", b"", b""), "a.ndjson")
        yield Family(f"list {name}", partial(_numbered_bytes, record, b",", b"[", b"]"))
    results = b'{"status":"ok","copyright":"a","results":['
    yield Family("results", partial(_numbered_bytes, RECORDS["short"], b",", results, b"]}"))
    for name, node in NODES.items():
        opening = _GRAPH + _NODE + b'"author":{"@id":"p"}},'
        yield Family(f"graph {name}", partial(_numbered_bytes, node, b",", opening, b"]}"))
    for name, html in HTML.items():
        yield Family(f"HTML, {name}", partial(_html, html))
    yield Family("a large node", _large_node)
    yield Family("a chain of nodes", _chain)
    yield Family("nested graphs", _nested_graphs)
    for suffix, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
        yield Family(f"blank lines, {suffix}", partial(_blank_lines, pack), f"a.ndjson.{suffix}")
        yield Family(f"members, {suffix}", partial(_in_members, pack, _LINE), f"a.ndjson.{suffix}")
        yield Family(
            f"empty members, {suffix}", partial(_in_members, pack, b""), f"a.json.{suffix}"
        )
        yield Family(f"one text, {suffix}", partial(_one_text, pack), f"a.json.{suffix}")


def _between(piece: bytes, before: bytes, after: bytes, size: int) -> bytes:
    return before + piece * max(1, size // len(piece)) + after


def _html(html: tuple[str, str, str], size: int) -> bytes:
    before, piece, after = html
    pieces = "".join(piece % n for n in range(size // (len(piece) + 3)))
    return _json({"title": "a", "body": before + pieces + after})


def _large_node(size: int) -> bytes:
    articles = [
        {"@type": "NewsArticle", "@id": f"a{n}", "headline": "a", "author": {"@id": "p"}}
        for n in range(size // 140)
    ]
    return _json({"@graph": [*articles, {"@id": "p", "name": "b", "x": "y" * (size // 3)}]})


def _chain(size: int) -> bytes:
    article = {"@type": "NewsArticle", "headline": "a", "author": {"@id": "0"}}
    people = [{"@id": f"{n}", "author": {"@id": f"{n + 1}"}} for n in range(size // 40)]
    return _json({"@graph": [article, *people]})


def _nested_graphs(size: int) -> bytes:
    nodes = (_NODE[:-1] + b"},") * (size // len(_NODE))
    return b'{"@graph":[' * 48 + nodes + b"{}" + b"]}" * 48


def _blank_lines(pack: Callable[[bytes], bytes], size: int) -> bytes:
    return pack(_LINE * 2 + b"\n" * size)


def _in_members(pack: Callable[[bytes], bytes], data: bytes, size: int) -> bytes:
    return pack(data) * (size // len(pack(data))) + pack(_LINE)


def _one_text(pack: Callable[[bytes], bytes], size: int) -> bytes:
    return pack(_json({"title": "a", "text": "a" * size}))


def _numbered_bytes(record: bytes, between: bytes, before: bytes, after: bytes, size: int) -> bytes:
    return (
        before + between.join(record % n for n in range(max(2, size // (len(record) + 4)))) + after
    )
