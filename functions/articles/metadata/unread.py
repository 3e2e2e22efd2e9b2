"""What of a document nobody read, and what that reads like (N90)."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from articles.catalogue import Code
from articles.metadata.draft import Draft
from articles.metadata.normalize import dates
from articles.metadata.notes import Notes, Unread
from articles.metadata.spelling import folded
from articles.quoting import cut
from articles.records.pointers import in_pointer
from articles.values import Document, Json, first, is_absent

# So many members are named, and so many are looked at for what they read like.
MAX_TOLD = 20
MAX_LOOKED_AT = 1_000
# A text so long is prose, N90; and no more of one is looked at.
PROSE = 200
_WORDS_OF_PROSE = 20
_MAX_NAME = 100
_MAX_ADDRESS = 2_048
_AUTHORS = frozenset(map(folded, ("author", "authors", "byline", "creator", "creators", "writer")))
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


class Member(NamedTuple):
    """A member of a document, or of an object in it, that nobody read."""

    names: tuple[str, ...]
    value: Json

    @property
    def pointer(self) -> str:
        return "".join(f"/{in_pointer(_legible(name))}" for name in self.names)


class Known:
    """The members that a shape reads, or leaves alone on purpose, down to the second level."""

    def __init__(self, places: Iterable[str], spelled: Callable[[str], str]) -> None:
        self._spelled = spelled
        self._below: dict[str, set[str] | None] = {}
        prefixes = []
        for place in places:
            top, _, rest = place[1:].partition("/")
            name, below = spelled(_unescaped(top)), _unescaped(rest.partition("/")[0])
            if name.endswith("*"):
                prefixes.append(name[:-1])
            elif below in ("", "*"):
                self._below[name] = None
            elif (held := self._below.setdefault(name, set())) is not None:
                held.add(below)
        self._prefixes = tuple(prefixes)

    def others(self, document: Document) -> Iterator[Member]:
        """Return the members of a document that are not known and say something."""
        for name, value in document.items():
            key = self._spelled(name)
            if key not in self._below:
                if not key.startswith(self._prefixes) and not is_absent(value):
                    yield Member((name,), value)
            elif isinstance(value, dict) and (below := self._below[key]) is not None:
                for inner, held in value.items():
                    if inner not in below and not is_absent(held):
                        yield Member((name, inner), held)


def _legible(name: str) -> str:
    """Replace what no receipt should hold, as an uploader may have put it into a name."""
    short = cut(name)
    if short.isprintable():
        return short
    return "".join(it if it.isprintable() else "\ufffd" for it in short)


def told(members: Iterable[Member]) -> Unread:
    pointers: list[str] = []
    count = 0
    for member in members:
        count += 1
        if len(pointers) < MAX_TOLD:
            pointers.append(member.pointer)
    return Unread(tuple(pointers), count)


def warn(members: Iterable[Member], draft: Draft, notes: Notes) -> None:
    """Name the unread members that read like a field which the article lacks."""
    there = {
        "published_at": draft.published or draft.modified,
        "images": draft.images,
        "url": draft.url or draft.canonical_url or notes.site,
        "authors": draft.authors,
        "body_text": draft.text or draft.html,
    }
    lacking = [(field, reads_like) for field, reads_like in SIGNS if not there[field]]
    for member in islice(members, MAX_LOOKED_AT) if lacking else ():
        for field, reads_like in lacking:
            if reads_like(folded(member.names[-1]), member.value):
                notes.at(member.pointer)(Code.W_UNREAD, field=field, name=member.pointer)
                break


def _is_date(_: str, value: Json) -> bool:
    """A written date; a number is one only in words: any identifier may have ten digits."""
    text = first(value)
    return isinstance(text, str) and not text.isdigit() and dates.parse(text.strip()) is not None


def _is_prose(_: str, value: Json) -> bool:
    text = first(value)
    return isinstance(text, str) and len(text) >= PROSE and text.count(" ") >= _WORDS_OF_PROSE


def _is_address(_: str, value: Json) -> bool:
    text = first(value)
    return (
        isinstance(text, str)
        and len(text) <= _MAX_ADDRESS
        and text.startswith(("http://", "https://"))
        and " " not in text
        and not text.partition("?")[0].lower().endswith(_PICTURES)
    )


def _is_author(name: str, value: Json) -> bool:
    who = first(value)
    return name in _AUTHORS and (
        isinstance(who, dict) or (isinstance(who, str) and 0 < len(who) <= _MAX_NAME)
    )


def _is_picture(_: str, value: Json) -> bool:
    address = first(value)
    return (
        isinstance(address, str)
        and len(address) <= _MAX_ADDRESS
        and address.startswith(("http://", "https://"))
        and address.partition("?")[0].lower().endswith(_PICTURES)
    )


def _unescaped(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")


# In this order: a picture's address is no page's, and a date is no prose.
SIGNS: tuple[tuple[str, Callable[[str, Json], bool]], ...] = (
    ("published_at", _is_date),
    ("images", _is_picture),
    ("url", _is_address),
    ("authors", _is_author),
    ("body_text", _is_prose),
)
