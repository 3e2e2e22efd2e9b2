"""What JSON is here, case by case; docs/json.md says the same in words.

The inputs are written from the grammar of RFC 8259 and from RFC 7493 (I-JSON). Three tables: what
a reader must accept, what it must reject, and what it may decide ("either").
"""

import json
import re
from pathlib import Path

import pytest

from articles.metadata.shapes import ANY
from articles.problems import Problem, Rejected
from articles.records.framing import frame
from articles.records.strict_json import Parsed, parse

from .json_accepted import ACCEPTED, Read
from .json_choices import DUPLICATE, EITHER, ENCODING, NOT_JSON, SURROGATE, YES, Either
from .json_rejected import FILES, NOT_UTF_8, REJECTED, Fault

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


# ── The tests ────────────────────────────────────────────────────────────────────────────────────


def told_of(data: bytes) -> Problem:
    """Give the one problem that a text is rejected with."""
    with pytest.raises(Rejected) as rejected:
        parse(data)
    (problem,) = rejected.value.problems
    return problem


def code_of_file(data: bytes) -> str:
    with pytest.raises(Rejected) as rejected:
        frame(data, ANY)
    (problem,) = rejected.value.problems
    return problem.code


def outcome(data: bytes) -> tuple[Parsed | None, str]:
    """Give what is read, and what happened in the words of the page."""
    try:
        parsed = parse(data)
    except Rejected as rejected:
        return None, f"rejected `{rejected.problems[0].code}`"
    codes = ", ".join(f"`{warning.code}`" for warning in parsed.warnings)
    return parsed, f"accepted with {codes}" if codes else "accepted"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}: {name}")
        for kind, cases in ACCEPTED.items()
        for name, case in cases.items()
    ],
)
def test_what_rfc_8259_allows_is_read_with_its_value(case: Read) -> None:
    parsed = parse(case.data)

    # By repr: 1, 1.0 and true are equal to Python, and so are 0.0 and -0.0.
    assert repr(parsed.value) == repr(case.value)
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}: {name}")
        for kind, cases in REJECTED.items()
        for name, case in cases.items()
    ],
)
def test_what_rfc_8259_forbids_is_rejected_where_it_stands(case: Fault) -> None:
    problem = told_of(case.data)

    assert (problem.code, problem.line) == ("E_JSON", case.line)
    assert f" line {case.line}, column {case.column}, at " in problem.message
    # A file must not come in by another way, one object a line for instance.
    assert code_of_file(case.data) == "E_JSON"


@pytest.mark.parametrize(("data", "line"), NOT_UTF_8.values(), ids=NOT_UTF_8.keys())
def test_bytes_that_are_not_utf_8_are_rejected_with_their_line(data: bytes, line: int) -> None:
    problem = told_of(data)

    assert (problem.code, problem.line) == ("E_ENCODING", line)
    assert f"line {line})" in problem.message or problem.reason == "binary"
    assert code_of_file(data) == "E_ENCODING"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(*case, id=f"{kind}: {name}")
        for kind, cases in FILES.items()
        for name, case in cases.items()
    ],
)
def test_a_file_that_can_hold_no_article_is_rejected(data: bytes, code: str) -> None:
    assert code_of_file(data) == code


@pytest.mark.parametrize("case", EITHER.values(), ids=EITHER.keys())
def test_what_a_reader_may_decide_is_decided(case: Either) -> None:
    parsed, happened = outcome(case.data)

    assert happened == case.decision
    if parsed is None:
        assert code_of_file(case.data) in case.decision
    else:
        assert repr(parsed.value) == repr(case.value)
        # Whatever is accepted can be written again: UTF-8 has no half of a pair.
        json.dumps(parsed.value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name)
        for name, case in EITHER.items()
        if case.decision in (NOT_JSON, ENCODING)
    ],
)
def test_a_decision_against_a_text_says_where_it_stands(case: Either) -> None:
    problem = told_of(case.data)

    where = r" line 1, column \d+, at "
    if case.decision == ENCODING:
        where = r"^Byte \d+ .* line 1\)|^The file is in UTF-(16|32)\."
    assert re.search(where, problem.message)
    assert problem.line == 1


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table under a heading, without its head."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [row for row in section.split("\n") if row.startswith("|")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table[2:]]


