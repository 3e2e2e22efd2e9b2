"""Rights and publishers (N67, N86)."""

from articles.article import Rights, Source
from articles.catalogue import Code
from articles.metadata.normalize.agencies import kind_of, outlet
from articles.metadata.normalize.text import NOTHING, identifier, line
from articles.metadata.normalize.urls import canonical, web_address
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Document, Json, as_list, says_something


@follows("N67", members=Rights.names())
def rights(value: Json, note: Note) -> Rights | None:
    """Read rights: a text is the notice, an object has the model's own members."""
    members: Document = dict(value) if isinstance(value, dict) else {"notice": value}
    terms = as_list(members.get("usage_terms"))
    if len(terms) > 1 and all(isinstance(term, str) for term in terms):
        members["usage_terms"] = " ".join(map(str, terms))
    found = {
        name: text
        for name in ("holder", "notice", "usage_terms")
        if (text := line(members.get(name), note))
    }
    if license_url := web_address(members.get("license_url"), note):
        found["license_url"] = license_url
    is_unread = not found and isinstance(value, dict)
    if is_unread and members.keys().isdisjoint(Rights.names()) and says_something(members):
        note(Code.W_FIELD_TYPE, "no_rights", value=shown(members))
    return Rights(**found) if found else None


@follows("N38", "N86", "N100", members=Source.names())
def source(value: Json, note: Note) -> Source | None:
    """Read a publisher: a text is its name, an object has name, id, host and type."""
    members: Document = value if isinstance(value, dict) else {"name": value}
    name, known_as = line(members.get("name"), note), identifier(members.get("id"), note)
    domain = host(members.get("domain"), note)
    if not (name or known_as or domain):
        if members.keys().isdisjoint(Source.names()) and says_something(members):
            note(Code.W_FIELD_TYPE, "no_publisher", value=shown(members))
        return None
    if name:
        note.notes.outlet, note.notes.outlet_kind = outlet(name), kind_of(members.get("@type"))
    return Source(name=name, id=known_as, domain=domain)


def host(value: Json, note: Note) -> str | None:
    """Read a publisher's host, bare or in an address: `www.rt.com` is rt.com (N38)."""
    for item in as_list(value):
        if isinstance(item, str) and item.strip() in NOTHING:
            continue
        if isinstance(item, str) and "." in item and "//" not in item:
            address = web_address(f"//{item.strip()}", note)
        else:
            address = web_address(item, note)
        return canonical(address).domain if address else None
    return None
