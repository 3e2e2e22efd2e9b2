"""A code is a promise: every one is explained, and every one is given somewhere."""

import re
from pathlib import Path

import pytest

from articles.catalogue import CATALOGUE
from articles.judging import validate
from articles.problems import Code, Problem, Rejected, shown

from .build import RECEIVED, a_feed

FUNCTIONS = Path(__file__).parents[2] / "functions"


def test_every_code_is_in_the_catalogue_with_a_meaning_and_a_mend() -> None:
    assert set(CATALOGUE) == set(Code)
    assert all(all(entry) for entry in CATALOGUE.values())
    assert len({entry.meaning for entry in CATALOGUE.values()}) == len(Code)


SHORT = [code for code, entry in CATALOGUE.items() if entry.example[0] in '{["']
PROFILES = {Code.W_ASSUMED_TIMEZONE: {"timezone": "Europe/Oslo"}}


@pytest.mark.parametrize("code", [code for code in SHORT if code is not Code.E_ENCODING])
def test_the_example_of_a_code_gets_it(code: Code) -> None:
    assert code in codes(CATALOGUE[code].example.encode(), **PROFILES.get(code, {}))


def test_the_examples_that_are_described_get_their_codes() -> None:
    # What is too large, packed or archived, a wrong key and a bug of ours are no short texts.
    assert len(SHORT) == len(Code) - 5
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


def test_every_code_is_given_somewhere() -> None:
    given = set()
    for path in FUNCTIONS.rglob("*.py"):
        if path.name not in ("problems.py", "catalogue.py"):
            given |= set(re.findall(r"\bCode\.([EW]_[A-Z_]+)", path.read_text(encoding="utf-8")))

    assert given == {str(code) for code in Code}


def test_a_code_says_in_its_name_whether_it_rejects() -> None:
    assert all(code.rejects == str(code).startswith("E_") for code in Code)
    assert all(str(code) == code.name for code in Code)
    assert all(re.fullmatch(r"[EW]_[A-Z]+(_[A-Z]+)*", code) for code in Code)


def test_a_problem_is_told_without_what_says_nothing() -> None:
    problem = Problem(Code.W_DATE, "No date.", path="/date").of(record=0, at="/0", line=None)

    assert problem.as_json() == {
        "code": "W_DATE",
        "message": "No date.",
        "record": 0,
        "at": "/0",
        "path": "/date",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ferry", "'Ferry'"),
        (7, "'7'"),
        ("a\nb", "'a\\nb'"),
        ("\x1b[31m", "'\\x1b[31m'"),
        ("\u202eabc", "'\\u202eabc'"),
        ("x" * 61, "'" + "x" * 60 + "…'"),
    ],
)
def test_a_value_is_shown_on_one_harmless_line(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("value", "beginning"),
    [
        ("\u202e" * 10**6, "'\\u202e\\u202e"),
        ("x" * 60 + "\n" * 10**6, "'xxx"),
        (dict.fromkeys(map(str, range(10**5)), 1), "'{'0': 1, '1': 1, "),
        ({"a": ["\n" * 10**6]}, "'{'a': ['\\n\\n"),
        ([[[[[[[[["x" * 10**6]]]]]]]]] * 9, "'[[[[[["),
        (b"x" * 10**6, "'b'xxx"),
        (memoryview(b"x" * 10**6), "'<memory at "),
        (10**399, "'1000"),
    ],
    ids=["escapes", "end", "dict", "inner text", "nested", "bytes", "memory", "number"],
)
def test_of_a_large_value_the_beginning_is_shown(value: object, beginning: str) -> None:
    text = shown(value)

    assert text.startswith(beginning)
    assert len(text) <= 63
    assert text.isprintable()


@pytest.mark.parametrize(("length", "told"), [(0, 0), (199, 199), (200, 200), (201, 200)])
def test_a_place_is_cut_to_what_a_receipt_has_room_for(length: int, told: int) -> None:
    place = "/" * length
    expected = place if length == told else "/" * 199 + "…"

    problem = Problem(Code.W_URL, "", at=place, path=place)
    moved = Problem(Code.W_URL, "", path=place).of(record=0, at=place, line=None)

    assert {problem.at, problem.path, moved.at, moved.path} == {expected}
