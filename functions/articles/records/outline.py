"""A large envelope, read member by member: its lists are cut into parts, the rest is kept."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from articles.catalogue import Code
from articles.limits import MIB, Limits
from articles.problems import Problem, Rejected
from articles.records.cutting import Cutter
from articles.records.envelopes import ENVELOPES, LOOKED_AT, MAX_LEVELS
from articles.records.json_stream import JsonStream
from articles.records.pointers import in_pointer
from articles.records.strict_json import MAX_DUPLICATES_REPORTED, duplicate_name
from articles.refs import Part
from articles.values import Document, Json

# The members beside the articles are in memory until the end of the envelope.
MAX_REMAINDER_BYTES = MIB

# Lists that may be the articles: of so many the beginning is kept, and so much of all together.
MAX_LISTS = 100
MAX_KEPT_BYTES = 2 * MIB
MAX_OTHERS = 1_000  # items that are no objects
_OBJECTS = re.compile(r"\[[ \t\r\n]*+\{")

_LISTS = frozenset(envelope.place for envelope in ENVELOPES if envelope.is_list)
_HOLDERS = frozenset(
    place[:end] for place in _LISTS for end, sign in enumerate(place) if end and sign == "/"
)


class Outline:
    """Reads an object in which each list of objects may be the articles.

    `cutters` has what is known of these lists afterwards, by the JSON Pointer of each. `like` is a
    part of the upload without its place.
    """

    def __init__(self, stream: JsonStream, limits: Limits, like: Part) -> None:
        self._stream, self._limits, self._like = stream, limits, like
        self._rest = _Remainder()
        self.cutters: dict[str, Cutter] = {}

    def read(self) -> Document:
        """Return the object; of the lists that may be the articles, only the beginning."""
        return self._object("", 1)

    def warnings(self, place: str) -> tuple[Problem, ...]:
        """Return the warnings about all but the list that turned out to be the articles."""
        return self._rest.said(place)

    def _object(self, path: str, depth: int) -> Document:
        stream = self._stream
        stream.take("{")
        members: Document = {}
        if stream.peek() == "}":
            stream.take("}")
            return members
        while True:
            if stream.peek() != '"':
                stream.take('"', "expected_name")
            start = stream.offset
            written, warnings = stream.parsed(depth)
            name = str(written)  # it begins with a quotation mark
            self._rest.warn(*warnings, *([duplicate_name(name)] if name in members else []))
            stream.take(":", "expected_colon")
            members[name] = self._member(f"{path}/{in_pointer(name)}", depth, start=start)
            if stream.take(",}", "expected_comma") == "}":
                return members

    def _member(self, place: str, depth: int, *, start: int) -> Json:
        """Read a member that begins at `start`: a list of articles, what may hold one, or not."""
        stream = self._stream
        opening, is_near = stream.peek(), depth <= MAX_LEVELS
        if opening == "[" and f"{place}/0" in _HOLDERS:
            return self._holders(place, depth + 1)
        if opening == "[" and place in _LISTS:
            return read_list(stream, depth + 1, self._new_cutter(place))
        if opening == "[" and is_near and len(self.cutters) < MAX_LISTS and stream.begins(_OBJECTS):
            return self._any_list(place, depth + 1)
        if opening == "{" and (depth < MAX_LEVELS or place in _HOLDERS):
            return self._object(place, depth + 1)
        value, warnings = stream.parsed(depth)
        self._rest.warn(*warnings)
        self._rest.add(stream.offset - start)
        return value

    def _holders(self, path: str, depth: int) -> list[Json]:
        """Read a list whose first item holds the articles."""
        return [
            self._member(f"{path}/{number}", depth, start=at)
            for number, at in enumerate(_items(self._stream))
        ]

    def _any_list(self, place: str, depth: int) -> list[Json]:
        """Read a list that may hold the articles; the first items are kept, to tell."""
        stream, cutter = self._stream, self._new_cutter(place)
        kept: list[Json] = []
        others = 0
        for before, start in enumerate(_items(stream)):
            others += stream.peek() != "{"  # item by item, numbers would cost far too much
            if others > MAX_OTHERS:
                raise Rejected(Problem.of(Code.E_TOO_LARGE, "not_objects", limit=MAX_OTHERS))
            item, warnings = stream.parsed(depth)
            cutter.add(start, stream.offset, before=before)
            self._rest.warn_in_list(place, *warnings)
            if before < LOOKED_AT and self._rest.keeps(stream.offset - start):
                kept.append(item)
        return kept

    def _new_cutter(self, place: str) -> Cutter:
        self.cutters[place] = Cutter(self._limits, replace(self._like, place=place))
        return self.cutters[place]  # of a name that is there twice, the last counts


@dataclass
class _Remainder:
    """The members of an envelope that are not articles: their bytes and their warnings."""

    size: int = 0
    kept: int = 0
    warnings: dict[Problem, None] = field(default_factory=dict)
    in_lists: dict[str, dict[Problem, None]] = field(default_factory=dict)

    def keeps(self, size: int) -> bool:
        """Whether an item of a list is kept: it tells what the list holds."""
        self.kept += size
        return self.kept <= MAX_KEPT_BYTES

    def warn(self, *warnings: Problem) -> None:
        self.warnings |= dict.fromkeys(warnings)

    def warn_in_list(self, place: str, *warnings: Problem) -> None:
        """Remember what is said of a list: its parts say it if it holds the articles."""
        told = self.in_lists.setdefault(place, {})
        if len(told) < MAX_DUPLICATES_REPORTED:
            told |= dict.fromkeys(warnings)

    def said(self, place: str) -> tuple[Problem, ...]:
        """Return the warnings about all but the list of the articles."""
        of_others = (it for name, it in self.in_lists.items() if name != place)
        distinct = dict.fromkeys(chain(self.warnings, *of_others))
        return tuple(islice(distinct, MAX_DUPLICATES_REPORTED))

    def add(self, size: int) -> None:
        self.size += size
        if self.size > MAX_REMAINDER_BYTES:
            problem = Problem.of(
                Code.E_TOO_LARGE,
                "outside_the_list",
                actual=self.size,
                limit=MAX_REMAINDER_BYTES,
            )
            raise Rejected(problem)


def read_list(
    stream: JsonStream,
    depth: int,
    cutter: Cutter,
    count: Callable[[Json], int] = lambda _: 1,
) -> list[Json]:
    """Read a list of records, of which only the first is kept."""
    first: list[Json] = []
    for before, start in enumerate(_items(stream)):
        item = stream.value(depth)
        cutter.add(start, stream.offset, before=before, records=count(item))
        first = first or [item]
    return first


def _items(stream: JsonStream) -> Iterator[int]:
    """Yield where each item of a list begins; whoever asks for the next has taken it."""
    stream.take("[")
    if stream.peek() == "]":
        stream.take("]")
        return
    while True:
        stream.peek()
        yield stream.offset
        if stream.take(",]", "expected_comma") == "]":
            return
