"""Quoting what an uploader wrote: cut, as JSON, on one line, and never more of it than is shown."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# In characters: a receipt has many problems, and must fit its item.
LONGEST_QUOTE = 200


def cut(text: str, limit: int = LONGEST_QUOTE) -> str:
    """Cut what an uploader wrote to the length at which it is reported."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


_BRACKETS: Mapping[type, tuple[str, str]] = {
    str: ('"', '"'),
    list: ("[", "]"),
    dict: ("{", "}"),
}


def shown(value: object, limit: int = 60) -> str:
    """Quote a value for a message: as JSON, on one line, printable, cut.

    No more of it is looked at than is shown.
    """
    opening, closing = _BRACKETS.get(type(value), ("", ""))
    text = ""
    for piece in _inside(value, limit):
        if len(text) + len(piece) > limit:
            kept = "" if piece[0] == "\\" else piece[: limit - len(text)]
            return f"{opening}{text}{kept}…{closing}"
        text += piece
    return f"{opening}{text}{closing}"


def _inside(value: object, limit: int) -> Iterable[str]:
    """Return what is between a value's brackets or quotes, in pieces; an escape is one of them.

    Only containers are written as they are asked for: most values are short texts and numbers.
    """
    if isinstance(value, str):
        text = value[: limit + 1]
        is_plain = text.isprintable() and '"' not in text and "\\" not in text
        return [text] if is_plain else map(_printable, text)
    if isinstance(value, list):
        return _items(value, limit)
    if isinstance(value, dict):
        return _members(value, limit)
    if isinstance(value, bool) or value is None:
        return [json.dumps(value)]
    return [repr(value) if isinstance(value, int | float) else f"<{type(value).__name__}>"]


def _items(values: list[Any], limit: int) -> Iterator[str]:
    for index, item in enumerate(values):
        yield ", " if index else ""
        yield from _whole(item, limit)


def _members(values: dict[str, Any], limit: int) -> Iterator[str]:
    for index, (name, member) in enumerate(values.items()):
        yield ", " if index else ""
        yield from _whole(name, limit)
        yield ": "
        yield from _whole(member, limit)


def _whole(value: object, limit: int) -> Iterator[str]:
    opening, closing = _BRACKETS.get(type(value), ("", ""))
    yield opening
    yield from _inside(value, limit)
    yield closing


def _printable(character: str) -> str:
    if character.isprintable() and character not in '"\\':
        return character
    return json.dumps(character)[1:-1]
