"""Whether a reader of one schema understands the events of another."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_TYPES = {bool: "boolean", str: "string"}


def breaks(old: Schema, new: Schema) -> Iterator[str]:
    """Say where a reader of the `old` schema would stumble over an event of the `new` one."""
    now = members(new)
    for place, was in members(old).items():
        if place not in now:
            yield f"{place} is lost"
            continue
        if was["required"] and not now[place]["required"]:
            yield f"{place} may be absent now"
        if was["nullable"] and not now[place]["nullable"]:
            yield f"{place} is never null"
        for name in ("type", "enum", "const", "pattern"):
            if was.get(name) != now[place].get(name):
                yield f"{place} has another {name}"
        if "format" in was and was["format"] != now[place].get("format"):
            yield f"{place} has another format"


def members(schema: Schema) -> dict[str, Schema]:
    """Return each member at any depth by its place, such as `data.article.tags[].name`."""
    return dict(_members(schema, schema, ""))


def _members(schema: Schema, root: Schema, at: str) -> Iterator[tuple[str, Schema]]:
    required = schema.get("required", ())
    inside = {
        f".{name}": (it, name in required) for name, it in schema.get("properties", {}).items()
    }
    if "items" in schema:
        inside["[]"] = (schema["items"], True)
    if isinstance(schema.get("additionalProperties"), dict):
        inside["{}"] = (schema["additionalProperties"], True)
    for name, (it, is_required) in inside.items():
        place = f"{at}{name}".removeprefix(".")
        described = _plain(it, root)
        yield place, {"nullable": False, **described, "required": is_required}
        yield from _members(described, root, place)


def _plain(schema: Schema, root: Schema) -> Schema:
    """Follow a reference, and give what is null or something else as the latter."""
    if options := schema.get("anyOf"):
        (option,) = (it for it in options if it != {"type": "null"})
        return _plain(option, root) | {"nullable": True}
    if reference := schema.get("$ref"):
        return _plain(root["$defs"][reference.rpartition("/")[2]], root)
    return {"type": _TYPES[type(schema["const"])], **schema} if "const" in schema else schema
