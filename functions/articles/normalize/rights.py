"""Rights and publishers (N67, N86)."""

from articles.article import Rights, Source
from articles.normalize.text import identifier, line
from articles.normalize.urls import web_address
from articles.notes import Note
from articles.strict_json import Json


def rights(value: Json, note: Note) -> Rights | None:
    """Read rights: a text is the notice, an object has the model's own members."""
    members = value if isinstance(value, dict) else {"notice": value}
    found = {
        name: text
        for name in ("holder", "notice", "usage_terms")
        if (text := line(members.get(name), note))
    }
    if license_url := web_address(members.get("license_url"), note):
        found["license_url"] = license_url
    return Rights(**found) if found else None


def source(value: Json, note: Note) -> Source | None:
    """Read a publisher: a text is its name, an object has `name` and `id`."""
    members = value if isinstance(value, dict) else {"name": value}
    name, known_as = line(members.get("name"), note), identifier(members.get("id"), note)
    return Source(name=name, id=known_as) if name or known_as else None
