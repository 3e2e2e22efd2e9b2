"""Names in every spelling: `published_at`, `publishedAt` and `Published-At` are one name (N92)."""

from collections.abc import Iterator
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
    def find(document: Document) -> Iterator[Found]:
        if not is_absent(value := document.get(name)):
            yield Found(f"/{in_pointer(name)}", value)
        elif isinstance(document, Spelled) and (other := document.written.get(key)):
            yield Found(f"/{in_pointer(other)}", document[other])

    return find
