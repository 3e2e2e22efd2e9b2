"""What rejects a large upload as a whole, whatever its form, and the ceilings of a plan."""

import json
from typing import Any

import pytest

from articles.limits import KIB, MIB, Limits
from articles.records.strict_json import BOM

from .build import refusal
from .large import (
    FRAMINGS,
    LIMITS,
    as_a_whole,
    at_once,
    document,
    dumped,
    in_parts,
    planned,
    problem_of,
    stories,
    too_large,
)

LONG = {"title": "x" * 3000}


def listed(*items: bytes) -> bytes:
    """Write a list that is too large for one record."""
    return b"[" + b",\n".join([*map(dumped, stories(40)), *items, *map(dumped, stories(2))]) + b"]"


BROKEN = [
    *(listed(b'{"a": NaN}'), listed(b"1e400"), listed(b"[" * 100 + b"]" * 100)),
    *(listed(b'{"a": "\xe9"}'), BOM + listed(b'{"a": "\xe9"}'), listed(BOM + b"{}")),
    *(listed(b'{"a": 1,}'), listed(b"1,"), listed(b"1 2"), listed() + b"\n</html>"),
    *(listed() + listed(), listed()[:-1], listed()[:-5], listed()[:-1] + b"}", listed() + b"]"),
    *(b"[" + b" " * 2000 + b"]" + b" " * 2000, b"7" + b"\n" * 3000),
    b'{"status": "ok",' + b" " * 2999 + b'"articles": []}',
    dumped([{"@type": "Person", "name": "Ida " * 99}] * 40),
    dumped({"status": "error", "code": "no", "articles": stories(40)}),
]


@pytest.mark.parametrize("size", [1, 64, 100_000])
@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_a_large_document_is_rejected_in_the_words_of_a_small_one(data: bytes, size: int) -> None:
    found = in_parts(data, size=size)

    assert isinstance(found, tuple)
    assert found == as_a_whole(data)


@pytest.mark.parametrize(
    "text", ["[%s,]", '{"status": "ok", "articles": [%s,]}', '{"items": [%s],}']
)
def test_a_comma_too_many_rejects_the_whole(text: str) -> None:
    items = ",\n".join(json.dumps(it) for it in stories(40))
    problem = problem_of((text % items).encode())

    assert (problem.code, problem.line) == ("E_JSON", 40)


def test_a_document_as_large_as_a_record_may_be_is_read() -> None:
    for data in (dumped({"title": "Ferry", "text": "x" * 2000}), dumped(stories(15))):
        whole = data + b" " * (3000 - len(data))
        assert in_parts(whole) == as_a_whole(whole)


def test_the_deepest_item_that_is_read_is_the_same_in_a_part() -> None:
    for framing, around in (("list", 1), ("NewsAPI", 2), ("Guardian", 3), ("AP", 4)):
        deep: Any = 1
        for _ in range(100 - around):
            deep = [deep]
        data = dumped(FRAMINGS[framing]([*stories(40), deep]))
        assert in_parts(data) == as_a_whole(data)
        assert problem_of(data.replace(b"[1]", b"[[1]]")).code == "E_JSON"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (listed(dumped(LONG)), "A record has at least 3,013 bytes"),
        (dumped({"status": "ok", "articles": [LONG]}), "A record has at least 3,013 bytes"),
        (dumped("x" * 5000), "A record has"),
        (dumped({"title": "Ferry", "text": "x" * 5000}), "A record has"),
        (dumped({"title": "Ferry", "texts": [*"x" * 500], "more": "x" * 2000}), "A record has"),
        (dumped({"data": {"item": {"title": "x" * 2000}, "other": "x" * 2000}}), "A record has"),
        (b"{" + b" " * 2000 + b"}" + b" " * 2000, "A record has"),
        (dumped({"data": {"item": {"title": "x" * 2000, "text": "x" * 2000}}}), "A record has"),
        (dumped({"@context": "https://schema.org", "items": stories(40)}), "A record has"),
        *((b"[1," + b" " * 3001 + b"2]", "white space"), (b" " * 10_000 + b"{}", "white space")),
        (b"{}" + b"\n" * 10_000, "white space"),
    ],
)
@pytest.mark.parametrize("size", [500, 100_000])
def test_a_record_that_is_too_large_rejects_the_whole(data: bytes, what: str, size: int) -> None:
    told = too_large(data, size=size)

    assert what in told
    assert "3,000" in told


@pytest.mark.parametrize("framing", ["list", "lines", "NewsAPI"])
@pytest.mark.parametrize("count", [9, 40], ids=["in memory", "larger"])
def test_records_have_a_ceiling(framing: str, count: int) -> None:
    data = document(framing, stories(count))
    assert planned(data, LIMITS.model_copy(update={"max_records": count})).records == count

    told = too_large(data, LIMITS.model_copy(update={"max_records": count - 1}))
    assert f"{count} records; the limit is {count - 1}" in told
    assert refusal(at_once, data, max_records=count - 1).message == told


def test_what_an_envelope_says_for_all_has_a_ceiling() -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    def answer(length: int) -> bytes:
        response = {"docs": stories(900)}
        return dumped({"status": "OK", "response": response, "copyright": "c" * length})

    room = 64 * KIB - len('{"copyright": ""}')
    assert in_parts(answer(room), limits) == as_a_whole(answer(room))

    told = too_large(answer(room + 1), limits)
    assert "65,537" in told
    assert "65,536" in told


def test_what_stands_beside_the_articles_has_a_ceiling() -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    def answer(count: int) -> bytes:
        beside = {f"member {number}": "x" * KIB for number in range(count)}
        return dumped({"status": "ok", **beside, "articles": stories(900)})

    assert in_parts(answer(900), limits) == as_a_whole(answer(900))

    assert f"{MIB:,}" in too_large(answer(1100), limits)
