"""JSON values as they come: what says nothing, and one value or a list of them (N4, N5)."""

from typing import TypeAlias

# What a JSON text may hold. Recursive, so that mypy asks for every check of a type.
Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Document: TypeAlias = dict[str, Json]


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
