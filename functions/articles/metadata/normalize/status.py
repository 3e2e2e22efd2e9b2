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
    meaning, said = known_status(value, note), first(value)
    if meaning is None and as_list(value):
        note(Code.E_FIELD_VALUE, "status", value=shown(said))
    elif meaning and _word(said) not in _WORDS and _word(said) not in note.notes.statuses:
        note(Code.W_STATUS_ALIAS, value=shown(said), meaning=meaning)
    return meaning


def known_status(value: Json, note: Note) -> Status | None:
    """Read a status in the feed's own words, or in those of N70; None for any other word."""
    word = _word(first(value))
    own = note.notes.statuses.get(word)
    return own or next((it for it, words in _WORDS.items() if word in words), None)


def _word(said: Json) -> str:
    return str(said).strip().casefold() if isinstance(said, str | int) else ""
