import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.catalogue import Code
from articles.limits import Limits
from articles.metadata.shapes import ANY
from articles.problems import Rejected
from articles.records.framing import Row, frame, rows

from .build import refusal


def test_an_object_is_one_record() -> None:
    [record] = frame(b'\n{"title": "Ferry"}', ANY).frames

    assert (record.record, record.at, record.value) == (0, None, {"title": "Ferry"})


def test_a_list_has_a_record_for_every_element() -> None:
    frames = frame(b'[{"title": "Ferry"}, 7, null]', ANY).frames

    assert [(f.record, f.at, f.value) for f in frames] == [
        *((0, "/0", {"title": "Ferry"}), (1, "/1", 7), (2, "/2", None))
    ]


@pytest.mark.parametrize(
    ("data", "of_file", "of_records"),
    [
        (b'[{"a": 1, "a": 2}]', ["W_DUPLICATE_KEY"], [[]]),
        (b'{"a": 1, "a": 2}\n{"b": 1}', [], [["W_DUPLICATE_KEY"], []]),
        (b'{"a": 1}{"a": 1, "a": 2}', [], [[], ["W_DUPLICATE_KEY"]]),
    ],
    ids=["a document", "lines", "objects side by side"],
)
def test_what_is_said_about_the_writing_concerns_what_was_read_at_once(
    data: bytes, of_file: list[str], of_records: list[list[str]]
) -> None:
    framed = frame(data, ANY)

    assert [it.code for it in framed.warnings] == of_file
    assert [[it.code for it in record.warnings] for record in framed.frames] == of_records


# ── One object a line ────────────────────────────────────────────────────────────────────────────


def records(data: bytes) -> list[tuple[int | None, Any, str | None]]:
    """Give each record as its line, its value, and the code it was rejected with."""
    return [
        (it.line, it.value, str(it.rejected.problems[0].code) if it.rejected else None)
        for it in frame(data, ANY).frames
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *(('{"a": 1}\n{"a": 2}\n', [(1, 1), (2, 2)]), ('{"a": 1}\n{"a": 2}', [(1, 1), (2, 2)])),
        ('{"a": 1}\r\n{"a": 2}\r\n', [(1, 1), (2, 2)]),
        ('\ufeff{"a": 1}\n{"a": 2}', [(1, 1), (2, 2)]),
        ('\n{"a": 1}\n \t\n\n{"a": 2}\n', [(2, 1), (5, 2)]),
        ('{"a": "x\u2028y\x85z"}\n{"a": 2}', [(1, "x\u2028y\x85z"), (2, 2)]),
    ],
    ids=["newlines", "no last newline", "CRLF", "mark", "blank lines", "other separators"],
)
def test_one_object_a_line_is_a_record_a_line(data: str, expected: list[tuple[int, Any]]) -> None:
    assert records(data.encode()) == [(line, {"a": value}, None) for line, value in expected]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        *((b'{"a": }', "E_JSON"), (b'{"a": "\xff"}', "E_ENCODING")),
        *((b'\xef\xbb\xbf{"a": 2}', "E_JSON"), (b'{"a": 1} {"a": 2}', "E_JSON")),
    ],
)
def test_a_bad_line_is_one_rejected_record_that_names_its_line(row: bytes, code: str) -> None:
    data = b'{"a": 1}\n' + row + b'\n{"a": 3}\n'

    assert records(data) == [(1, {"a": 1}, None), (2, None, code), (3, {"a": 3}, None)]
    [bad] = [it.rejected for it in frame(data, ANY).frames if it.rejected]
    assert bad.problems[0].line == 2
    assert "line 2" in bad.problems[0].message


@pytest.mark.parametrize("data", [b'{"a": 1}{"a": 2}x', b"[1]\n[2]", b'{"a":\n1', b"nothing\n{}"])
def test_what_is_no_object_a_line_is_rejected_as_a_whole(data: bytes) -> None:
    with pytest.raises(Rejected):
        frame(data, ANY)


# ── Objects side by side ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b'{"a": 1}{"a": 2}{"a": 3}', [1, 1, 1]),
        (b'\xef\xbb\xbf{"a": 1} {"a": 2}\t{"a": 3}\n', [1, 1, 1]),
        (b'{"a": 1}{"a": 2}\n{"a": 3}\n', [1, 1, 2]),
        (b'\n{"a": 1}{"a": 2}\n\n {"a": 3}', [2, 2, 4]),
        (b'{\n "a": 1\n}\n{\n "a": 2\n}{\n "a": 3\n}', [1, 4, 6]),
        (b'{"a":\r\n1}\r\n{"a":\r\n2}\r\n{"a": 3}', [1, 3, 5]),
        (b'{"a": 1}\n{\n  "a": 2\n}\n{\n  "a": 3\n}\n', [1, 2, 5]),
    ],
    ids=["nothing", "blanks", "glued first", "glued first, blank lines", "pretty", "CRLF", "mixed"],
)
def test_an_object_may_follow_another_with_nothing_between(data: bytes, lines: list[int]) -> None:
    assert records(data) == [(line, {"a": n}, None) for n, line in enumerate(lines, 1)]


