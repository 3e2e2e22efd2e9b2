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
from typing import Any, NamedTuple

from articles.feeds import Feed, Profile
from articles.framing import Frame, Framed
from articles.validate import Accepted, judge
from tests.inputs import records

# Said over and over in one text. What an uploader may write has no end; these are the pieces that
# some rule looks for, or that Unicode, HTML and regular expressions find hard.
PIECES = (
    *("a", " ", "\t", "\u00a0", "\n", "\r", "\u2028", "a\n", "\na ", "A", "1", "1,", "a ", "Aa "),
    *(
        "\u0301\u0323",
        "e\u0301\u0323",
        "\u1100\u1161\u11a8",
        "\u0958",
        "\u0344",
        "\ufdfa",
        "\u0130",
    ),
    *("\u00df", "\u6e2f", "\U0001f1e6", "\x00", "\u200b", "\u202e", "\ufffe", "\u00c3\u00a9"),
    *(
        "<",
        ">",
        "<a",
        "<!--",
        "<a>",
        "<p>",
        "</p>",
        "<br>",
        "<b><i>",
        "<a href=",
        "<td>",
        "<img src=a>",
    ),
    *(
        "<script>",
        "<<a>",
        "<svg><math>",
        "<table><a>",
        "</a",
        "<![CDATA[",
        "&",
        "&amp;",
        "&#",
        "&#38;",
        "&amp;amp;",
        "&lt;a&gt;",
    ),
    *(
        "a;",
        "a,",
        "a, ",
        "a b,",
        "a & ",
        "Ann Bee and ",
        "Bee, Ann; ",
        " und ",
        "a b und ",
        ";",
        ",",
    ),
    *(
        "/",
        "/AP",
        "Reuters/",
        "AP, ",
        "by ",
        "von ",
        "with (",
        "(",
        ")",
        "()",
        "((",
        " (a)",
        "[",
        "{",
        "{'a', ",
        "'",
        '"',
    ),
    *(
        "\\",
        "\\'",
        "a@",
        "@",
        "a@a.",
        "a@b.c ",
        "a@b.c, ",
        "http://",
        "https://a.example/",
        "//",
        "a/b/",
    ),
    *(
        "%41",
        "%",
        "?",
        "&utm_a=b",
        "&a=b",
        "#",
        ".",
        "..",
        "...",
        "\u2026",
        "[+1 chars]",
        " [+1 chars]",
        " - ",
        " \u2013 A",
    ),
    *(
        "a 1x, ",
        "a 1w,",
        "2026-",
        "2026-03-01T09:00:00Z",
        "Jan 1, 2020 ",
        "1 May 2020",
        "12:",
        "Z",
        "+00:00 ",
    ),
    *(
        "\u00a9a\n",
        "Photo: a\n",
        "a\n\u00a9a\n",
        "Images source: \u00a9 a\n",
        "Related:\n",
        "a\na\n",
        "en,",
        "en-",
        "x-a-",
        "a_",
        "a.",
    ),
    *("urn:", "nyt:", "ABCDEF", "usable,", "0x", "-", "--", "e1", "\ud83d\ude00"),
)
# Of these, each place hears; of all, each rule once.
COMMON = ("a", " ", "\u0301\u0323", "a;", "a, ", "<a>", "a\n", "&amp;", "a b\n", "\u00df")
ENDS = ("", "!")


class Family(NamedTuple):
    """Uploads that are alike but for their size; `name` says what is in them."""

    name: str
    make: Callable[[int], bytes]
    file: str = "a.json"


def families() -> Iterator[Family]:
    yield from texts()
    yield from structures()
    yield from framings()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


# ── One text ─────────────────────────────────────────────────────────────────────────────────────


def _repeated(piece: str, end: str, size: int) -> str:
    return (
        piece
        * max(
            1,
            size
            // len(json.dumps(piece, ensure_ascii=False).encode("utf-8", "surrogatepass")[1:-1]),
        )
        + end
    )


