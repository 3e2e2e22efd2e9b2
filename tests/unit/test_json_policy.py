"""What JSON is here (N1, N2 and N2a), case by case; docs/json.md says the same in words.

Three tables: what a reader must accept, what it must reject, and what it may decide ("either").
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.metadata.shapes import ANY
from articles.problems import Problem, Rejected
from articles.records.framing import frame
from articles.records.strict_json import Parsed, parse

from .build import refusal
from .json_texts import (
    ACCEPTED,
    DUPLICATE,
    EITHER,
    ENCODING,
    FILES,
    NOT_JSON,
    NOT_UTF_8,
    REJECTED,
    SURROGATE,
    YES,
    Either,
)

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


# ── The tests ────────────────────────────────────────────────────────────────────────────────────


def told_of(data: bytes) -> Problem:
    return refusal(parse, data)


def code_of_file(data: bytes) -> str:
    return refusal(frame, data, ANY).code


def outcome(data: bytes) -> tuple[Parsed | Problem, str]:
    """Give what is read, and what happened in the words of the page."""
    try:
        parsed = parse(data)
    except Rejected as rejected:
        [problem] = rejected.problems
        return problem, f"rejected `{problem.code}`"
    codes = ", ".join(f"`{warning.code}`" for warning in parsed.warnings)
    return parsed, f"accepted with {codes}" if codes else "accepted"


def short(value: object) -> str:
    """Name a test by the beginning of its text."""
    return ascii(value)[:40]


@pytest.mark.parametrize(
    ("text", "value"), [it for cases in ACCEPTED.values() for it in cases], ids=short
)
def test_what_rfc_8259_allows_is_read_with_its_value(text: str, value: Any) -> None:
    parsed = parse(text.encode())

    # By repr: 1, 1.0 and true are equal to Python, and so are 0.0 and -0.0.
    assert repr(parsed.value) == repr(value)
    assert parsed.warnings == ()


@pytest.mark.parametrize("marked", [it for texts in REJECTED.values() for it in texts], ids=short)
def test_what_rfc_8259_forbids_is_rejected_where_it_stands(marked: str) -> None:
    before, _, after = marked.partition("^")
    data = (before + after).encode()
    *above, beside = before.removeprefix("\ufeff").split("\n")

    problem = told_of(data)

    assert (problem.code, problem.line) == ("E_JSON", len(above) + 1)
    assert f" line {len(above) + 1}, column {len(beside) + 1}, at " in problem.message
    # A file must not come in by another way, one object a line for instance.
    assert code_of_file(data) == "E_JSON"


@pytest.mark.parametrize(
    ("data", "line"), [(it, line) for line, texts in NOT_UTF_8.items() for it in texts]
)
def test_bytes_that_are_not_utf_8_are_rejected_with_their_line(data: bytes, line: int) -> None:
    problem = told_of(data)

    assert (problem.code, problem.line) == ("E_ENCODING", line)
    assert f"line {line})" in problem.message or problem.reason == "binary"
    assert code_of_file(data) == "E_ENCODING"


@pytest.mark.parametrize(
    ("text", "code"), [(it, code) for code, texts in FILES.values() for it in texts]
)
def test_a_file_that_can_hold_no_article_is_rejected(text: str, code: str) -> None:
    assert code_of_file(text.encode()) == code


@pytest.mark.parametrize("case", EITHER.values(), ids=EITHER.keys())
def test_what_a_reader_may_decide_is_decided(case: Either) -> None:
    found, happened = outcome(case.data)

    assert happened == case.decision
    if isinstance(found, Parsed):
        assert repr(found.value) == repr(case.value)
        # Whatever is accepted can be written again: UTF-8 has no half of a pair.
        json.dumps(found.value, ensure_ascii=False, allow_nan=False).encode()
        return
    assert code_of_file(case.data) == found.code
    if case.decision in (NOT_JSON, ENCODING):
        where = {
            NOT_JSON: r" line 1, column \d+, at ",
            ENCODING: r"^Byte \d+ .* line 1\)|^The file is in UTF-(16|32)\.",
        }
        assert re.search(where[case.decision], found.message)
        assert found.line == 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        *(('{"a": 1e400}', 1, 7), ('{"a": "1e400", "b":\n -1e400}', 2, 2)),
        *(('{"a": ' + "1" * 401 + "}", 1, 7), ('{"a": ' + "9" * 309 + "}", 1, 7)),
    ],
)
def test_a_number_out_of_range_is_told_with_its_place(text: str, line: int, column: int) -> None:
    assert f" line {line}, column {column}, at " in told_of(text.encode()).message


@pytest.mark.parametrize(
    ("start", "what"),
    [
        *((b"\x89PNG\r\n", "a PNG picture"), (b"\xff\xd8\xff\xe0", "a JPEG picture")),
        (b"%PDF-1.7\n\xe2", "a PDF"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is(start: bytes, what: str) -> None:
    assert told_of(start).message.startswith(f"The file is {what}, not JSON.")


def test_every_duplicate_name_is_told_once() -> None:
    parsed = parse(b'{"a": 1, "b": {"c": 1, "c": 2, "c": 3}, "a": 4}')

    assert parsed.value == {"a": 4, "b": {"c": 3}}
    assert [it.code for it in parsed.warnings] == ["W_DUPLICATE_KEY"] * 2
    assert ['"a"' in it.message for it in parsed.warnings].count(True) == 1
    assert ['"c"' in it.message for it in parsed.warnings].count(True) == 1


@pytest.mark.parametrize("data", [b"[" + b"[]," * 130_000 + b"1]", b"[" + b"1," * 260_000 + b"1]"])
def test_what_would_take_fifty_times_its_size_in_memory_is_not_read(data: bytes) -> None:
    problem = told_of(data)

    assert problem.code == "E_TOO_LARGE"
    assert "the limit is 250,000" in problem.message


# What opens a level, and what stands in it: brackets, quotes and backslashes in strings, too.
OPENING = st.sampled_from(["[", "[\n", '["]", ', '{"a[": ', '{"\\"{": ', '{"\\\\": '])
INNERMOST = st.sampled_from(["1", "[]", '"["', '"\\"[{"', '"]\\\\"', '["\\\\", [[]]]', '{"é": {}}'])


def place_too_deep(text: str) -> int | None:
    """Find the bracket that opens level 101, character by character."""
    depth, in_string, escaped = 0, False, False
    for position, character in enumerate(text):
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        else:
            depth += (character in "[{") - (character in "]}")
            if depth > 100:
                return position
    return None


@given(st.lists(OPENING, min_size=97, max_size=101), INNERMOST)
def test_the_level_that_is_too_deep_is_told_with_its_place(opening: list[str], last: str) -> None:
    closing = ["]" if it[0] == "[" else "}" for it in reversed(opening)]
    text = "".join([*opening, last, *closing])

    position = place_too_deep(text)

    if position is None:
        assert parse(text.encode()).value == json.loads(text)
        return
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    told = told_of(text.encode()).message
    assert f"line {line}, column {column}, at " in told
    assert ": nested more than 100 " in told


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table under a heading, without its head."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [row for row in section.split("\n") if row.startswith("|")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table[2:]]


def test_the_page_lists_every_decision_with_what_the_rfc_says_and_why() -> None:
    table = rows("Either")

    assert [(row[0], row[2]) for row in table] == [
        (f"`{name}`", case.decision) for name, case in EITHER.items()
    ]
    assert [row[0] for row in table if not all(row)] == []


def test_the_page_lists_every_class_that_is_accepted_and_that_is_rejected_with_its_code() -> None:
    rejected = dict.fromkeys(REJECTED, "`E_JSON`")
    rejected["bytes that are not UTF-8"] = "`E_ENCODING`"
    rejected |= {kind: f"`{code}`" for kind, (code, _) in FILES.items()}

    assert [row[0] for row in rows("Accepted")] == list(ACCEPTED)
    assert [(row[0], row[1]) for row in rows("Rejected")] == list(rejected.items())


# ── Hostile texts ────────────────────────────────────────────────────────────────────────────────

LONG, SEVENS, UNPRINTABLE = "ж" * 5_000, "7" * 5_000, "\x81" * 5_000
# What is repeated in a text, as a message shows it; \udcff is a byte that is not UTF-8.
REPEATED = {
    "ж": [
        *(f'["{LONG}\t"]', f'["{LONG}', f"[{LONG}]", f"[1]{LONG}", f"['{LONG}']"),
        *(f'["{LONG}\\ж"]', f'{{"{LONG}"}}', f'{{"{LONG}":1,"{LONG}":2}}'),
    ],
    r"\x81": [f'{{"{UNPRINTABLE}":1,"{UNPRINTABLE}":2}}'],
    "7": [
        *(f"[{SEVENS}]", f"[-{SEVENS}]", f"[1.{SEVENS}]", f"[1e{SEVENS}]", "[" + "7" * 309 + "]"),
        *(f'"{SEVENS}"', f'["{SEVENS}\udcff"]'),
    ],
    r"\ud83d": ['["' + r"\ud83d" * 5_000 + '"]'],
}


@pytest.mark.parametrize(
    ("text", "sign"), [(it, sign) for sign, texts in REPEATED.items() for it in texts], ids=short
)
def test_a_message_never_repeats_more_than_200_characters_of_the_text(text: str, sign: str) -> None:
    try:
        problems = frame(text.encode(errors="surrogateescape"), ANY).warnings
    except Rejected as rejected:
        problems = rejected.problems

    assert problems
    assert all(problem.message.count(sign) * len(sign) <= 200 for problem in problems)


# What looks at each sign again for each sign before it takes hours over these, and is found out by
# that: a clock would only make the test depend on the machine.
MANY = 100_000
HOSTILE = {
    NOT_JSON: [
        *(b'"' * MANY, b"[" * 101 + b'"' * MANY, b'"a' * MANY + b"[" * 101, b'["' + rb"\"" * MANY),
        *(b'["' + rb"\"" * MANY + b"[" * 101, b"\\" * MANY, b'["' + b"\\" * MANY),
        *(b"\\" * MANY + b"[" * 101, b'["' + rb"\u" * MANY + b'"]', b"[" * MANY, b"]" * MANY),
        *(b"{" * MANY, b"[]" * MANY, b'[{"a":' * MANY, b"[" + b"}{" * MANY),
        *(b"[" + b"," * MANY + b"]", b"[" + b"1" * MANY + b"]", b"[-" + b"1" * MANY + b"]"),
        *(b"[0." + b"1" * MANY + b"]", b"[1e" + b"1" * MANY + b"]", b"[1e-" + b"1" * MANY + b"]"),
        *(b"[" + b"0" * MANY + b"]", b"[" + b"1," * MANY + b"NaN]", b"-" * MANY),
        *(b"[" + b"/*" * MANY, b"[" + b" " * MANY + b"x", b"[1," + b" " * MANY + b"]"),
        *(b"\n" * MANY + b"x", b'{"a":1}\n' * 2_000 + b"x" * MANY),
    ],
    YES: [
        *(b"[" + b'"",' * MANY + b'""]', b'["' + b"\\" * MANY + b'"]'),
        b"[[]" + b",[]" * MANY + b"]",
    ],
    SURROGATE: [b'["' + rb"\ud83d" * MANY + b'"]'],
    DUPLICATE: [b'{"a":1' + b',"a":1' * MANY + b"}"],
    ENCODING: [b"\xff" * MANY],
    "rejected `E_EMPTY`": [b" " * MANY],
}


@pytest.mark.parametrize(
    ("data", "happens"),
    [(it, happens) for happens, texts in HOSTILE.items() for it in texts],
    ids=short,
)
def test_a_hostile_text_is_read_in_one_go(data: bytes, happens: str) -> None:
    _, happened = outcome(data)

    assert happened == happens
