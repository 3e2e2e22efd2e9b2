"""Uploads for the fuzz: documents of every format and framing, broken on every level.

An input depends on its seed and its number, so that each can be had again: as long as the documents
that all begin with, golden cases and examples, are the same.
"""

import bz2
import gzip
import json
import random
import re
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from backports import zstd

ROOT = Path(__file__).parents[1]
MAX_BYTES = 900_000
Edit = Callable[[random.Random, bytes], bytes]

PLAIN = ["", " ", "None", "null", "a", "Ferry returns", "By Ida Krohn, Reuters", "港" * 90]
PLAIN += ["2026-03-01T09:00:00Z", "2026-02-30", "0000-00-00", "9999-12-31T23:59:60+14:00", "15594"]
PLAIN += [
    *("https://a.example/b?utm_source=c#d", "//a@b:c", "javascript:1", "http://[::1", "mailto:a"),
]
PLAIN += ["en", "EN_gb", "withheld", "canceled", "usable", "pub:usable", "NewsArticle", "picture"]
HOSTILE = ["<p>a<br>b", "<script>a</script>", "<!--", "&amp;amp;lt;", "&#x202e;", "<a href='x'>"]
HOSTILE += ["\x00", "\x1b[31m", "\x7f", "\x85\u2028", "\u202e\u2066", "\ufeff\u200b", "\x9b\x1f"]
HOSTILE += ["\ufffe\U0010ffff", "\U000e0041", "\ud800", "\udc00\ud83d", "e\u0301\u0301", "\u0958"]
HOSTILE += ["[+99 chars]", "a\nb\r\nc", "a" * 5_000, "]]>", "${a}", "%s"]
NUMBERS = [0, 1, -1, 7, 1.5, -0.0, 1e308, 10**19, -(10**40), 1559496000, 1559496000000, 1e-320]
LITERALS = ["1e400", "-1E+999999999", "9" * 500, "0." + "1" * 450, "1e-400", "-0", "01", "+1"]
LITERALS += ["NaN", "Infinity", "-Infinity", "0x10", "1_0", "True", "undefined", "'a'", ".5", "1."]
ESCAPES = [
    *(r"\ud800", r"\udfff\ud83d", r"\ud83c\udf0a", r"\u0000", r"\u202e", r"\x41", r"\u12", "\\"),
]
TOKENS = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\n", b"\r\n", b"null", b" ", b"\x00"]
TOKENS += [b"\xef\xbb\xbf", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\xe2\x80\xa8"]
TOKENS += [b"/**/", b"//", b"{}", b"[]", b'""', b"}{", b"\n{", b"]\n[", b'{"":', b"<", b"\x1f\x8b"]

FRAMES: list[Callable[[list[Any]], Any]] = [
    lambda items: items,
    lambda items: {"response": {"results": items}},
    lambda items: {"response": {"content": items[0]}},
    lambda items: {"response": {"docs": items}, "copyright": "© 2026"},
    lambda items: {"status": "OK", "results": items, "copyright": "© 2026"},
    lambda items: {"status": "ok", "totalResults": 9, "articles": items},
    lambda items: {"status": "error", "code": "apiKeyInvalid", "articles": items},
    lambda items: {"request": {"pageUrl": "https://a.example"}, "objects": items},
    lambda items: {"version": "https://jsonfeed.org/version/1.1", "language": "pl", "items": items},
    lambda items: {"total": len(items), "item": items},
    lambda items: {"data": {"items": [{"item": it} for it in items]}},
    lambda items: {"data": {"item": items[0]}},
    lambda items: {"@context": "https://schema.org", "@graph": items},
    lambda items: [items],
]
BREAKS = ["\n", "\r\n", "\n\n", "\n \t\n", "\r", "", ",\n", "\n,", "\u2028", "\x00\n", "\x1e"]
NAMES = [
    *("a.json", "a.ndjson", "a", "a.json.gz", "a.json.bz2", "a.json.zst", "a.JSON.GZ", "é ⛴.json"),
]
FEEDS = ["courier/", "crawl/", "brief/", "wire/", "another/", "", "Un known/"]


class Input(NamedTuple):
    """An upload: under which key, and its bytes."""

    key: str
    data: bytes


def an_input(seed: int, number: int) -> Input:
    """Make an input; a good part of them is still whole, or nearly."""
    rng = random.Random(f"{seed}:{number}")  # noqa: S311 - not for secrets
    name = rng.choice(NAMES[:2] if rng.random() < 0.7 else NAMES)
    key = f"incoming/{rng.choice(FEEDS[:5] if rng.random() < 0.97 else FEEDS)}{name}"
    if rng.random() < 0.02:
        return Input(key, rng.randbytes(rng.randrange(400)))
    data = _edited(rng, _text(rng, _value(rng)), BYTES, 0.3)
    if rng.random() < 0.2:
        pack = rng.choice(PACKERS[:3] if rng.random() < 0.6 else PACKERS)
        data = _edited(rng, pack(data), BYTES, 0.3)
    return Input(key, data[:MAX_BYTES])


def odd_documents(seed: int) -> list[Any]:
    """Make the documents of a file, most of them with something odd somewhere."""
    return _value(random.Random(seed))  # noqa: S311 - not for secrets


# ── Documents ────────────────────────────────────────────────────────────────────────────────────


@cache
def documents() -> list[Any]:
    """Read a document of every format: the golden cases, and what the pages show."""
    texts = [path.read_text("utf-8") for path in sorted(ROOT.glob("tests/golden/*/upload.json"))]
    for page in sorted(ROOT.glob("docs/*.md")):
        texts += re.findall(r"```json\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    found = []
    for text in texts:
        try:
            found.append(json.loads(text))
        except ValueError:  # a case about broken JSON
            continue
    return found


@cache
def records() -> list[Any]:
    """Give what may stand in a list: the documents, and the items of those that are lists."""
    found = [it for value in documents() for it in (value if isinstance(value, list) else [value])]
    return [it for it in found if isinstance(it, dict)]


def _value(rng: random.Random) -> list[Any]:
    """Make the values of a file, which is more than one where they stand in lines."""
    if rng.random() < 0.35:
        found = [deepcopy(rng.choice(documents()))]
    else:
        count = rng.choice([1, 2, 2, 3, 5, rng.randrange(2, 40)])
        found = [deepcopy(rng.choice(records())) for _ in range(count)]
        if rng.random() < 0.5:  # of one kind, as they are in practice
            found = [deepcopy(found[0]) for _ in found]
        if rng.random() < 0.6:
            found = [rng.choice(FRAMES)(found)]
    if rng.random() < 0.6:
        for _ in range(rng.choice([1, 1, 2, 4])):
            found = _changed(rng, found)
    return _salted(rng, found) if rng.random() < 0.2 else found


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[name], (*path, name))


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path[:-1]:
        value = value[name]
    return value


def _salted(rng: random.Random, value: Any) -> Any:
    """Put something hostile into a good part of all texts."""
    if isinstance(value, dict):
        return {name: _salted(rng, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_salted(rng, member) for member in value]
    if not isinstance(value, str) or rng.random() < 0.7:
        return value
    at = rng.choice([0, len(value), rng.randrange(len(value) + 1)])
    return value[:at] + rng.choice(HOSTILE) + value[at:]


def _long(rng: random.Random) -> Any:
    """Make a text that no packing makes small, or a list of many."""
    text = rng.randbytes(150_000).hex()
    return rng.choice([text, text * 2, [text[at : at + 99] for at in range(0, len(text), 99)]])


def _changed(rng: random.Random, found: list[Any]) -> list[Any]:
    """Change one place of the values: what is there, its name, or whether it is there."""
    places = list(_places(found))
    path, other = rng.choice(places), rng.choice(places)
    holder, name = _holder(found, path), path[-1]
    there = holder[name]
    what = rng.randrange(8)
    if what == 0:
        holder[name] = deepcopy(_holder(found, other)[other[-1]])
    elif what == 1 and isinstance(there, str):
        at = rng.randrange(len(there) + 1)
        holder[name] = there[:at] + rng.choice(HOSTILE) + there[at:]
    elif what == 2:
        holder[name] = rng.choice([[there], {"value": there}, {"name": there, "url": there}])
        for _ in range(rng.choice([0, 0, 3, 30, 110])):
            holder[name] = [holder[name]]
    elif what == 3 and len(found) < 50:
        holder[name] = [there] * rng.choice([0, 2, 5, 60])
    elif what == 4 and isinstance(holder, dict):
        del holder[name]
        names = [it[-1] for it in _places(rng.choice(records())) if isinstance(it[-1], str)]
        holder[rng.choice([*names, rng.choice(HOSTILE)])] = there
    elif what == 5 and len(places) > 1:
        del holder[name]
    else:
        odd: list[Any] = [None, True, False, [], {}, [None], {"": ""}, *NUMBERS]
        odd = rng.choice([odd, PLAIN, HOSTILE]) if rng.random() < 0.95 else [_long(rng)]
        holder[name] = rng.choice(odd)
    return found or [None]


# ── Texts ────────────────────────────────────────────────────────────────────────────────────────


def _text(rng: random.Random, found: list[Any]) -> bytes:
    """Write the values, and edit what was written."""
    indent = rng.choice([None, 1, "\t"]) if len(found) == 1 or rng.random() < 0.1 else None
    is_ascii = rng.random() < 0.5
    written = [json.dumps(it, ensure_ascii=is_ascii, indent=indent) for it in found]
    text = rng.choice(BREAKS[:3] if rng.random() < 0.92 else BREAKS).join(written)
    text = (
        rng.choice(["", "", "", "\ufeff", " \n", "\n\n"]) + text + rng.choice(["", "", "\n", " "])
    )
    if rng.random() < 0.2:
        for _ in range(rng.choice([1, 1, 3])):
            text = rng.choice(TEXT_EDITS)(rng, text)
    coding = "utf-8" if rng.random() < 0.98 else rng.choice(["utf-16", "utf-16-be", "utf-32-le"])
    return text.encode(coding, "surrogatepass")


def _at(rng: random.Random, text: str, pattern: str) -> tuple[int, int] | None:
    """Find one of the places where a pattern matches."""
    found = [match.span() for match in re.finditer(pattern, text)]
    return rng.choice(found) if found else None


def _another_literal(rng: random.Random, text: str) -> str:
    place = _at(rng, text, r"(?<=[:\[,]) *(-?\d[\d.eE+-]*|null|true|false)")
    start, end = place or (0, 0)
    return text[:start] + rng.choice(LITERALS) + text[end:]


def _a_name_twice(rng: random.Random, text: str) -> str:
    place = _at(rng, text, r'"(\w+)": *("[^"\\]*"|\d+)')
    if place is None:
        return text
    start, end = place
    name, _, value = text[start:end].partition(":")
    escaped = name[0] + "".join(f"\\u{ord(c):04x}" for c in name[1:-1]) + name[-1]
    told = rng.choice([f"{name}: {value}", f"{name}: null", f"{name}: [{value}]", f"{escaped}: 1"])
    return rng.choice(
        [f"{text[:end]}, {told}{text[end:]}", f"{text[:start]}{told}, {text[start:]}"]
    )


def _an_escape(rng: random.Random, text: str) -> str:
    _, end = _at(rng, text, r'"\w') or (0, 0)
    return text[:end] + rng.choice(ESCAPES) + text[end:]


def _deeper(rng: random.Random, text: str) -> str:
    start, end = _at(rng, text, r'"[^"\\]*"(?=[,}\]])') or (0, len(text))
    depth = rng.choice([50, 97, 98, 99, 100, 101, 2_000, 50_000])
    opening, closing = rng.choice([("[", "]"), ('{"a":', "}"), ("[", ""), ("", "]")])
    return text[:start] + opening * depth + text[start:end] + closing * depth + text[end:]


def _more_white_space(rng: random.Random, text: str) -> str:
    _, end = _at(rng, text, r"[,:\[{]") or (0, 0)
    return (
        text[:end]
        + rng.choice([" ", "\n", "\t", "\r", "\u00a0"]) * rng.choice([1, 9, 9_000])
        + text[end:]
    )


TEXT_EDITS = [_another_literal, _a_name_twice, _an_escape, _deeper, _more_white_space]


# ── Bytes ────────────────────────────────────────────────────────────────────────────────────────


def _slice(rng: random.Random, data: bytes, longest: int = 200) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice([1, 1, 2, 4, rng.randrange(1, longest)]))


def _flip(rng: random.Random, data: bytes) -> bytes:
    start, _ = _slice(rng, data)
    return (
        data[:start]
        + bytes(it ^ (1 << rng.randrange(8)) for it in data[start : start + 1])
        + data[start + 1 :]
    )


def _delete(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data)
    return data[:start] + data[end:]


def _insert(rng: random.Random, data: bytes) -> bytes:
    start, _ = _slice(rng, data)
    return (
        data[:start]
        + rng.choice([rng.choice(TOKENS), rng.randbytes(rng.randrange(1, 5))])
        + data[start:]
    )


def _repeat(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data, 2_000)
    return data[:end] + data[start:end] * rng.choice([1, 1, 2, 30]) + data[end:]


def _cut_off(rng: random.Random, data: bytes) -> bytes:
    start, _ = _slice(rng, data)
    return rng.choice([data[:start], data[start:]])


def _splice(rng: random.Random, data: bytes) -> bytes:
    """Put a piece of another document in the place of one of this."""
    other = json.dumps(rng.choice(documents())).encode()
    (start, end), (first, last) = _slice(rng, data), _slice(rng, other, 2_000)
    return data[:start] + other[first:last] + data[end:]


def _swap(rng: random.Random, data: bytes) -> bytes:
    (a, b), (c, d) = sorted([_slice(rng, data), _slice(rng, data)])
    return data if c < b else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


BYTES: list[Edit] = [_flip, _delete, _insert, _repeat, _cut_off, _splice, _swap]


def _edited(rng: random.Random, data: bytes, edits: list[Edit], share: float) -> bytes:
    """Edit a share of the inputs, most of them once."""
    if rng.random() < share:
        for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
            data = rng.choice(edits)(rng, data)
    return data


def _in_two(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda data: pack(data[: len(data) // 2]) + pack(data[len(data) // 2 :])


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


PACKERS: list[Callable[[bytes], bytes]] = [
    *(_gzip, bz2.compress, zstd.compress, _in_two(_gzip), _in_two(bz2.compress)),
    *(
        _in_two(zstd.compress),
        lambda data: _gzip(_gzip(data)),
        lambda data: zstd.compress(_gzip(data)),
    ),
    *(lambda data: _gzip(data) + b"\x00", lambda data: _gzip(data) + bz2.compress(data)),
    *(
        zlib.compress,
        lambda data: b"\x1f\x8b" + data,
        lambda data: b"BZh9" + data,
        lambda _: _gzip(b""),
    ),
    lambda data: b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + zstd.compress(data),
]
