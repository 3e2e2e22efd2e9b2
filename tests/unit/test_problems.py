"""A code is a promise: every one is explained, and every one is given somewhere."""

import re
from pathlib import Path

import pytest

from articles.problems import CATALOGUE, Code, Problem, shown

FUNCTIONS = Path(__file__).parents[2] / "functions"


def test_every_code_is_in_the_catalogue_with_a_meaning_and_a_mend() -> None:
    assert set(CATALOGUE) == set(Code)
    assert all(entry.meaning and entry.mend for entry in CATALOGUE.values())
    assert len({entry.meaning for entry in CATALOGUE.values()}) == len(Code)


def test_every_code_is_given_somewhere() -> None:
    sources = [p.read_text(encoding="utf-8") for p in FUNCTIONS.rglob("*.py")]
    given = set()
    for source in sources:
        if "class Code(StrEnum)" not in source:
            given |= set(re.findall(r"\bCode\.([EW]_[A-Z_]+)", source))

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
