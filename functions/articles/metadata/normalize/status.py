"""Publication status (N70)."""

from collections.abc import Mapping
from typing import Literal

from articles.catalogue import Code
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Json, as_list

Status = Literal["usable", "withheld", "canceled"]

_WORDS: Mapping[Status, frozenset[str]] = {
    "usable": frozenset({"usable", "published", "publish", "corrected", "updated"}),
    "withheld": frozenset("withheld embargoed draft private pending future spiked".split()),
    "canceled": frozenset("canceled cancelled killed kill recalled takedown trash".split()),
}


@follows("N70")
def status(value: Json, note: Note) -> Status | None:
    """Read a status as usable, withheld or canceled; no other word is guessed at."""
    for item in as_list(value):
        word = item.strip().lower() if isinstance(item, str) else ""
        for meaning, words in _WORDS.items():
            if word in words:
                if word not in _WORDS:
                    note(Code.W_STATUS_ALIAS, value=shown(item), meaning=meaning)
                return meaning
        note(Code.E_FIELD_VALUE, "status", value=shown(item))
        return None
    return None
