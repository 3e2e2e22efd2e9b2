"""N90: what nobody read is told, and what it reads like."""

import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from articles.metadata import unread
from articles.metadata.normalize.text import line
from articles.metadata.notes import Notes
from articles.metadata.shapes import ANY, SHAPES
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.metadata.unread import Known
from articles.problems import Rejected
from articles.records.envelopes import unwrap
from tests.inputs import documents

from .build import RECEIVED, judge

BARE = {"title": "Ferry returns", "text": "Six."}
PROSE = "It leaves at six. " * 20


def pointers(document: Any, **profile: Any) -> list[str]:
    return list(judge(document, **profile).unread.pointers)


def warned(document: Any) -> list[tuple[str | None, object]]:
    """Give the members of W_UNREAD and the fields that they read like."""
    found = [it for it in judge(document).warnings if it.code == "W_UNREAD"]
    return [(it.path, dict(it.facts).get("field")) for it in found]


# ── What is told ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, []),
        ({"paywall": True, "mood": "calm"}, ["/paywall", "/mood"]),
        # what says nothing is not told
        (dict.fromkeys("abcde", None) | {"b": "", "c": " ", "d": [], "e": {}, "f": [None, ""]}, []),
        ({"zero": 0, "no": False}, ["/zero", "/no"]),
        # one level below what was read, and no more
        ({"source": {"name": "Courier", "owner": {"name": "X"}}}, ["/source/owner"]),
        ({"source": {"name": "Courier", "owner": None}}, []),
        ({"meta": {"a": 1, "b": {"c": 2}}}, ["/meta"]),
        ({"tags": [{"name": "ferry", "weight": 3}]}, []),
        # names as JSON Pointers have them
        ({"a/b": 1, "c~d": 2, "~1": 3, "": 4}, ["/a~1b", "/c~0d", "/~01", "/"]),
        ({"source": {"name": "Courier", "a/b": 1}}, ["/source/a~1b"]),
        # and without what nobody can see
        ({"p\x00q": 1, "\u202eabc": 2, "Größe A": 3}, ["/p\ufffdq", "/\ufffdabc", "/Größe A"]),
        # one name in another spelling is read all the same
        ({"Published_At": "2026-03-01", "wordCount": 3}, []),
    ],
)
def test_members_that_nobody_read_are_told(members: Any, expected: list[str]) -> None:
    assert pointers({**BARE, **members}) == expected


@pytest.mark.parametrize(("count", "more"), [(19, 0), (20, 0), (21, 1), (500, 480)])
def test_twenty_members_are_named_and_all_are_counted(count: int, more: int) -> None:
    told = judge({**BARE, **{f"member{n}": n for n in range(count)}}).unread

    assert told.pointers == tuple(f"/member{n}" for n in range(min(count, 20)))
    assert told.total - len(told.pointers) == more


def test_a_refused_record_tells_them_too() -> None:
    assert pointers({"title": "Ferry", "id": 1, "mood": "calm"}) == ["/mood"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"title": "x", "a": {"b": 1, "c": 2}}, ["/a/c"]),
        ({"note": 1, "notes": 1, "ingest_id": 1, "ingest": 1}, ["/notes"]),
        ({"all": {"x": 1}, "items": {"x": 1}}, []),
        ({"some": {"x": 1, "y": 2}, "a": 7}, ["/some/y"]),
        ({"s/h": {"t~u": 1, "v": 1}}, ["/s~1h/v"]),
    ],
)
def test_a_shape_says_what_it_reads_and_what_it_leaves_alone(
    document: Any, expected: list[str]
) -> None:
    shape = Shape(
        name="test",
        matches=lambda _: True,
        fields={"title": take(line, "/title", "/a/b/0/c", "/s~1h/t~0u")},
        left_alone=left_alone("note ingest* all items/* some/x"),
    )

    assert [it.pointer for it in shape.known.others(document)] == expected


def test_what_is_read_in_one_place_as_a_whole_is_read_in_all() -> None:
    for places in (["/a", "/a/b"], ["/a/b", "/a"]):
        assert list(Known(places, str).others({"a": {"b": 1, "c": 2}})) == []


@pytest.mark.parametrize(
    "members",
    [
        {f"member{n}": n for n in range(20_000)},
        {f"member{n}": "2026-03-01T09:00:00Z" for n in range(10_000)},
        {f"member{n}": {"a": 1} for n in range(10_000)},
        *({"source": {f"member{n}": PROSE for n in range(2_000)}}, {"k" * 80_000: PROSE}),
        {"long": "2026-03-01 " * 8_000, "list": ["https://a.example/ "] * 4_000},
    ],
)
def test_any_number_of_members_takes_little_time(members: Any) -> None:
    known, start = SHAPES[-2].known, time.process_time()
    others = list(known.others(members))
    unread.told(others)
    spent = time.process_time() - start
    assert spent < 0.4
    assert all(len(it) < 1_000 for it in pointers({**BARE, **members}))


# ── What it reads like ───────────────────────────────────────────────────────────────────────────

