"""Large uploads in small: documents of every framing, planned, and framed in parts."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from articles.limits import Limits
from articles.metadata.shapes import ANY
from articles.problems import Problem, Rejected
from articles.records.compression import Decompressed
from articles.records.cutting import Plan
from articles.records.framing import Framed, frame
from articles.records.parts import frame_part
from articles.records.planning import frame_at_once, plan
from articles.refs import Part

from .build import refusal

LIMITS = Limits(max_record_bytes=3000, part_bytes=700, part_records=7)
FEED = "https://jsonfeed.org/version/1.1"
STORY, RSS = {"type": "story", "headlines": {}}, {"guid": "1", "title": "Ferry"}
FOUND = {"title": "Ferry", "link": "https://a.example/1"}
Items = list[Any]


def _graphs(items: Items) -> Iterator[Items]:
    nodes = [{"@type": "NewsArticle", "@id": f"#{n}", "body": it} for n, it in enumerate(items)]
    return (nodes[start : start + 2] for start in range(0, len(nodes), 2))


FRAMINGS: dict[str, Callable[[Items], Any]] = {
    "list": lambda items: items,
    "lines": lambda items: items,
    "JSON-LD": lambda items: [
        {"@type": "NewsArticle", "@id": f"#{number}", "body": it} for number, it in enumerate(items)
    ],
    "JSON-LD graphs": lambda items: [
        {"@type": "Person", "name": "Ida"} if number % 4 == 3 else {"@graph": pair}
        for number, pair in enumerate(_graphs(items))
    ],
    "AP": lambda items: {"data": {"links": [], "items": [{"item": it, "x": 1} for it in items]}},
    "AP, one": lambda items: {"api_version": "1", "data": {"item": {"list": items[:3]}}},
    "AP, bare": lambda items: {"item": {"altids": {"itemid": "1"}, "list": items[:3]}},
    "BBC": lambda items: {"total": 1, "limit": 10, "offset": 0, "item": items},
    "Guardian": lambda items: {"response": {"results": items, "relatedContent": [{"id": "no"}]}},
    "Guardian, one": lambda items: {"response": {"status": "ok", "content": {"list": items[:3]}}},
    "NYT search": lambda items: {"copyright": "© NYT", "response": {"meta": {}, "docs": items}},
    "NYT": lambda items: {"status": "OK", "copyright": "© NYT", "num_results": 1, "results": items},
    "NewsAPI": lambda items: {"status": "ok", "totalResults": 1, "articles": items},
    "GNews": lambda items: {"totalArticles": 1, "articles": items},
    "Diffbot": lambda items: {"request": {"pageUrl": "x"}, "objects": items},
    "Arc": lambda items: {"type": "results", "content_elements": [STORY, *items], "count": 1},
    "dpa": lambda items: {"entries": [{"urn": "1"}, *items]},
    "Event Registry": lambda items: {"articles": {"page": 1, "results": items, "pages": 1}},
    "posts": lambda items: {"posts": items, "meta": {}},
    "rss2json": lambda items: {"status": "ok", "feed": {"title": "All"}, "items": items},
    "rss-parser": lambda items: {"title": "All", "items": [RSS, *items], "feedUrl": "x"},
    "feedparser": lambda items: {"feed": {"title": "All"}, "entries": items, "bozo": False},
    "RSS": lambda items: {"rss": {"version": "2.0", "channel": {"title": "All", "item": items}}},
    "RSS, one": lambda items: {"rss": {"channel": {"item": {"list": items[:3]}}}},
    "RSS, in a list": lambda items: {"rss": {"channel": [{"title": ["All"], "item": items}]}},
    "RSS, one in a list": lambda items: {"rss": {"channel": [{"item": {"list": items[:3]}}]}},
    "RSS, bare": lambda items: {"channel": {"title": "All", "item": items}},
    "RSS, bare, one": lambda items: {"channel": {"title": "All", "item": {"list": items[:3]}}},
    "Atom": lambda items: {"feed": {"title": "All", "entry": items}},
    "Atom, one": lambda items: {"feed": {"title": "All", "entry": {"list": items[:3]}}},
    "RDF": lambda items: {"rdf:RDF": {"channel": {"title": "All"}, "item": items}},
    "RDF, one": lambda items: {"rdf:RDF": {"channel": {}, "item": {"list": items[:3]}}},
    "JSON Feed": lambda items: {"version": FEED, "items": items, "authors": [{}], "language": "pl"},
    "a feed": lambda items: {"feed": {"title": "All"}, "items": items},
    "found": lambda items: {"took": 3, "x": [1, {"a": 2}], "data": [FOUND, *items], "y": [[1]]},
    "found, inside": lambda items: {
        "tags": [{"name": "a"}] * 30,
        "a/b": {"c~d": {"list": [FOUND, *items], "more": ["x"] * 30}, "n": [{"title": "no"}]},
        "related": [FOUND],
    },
}


class Told(NamedTuple):
    """What a frame says."""

    record: int
    at: str | None
    line: int | None
    value: Any
    problems: tuple[Problem, ...]


Outcome = list[Told] | tuple[Problem, ...]


def told(framed: Framed) -> list[Told]:
    return [
        Told(it.record, it.at, it.line, it.value, it.rejected.problems if it.rejected else ())
        for it in framed.frames
    ]


def outcome(read: Callable[[], list[Told]]) -> Outcome:
    try:
        return read()
    except Rejected as rejected:
        return rejected.problems


def as_a_whole(data: bytes) -> Outcome:
    return outcome(lambda: told(frame(data, ANY)))


def pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def planned(data: bytes, limits: Limits = LIMITS, size: int = 1000) -> Plan:
    return plan(Decompressed(pieces(data, size), None), limits, ANY)


def read_part(part: Part, data: bytes, limits: Limits = LIMITS) -> Framed:
    return frame_part(part, lambda: data[part.offset : part.offset + part.length], limits, ANY)


def in_parts(data: bytes, limits: Limits = LIMITS, size: int = 1000) -> Outcome:
    def read() -> list[Told]:
        parts = planned(data, limits, size).parts
        return [it for part in parts for it in told(read_part(part, data, limits))]

    return outcome(read)


def problem_of(data: bytes, limits: Limits = LIMITS, size: int = 1000) -> Problem:
    return refusal(planned, data, limits, size)


def too_large(data: bytes, limits: Limits = LIMITS, size: int = 1000) -> str:
    """Give the words in which a plan is refused for a size."""
    problem = problem_of(data, limits, size)
    assert problem.code == "E_TOO_LARGE"
    return problem.message


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def lines(*items: Any) -> bytes:
    return b"\n".join(map(dumped, items))


def stories(count: int, **changes: Any) -> Items:
    return [
        {"id": f"s{number}", "title": f"Fähre {number} " * 9, **changes} for number in range(count)
    ]


def document(framing: str, items: Items) -> bytes:
    value = FRAMINGS[framing](items)
    return lines(*value) if framing == "lines" else dumped(value)


def peak(action: Callable[[], Any]) -> int:
    """Give the most bytes of memory that an action has at a time."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def at_once(data: bytes, **limits: int) -> Framed | None:
    return frame_at_once(Decompressed(pieces(data), None), Limits(**limits), ANY)
