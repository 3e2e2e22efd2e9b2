"""N1, N2 and N2a, case by case."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.problems import Rejected
from articles.records import strict_json


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"title": "Ferry"}', {"title": "Ferry"}),
        (b"[]", []),
        (b" \t\r\n{} \t\r\n", {}),
        (b"7", 7),
        (b"null", None),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "Łódź"}'.encode(), {"a": "Łódź"}),
        (rb'{"a": "\ud83d\ude00"}', {"a": "\U0001f600"}),
        (rb'{"a": "\\ud800"}', {"a": r"\ud800"}),
        (rb'{"a": "\u0000"}', {"a": "\x00"}),
        (b'{"a": "NaN, Infinity // no comment"}', {"a": "NaN, Infinity // no comment"}),
        (b'{"": ""}', {"": ""}),
        (b"[-0.5e-3]", [-0.0005]),
        (b"[1e308]", [1e308]),
        (b"[1e-999]", [0.0]),
        (b"[9007199254740993]", [9007199254740993]),
        (b"[" * 100 + b"]" * 100, None),
        (b'"' + b"[" * 500 + b'"', "[" * 500),
    ],
)
def test_json_is_accepted_as_rfc_8259_has_it(data: bytes, value: Any) -> None:
    parsed = strict_json.parse(data)

    assert parsed.warnings == ()
    if value is not None or data == b"null":
        assert parsed.value == value


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b'{"a": NaN}', 1, 7),
        (b'{"NaN": 1,\n "a": NaN}', 2, 7),
        (b'{"a": Infinity}', 1, 7),
        (b'{"a": -Infinity}', 1, 7),
        (b"{'a': 1}", 1, 2),
        (b'{"a": 1}\n{"a": 2}', 2, 1),
        (b'{"a": 1} the end', 1, 10),
        (b'HTTP/1.1 200 OK\n\n{"a": 1}', 1, 1),
        (b'// note\n{"a": 1}', 1, 1),
        (b'{"a": /* note */ 1}', 1, 7),
        (b'{"a": "one\ntwo"}', 1, 11),
        (b'{"a": "one\ttwo"}', 1, 11),
        ('{"a":\n\u00a01}'.encode(), 2, 1),
        (b'\xef\xbb\xbf\xef\xbb\xbf{"a": 1}', 1, 1),
        (b'{"a": 01}', 1, 8),
        (b'{"a": .5}', 1, 7),
        (b'{"a": +5}', 1, 7),
        (b'{"a": tru}', 1, 7),
        (b"{a: 1}", 1, 2),
        (rb'{"a": "\x41"}', 1, 8),
        (b'{"a": 1e400}', 1, 7),
        (b'{"a": "1e400", "b":\n -1e400}', 2, 2),
        (b'{"a": ' + b"1" * 401 + b"}", 1, 7),
        (b'{"a": ' + b"9" * 309 + b"}", 1, 7),
        (b'{"a":\n' + b"[" * 100 + b"]" * 100 + b"}", 2, 100),
    ],
)
def test_anything_else_is_rejected_with_its_line_and_column(
    data: bytes, line: int, column: int
) -> None:
    with pytest.raises(Rejected) as rejected:
        strict_json.parse(data)

    [problem] = rejected.value.problems
    assert (problem.code, problem.line) == ("E_JSON", line)
    assert f"line {line}, column {column}, at " in problem.message


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1,}',  # where the fault lies differs between versions of Python
        b"[1,\n2,]",
        b'{"a": 1',
        b'{"a": "unclosed',
        b'{"a"}',
        b'{"a": }',
        b"[" * 200_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
)
def test_unfinished_and_endless_json_is_rejected(data: bytes) -> None:
    with pytest.raises(Rejected) as rejected:
        strict_json.parse(data)

    [problem] = rejected.value.problems
    assert problem.code == "E_JSON"
    assert problem.line in (1, 2)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'{"a": "caf\xe9"}', 1),
        (b'{\n"a": "\xc0\xaf"}', 2),
        (b'\n\n{"a": "\xed\xa0\x80"}', 3),
        ('{"a": 1}'.encode("utf-16"), 1),
        (b'{"a": "\xf4\x90\x80\x80"}', 1),
        (b"\x1f\x8b\x08\x00", 1),
    ],
)
def test_bytes_that_are_not_utf_8_are_rejected_with_their_line(data: bytes, line: int) -> None:
    with pytest.raises(Rejected) as rejected:
        strict_json.parse(data)

    [problem] = rejected.value.problems
    assert (problem.code, problem.line) == ("E_ENCODING", line)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"%PDF-1.7\n\xe2", "a PDF"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is(start: bytes, what: str) -> None:
    with pytest.raises(Rejected) as rejected:
        strict_json.parse(start)

    [problem] = rejected.value.problems
    assert problem.message.startswith(f"The file is {what}, not JSON.")


@pytest.mark.parametrize("data", [b"", b" \n\t\r ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_upload_without_content_is_empty(data: bytes) -> None:
    with pytest.raises(Rejected) as rejected:
        strict_json.parse(data)

    assert rejected.value.problems[0].code == "E_EMPTY"


def test_of_a_name_that_stands_twice_the_last_value_counts() -> None:
    parsed = strict_json.parse(b'{"a": 1, "b": {"c": 1, "c": 2, "c": 3}, "a": 4}')

    assert parsed.value == {"a": 4, "b": {"c": 3}}
    assert [warning.code for warning in parsed.warnings] == ["W_DUPLICATE_KEY"] * 2
    assert {name for name in "ac" for w in parsed.warnings if f'"{name}"' in w.message} == {
        "a",
        "c",
    }


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (rb'{"a": "x\ud800y"}', {"a": "x\ufffdy"}),
        (rb'{"a": "\udc00\ud800"}', {"a": "\ufffd\ufffd"}),
        (rb'{"\udfff": [{"a": "\uD83D"}]}', {"\ufffd": [{"a": "\ufffd"}]}),
        (rb'["\ud83d \ude00"]', ["\ufffd \ufffd"]),
    ],
)
def test_half_a_surrogate_pair_is_replaced(data: bytes, value: Any) -> None:
    parsed = strict_json.parse(data)

    assert parsed.value == value
    assert [warning.code for warning in parsed.warnings] == ["W_SURROGATE"]
    json.dumps(parsed.value, ensure_ascii=False).encode()


def test_a_text_full_of_quotes_that_never_end_is_read() -> None:
    """What looks at each quote twice takes hours here, and ends the run that way."""
    data = b'{"a":"' + b'\\"' * 400_000 + b"[" * 101

    with pytest.raises(Rejected):
        strict_json.parse(data)


@pytest.mark.parametrize("data", [b"[" + b"[]," * 130_000 + b"1]", b"[" + b"1," * 260_000 + b"1]"])
def test_what_would_take_fifty_times_its_size_in_memory_is_not_read(data: bytes) -> None:
    with pytest.raises(Rejected) as rejected:
        strict_json.parse(data)

    [problem] = rejected.value.problems
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
        assert strict_json.parse(text.encode()).value == json.loads(text)
        return
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    with pytest.raises(
        Rejected, match=f"line {line}, column {column}, at .*: nested more than 100 "
    ):
        strict_json.parse(text.encode())