def test_the_page_lists_every_decision_and_no_other() -> None:
    told = [(case, decision) for case, _, decision, _ in rows("Either")]

    assert told == [(f"`{name}`", case.decision) for name, case in EITHER.items()]


def test_the_page_says_of_every_decision_what_the_rfc_says_and_why() -> None:
    assert [row[0] for row in rows("Either") if not all(row)] == []


def test_the_page_lists_every_class_that_is_accepted() -> None:
    assert [row[0] for row in rows("Accepted")] == list(ACCEPTED)


def test_the_page_lists_every_class_that_is_rejected_with_its_code() -> None:
    expected = [(kind, "`E_JSON`") for kind in REJECTED]
    expected += [("bytes that are not UTF-8", "`E_ENCODING`")]
    for kind, cases in FILES.items():
        (code,) = {code for _, code in cases.values()}
        expected.append((kind, f"`{code}`"))

    assert [(row[0], row[1]) for row in rows("Rejected")] == expected


# ── Hostile texts ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "sign"),
    [
        pytest.param(f'["{"ж" * 5_000}\t"]'.encode(), "ж", id="text before a control character"),
        pytest.param(f'["{"ж" * 5_000}'.encode(), "ж", id="text that is not closed"),
        pytest.param(f"[{'ж' * 5_000}]".encode(), "ж", id="word"),
        pytest.param(f"[1]{'ж' * 5_000}".encode(), "ж", id="text behind the value"),
        pytest.param(f"['{'ж' * 5_000}']".encode(), "ж", id="single quotes"),
        pytest.param(f'["{"ж" * 5_000}\\ж"]'.encode(), "ж", id="bad escape"),
        pytest.param(f'{{"{"ж" * 5_000}"}}'.encode(), "ж", id="name without a value"),
        pytest.param(f'{{"{"ж" * 5_000}":1,"{"ж" * 5_000}":2}}'.encode(), "ж", id="name twice"),
        pytest.param(
            b'{"' + b"\xc2\x81" * 5_000 + b'":1,"' + b"\xc2\x81" * 5_000 + b'":2}',
            r"\x81",
            id="name twice, not printable",
        ),
        pytest.param(b"[" + b"7" * 5_000 + b"]", "7", id="integer"),
        pytest.param(b"[-" + b"7" * 5_000 + b"]", "7", id="negative integer"),
        pytest.param(b"[1." + b"7" * 5_000 + b"]", "7", id="fraction"),
        pytest.param(b"[1e" + b"7" * 5_000 + b"]", "7", id="exponent"),
        pytest.param(b"[" + b"7" * 309 + b"]", "7", id="integer over a double"),
        pytest.param(b'"' + b"7" * 5_000 + b'"', "7", id="single value"),
        pytest.param(b'["' + b"7" * 5_000 + b'\xff"]', "7", id="text before a bad byte"),
        pytest.param(b'["' + rb"\ud83d" * 5_000 + b'"]', r"\ud83d", id="half a pair"),
    ],
)
def test_a_message_never_repeats_more_than_200_characters_of_the_text(
    data: bytes, sign: str
) -> None:
    try:
        problems = frame(data, ANY).warnings
    except Rejected as rejected:
        problems = rejected.problems

    assert problems
    assert all(problem.message.count(sign) * len(sign) <= 200 for problem in problems)


# What looks at each sign again for each sign before it takes hours over these, and is found out by
# that: a clock would only make the test depend on the machine.
MANY = 100_000


