"""A code is a promise: every one is explained, and its example gets it."""

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.catalogue import CATALOGUE, Code
from articles.judging import validate
from articles.problems import Problem, Rejected
from articles.quoting import shown

from .build import RECEIVED, a_feed


def test_every_code_has_a_meaning_and_a_fix_and_says_in_its_name_whether_it_rejects() -> None:
    assert set(CATALOGUE) == set(Code)
    assert all(all(entry) for entry in CATALOGUE.values())
    assert len({entry.meaning for entry in CATALOGUE.values()}) == len(Code)
    for code in Code:
        assert code.rejects == str(code).startswith("E_")
        assert str(code) == code.name
        assert re.fullmatch(r"[EW]_[A-Z]+(_[A-Z]+)*", code)


SHORT = [code for code, entry in CATALOGUE.items() if entry.example[0] in '{["']
PROFILES = {Code.W_ASSUMED_TIMEZONE: {"timezone": "Europe/Oslo"}}


@pytest.mark.parametrize("code", [code for code in SHORT if code is not Code.E_ENCODING])
def test_the_example_of_a_code_gets_it(code: Code) -> None:
    assert code in codes(CATALOGUE[code].example.encode(), **PROFILES.get(code, {}))


def test_the_examples_that_are_described_get_their_codes() -> None:
    # What is too large, compressed, archived, stored before or replayed, a wrong key, a bug: no
    # short texts.
    assert len(SHORT) == len(Code) - 7
    assert codes('{"title": "Café"}'.encode("latin-1")) == {Code.E_ENCODING}


def codes(upload: bytes, **profile: str) -> set[Code]:
    """Give all codes that an upload gets."""
    try:
        verdicts = validate(upload, feed=a_feed(**profile), received=RECEIVED)
    except Rejected as rejected:
        return {problem.code for problem in rejected.problems}
    said = {problem.code for problem in verdicts.warnings}
    for it in verdicts.records:
        said |= {problem.code for problem in (*getattr(it, "problems", ()), *it.warnings)}
    return said


def test_a_problem_is_reported_in_words_without_what_is_not_known() -> None:
    problem = Problem.of(Code.W_LANGUAGE, value=shown("klingonese"))
    placed = problem.placed(path="/language").placed(record=0, at="/0")

    told = '"klingonese" is not a known language; it was dropped. Send a tag such as en-GB.'
    where = {"record": 0, "at": "/0", "path": "/language"}
    assert placed.reported().as_json() == {"code": "W_LANGUAGE", "message": told, **where}


def test_problems_with_the_same_facts_are_one() -> None:
    one, same, other = (Problem.of(Code.W_DATE, value=value) for value in "aab")

    assert len({one, same, other}) == 2
    assert len({it.reported() for it in (one, same, other)}) == 2


def test_the_facts_of_a_problem_are_short_and_never_read_as_a_template() -> None:
    problem = Problem.of(Code.W_DATE, value="{0.__class__}" + "x" * 10**6)

    assert problem.message.startswith("{0.__class__}x")
    assert len(problem.message) < 600
    assert len(repr(problem)) < 700


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(("Ferry", '"Ferry"'), ("Füße 東京", '"Füße 東京"'), ('a "quote"', '"a \\"quote\\""')),
        *((7, "7"), (None, "null"), (True, "true"), (["a", {"b": 1.5}], '["a", {"b": 1.5}]')),
        *(("a\nb", '"a\\nb"'), ("\x1b[31m", '"\\u001b[31m"')),
        ("\u202eabc\u200b\xa0\x7f", '"\\u202eabc\\u200b\\u00a0\\u007f"'),
        *(("\ud83d", '"\\ud83d"'), ("\U000e0041", '"\\udb40\\udc41"')),
        *(("x" * 60, '"' + "x" * 60 + '"'), ("x" * 61, '"' + "x" * 60 + '…"')),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17…]"),
        (b"no JSON", "<bytes>"),
    ],
)
def test_a_value_is_shown_as_json_on_one_harmless_line(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("value", "beginning"),
    [
        *(("\u202e" * 10**6, '"\\u202e\\u202e'), ("x" * 59 + "\n" * 10**6, '"xxx')),
        (dict.fromkeys(map(str, range(10**5)), 1), '{"0": 1, "1": 1, '),
        *(({"a": ["\n" * 10**6]}, '{"a": ["\\n\\n'), ({"a" * 10**6: 1}, '{"aaa')),
        *(([[[[[[[[["x" * 10**6]]]]]]]]] * 9, "[[[[[["), (10**399, "1000")),
    ],
    ids=["escapes", "end", "dict", "inner text", "name", "nested", "number"],
)
def test_of_a_large_value_the_beginning_is_shown(value: object, beginning: str) -> None:
    text = shown(value)

    assert text.startswith(beginning)
    assert "…" in text[-2:]
    assert len(text) <= 63
    assert text.isprintable()


@given(st.recursive(st.text() | st.integers() | st.booleans() | st.none(), st.lists, max_leaves=9))
def test_what_is_shown_as_a_whole_is_json(value: object) -> None:
    text = shown(value, 10**6)

    assert json.loads(text) == value
    assert text.isprintable()


class Watched(list[object]):
    """A list that notes how many of its items were looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[object]:
        for item in super().__iter__():
            self.looked_at += 1
            yield item


def test_no_more_of_a_value_is_looked_at_than_is_shown() -> None:
    items = Watched([7] * 10**6)

    shown(items)

    assert items.looked_at <= 61


@pytest.mark.parametrize(("length", "kept"), [(0, 0), (199, 199), (200, 200), (201, 200)])
def test_a_place_is_cut_to_what_a_receipt_has_room_for(length: int, kept: int) -> None:
    place = "/" * length
    expected = place if length == kept else "/" * 199 + "…"

    problem = Problem.of(Code.W_URL, value="a").placed(at=place, path=place)

    assert {problem.at, problem.path} == {expected or None}
