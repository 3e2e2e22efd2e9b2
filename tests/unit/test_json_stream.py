"""A JSON text that comes in pieces is judged as strict_json judges it whole, wherever it is cut."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from articles.limits import KIB, MIB, Limits
from articles.records import strict_json
from articles.records.json_stream import JsonStream
from articles.records.strict_json import BOM

from .build import refusal
from .large import peak

DOCUMENT = """{"id": -12.50e+3, "text": "Fähre \\u00e9\\ud83c\\udf0a \\"]}\\\\ 🌊\u2028",
\t"empty": {"a": [], "b": {}, "c": ""},\r
  "list": [null, true, false, 0, 1E5, -0.1, [[["港"]]], {"": " "}]
}""".encode()
SIZES = (1, 2, 3, 5, 16, 17, 18, 64, 10_000)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def stream(data: bytes, size: int = 7, **limits: int) -> JsonStream:
    # The first piece is never so short that it does not hold the mark.
    mark = BOM if data.startswith(BOM) else b""
    rest = cut(data.removeprefix(mark), size)
    first = mark + next(rest, b"")
    return JsonStream(iter([first, *rest]), Limits(**limits))


def read(data: bytes, size: int) -> Any:
    """Read a text that is one value."""
    reading = stream(data, size)
    value = reading.value(0)
    reading.end()
    return value


def assert_faulty_wherever_it_is_cut(data: bytes) -> None:
    whole = refusal(strict_json.parse, data)

    assert [refusal(read, data, size) for size in SIZES] == [whole] * len(SIZES)


def spans(data: bytes, size: int, **limits: int) -> list[tuple[int, int, Any]]:
    """Read a list: where each item begins and ends, and what it is."""
    reading = stream(data, size, **limits)
    found = []
    closing = reading.take("[")
    while closing != "]":
        reading.peek()
        start = reading.offset
        value = reading.value(1)
        found.append((start, reading.offset, value))
        closing = reading.take(",]")
    reading.end()
    return found


# ── Values ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mark", [b"", BOM], ids=["plain", "mark"])
def test_a_value_is_the_same_wherever_it_is_cut(mark: bytes) -> None:
    whole = strict_json.parse(DOCUMENT).value

    for size in range(1, len(DOCUMENT) + 1):
        assert read(mark + DOCUMENT, size) == whole


@pytest.mark.parametrize(
    "text", ["0", "-1.5e-7", "true", "null", '""', '"\\ud83c\\udf0a"', "[]", "{}", "123456789"]
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_value_may_end_with_the_text(text: str, size: int) -> None:
    assert read(text.encode(), size) == json.loads(text)


@pytest.mark.parametrize("mark", [b"", BOM], ids=["plain", "mark"])
@pytest.mark.parametrize("size", SIZES)
def test_where_a_value_lies_is_told_in_bytes(mark: bytes, size: int) -> None:
    items = ["Łódź 🌊", {"é": ["ü", 1.5]}, 7, None, [], "\u2028]"]
    data = mark + json.dumps(items, ensure_ascii=False, indent=2).encode()

    found = spans(data, size)

    assert [value for _, _, value in found] == items
    assert [json.loads(data[start:end]) for start, end, _ in found] == items
    assert all(data[start:end].strip() == data[start:end] for start, end, _ in found)


def test_what_comes_next_is_told_without_taking_it() -> None:
    reading = stream(b" \r\n\t[ 1 ]", 1)

    assert [reading.peek(), reading.peek(), reading.take("[{"), reading.peek()] == [*"[[[1"]
    assert (reading.value(1), reading.take(",]"), reading.peek()) == (1, "]", "")
    assert stream(b"").peek() == ""


@pytest.mark.parametrize("size", SIZES)
def test_what_must_come_next_is_told_with_its_place(size: int) -> None:
    reading = stream('["é",\n "ü"; 1]'.encode(), size)
    reading.take("[")
    reading.value(1)
    reading.take(",]")
    reading.value(1)

    named = refusal(reading.take, ",]", "expected_comma")
    plain = refusal(reading.take, ",]")

    assert named.message.startswith("Not JSON at line 2, column 5, at ")
    assert "expected ',' or " in named.message
    assert "expected a value" in plain.message
    assert named.line == 2


# ── What is no JSON ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mark", [b"", BOM], ids=["plain", "mark"])
def test_what_is_cut_off_or_not_utf_8_anywhere_has_the_fault_of_the_whole(mark: bytes) -> None:
    for place in range(1, len(DOCUMENT)):
        for end in (b"", b"\xff" + DOCUMENT[place + 1 :]):
            assert_faulty_wherever_it_is_cut(mark + DOCUMENT[:place] + end)


def test_the_number_of_a_bad_byte_counts_from_one_and_counts_the_mark() -> None:
    problem = refusal(read, BOM + b'["abc",\n"\xe9"]', 4)

    assert (problem.code, problem.line) == ("E_ENCODING", 2)
    assert problem.message.startswith("Byte 13 (0xe9, line 2) is not UTF-8.")


@pytest.mark.parametrize(
    "bad",
    [
        *("+1", "01", "1.", ".5", "1e", "--1", "-", "0x1", "1e400", "-1e999", f"0.{400 * '1'}"),
        *("NaN", "Infinity", "-Infinity", "tru", "nulll", "True", "None", "undefined"),
        *("'a'", '"\\x"', '"\\u12"', '"\\u00e"', '"a\tb"', '"a\nb"', '"\x00"', '"a', "“a”"),
        *("/* a */ 1", "// a", "\u00a01", "\ufeff1", "\x0b1", "\x0c", ";", ")", "<html>"),
        *("[1,]", "[1,  \n ]", "[,1]", "[1 2]", "[1}", "[", "]", "[1", "[" * 20_000),
        *('{"a": 1,}', '{"a": 1,\n}', "{,}", '{"a" 1}', '{"a": }', "{a: 1}", "{1: 1}", "{'a': 1}"),
        *('{"a": 1 "b": 2}', '{"a": 1]', "{", "}", '{"a', '{"a"', '{"a":', '{"a": 1', '{"a": 1,'),
    ],
)
def test_a_fault_is_told_as_it_is_told_of_a_whole_text(bad: str) -> None:
    for after in ("", "]", '],\n"more text": [0.5, "and more of it"]}'):
        data = f'{{"some text": "Fähre",\n "bad": [{bad}{after}'
        assert_faulty_wherever_it_is_cut(data.encode())


@pytest.mark.parametrize("rest", [b"x", b"]", b" \n{}", b",", BOM, b"\xc2\xa0"])
def test_nothing_may_follow_the_value(rest: bytes) -> None:
    assert_faulty_wherever_it_is_cut(b'{"a": "some text"}\n' + rest)


# ── Limits ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("inside", [0, 1, 3])
@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_the_levels_around_a_value_count(inside: int, size: int) -> None:
    deepest = 100 - inside
    fine, too_deep = (b"[" * depth + b"]" * depth for depth in (deepest, deepest + 1))
    stream(fine, size).value(inside)

    problem = refusal(stream(too_deep, size).value, inside)

    assert problem.message.startswith(f"Not JSON at line 1, column {deepest + 1}, at ")
    assert "nested more than 100 levels deep." in problem.message


def test_brackets_in_a_string_are_no_levels() -> None:
    text = json.dumps(["[{" * 500, '"' + "[" * 500, "\\"])

    assert read(text.encode(), 64) == json.loads(text)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("item", ['"' + "x" * 998 + '"', '"' + "é" * 499 + '"', "[" + "1," * 499])
def test_a_record_has_a_ceiling_in_bytes(size: int, item: str) -> None:
    item += "1" if item.endswith(",") else ""
    item += "]" if item.startswith("[") else ""
    length = len(item.encode())
    data = f"[1, {item}, 2]".encode()
    assert spans(data, size, max_record_bytes=length)[1] == (4, 4 + length, json.loads(item))

    problem = refusal(spans, data, size, max_record_bytes=length - 1)

    assert problem.code == "E_TOO_LARGE"
    assert f"{length - 1:,}" in problem.message


@pytest.mark.parametrize("size", SIZES)
def test_the_values_of_all_items_count_together(size: int) -> None:
    data = b'[[1, 2], {"a": [3]}, 4, ["5, 6", []]]'
    assert len(spans(data, size, max_values=8)) == 4

    problem = refusal(spans, data, size, max_values=7)

    assert problem.code == "E_TOO_LARGE"
    assert problem.message.startswith("The file has about 8 values; the limit is 7.")


def endless(begin: bytes, more: bytes, taken: list[int]) -> Iterator[bytes]:
    """Give a text that never ends, and note how much of it was read."""
    yield begin
    while True:
        taken.append(len(more))
        yield more


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        *((b'["', b"x" * KIB), (b'["', "é".encode() * 512), (b"[[", b"1," * 512)),
        *((b'[{"a": "', b"\\n" * 512), (b"[", b"1" * KIB), (b"[", b" \r\n\t" * 256)),
        *((b"[1", b" " * KIB), (b"[1,", b"\n" * KIB)),
    ],
)
def test_what_never_ends_is_refused_soon_after_the_ceiling(begin: bytes, more: bytes) -> None:
    taken: list[int] = []
    reading = JsonStream(endless(begin, more, taken), Limits(max_record_bytes=100 * KIB))

    def read_on() -> None:
        reading.take("[")
        while True:
            reading.value(1)
            reading.take(",]")

    problem = refusal(read_on)

    # A number has a ceiling of its own.
    assert problem.code == ("E_JSON" if more.startswith(b"11") else "E_TOO_LARGE")
    assert sum(taken) <= 500 * KIB


def test_a_list_of_any_length_takes_little_memory() -> None:
    item = json.dumps({"id": 1, "text": "Fähre " * 2_000}, ensure_ascii=False).encode()
    pieces = (b"[" * (number == 0) + (item + b",") * 20 for number in range(60))
    reading = JsonStream(chain(pieces, [b"1]"]), Limits())

    def read_on() -> None:
        closing = reading.take("[")
        while closing != "]":
            reading.value(1)
            closing = reading.take(",]")

    assert peak(read_on) < 6 * MIB
    assert reading.offset == 60 * 20 * (len(item) + 1) + len("[1]")