def texts() -> Iterator[Family]:
    """Put a long text into each place that a field is taken from."""
    heard = set()
    for shape, rule, document, path in places():
        first = rule not in heard or shape in ("raw-text", "crawl-row")
        heard.add(rule)
        for piece in PIECES if first else COMMON:
            for end in ENDS if first else ("",):
                yield Family(
                    f"{shape} {'/'.join(map(str, path))} ({rule}): {piece!a} … {end!a}",
                    partial(_with_text, document, path, piece, end),
                )


def places() -> Iterator[tuple[str, str, Any, tuple[Any, ...]]]:
    """Find where the fields of golden documents are taken from: shape, rule, document, path."""
    known = set()
    feed = Feed("bounds", Profile())
    for document in records():
        framed = Framed(iter([Frame(0, None, 1, document)]), 1, ())
        [verdict] = judge(framed, feed=feed, received=datetime(2026, 3, 1, tzinfo=UTC)).records
        if not isinstance(verdict, Accepted):
            continue
        for taken in verdict.taken.values():
            path = tuple(_steps(document, taken.pointer))
            place = verdict.shape.name, taken.rule.__name__, path
            if path and place not in known and _is_there(document, path):
                known.add(place)
                yield verdict.shape.name, taken.rule.__name__, document, path


def _steps(document: Any, pointer: str) -> Iterator[Any]:
    for name in pointer.split("/")[1:]:
        yield int(name) if name.isdecimal() else name


def _is_there(document: Any, path: tuple[Any, ...]) -> bool:
    try:
        for name in path:
            document = document[name]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = deepcopy(document)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return changed


def _with_text(document: Any, path: tuple[Any, ...], piece: str, end: str, size: int) -> bytes:
    return _json(_put(document, path, _repeated(piece, end, size)))


# ── Many members and items ───────────────────────────────────────────────────────────────────────


def structures() -> Iterator[Family]:
    """Make each value of a golden document a long list, and each object one of many members."""
    known = set()
    feed = Feed("bounds", Profile())
    for document in records():
        framed = Framed(iter([Frame(0, None, 1, document)]), 1, ())
        [verdict] = judge(framed, feed=feed, received=datetime(2026, 3, 1, tzinfo=UTC)).records
        shape = verdict.shape.name if verdict.shape else "none"
        for path, value in _everything(document):
            place = (shape, tuple("*" if isinstance(it, int) else it for it in path))
            if place in known:
                continue
            known.add(place)
            name = f"{shape} {'/'.join(map(str, path))}"
            item = value[0] if isinstance(value, list) and value else value
            yield Family(f"{name}: a list of one", partial(_many, document, path, item, False))
            yield Family(f"{name}: a list of many", partial(_many, document, path, item, True))
            if isinstance(value, dict):
                yield Family(f"{name}: many members", partial(_members, document, path, value))
            yield Family(f"{name}: a long name", partial(_long_name, document, path, item))


