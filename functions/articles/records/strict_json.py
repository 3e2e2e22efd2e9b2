"""JSON as RFC 8259 has it, from bytes, with the line and the column of what is wrong (N1, N2, N2a).

Python's own reader takes NaN, duplicate names, lone surrogates and UTF-16, and fails with three
different errors; here every fault is a `Rejected`.
"""

import json
import math
import re
import sys
from collections import Counter
from itertools import accumulate, islice
from typing import NamedTuple, NoReturn

from articles.catalogue import Code
from articles.problems import Fact, Problem, Rejected
from articles.quoting import cut, shown
from articles.records.mistakes import WIDEST, Around, binary_format, explained, wide_encoding
from articles.values import Document, Json

MAX_DEPTH = 100
MAX_DIGITS = 400
# In one text that is read at once: a list of empty lists has fifty times its size in memory.
MAX_VALUES = 250_000
MAX_DUPLICATES_REPORTED = 20
SHOWN = 20  # characters of a number
BOM = b"\xef\xbb\xbf"

# To its end or to that of the text: a string that is not closed must not be looked at twice.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_BRACKETS = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b'[]{}"'))
_BRACKETS_IN_STRING = re.compile(rb'"[^"]*(?:"|\Z)')
_STEPS = [(byte in b"[{") - (byte in b"]}") for byte in range(256)]
# A number that may be too large for a double, or have too many digits. It begins with a set of
# characters, which the engine looks for several times faster than for anything else.
_LARGE = re.compile(r"[eE0-9](?:(?<=[eE])\+?[0-9]{3}|(?<![0-9]{2})[0-9]{199})")
_LARGE_LENGTH = 200  # so much of a number is looked at
_LITERALS = re.compile(rf"{_STRING}|[-+.\w]++", re.DOTALL)
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# How Python's messages begin, and the reasons of E_JSON.
REASONS = {
    "Expecting value": "expected_value",
    "Expecting property name": "expected_name",
    "Expecting ':'": "expected_colon",
    "Expecting ','": "expected_comma",
    "Unterminated string": "unterminated_string",
    "Invalid control character": "control_character",
    "Invalid \\u": "unicode_escape",
    "Invalid \\": "escape",
    "Extra data": "extra_data",
}


class Parsed(NamedTuple):
    """A JSON value, and the warnings about how it was written."""

    value: Json
    warnings: tuple[Problem, ...]


def parse(data: bytes, *, first_line: int = 1) -> Parsed:
    """Read one JSON text that begins at a line of its file; only the first may have a mark.

    Raises Rejected with E_EMPTY, E_ENCODING or E_JSON.
    """
    text = _decode(data, BOM if first_line == 1 and data.startswith(BOM) else b"", first_line)
    if not text.strip(" \t\r\n"):
        raise Rejected(Problem.of(Code.E_EMPTY, "file"))
    check_values(text, 0)
    duplicates: list[str] = []
    try:
        _check_depth(text, 0, len(text))
        value = _load(text, duplicates)
    except Fault as fault:
        line = text.count("\n", 0, fault.position) + first_line
        column = fault.position - text.rfind("\n", 0, fault.position)
        around = Around.of(text, fault.position)
        raise Rejected(not_json(fault, line, column, around, data[:WIDEST])) from None
    return repaired(value, text, duplicates)


def repaired(value: Json, text: str, duplicates: list[str]) -> Parsed:
    """Replace halves of surrogate pairs in a value; warn of them and of duplicate names."""
    halves: list[Problem] = []
    if _ESCAPED_SURROGATE.search(text):
        whole = _without_surrogates(value, duplicates)
        if whole != value:
            halves.append(Problem.of(Code.W_SURROGATE))
            value = whole
    names = islice(dict.fromkeys(duplicates), MAX_DUPLICATES_REPORTED)
    return Parsed(value, (*map(duplicate_name, names), *halves))


def duplicate_name(name: str) -> Problem:
    return Problem.of(Code.W_DUPLICATE_KEY, name=shown(name))


