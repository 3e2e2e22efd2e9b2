"""Agencies, outlets and publishers (N42, N100): outlets.txt has those that are known to all."""

from articles.metadata.normalize.listed import listed
from articles.metadata.notes import Kind, Note
from articles.values import Json, as_list

MAX_NAME = 100  # of a person, or of an outlet

_OUTLETS = listed("outlets.txt")
# The types of schema.org that are organizations end so: NewsMediaOrganization, LocalBusiness.
_ORGANIZATIONS = (
    *("organization", "organisation", "corporation", "company", "business", "ngo", "agency"),
    *("university", "school", "group", "team", "party", "consortium"),
)


def outlet(name: str | None) -> str | None:
    """Return a publisher's name in the form in which names are compared with it."""
    if not name or len(name) > MAX_NAME:
        return None
    return name.casefold().removeprefix("the ")


def is_outlet(name: str, note: Note) -> bool:
    """Tell an agency, an outlet, or the publisher if it is no person, with or without `The`."""
    if is_publisher(name, note):
        return note.notes.outlet_kind != "person"
    if len(name) > MAX_NAME:
        return False
    folded = name.casefold().removesuffix(" staff")
    return folded in _OUTLETS or folded.removeprefix("the ") in _OUTLETS


def is_publisher(name: str, note: Note) -> bool:
    return note.notes.outlet is not None and outlet(name) == note.notes.outlet


def kind_of(types: Json) -> Kind | None:
    """Tell a person from an organization (N46): `["schema:NewsMediaOrganization"]` is one."""
    for name in as_list(types):
        if isinstance(name, str):
            if name.strip().casefold().endswith(_ORGANIZATIONS):
                return "organization"
            if name.strip().casefold().endswith("person"):
                return "person"
    return None
