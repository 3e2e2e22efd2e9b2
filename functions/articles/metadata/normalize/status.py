"""Publication status (N70)."""

from collections.abc import Mapping
from typing import Literal

from articles.catalogue import Code
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Json, as_list, first

Status = Literal["usable", "withheld", "canceled"]

_WORDS: Mapping[Status, frozenset[str]] = {
    "usable": frozenset({"usable", "published", "publish", "corrected", "updated"}),
    "withheld": frozenset("withheld embargoed draft private pending future spiked".split()),
    "canceled": frozenset("canceled cancelled killed kill recalled takedown trash".split()),
}


@follows("N70")
def status(value: Json, note: Note) -> Status | None:
    """Read a status as usable, withheld or canceled; no other word is guessed at."""
    meaning = known_status(value, note)
    if meaning is None and as_list(value):
        note(Code.E_FIELD_VALUE, "status", value=shown(first(value)))
    return meaning


@follows("N70")
def known_status(value: Json, note: Note) -> Status | None:
    """Read a status in the feed's own words, or in those of N70; None for any other word."""
    said = first(value)
    word = str(said).strip().casefold() if isinstance(said, str | int) else ""
    own = note.notes.statuses.get(word)
    if own:
        return own
    for meaning, words in _WORDS.items():
        if word in words:
            if word not in _WORDS:
                note(Code.W_STATUS_ALIAS, value=shown(said), meaning=meaning)
            return meaning
    return None