def _decode(data: bytes, mark: bytes, first_line: int) -> str:
    try:
        return data.decode("utf-8").removeprefix(mark.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        start = data[:WIDEST] if first_line == 1 else b""
        raise Rejected(not_utf8(error.start, data[error.start], line, start)) from error


def is_crowded(text: str | bytes, start: int = 0) -> bool:
    """Whether a text may hold more values than are read at once."""
    return len(text) - start > MAX_VALUES and count_values(text, start) > MAX_VALUES


def check_values(text: str, start: int) -> None:
    """Refuse a text with too many values; commas in its strings count, too."""
    if is_crowded(text, start):
        count = count_values(text, start)
        raise Rejected(
            Problem.of(Code.E_TOO_LARGE, "values_of_a_record", actual=count, limit=MAX_VALUES)
        )


def count_values(text: str | bytes, start: int = 0, end: int = sys.maxsize) -> int:
    """Count, roughly and fast, the values of a text."""
    if isinstance(text, bytes):
        return sum(text.count(mark, start, end) for mark in (b",", b"[", b"{"))
    return sum(text.count(mark, start, end) for mark in (",", "[", "{"))


def _check_depth(text: str, start: int, end: int, depth: int = 0) -> None:
    if text.count("[", start, end) + text.count("{", start, end) + depth <= MAX_DEPTH:
        return
    if depth + _deepest(text[start:end].encode()) <= MAX_DEPTH:
        return
    for token in _BRACKETS.finditer(text, start, end):
        first = token.group()[0]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Fault(token.start(), "too_deep", limit=MAX_DEPTH)
        elif first in "]}":
            depth -= 1


def _deepest(data: bytes) -> int:
    """Return the deepest level of a text, by few steps that each take all of it at once."""
    if b"\\" in data:
        data = _ESCAPE.sub(b"", data)
    brackets = data.translate(None, _NO_BRACKET).replace(b'""', b"")
    if b'"' in brackets:
        brackets = _BRACKETS_IN_STRING.sub(b"", brackets)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def has_large_numbers(text: str, start: int = 0) -> bool:
    """Whether the numbers of a text must be looked at one by one.

    Of what lies before `start` only a number is looked at that goes on behind it.
    """
    return bool(_LARGE.search(text, max(0, start - _LARGE_LENGTH)))


def read_at(
    text: str,
    position: int,
    depth: int,
    *,
    with_care: bool,
    duplicates: list[str] | None = None,
) -> tuple[Json, int]:
    """Read the value at a position of a text, inside `depth` levels; gives its end, too.

    `with_care` is for texts that have large numbers; duplicate names are added to `duplicates`.
    Raises Fault. A text that goes on after its end may change the value, or remove the fault.
    """
    try:
        plain = _CAREFUL if with_care else _PLAIN
        decoder = plain if duplicates is None else _decoder(duplicates)
        value, end = decoder.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise _fault(text, error) from error
    except _NumberError as error:
        raise error.fault(_outside_strings(text, error.literal, position)) from error
    except RecursionError:  # _check_depth says where
        value, end = None, len(text)
    _check_depth(text, position, end, depth)
    return value, end


def _load(text: str, duplicates: list[str]) -> Json:
    try:
        value: Json = _decoder(duplicates).decode(text)
    except json.JSONDecodeError as error:
        raise _fault(text, error) from error
    except _NumberError as error:
        raise error.fault(_outside_strings(text, error.literal)) from error
    return value


def _decoder(duplicates: list[str]) -> json.JSONDecoder:
    """Make a decoder that refuses what is not JSON, and collects duplicate names."""

    def members(pairs: list[tuple[str, Json]]) -> Document:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            duplicates.extend(name for name, count in counts.items() if count > 1)
        return found

    return json.JSONDecoder(
        object_pairs_hook=members,
        parse_int=_integer,
        parse_float=_number,
        parse_constant=_constant,
    )


class Fault(Exception):
    """The text is not JSON, at a position and for a reason of E_JSON with its facts."""

    def __init__(self, position: int, reason: str, **facts: Fact) -> None:
        super().__init__(reason)
        self.position, self.reason, self.facts = position, reason, facts


class _NumberError(Exception):
    """A literal is not a number, for a reason of E_JSON."""

    def __init__(self, literal: str, reason: str, **facts: Fact) -> None:
        super().__init__(reason)
        self.literal, self.reason, self.facts = literal, reason, facts

    def fault(self, position: int) -> Fault:
        return Fault(position, self.reason, value=cut(self.literal, SHOWN), **self.facts)


def _integer(literal: str) -> int:
    _number(literal)
    return int(literal)


def _number(literal: str) -> float:
    # Looked at first: the time that a conversion takes grows with the square of the digits.
    if len(literal) > MAX_DIGITS and sum(map(str.isdigit, literal)) > MAX_DIGITS:
        raise _NumberError(literal, "too_many_digits", limit=MAX_DIGITS)
    value = float(literal)
    if math.isinf(value):
        raise _NumberError(literal, "number_too_large")
    return value


def _constant(literal: str) -> NoReturn:
    raise _NumberError(literal, "not_a_value")


# Both refuse what is not JSON; neither looks for duplicate names.
_PLAIN = json.JSONDecoder(parse_constant=_constant)
_CAREFUL = json.JSONDecoder(parse_int=_integer, parse_float=_number, parse_constant=_constant)


def _fault(text: str, error: json.JSONDecodeError) -> Fault:
    """Say where and what is wrong, the same in all versions of Python: 3.13 sees the comma."""
    before, after = text[: error.pos].rstrip(" \t\r\n"), text[error.pos : error.pos + 1]
    if before.endswith(",") and after in ("]", "}"):
        return Fault(len(before) - 1, "trailing_comma")
    starts = (start for start in REASONS if error.msg.startswith(start))
    if start := next(starts, None):
        return Fault(error.pos, REASONS[start])
    return Fault(error.pos, "other", fault=error.msg)


def _outside_strings(text: str, literal: str, start: int = 0) -> int:
    tokens = _LITERALS.finditer(text, start)
    return next((t.start() for t in tokens if t.group() == literal), 0)


def not_utf8(offset: int, byte: int, line: int, start: bytes) -> Problem:
    """Say which byte is not UTF-8; `start` are the first bytes of the file."""
    if encoding := wide_encoding(start):
        return _wide(encoding)
    if found := binary_format(start):
        return Problem.of(Code.E_ENCODING, "binary", found=found).placed(line=line)
    problem = Problem.of(Code.E_ENCODING, position=offset + 1, byte=byte, line=line)
    return problem.placed(line=line)


def not_json(fault: Fault, line: int, column: int, around: Around, start: bytes) -> Problem:
    """Say what is wrong with a text, and where; `start` are the first bytes of its file."""
    if encoding := wide_encoding(start):  # ASCII in UTF-16 happens to be UTF-8 with NULs
        return _wide(encoding)
    reason, facts = explained(fault.reason, around)
    problem = Problem.of(
        Code.E_JSON,
        reason,
        line=line,
        column=column,
        found=around.quoted(),
        **{**fault.facts, **facts},
    )
    return problem.placed(line=line)


def _wide(encoding: str) -> Problem:
    return Problem.of(Code.E_ENCODING, "wide", encoding=encoding).placed(line=1)


def _without_surrogates(value: Json, duplicates: list[str]) -> Json:
    """Put U+FFFD for halves of pairs; two names may become one by that."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item, duplicates) for item in value]
    if isinstance(value, dict):
        names = Counter(_SURROGATE.sub("\ufffd", name) for name in value)
        duplicates += [name for name, count in names.items() if count > 1]
        return {
            _SURROGATE.sub("\ufffd", name): _without_surrogates(item, duplicates)
            for name, item in value.items()
        }
    return value