LACKING: dict[str, Any] = {"title": "Ferry", "id": 1, "description": "It is back."}
LIKE = {
    "published_at": "2026-03-01T09:00:00Z",
    "body_text": PROSE,
    "url": "https://courier.example/ferry",
    "images": "https://courier.example/ferry.JPG?w=9",
}


@pytest.mark.parametrize(("field", "value"), LIKE.items())
@pytest.mark.parametrize("form", [lambda it: it, lambda it: [it], lambda it: [None, it]])
def test_a_member_that_reads_like_a_field_that_is_missing_is_named(
    field: str, value: str, form: Any
) -> None:
    assert warned({**LACKING, "x/y": form(value)}) == [("/x~1y", field)]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("byLine", "Ida Krohn", [("/byLine", "authors")]),
        ("Authors", [{"name": "Ida"}], [("/Authors", "authors")]),
        ("Creators", {"name": "Ida"}, [("/Creators", "authors")]),
        ("creator", "x" * 101, []),
        ("author", 7, []),
        ("coauthor", "Ida", []),
    ],
)
def test_only_a_name_in_its_place_reads_like_an_author(name: str, value: Any, told: Any) -> None:
    story = {"title": "Ferry", "url": "https://a.example/1", "raw_html": "<p>Six.</p>"}
    document = {"source_domain": "a.example", "title_page": "F", "maintext": "Six.", **story}

    shape = judge({**document, name: value}).shape

    assert shape
    assert shape.name == "news-please"
    assert [it for it in warned({**document, name: value}) if it[1] == "authors"] == told


@pytest.mark.parametrize(
    "value",
    [
        *("1740819600", 1740819600, "202603", "15594", True),  # digits: no date
        *({"a": "2026-03-01"}, "soon", "x" * 500, "x " * 90, "courier.example/ferry"),
        *("mailto:a@b.example", "https://a.example/1 https://a.example/2"),
        f"https://a.example/{'x' * 2_100}",
    ],
)
def test_what_reads_like_nothing_is_told_without_a_warning(value: Any) -> None:
    document = {**LACKING, "member": value}

    assert pointers(document) == ["/member"]
    assert warned(document) == []


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("published_at", "date", "2026-01-01"),
        ("published_at", "updated", "2026-01-01"),
        ("body_text", "text", "Six."),
        ("body_text", "html", "<p>Six."),
        ("url", "link", "https://a.example/1"),
        ("url", "canonical", "https://a.example/1"),
        ("images", "image", "https://a.example/1.png"),
    ],
)
def test_of_a_field_that_is_there_nothing_is_said(field: str, name: str, value: str) -> None:
    document = {**LACKING, name: value, "member": LIKE[field]}

    assert pointers(document) == ["/member"]
    assert warned(document) == []


def test_each_member_is_named_for_one_field_and_a_level_below_too() -> None:
    document = {**LACKING, **{f"m{n}": it for n, it in enumerate(LIKE.values())}}
    document["source"] = {"name": "Courier", "page": LIKE["url"]}

    assert sorted(warned(document)) == [
        *((f"/m{n}", field) for n, field in enumerate(LIKE)),
        ("/source/page", "url"),
    ]


# ── Whether shapes say the truth about what they read ────────────────────────────────────────────


class Recorded(dict[str, Any]):
    """A document that remembers which of its members were looked up, on two levels."""

    def __init__(self, document: Any, seen: set[str], path: str = "", level: int = 1) -> None:
        super().__init__(document)
        for name, it in document.items():
            if isinstance(it, dict) and level < 2:
                self[name] = Recorded(it, seen, f"{path}/{name}", level + 1)
        self._seen, self._path = seen, path

    def get(self, name: str, default: Any = None) -> Any:
        self._seen.add(f"{self._path}/{name}")
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._seen.add(f"{self._path}/{name}")
        return super().__getitem__(name)


def records() -> Iterator[dict[str, Any]]:
    for document in documents():
        try:
            found = list(unwrap(document, ANY).found)
        except Rejected:
            continue
        yield from (it.value for it in found if isinstance(it.value, dict))


def is_declared(place: str, declared: tuple[str, ...]) -> bool:
    """Whether a place is one that is declared, or is inside it, or on the way to it."""
    pairs = (zip(place.split("/"), it.split("/"), strict=False) for it in declared)
    return any(all(fnmatchcase(name, known) for name, known in it) for it in pairs)


def test_no_finder_looks_where_it_does_not_say() -> None:
    shapes, problems = set(), list[Any]()
    for document in records():
        shape = ANY.recognise(document)
        if shape is None:
            continue
        shapes.add(shape.name)
        seen: set[str] = set()
        prepared = shape.prepare(Recorded(document, seen), Notes(RECEIVED))
        if shape.reads:
            assert [it for it in seen if not is_declared(it, shape.reads)] == [], shape.name
        for field, taken in shape.takes:
            for place in taken.places:
                looked: set[str] = set()
                # What loops over all names looks at what it finds.
                found = {it.pointer for it in place(Recorded(prepared, looked)) if it.pointer}
                undeclared = [it for it in looked | found if not is_declared(it, place.reads)]
                problems += [(shape.name, field, it) for it in undeclared]

    assert problems == []
    assert shapes == {it.name for it in SHAPES}
