"""What rejects a large upload as a whole, whatever its form, and the ceilings of a plan."""

import json
from typing import Any

import pytest

from articles.limits import KIB, MIB, Limits
from articles.problems import Rejected
from articles.records.strict_json import BOM

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
)

LONG = {"title": "x" * 3000}


def listed(*items: bytes) -> bytes:
    """Write a list that is too large for one record."""
    return b"[" + b",\n".join([*map(dumped, stories(40)), *items, *map(dumped, stories(2))]) + b"]"


BROKEN = {
    "a constant": listed(b'{"a": NaN}'),
    "a number": listed(b"1e400"),
    "nested deeply": listed(b"[" * 100 + b"]" * 100),
    "a bad byte": listed(b'{"a": "\xe9"}'),
    "a bad byte behind a mark": BOM + listed(b'{"a": "\xe9"}'),
    "a mark inside": listed(BOM + b"{}"),
    "a comma too many inside": listed(b'{"a": 1,}'),
    "two commas": listed(b"1,"),
    "no comma": listed(b"1 2"),
    "text behind": listed() + b"\n</html>",
    "a second list": listed() + listed(),
    "cut off behind an item": listed()[:-1],
    "cut off in a string": listed()[:-5],
    "closed wrongly": listed()[:-1] + b"}",
    "one bracket too many": listed() + b"]",
    "a huge list that is empty": b"[" + b" " * 2000 + b"]" + b" " * 2000,
    "a single value": b"7" + b"\n" * 3000,
    "an empty envelope": b'{"status": "ok",' + b" " * 2999 + b'"articles": []}',
    "JSON-LD without an article": dumped([{"@type": "Person", "name": "Ida " * 99}] * 40),
    "an error of a service": dumped({"status": "error", "code": "no", "articles": stories(40)}),
}


@pytest.mark.parametrize("size", [1, 64, 100_000])
@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
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
    problem = problem_of(data, size=size)

    assert problem.code == "E_TOO_LARGE"
    assert what in problem.message
    assert "3,000" in problem.message


@pytest.mark.parametrize("framing", ["list", "lines", "NewsAPI"])
def test_records_have_a_ceiling(framing: str) -> None:
    data = document(framing, stories(40))
    assert planned(data, LIMITS.model_copy(update={"max_records": 40})).records == 40

    problem = problem_of(data, LIMITS.model_copy(update={"max_records": 39}))
    assert problem.code == "E_TOO_LARGE"
    assert "40 records" in problem.message
    assert "39" in problem.message


def test_records_of_what_fits_in_memory_have_a_ceiling_too() -> None:
    data, limits = dumped(stories(9)), LIMITS.model_copy(update={"max_records": 8})

    for find in (lambda: planned(data, limits), lambda: at_once(data, max_records=8)):
        with pytest.raises(Rejected) as rejected:
            find()
        [problem] = rejected.value.problems
        assert problem.code == "E_TOO_LARGE"
        assert "9 records; the limit is 8" in problem.message


def test_what_an_envelope_says_for_all_has_a_ceiling() -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    def answer(length: int) -> bytes:
        response = {"docs": stories(900)}
        return dumped({"status": "OK", "response": response, "copyright": "c" * length})

    room = 64 * KIB - len('{"copyright": ""}')
    assert in_parts(answer(room), limits) == as_a_whole(answer(room))

    problem = problem_of(answer(room + 1), limits)
    assert problem.code == "E_TOO_LARGE"
    assert "65,537" in problem.message
    assert "65,536" in problem.message


def test_what_stands_beside_the_articles_has_a_ceiling() -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    def answer(count: int) -> bytes:
        beside = {f"member {number}": "x" * KIB for number in range(count)}
        return dumped({"status": "ok", **beside, "articles": stories(900)})

    assert in_parts(answer(900), limits) == as_a_whole(answer(900))

    problem = problem_of(answer(1100), limits)
    assert problem.code == "E_TOO_LARGE"
    assert f"{MIB:,}" in problem.message
