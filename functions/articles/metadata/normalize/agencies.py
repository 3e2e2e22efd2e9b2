"""Agencies and outlets, which sign at the end of a byline (N42)."""

from articles.metadata.notes import Note

MAX_NAME = 100  # of a person, or of an outlet

OUTLETS = frozenset(
    name.casefold()
    for name in (
        "AAP",
        "AFP",
        "Agence France-Presse",
        "Agencies",
        "ANSA",
        "AP",
        "Associated Press",
        "The Associated Press",
        "BBC",
        "BBC News",
        "Bloomberg",
        "CNN",
        "Daily Camera",
        "dpa",
        "EFE",
        "Interfax",
        "Kyodo",
        "NTB",
        "PA",
        "PA Media",
        "Press Association",
        "Reuters",
        "Ritzau",
        "STT",
        "TASS",
        "The Economist",
        "TT",
        "UPI",
        "Xinhua",
    )
)


def outlet(name: str | None) -> str | None:
    """Return a publisher's name in the form in which names are compared with it."""
    return name.casefold() if name and len(name) <= MAX_NAME else None


def is_outlet(name: str, note: Note) -> bool:
    if len(name) > MAX_NAME:
        return False
    folded = name.casefold()
    return folded in OUTLETS or folded == note.notes.outlet
