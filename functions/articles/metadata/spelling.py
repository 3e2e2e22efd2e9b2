"""Names in every spelling: `published_at`, `publishedAt` and `Published-At` are one name (N92)."""

from collections.abc import Iterable
from functools import lru_cache

from articles.records.pointers import Finder, Found, in_pointer, reads
from articles.values import Document, Json, is_absent

_JOINTS = str.maketrans("", "", "_- ")
# No name that is looked for has as many characters.
LONGEST_NAME = 40


def folded(name: str) -> str:
    """Return the form in which names are compared: letter case and joints do not count."""
    return _folded(name) if len(name) <= LONGEST_NAME else name


@lru_cache(maxsize=4_096)
def _folded(name: str) -> str:
    return name.translate(_JOINTS).casefold()


class Spelled(dict[str, Json]):
    """A document whose members are also known by their folded names; the first of a name counts."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.written: dict[str, str] = {}
        for name, value in document.items():
            if not is_absent(value):
                self.written.setdefault(folded(name), name)


def spelled(name: str) -> Finder:
    """Find a member by its name, exactly so written before any other spelling."""
    key = folded(name)

    @reads(f"/{name}")
    def find(document: Document) -> Iterable[Found]:
        written = document.written.get(key) if isinstance(document, Spelled) else name
        if written is None:
            return ()
        if written != name and not is_absent(document.get(name)):
            written = name
        value = document.get(written)
        return () if is_absent(value) else (Found(f"/{in_pointer(written)}", value),)

    return find
