"""Publication status (N70)."""

from articles.metadata.notes import Note
from articles.problems import Code, shown
from articles.values import Json, as_list

_USABLE = frozenset({"usable", "published", "publish", "corrected", "updated"})
_WITHHELD = frozenset("withheld embargoed draft private pending future spiked".split())
_CANCELED = frozenset("canceled cancelled killed kill recalled takedown trash".split())
_ITS_OWN_WORDS = frozenset({"usable", "withheld", "canceled"})


def status(value: Json, note: Note) -> str | None:
    """Read a status as usable, withheld or canceled; no other word is guessed at (N70)."""
    for item in as_list(value):
        word = item.strip().lower() if isinstance(item, str) else ""
        for meaning, words in (
            ("usable", _USABLE),
            ("withheld", _WITHHELD),
            ("canceled", _CANCELED),
        ):
            if word in words:
                if word not in _ITS_OWN_WORDS:
                    note(Code.W_STATUS_ALIAS, value=shown(item), meaning=meaning)
                return meaning
        note(Code.E_FIELD_VALUE, "status", value=shown(item))
        return None
    return None