def _everything(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from _everything(value[name], (*path, name))


def _at(document: Any, path: tuple[Any, ...], value: Any) -> bytes:
    return _json(_put(document, path, value) if path else value)


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return f"{value}{number}"
    if isinstance(value, dict):
        return {name: _numbered(it, number) for name, it in value.items()}
    if isinstance(value, list):
        return [_numbered(it, number) for it in value]
    return value if value is None or isinstance(value, bool) else value + number


def _many(document: Any, path: tuple[Any, ...], item: Any, is_distinct: bool, size: int) -> bytes:
    count = max(1, size // (len(_json(item)) + (8 if is_distinct else 2)))
    items = [_numbered(item, n) if is_distinct else item for n in range(count)]
    return _at(document, path, items)


def _members(document: Any, path: tuple[Any, ...], value: dict[str, Any], size: int) -> bytes:
    one = next(iter(value.values()), 1)
    count = max(1, size // (len(_json(one)) + 15))
    return _at(document, path, {**value, **{f"m{n:08}": one for n in range(count)}})


def _long_name(document: Any, path: tuple[Any, ...], item: Any, size: int) -> bytes:
    return _at(document, path, {"k" * size: item})


# ── Framing ──────────────────────────────────────────────────────────────────────────────────────

_SHORT = b'{"id":"%d","title":"a","text":"b"}'


def framings() -> Iterator[Family]:
    """What is wrong, or often, in the bytes of a file."""

    def bytes_of(piece: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
        return lambda size: before + piece * max(1, size // len(piece)) + after

    one = b'{"title":"a","text":"b"}'
    for piece in (
        b"\n",
        b"\r\n",
        b" \n",
        b" ",
        b"\t",
        b"{}\n",
        b"[]\n",
        b"1\n",
        b"{\n",
        b"}\n",
        b'"',
        b"\\",
    ):
        yield Family(f"bytes {piece!r}", bytes_of(piece))
        yield Family(f"bytes {piece!r} after a line", bytes_of(piece, one + b"\n" + one + b"\n"))
        yield Family(f"bytes {piece!r} in a list", bytes_of(piece, b"[" + one + b","))
        yield Family(
            f"bytes {piece!r} between lines",
            bytes_of(piece, one + b"\n" + one + b"\n", b"\n" + one),
        )
    for piece in (
        b"[",
        b"]",
        b"{",
        b"}",
        b'{"a":',
        b"[]",
        b"{}",
        b"[],",
        b"{},",
        b"[[]],",
        b"0,",
        b"null,",
        b"1e9,",
        b'"",',
        b'"a",',
        b'"\\u0301",',
        b"\xff",
        b"\xef\xbb\xbf",
        b"\x00",
        b"-",
        b"0.0,",
        b"1" * 100 + b",",
        b"12" * 200 + b",",
        b"1" * 401 + b",",
        b'"\\ud800",',
        b"tru",
        b'{"a":1,"a":2},',
        b"//",
        b"'a',",
    ):
        yield Family(f"bytes {piece!r}", bytes_of(piece))
        yield Family(f"a list of {piece!r}", bytes_of(piece, b"[", b"0]"))
        yield Family(
            f"tags of {piece!r}", bytes_of(piece, b'{"title":"a","text":"b","tags":[', b"0]}")
        )
        yield Family(
            f"unknown of {piece!r}", bytes_of(piece, b'{"title":"a","text":"b","x":[', b"0]}")
        )
        yield Family(f"unclosed {piece!r}", bytes_of(piece, b'{"title":"a","text":"b","x":['))
    for piece in (
        b"a",
        b"\\n",
        b"\\u0301\\u0323",
        b"\\ud83d\\ude00",
        b"\\ud800",
        b"\\\\",
        b'\\"',
        b"\\/",
        b"{",
        b"[",
        b",",
        b"\n",
        b"\\",
    ):
        yield Family(f"text {piece!r}", bytes_of(piece, b'{"title":"a","text":"', b'"}'))
        yield Family(f"text {piece!r} unclosed", bytes_of(piece, b'{"title":"a","text":"'))
        yield Family(f"name {piece!r}", bytes_of(piece, b'{"title":"a","text":"b","', b'":1}'))
    for depth in (48, 90, 98, 101, 5000):
        nest = b"[" * depth + b"]" * depth + b","
        yield Family(f"lists {depth} deep", bytes_of(nest, b"[", b"0]"))
        yield Family(
            f"tags {depth} deep", bytes_of(nest, b'{"title":"a","text":"b","tags":[', b"0]}")
        )
        yield Family(
            f"lines {depth} deep", bytes_of(b'{"title":"a","x":' + nest[:-1] + b"}\n"), "a.ndjson"
        )
    yield Family("a number", bytes_of(b"1", b'{"title":"a","text":"b","id":', b"}"))
    yield Family("a fraction", bytes_of(b"1", b'{"title":"a","text":"b","id":1.', b"}"))
    yield Family("an exponent", bytes_of(b"1", b'{"title":"a","text":"b","id":1e', b"}"))
    yield Family("names that are alike", bytes_of(b'"a":1,', b"{", b'"title":"a","text":"b"}'))
    for label, record in (
        ("short", _SHORT),
        ("bad", b'{"id":%d,'),
        ("no", b'{"a%d":1}'),
        ("twice", b'{"id":"1","title":"%d"}'),
        (
            "hostile",
            '{"title":"%d","authors":"a;a;a b","tags":"a,b","url":"//","text":"<p>é"}'.encode(),
        ),
        ("halves", b'{"title":"%d\\ud800","text":"b"}'),
        ("dup", b'{"title":"%d","title":"a","text":"b"}'),
    ):
        yield Family(
            f"lines, {label}", partial(_numbered_bytes, record, b"\n", b"", b""), "a.ndjson"
        )
        yield Family(f"list, {label}", partial(_numbered_bytes, record, b",", b"[", b"]"))
        yield Family(
            f"results, {label}",
            partial(
                _numbered_bytes, record, b",", b'{"status":"ok","copyright":"a","results":[', b"]}"
            ),
        )
    node = b'{"@type":"NewsArticle","@id":"%d","headline":"a","author":{"@id":"#p"}}'
    yield Family(
        "graph, short",
        partial(_numbered_bytes, node, b",", b'{"@context":"https://schema.org","@graph":[', b"]}"),
    )
    yield Family(
        "graph, one page",
        partial(
            _numbered_bytes,
            b'{"@type":"NewsArticle","url":"u%d","headline":"a","mainEntityOfPage":"http://a/"}',
            b",",
            b'{"@context":"https://schema.org","@graph":[',
            b"]}",
        ),
    )
    yield Family(
        "graph, one page, differ not",
        partial(
            _numbered_bytes,
            b'{"@type":"NewsArticle","a%d":1,"mainEntityOfPage":"http://a/"}',
            b",",
            b'{"@context":"https://schema.org","@graph":[',
            b"]}",
        ),
    )
    yield Family(
        "graph, chain",
        lambda size: _json(
            {
                "@graph": [{"@type": "NewsArticle", "headline": "a", "author": {"@id": "0"}}]
                + [
                    {"@id": str(n), "name": "b", "author": {"@id": str(n + 1)}}
                    for n in range(size // 50)
                ]
            }
        ),
    )
    yield Family(
        "graph, large node",
        lambda size: _json(
            {
                "@graph": [
                    {
                        "@type": "NewsArticle",
                        "@id": f"a{n}",
                        "headline": "a",
                        "author": {"@id": "p"},
                    }
                    for n in range(size // 140)
                ]
                + [{"@id": "p", "name": "b", "x": "y" * (size // 3)}]
            }
        ),
    )
    yield Family(
        "graph, one id",
        partial(
            _numbered_bytes,
            b'{"@id":"p","n%d":1}',
            b",",
            b'{"@graph":[{"@type":"NewsArticle","headline":"a","author":{"@id":"p"}},',
            b"]}",
        ),
    )
    yield Family(
        "nested graphs",
        lambda size: (
            b'{"@graph":[' * 48
            + b'{"@type":"NewsArticle","headline":"a"},' * (size // 40)
            + b"{}"
            + b"]}" * 48
        ),
    )
    yield Family(
        "context",
        bytes_of(
            b'"a",',
            b'{"@context":[',
            b'"https://schema.org"],"@type":"NewsArticle","headline":"a"}',
        ),
    )
    for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
        yield Family(f"blank lines, {name}", partial(_packed, pack, b"\n"), f"a.ndjson.{name}")
        yield Family(f"members, {name}", partial(_in_members, pack), f"a.ndjson.{name}")
        yield Family(f"empty members, {name}", partial(_empty_members, pack), f"a.json.{name}")
        yield Family(
            f"one text, {name}",
            lambda size, pack=pack: pack(_json({"title": "a", "text": "a" * size})),
            f"a.json.{name}",
        )


def _numbered_bytes(record: bytes, between: bytes, before: bytes, after: bytes, size: int) -> bytes:
    return (
        before + between.join(record % n for n in range(max(2, size // (len(record) + 4)))) + after
    )


def _packed(pack: Callable[[bytes], bytes], piece: bytes, size: int) -> bytes:
    return pack(b'{"title":"a"}\n{"title":"b"}\n' + piece * (size // len(piece)))


def _in_members(pack: Callable[[bytes], bytes], size: int) -> bytes:
    one = b'{"id":1,"title":"a","text":"b"}\n'
    return pack(one) * (size // len(pack(one)))


def _empty_members(pack: Callable[[bytes], bytes], size: int) -> bytes:
    return pack(b"") * (size // len(pack(b""))) + pack(b'{"title":"a","text":"b"}')
