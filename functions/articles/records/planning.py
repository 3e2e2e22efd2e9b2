"""The plan of a large upload: read it once to its end, and cut it into parts at records.

After that it is known to be whole: it decompresses, it is JSON to its last byte, and it is within
the limits. So nothing is stored of an upload that turns out to be broken. Memory is bounded by the
size of one record.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

from articles.catalogue import Code
from articles.limits import KIB, MIB, Limits
from articles.problems import Problem, Rejected
from articles.records import strict_json
from articles.records.compression import Decompressed
from articles.records.envelopes import (
    ENVELOPES,
    LOOKED_AT,
    MAX_LEVELS,
    Formats,
    envelope_of,
    no_article,
    records_in,
)
from articles.records.framing import (
    Framed,
    frame,
    frame_document,
    is_json_lines,
    is_side_by_side,
    nothing,
    rows,
    single_value,
)
from articles.records.json_stream import JsonStream
from articles.records.linked_data import holds_linked_data, is_linked_data
from articles.records.pointers import in_pointer
from articles.records.strict_json import MAX_DUPLICATES_REPORTED, duplicate_name, is_crowded
from articles.refs import Part
from articles.streams import in_pieces
from articles.values import Document, Json

# A document is read again for each of its parts, at most so often.
MAX_READINGS = 8
# What an envelope says for all its articles is sent with every part.
MAX_DEFAULTS_BYTES = 64 * KIB
# The other members of a large envelope are in memory until its end.
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


class Plan(NamedTuple):
    """The parts of an upload, the number of their records, and warnings that no part gives."""

    parts: list[Part]
    records: int
    warnings: tuple[Problem, ...] = ()


def frame_at_once(file: Decompressed, limits: Limits, formats: Formats) -> Framed | None:
    """Cut a file into records; None when it is too large for that and needs a plan.

    Raises Rejected when the file as a whole cannot be read.
    """
    head = _head(file.pieces, limits.max_inline_unpacked_bytes)
    if len(head) > limits.max_inline_unpacked_bytes or is_crowded(head):
        return None
    framed = frame(head, formats)
    limits.check("max_records", framed.records)
    return framed if framed.records <= limits.part_records else None


def plan(file: Decompressed, limits: Limits, formats: Formats) -> Plan:
    """Plan an upload.

    Raises Rejected when the file as a whole cannot be read.
    """
    is_packed = file.compression is not None
    head = _head(file.pieces, limits.max_record_bytes)
    if is_json_lines(head):
        return _plan_lines(chain([head], file.pieces), limits, is_packed=is_packed)
    # In small pieces: a record that is refused for what it holds must not be read as a whole.
    pieces = chain(in_pieces(head), file.pieces)
    if is_side_by_side(head):
        return _plan_objects(pieces, limits, is_packed=is_packed)
    if len(head) <= limits.max_record_bytes and not is_crowded(head):
        return _plan_document(head, limits, formats, is_packed=is_packed)
    return _plan_items(pieces, limits, formats, is_packed=is_packed)


class _Cutter:
    """Groups records into parts as they come."""

    def __init__(self, limits: Limits, like: Part) -> None:
        self._limits, self._like = limits, like
        self._start = self._end = self._before = self._count = 0
        self._parts: list[Part] = []
        self.records = 0

    def add(self, start: int, end: int, *, before: int, records: int = 1) -> None:
        """Add the line or item of the bytes `[start, end)`; `before` is how many precede it."""
        if not records:
            return
        is_too_long = end - start > self._limits.max_record_bytes
        is_full = self._count + records > self._limits.part_records
        if is_full or is_too_long or end - self._start > self._limits.part_bytes:
            self._close()
        if not self._count:
            self._start, self._before = start, before
        self._end = end
        self._count += records
        self.records += records
        self._limits.check("max_records", self.records)
        if is_too_long:
            self._close()

    def plan(self, member: str | None = None, defaults: Document | None = None) -> Plan:
        """Return the parts, with what their envelope says for all of them."""
        self._close()
        if not self._parts:
            raise Rejected(nothing())
        parts = [replace(it, member=member, defaults=defaults or {}) for it in self._parts]
        return Plan(parts, self.records)

    def _close(self) -> None:
        if self._count:
            part = replace(
                self._like,
                number=len(self._parts) + 1,
                offset=self._start,
                length=self._end - self._start,
                first=self.records - self._count,
                count=self._count,
                before=self._before,
            )
            self._parts.append(part)
        self._count = 0


def _plan_lines(pieces: Iterator[bytes], limits: Limits, *, is_packed: bool) -> Plan:
    cutter = _Cutter(limits, Part(0, "lines", 0, 0, 0, 0, is_packed=is_packed))
    for row in rows(pieces, limits):
        cutter.add(row.start, row.end, before=row.number - 1)
    return cutter.plan()


def _plan_objects(pieces: Iterator[bytes], limits: Limits, *, is_packed: bool) -> Plan:
    """Plan objects that come one after the other: each is read, to know where it ends."""
    stream = JsonStream(pieces, limits)
    cutter = _Cutter(limits, Part(0, "objects", 0, 0, 0, 0, is_packed=is_packed))
    while stream.peek() == "{":
        start, line = stream.offset, stream.line
        stream.value(0)
        cutter.add(start, stream.offset, before=line - 1)
    stream.end()
    return cutter.plan()


def _plan_document(data: bytes, limits: Limits, formats: Formats, *, is_packed: bool) -> Plan:
    """Plan a document that fits in memory.

    Item by item, like a larger one, where that is possible. Otherwise (JSON-LD, whose references
    cross its articles) each part reads the whole document and takes some of its records.
    """
    document = strict_json.parse(data)
    count = frame_document(document, formats).records
    limits.check("max_records", count)
    if count > limits.part_records and not holds_linked_data(document.value):
        with suppress(Rejected):  # the members outside the list may be too large for it
            return _plan_items(in_pieces(data), limits, formats, is_packed=is_packed)
    each = max(limits.part_records, -(-count // MAX_READINGS))
    parts = [
        Part(
            number=number,
            form="document",
            offset=0,
            length=len(data),
            first=first,
            count=min(each, count - first),
            is_packed=is_packed,
        )
        for number, first in enumerate(range(0, count, each), 1)
    ]
    return Plan(parts, count)


def _plan_items(
    pieces: Iterator[bytes], limits: Limits, formats: Formats, *, is_packed: bool
) -> Plan:
    """Plan a list, or an envelope, whose items are read one by one."""
    stream = JsonStream(pieces, limits)
    like = Part(0, "items", 0, 0, 0, 0, is_packed=is_packed)
    cutters: dict[str, _Cutter] = {}

    def cutter_for(place: str) -> _Cutter | None:
        if place not in _LISTS and len(cutters) >= MAX_LISTS:
            return None
        cutters[place] = _Cutter(limits, replace(like, place=place))  # of a name, the last counts
        return cutters[place]

    opening = stream.peek()
    if opening == "[":
        cutter = _Cutter(limits, like)
        items = _read_list(stream, 1, cutter, records_in)
        stream.end()
        if items and not cutter.records:
            raise Rejected(no_article())
        return cutter.plan()
    if opening != "{":
        value = stream.value(0)
        stream.end()
        raise Rejected(single_value(value))
    rest = _Remainder()
    outline = _read_object(stream, "", 1, cutter_for, rest)
    stream.end()
    envelope = None if is_linked_data(outline) else envelope_of(outline, formats)
    if envelope is None or envelope.place not in cutters:
        raise limits.exceeded("max_record_bytes", stream.offset)
    defaults = envelope.defaults(outline)
    _check_defaults(defaults)
    planned = cutters[envelope.place].plan(member=envelope.member, defaults=defaults)
    return planned._replace(warnings=(*rest.said(envelope.place), *envelope.warnings))


def _check_defaults(defaults: Document) -> None:
    size = len(json.dumps(defaults))
    if size > MAX_DEFAULTS_BYTES:
        raise Rejected(
            Problem.of(Code.E_TOO_LARGE, "defaults", actual=size, limit=MAX_DEFAULTS_BYTES)
        )


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


def _read_object(
    stream: JsonStream,
    path: str,
    depth: int,
    cutter_for: Callable[[str], _Cutter | None],
    rest: _Remainder,
) -> Document:
    """Read an object; of the lists in it, which may be the articles, the beginning is kept."""
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
        rest.warn(*warnings, *([duplicate_name(name)] if name in members else []))
        stream.take(":", "expected_colon")
        place = f"{path}/{in_pointer(name)}"
        members[name] = _read_member(stream, place, depth, cutter_for, rest, start=start)
        if stream.take(",}", "expected_comma") == "}":
            return members


def _read_member(
    stream: JsonStream,
    place: str,
    depth: int,
    cutter_for: Callable[[str], _Cutter | None],
    rest: _Remainder,
    *,
    start: int,
) -> Json:
    """Read a member that begins at `start`: a list of articles, what may hold one, or neither."""
    opening, is_near = stream.peek(), depth <= MAX_LEVELS
    if opening == "[" and f"{place}/0" in _HOLDERS:
        return _read_holders(stream, place, depth + 1, cutter_for, rest)
    if opening == "[" and place in _LISTS and (cutter := cutter_for(place)):
        return _read_list(stream, depth + 1, cutter)
    if opening == "[" and is_near and stream.begins(_OBJECTS) and (cutter := cutter_for(place)):
        return _read_any_list(stream, place, depth + 1, cutter, rest)
    if opening == "{" and (depth < MAX_LEVELS or place in _HOLDERS):
        return _read_object(stream, place, depth + 1, cutter_for, rest)
    value, warnings = stream.parsed(depth)
    rest.warn(*warnings)
    rest.add(stream.offset - start)
    return value


def _read_holders(
    stream: JsonStream,
    path: str,
    depth: int,
    cutter_for: Callable[[str], _Cutter | None],
    rest: _Remainder,
) -> list[Json]:
    """Read a list whose first item holds the articles."""
    read = partial(_read_member, stream, depth=depth, cutter_for=cutter_for, rest=rest)
    return [read(f"{path}/{number}", start=at) for number, at in enumerate(_items(stream))]


def _read_list(
    stream: JsonStream,
    depth: int,
    cutter: _Cutter,
    count: Callable[[Json], int] = lambda _: 1,
) -> list[Json]:
    """Read a list of records, of which only the first is kept."""
    first: list[Json] = []
    for before, start in enumerate(_items(stream)):
        item = stream.value(depth)
        cutter.add(start, stream.offset, before=before, records=count(item))
        first = first or [item]
    return first


def _read_any_list(
    stream: JsonStream, place: str, depth: int, cutter: _Cutter, rest: "_Remainder"
) -> list[Json]:
    """Read a list that may hold the articles; the first items are kept, to tell."""
    kept: list[Json] = []
    others = 0
    for before, start in enumerate(_items(stream)):
        others += stream.peek() != "{"  # item by item, numbers would cost far too much
        if others > MAX_OTHERS:
            raise Rejected(Problem.of(Code.E_TOO_LARGE, "not_objects", limit=MAX_OTHERS))
        item, warnings = stream.parsed(depth)
        cutter.add(start, stream.offset, before=before)
        rest.warn_in_list(place, *warnings)
        if before < LOOKED_AT and rest.keeps(stream.offset - start):
            kept.append(item)
    return kept


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


def _head(pieces: Iterator[bytes], limit: int) -> bytes:
    """Return the first bytes: all of them, or some more than a limit."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) > limit:
            break
    return bytes(head)