@pytest.mark.parametrize(
    "value", ["}{", "} {}", '"}{"', '\\"}{"', "\\", "{}{}", '}{"b": 1}{"', "\\}\\{"]
)
@pytest.mark.parametrize("count", [1, 2])
def test_braces_in_a_string_part_nothing(value: str, count: int) -> None:
    data = (json.dumps({"a": value, "b": {}}) * count).encode()

    assert [it for _, it, _ in records(data)] == [{"a": value, "b": {}}] * count


@pytest.mark.parametrize(
    ("data", "column", "fault"),
    [
        (b'{"a": 1}{"a": }{"a": 3}', 15, "expected a value"),
        (b'{"a": 1}{"a": 2', 16, "the text ends before its value does"),
        (b'{"a": 1}{"a": 2}[{"a": 3}]', 17, "unexpected data after the end"),
        (b'{"a": 1}{"a": 2}, {"a": 3}', 17, "objects with a comma between them"),
        (b'{"a": 1}{"a": 2}}', 17, "unexpected data after the end"),
        (b'{"a": [{"b": 1}{"b": 2}]}', 16, "expected ',' or a closing bracket"),
    ],
)
def test_a_fault_among_objects_side_by_side_rejects_all(
    data: bytes, column: int, fault: str
) -> None:
    problem = refusal(frame, data, ANY)

    assert (problem.code, problem.line) == ("E_JSON", 1)
    assert f"column {column}, at " in problem.message
    assert fault in problem.message


def test_two_objects_on_one_line_among_others_are_told_to_part() -> None:
    data = b'{"a": 1}\n{"a": 2}{"a": 3}\n{"a": 4}\n'

    assert records(data) == [(1, {"a": 1}, None), (2, None, "E_JSON"), (3, {"a": 4}, None)]
    [bad] = [it.rejected for it in frame(data, ANY).frames if it.rejected]
    assert bad.problems[0].message.endswith(
        "another object follows. Put each on a line of its own."
    )


@pytest.mark.parametrize("text", ['{"title": "Ferry"}', '[{"title": "Ferry"}]', ' {"a": []}'])
def test_json_that_was_encoded_twice_is_named(text: str) -> None:
    problem = refusal(frame, json.dumps(text).encode(), ANY)

    assert problem.code == "E_TOPLEVEL"
    assert "holds JSON: it was encoded twice" in problem.message


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_a_line_is_where_its_bytes_are_with_the_blanks_around_it(size: int) -> None:
    data = b"\n {}\r\n \t\r\n\n\x0b\n\xa0\n  "
    pieces = [data[at : at + size] for at in range(0, len(data), size)]

    assert list(rows(pieces)) == [Row(1, 5, 2), Row(11, 12, 5), Row(13, 14, 6)]


@given(st.lists(st.text(st.sampled_from(" \t\r\n{}a")).map(str.encode)))
def test_lines_are_those_of_the_whole_wherever_its_pieces_end(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    ends = [-1, *(match.start() for match in re.finditer(rb"\n|\Z", whole))]
    lines = [Row(a + 1, b, n) for n, (a, b) in enumerate(pairwise(ends), 1)]

    assert list(rows(pieces)) == [it for it in lines if whole[it.start : it.end].strip(b" \t\r")]


@pytest.mark.parametrize(
    ("pieces", "figure"),
    [
        *(([b"{}\n\n\n\n\n{}"], 4), ([b"\n"] * 9, 3), ([b"\n\n", b"\n\n\n", b"\n"], 5)),
        ([b"{}", b"\n", b" ", b"\n", b"\t\r", b"\n", b"{}", b"\n", b" \n"], 3),
        ([b"{}\n \n{}\n\n{}\n{}\n \n"], 3),
    ],
)
def test_too_many_blank_lines_are_told_as_they_are_seen(pieces: list[bytes], figure: int) -> None:
    problem = refusal(lambda: list(rows(pieces, Limits(max_blank_lines=2))))

    assert problem.code == Code.E_TOO_LARGE
    assert problem.message == (
        f"The file has at least {figure} blank lines; the limit is 2. Remove them."
    )
