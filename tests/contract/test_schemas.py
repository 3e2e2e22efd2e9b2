"""What subscribers were promised once stays true."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from articles.announcing.events import EVENTS, schema

PUBLISHED = sorted((Path(__file__).parent / "published").glob("*.json"))
CURRENT = {f"{event.__name__}.json": schema(event) for event in EVENTS}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_no_field_that_was_published_is_lost_or_changes_its_type(path: Path) -> None:
    published = json.loads(path.read_text())
    assert list(breaks(published, CURRENT[path.name])) == []


def test_every_event_was_published() -> None:
    assert {path.name for path in PUBLISHED} == CURRENT.keys()


@pytest.mark.parametrize(
    ("new", "broken"),
    [
        ({"properties": {}}, "a"),
        ({"properties": {"a": {"type": "integer"}}, "required": ["a"]}, "a"),
        ({"properties": {"a": {"type": "string"}}}, "a"),
        ({"properties": {"a": {"type": "string", "enum": ["x", "y"]}}, "required": ["a"]}, "a"),
    ],
    ids=["lost", "another type", "not required any more", "another enumeration"],
)
def test_a_breaking_change_is_seen(new: dict[str, Any], broken: str) -> None:
    old = {"properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert [place.split()[0] for place in breaks(old, new)] == [broken]


def test_a_new_field_breaks_nothing() -> None:
    old = {"properties": {"a": {"type": "string"}}, "required": ["a"]}
    new = {"properties": {"a": {"type": "string"}, "b": {"type": "null"}}, "required": ["a"]}
    assert list(breaks(old, new)) == []


def breaks(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Say where a reader of the `old` schema would stumble over an event of the `new` one."""
    yield from _breaks(old, new, old, new, ())


def _breaks(
    old: Any, new: Any, old_root: dict[str, Any], new_root: dict[str, Any], at: tuple[str, ...]
) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    for name in ("type", "enum", "const", "pattern"):
        if old.get(name) != new.get(name):
            yield f"{'.'.join(at)} has another {name}"
    for name, member in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{'.'.join((*at, name))} is lost"
        elif name in old.get("required", []) and name not in new.get("required", []):
            yield f"{'.'.join((*at, name))} may be absent now"
        else:
            there = new["properties"][name]
            yield from _breaks(member, there, old_root, new_root, (*at, name))
    if "items" in old:
        yield from _breaks(old["items"], new.get("items", {}), old_root, new_root, (*at, "[]"))
    options = new.get("anyOf", [])
    for number, option in enumerate(old.get("anyOf", [])):
        there = options[number] if number < len(options) else {}
        yield from _breaks(option, there, old_root, new_root, at)


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return root["$defs"][reference.rpartition("/")[2]] if reference else schema