@pytest.mark.parametrize(
    ("data", "happens"),
    [
        pytest.param(b'"' * MANY, NOT_JSON, id="quotation marks"),
        pytest.param(b"[" * 101 + b'"' * MANY, NOT_JSON, id="quotation marks behind brackets"),
        pytest.param(b'"a' * MANY + b"[" * 101, NOT_JSON, id="quotation marks that end nothing"),
        pytest.param(b'["' + rb"\"" * MANY, NOT_JSON, id="escaped quotation marks"),
        pytest.param(
            b'["' + rb"\"" * MANY + b"[" * 101, NOT_JSON, id="escaped quotation marks and brackets"
        ),
        pytest.param(b"[" + b'"",' * MANY + b'""]', YES, id="empty texts"),
        pytest.param(b"\\" * MANY, NOT_JSON, id="backslashes"),
        pytest.param(b'["' + b"\\" * MANY + b'"]', YES, id="backslashes in a text"),
        pytest.param(b'["' + b"\\" * MANY, NOT_JSON, id="backslashes in a text without end"),
        pytest.param(b"\\" * MANY + b"[" * 101, NOT_JSON, id="backslashes before brackets"),
        pytest.param(b'["' + rb"\u" * MANY + b'"]', NOT_JSON, id="escapes without digits"),
        pytest.param(b'["' + rb"\ud83d" * MANY + b'"]', SURROGATE, id="halves of pairs"),
        pytest.param(b"[" * MANY, NOT_JSON, id="opening brackets"),
        pytest.param(b"]" * MANY, NOT_JSON, id="closing brackets"),
        pytest.param(b"{" * MANY, NOT_JSON, id="opening braces"),
        pytest.param(b"[]" * MANY, NOT_JSON, id="empty lists side by side"),
        pytest.param(b"[[]" + b",[]" * MANY + b"]", YES, id="empty lists in a list"),
        pytest.param(b'[{"a":' * MANY, NOT_JSON, id="lists and objects"),
        pytest.param(b"[" + b"}{" * MANY, NOT_JSON, id="braces the wrong way round"),
        pytest.param(b"[" + b"," * MANY + b"]", NOT_JSON, id="commas"),
        pytest.param(b"[" + b"1" * MANY + b"]", NOT_JSON, id="digits"),
        pytest.param(b"[-" + b"1" * MANY + b"]", NOT_JSON, id="digits behind a minus"),
        pytest.param(b"[0." + b"1" * MANY + b"]", NOT_JSON, id="digits behind a point"),
        pytest.param(b"[1e" + b"1" * MANY + b"]", NOT_JSON, id="digits of an exponent"),
        pytest.param(b"[1e-" + b"1" * MANY + b"]", NOT_JSON, id="digits of a negative exponent"),
        pytest.param(b"[" + b"0" * MANY + b"]", NOT_JSON, id="zeros"),
        pytest.param(b"[" + b"1," * MANY + b"NaN]", NOT_JSON, id="numbers before NaN"),
        pytest.param(b"-" * MANY, NOT_JSON, id="minuses"),
        pytest.param(b"[" + b"/*" * MANY, NOT_JSON, id="comments"),
        pytest.param(b" " * MANY, "rejected `E_EMPTY`", id="spaces"),
        pytest.param(b"[" + b" " * MANY + b"x", NOT_JSON, id="spaces before a fault"),
        pytest.param(b"[1," + b" " * MANY + b"]", NOT_JSON, id="spaces behind a comma"),
        pytest.param(b"\n" * MANY + b"x", NOT_JSON, id="newlines before a fault"),
        pytest.param(b'{"a":1}\n' * 2_000 + b"x" * MANY, NOT_JSON, id="lines"),
        pytest.param(b"\xff" * MANY, ENCODING, id="bad bytes"),
        pytest.param(b'{"a":1' + b',"a":1' * MANY + b"}", DUPLICATE, id="one name again and again"),
    ],
)
def test_a_hostile_text_is_read_in_one_go(data: bytes, happens: str) -> None:
    _, happened = outcome(data)

    assert happened == happens
