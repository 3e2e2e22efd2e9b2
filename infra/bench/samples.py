"""What the benchmarks upload: objects that are generated as they are read; the name says which.

`<kind>-<records>-<anything>.ndjson` (or `.json`, a list) contains that many articles, each with its
own id. `<content>.bomb.gz` is small and unpacks to 4 GiB.
"""

import json
import random
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

KIB, MIB = 1024, 1024**2
NUMBER = "%08d"
ARTICLE = {
    "id": f"bench-{NUMBER}",
    "url": "https://courier.example/news/budget?utm_source=mail&page=2",
    "title": "Council passes budget &amp; keeps the night bus",
    "description": "The vote ended at two in the morning.",
    "byline": "By Amara Diallo and Tomas Reyes, Reuters",
    "published_at": "2025-03-14T01:55:00+01:00",
    "updated_at": "2025-03-14T08:20:00Z",
    "language": "en_GB",
    "section": "City",
    "tags": ["budget", "Night bus", "council"],
    "images": ["https://img.courier.example/hall.jpg"],
}
SHORT = {"id": f"bench-{NUMBER}", "title": "Council passes budget", "text": "It took all night."}


def article(length: int, seed: int = 0) -> dict[str, Any]:
    return {**ARTICLE, "text": "\n\n".join(paragraphs(length, seed))}


def paragraphs(length: int, seed: int = 0) -> list[str]:
    """Generate words as frequent as in real text (Zipf), so that they compress as well.

    The first 3,600 bytes of 14 real articles compress to 45 to 53 %, in the middle to 50 %.
    """
    chance = random.Random(seed)  # noqa: S311 - every run must write the same
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(2000)]
    frequencies = [1 / rank for rank in range(10, 2010)]
    return [" ".join(chance.choices(words, frequencies, k=60)) for _ in range(length // 390)]


@cache
def _articles(kind: str) -> list[dict[str, Any]]:
    """Return what an object repeats: short articles, or those of 4 KB, or of 30 to 40 KB."""
    if kind == "short":
        return [SHORT] * 1000
    if kind == "article":
        return [article(3600, seed) for seed in range(64)]
    return [article(30_000 + 320 * seed, seed) for seed in range(32)]


class Lines(NamedTuple):
    """NDJSON: a repeated block of lines, with the number of each record filled in."""

    block: bytes
    lines: int
    records: int

    @property
    def size(self) -> int:
        blocks, more = divmod(self.records, self.lines)
        block = self._filled(0)
        return blocks * len(block) + sum(map(len, block.splitlines(keepends=True)[:more]))

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes `[start, stop)`; all blocks have the same length."""
        length = len(self._filled(0))
        for number in range(start // length, -(-stop // length)):
            at = number * length
            yield self._filled(number)[max(0, start - at) : stop - at]

    def _filled(self, number: int) -> bytes:
        first = number * self.lines
        return self.block % tuple(range(first, first + self.lines))


class Whole(NamedTuple):
    """An object that is small enough for memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        yield self.data[start:stop]


@cache
def sample(name: str) -> Lines | Whole:
    """Find an object by its name."""
    stem, _, suffix = name.partition(".")
    if suffix == "bomb.gz":
        return Whole(compressed(BOMBS[stem]))
    kind, records, _ = stem.split("-")
    articles = _articles(kind)
    block = "".join(f"{json.dumps(it)}\n" for it in articles)
    lines = Lines(block.encode(), len(articles), int(records))
    if suffix == "ndjson":
        return lines
    listed = b"".join(lines.read(0, lines.size)).splitlines()
    return Whole(b"[" + b",".join(listed) + b"]")


class Bomb(NamedTuple):
    """How a bomb begins, what it repeats, and what separates each 4 MiB from the next."""

    opening: bytes
    content: bytes
    between: bytes = b""


BOMBS = {
    "spaces": Bomb(b"", b" "),
    "string": Bomb(b'{"title": "Bomb", "text": "', b"a"),
    "members": Bomb(b'{"title": "', b"a", b'", "member%d": "'),
    "lines": Bomb(b"", json.dumps({**SHORT, "text": "a" * KIB}).encode() + b"\n"),
    "list": Bomb(b"[", b"[],"),
    "lists": Bomb(b'{"title": "Bomb", "tags": [', b"[" * 90 + b"]" * 90 + b","),
}


def compressed(bomb: Bomb) -> bytes:
    """Compress 4 GiB to a few MiB, as one member.

    After a full flush nothing refers to earlier bytes, so the output can be repeated.
    """
    compressor = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)

    def flushed(data: bytes) -> bytes:
        return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)

    opening = flushed(bomb.opening)
    filling = flushed(bomb.content * (4 * MIB // len(bomb.content)))
    between = (flushed(bomb.between % n if bomb.between else b"") for n in range(KIB))
    return opening + b"".join(it + filling for it in between)
