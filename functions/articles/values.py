"""JSON values as they come: what says nothing, and one value or a list of them (N4, N5)."""

import re
from typing import TypeAlias

# What a JSON text may hold. Recursive, so that mypy asks for every check of a type.
Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Document: TypeAlias = dict[str, Json]

# Up to here a double holds every integer; a larger one is whole because it cannot be otherwise.
_LAST_EXACT = 2**53
_WHOLE = re.compile(r"(\d{1,20})(?:\.0{1,9})?", re.ASCII)


def is_absent(value: Json) -> bool:
    """Whether a JSON value says nothing at all (N4)."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list):
        return all(is_absent(item) for item in value)
    return value is None or value == {}


def says_something(members: dict[str, Json]) -> bool:
    """Tell an object that says more than what it is called and of which type it is (N21)."""
    names = (name for name in members if name not in ("@id", "@type", "type"))
    return any(not is_absent(members[name]) for name in names)


def as_list(value: Json) -> list[Json]:
    """Read a scalar as a list of one, and leave out what says nothing (N4, N5)."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if not is_absent(item)]


def first(value: Json) -> Json:
    """Return the first item of a list that says something, or a scalar itself (N5)."""
    return next(iter(as_list(value)), None)


def whole(value: Json) -> Json:
    """Return a whole float as the integer that it was before some tool had it (N98)."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LAST_EXACT:
        return int(value)
    return value


def digits(value: Json) -> str:
    """Return the digits of a whole number, or of one that a text holds: `3`, `3.0`, `"3.0"`."""
    text = str(whole(value)) if isinstance(value, str | int | float) else ""
    found = _WHOLE.fullmatch(text.strip())
    return found[1] if found else ""
