"""JSON as RFC 8259 has it, from bytes, with the line and the column of what is wrong (N1, N2, N2a).

Python's own reader takes NaN, duplicate names, lone surrogates and UTF-16, and fails with three
different errors; here every fault is a `Rejected`.
"""

import json
import math
import re
from collections import Counter
from typing import Any, NamedTuple, NoReturn

from articles.problems import Code, Problem, Rejected, shown

Json = Any  # what a JSON text may hold

MAX_DEPTH = 100
MAX_DIGITS = 400
BOM = b"\xef\xbb\xbf"

# To its end or to that of the text: a string that is not closed must not be looked at twice.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\Z)'
_BRACKETS = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Parsed(NamedTuple):
    """A JSON value, and the warnings about how it was written."""

    value: Any
    warnings: tuple[Problem, ...]


def parse(data: bytes, *, first_line: int = 1) -> Parsed:
    """Read one JSON text that begins at a line of its file; only the first may have a mark.

    Raises Rejected with E_EMPTY, E_ENCODING or E_JSON.
    """
    text = _decode(data.removeprefix(BOM) if first_line == 1 else data, first_line)
    if not text.strip(" \t\r\n"):
        raise Rejected(Problem(Code.E_EMPTY, "The file is empty."))
    duplicates: list[str] = []
    try:
        _check_depth(text)
        value = _load(text, duplicates)
    except _Fault as fault:
        raise Rejected(_not_json(text, fault, first_line)) from None
    warnings = [
        Problem(Code.W_DUPLICATE_KEY, f"The name {shown(name)} stands twice; the last one counts.")
        for name in dict.fromkeys(duplicates)
    ]
    if _ESCAPED_SURROGATE.search(text):
        repaired = _without_surrogates(value)
        if repaired != value:
            message = "Half of a surrogate pair was replaced by U+FFFD."
            warnings.append(Problem(Code.W_SURROGATE, message))
            value = repaired
    return Parsed(value, tuple(warnings))


def _decode(data: bytes, first_line: int) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        message = (
            f"Byte {error.start + 1} (0x{data[error.start]:02x}, line {line}) is not UTF-8. "
            "Send JSON as a text in UTF-8."
        )
        raise Rejected(Problem(Code.E_ENCODING, message, line=line)) from error


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _BRACKETS.finditer(text):
        first = token.group()[0]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _Fault(token.start(), f"nested deeper than {MAX_DEPTH} levels")
        elif first in "]}":
            depth -= 1


def _load(text: str, duplicates: list[str]) -> Json:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            duplicates.extend(name for name, count in counts.items() if count > 1)
        return found

    try:
        return json.loads(
            text,
            object_pairs_hook=members,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise _Fault(*_place(text, error)) from error
    except _NumberError as error:
        raise _Fault(_outside_strings(text, error.literal), str(error)) from error


class _Fault(Exception):
    """The text is no JSON, at a position and for a reason."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(what)
        self.position = position


class _NumberError(Exception):
    def __init__(self, literal: str, why: str) -> None:
        super().__init__(f"{shown(literal, 20)} {why}")
        self.literal = literal


def _integer(literal: str) -> int:
    if len(literal) > MAX_DIGITS:
        raise _NumberError(literal, f"has more than {MAX_DIGITS} digits")
    if math.isinf(float(literal)):
        raise _NumberError(literal, "is a number that a double cannot hold")
    return int(literal)


def _number(literal: str) -> float:
    value = float(literal) if len(literal) <= MAX_DIGITS else math.inf
    if math.isinf(value):
        raise _NumberError(literal, "is a number that a double cannot hold")
    return value


def _constant(literal: str) -> NoReturn:
    raise _NumberError(literal, "is not a JSON value")


def _place(text: str, error: json.JSONDecodeError) -> tuple[int, str]:
    """Say where and what is wrong, the same in all versions of Python: 3.13 sees the comma."""
    before, after = text[: error.pos].rstrip(" \t\r\n"), text[error.pos : error.pos + 1]
    if before.endswith(",") and after in ("]", "}"):
        kind = "array" if after == "]" else "object"
        return len(before) - 1, f"illegal trailing comma before end of {kind}"
    return error.pos, error.msg.removesuffix(" starting at").lower()


def _outside_strings(text: str, literal: str) -> int:
    tokens = re.finditer(rf"{_STRING}|{re.escape(literal)}", text, re.DOTALL)
    return next((t.start() for t in tokens if t.group() == literal), 0)


def _not_json(text: str, fault: _Fault, first_line: int) -> Problem:
    line = text.count("\n", 0, fault.position) + first_line
    column = fault.position - text.rfind("\n", 0, fault.position)
    message = (
        f"Not JSON at line {line}, column {column}: {fault}. "
        "Mend it there, or write the file with a JSON library."
    )
    return Problem(Code.E_JSON, message, line=line)


def _without_surrogates(value: Json) -> Json:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value
