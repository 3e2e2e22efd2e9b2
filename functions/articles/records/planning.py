"""The plan of a large upload: read it once to its end, and cut it into parts at records.

After that it is known to be whole: it decompresses, it is JSON to its last byte, and it is within
the limits. So nothing is stored of an upload that turns out to be broken. Memory is bounded by the
size of one record.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import NamedTuple

from articles.catalogue import Code
from articles.limits import KIB, MIB, Limits
from articles.problems import Problem, Rejected
from articles.records import strict_json
from articles.records.compression import Decompressed
from articles.records.envelopes import ENVELOPES, envelope_of, no_article, records_in
from articles.records.framing import (
    Framed,
    frame,
    frame_document,
    is_json_lines,
    nothing,
    rows,
    single_value,
)
from articles.records.json_stream import JsonStream
from articles.records.linked_data import holds_linked_data, is_linked_data
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

_LISTS = frozenset(envelope.place for envelope in ENVELOPES if envelope.is_list)
_HOLDERS = frozenset(
    place[:end] for place in _LISTS for end, sign in enumerate(place) if end and sign == "/"
)


class Plan(NamedTuple):
    """The parts of an upload, the number of their records, and warnings that no part gives."""

    parts: list[Part]
    records: int
    warnings: tuple[Problem, ...] = ()


def frame_at_once(file: Decompressed, limits: Limits) -> Framed | None:
    """Cut a file into records; None when it is too large for that and needs a plan.

    Raises Rejected when the file as a whole cannot be read.
    """
    head = _head(file.pieces, limits.max_inline_unpacked_bytes)
    if len(head) > limits.max_inline_unpacked_bytes or is_crowded(head):
        return None
    framed = frame(head)
    limits.check("max_records", framed.records)
    return framed if framed.records <= limits.part_records else None


def plan(file: Decompressed, limits: Limits) -> Plan:
    """Plan an upload.

    Raises Rejected when the file as a whole cannot be read.
    """
    is_packed = file.compression is not None
    head = _head(file.pieces, limits.max_record_bytes)
    if is_json_lines(head):
        return _plan_lines(chain([head], file.pieces), limits, is_packed=is_packed)
    if len(head) <= limits.max_record_bytes and not is_crowded(head):
        return _plan_document(head, limits, is_packed=is_packed)
    # In small pieces: a record that is refused for what it holds must not be read as a whole.
    return _plan_items(chain(in_pieces(head), file.pieces), limits, is_packed=is_packed)


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


def _plan_document(data: bytes, limits: Limits, *, is_packed: bool) -> Plan:
    """Plan a document that fits in memory.

    Item by item, like a larger one, where that is possible. Otherwise (JSON-LD, whose references
    cross its articles) each part reads the whole document and takes some of its records.
    """
    document = strict_json.parse(data)
    count = frame_document(document).records
    limits.check("max_records", count)
    if count > limits.part_records and not holds_linked_data(document.value):
        with suppress(Rejected):  # the members outside the list may be too large for it
            return _plan_items(in_pieces(data), limits, is_packed=is_packed)
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


def _plan_items(pieces: Iterator[bytes], limits: Limits, *, is_packed: bool) -> Plan:
    """Plan a list, or an envelope, whose items are read one by one."""
    stream = JsonStream(pieces, limits)
    like = Part(0, "items", 0, 0, 0, 0, is_packed=is_packed)
    cutters: dict[str, _Cutter] = {}

    def cutter_for(place: str) -> _Cutter:
        cutters[place] = _Cutter(limits, replace(like, place=place))
        return cutters[place]

    opening = stream.peek()
    if opening == "[":
        cutter = cutter_for("")
        items = _read_list(stream, 1, cutter, records_in)
        stream.end()
        if items and not cutter.records:
            raise Rejected(no_article())
        return cutter.plan()
    if opening != "{":
        stream.value(0)
        stream.end()
        raise Rejected(single_value())
    rest = _Remainder()
    outline = _read_object(stream, "", 1, cutter_for, rest)
    stream.end()
    envelope = None if is_linked_data(outline) else envelope_of(outline)
    if envelope is None or envelope.place not in cutters:
        raise limits.exceeded("max_record_bytes", stream.offset)
    defaults = envelope.defaults(outline)
    _check_defaults(defaults)
    planned = cutters[envelope.place].plan(member=envelope.member, defaults=defaults)
    return planned._replace(warnings=tuple(islice(rest.warnings, MAX_DUPLICATES_REPORTED)))


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
    warnings: dict[Problem, None] = field(default_factory=dict)

    def warn(self, *warnings: Problem) -> None:
        self.warnings |= dict.fromkeys(warnings)

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
    cutter_for: Callable[[str], _Cutter],
    rest: _Remainder,
) -> Document:
    """Read an object; of the lists of articles in it only the first item is kept."""
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
        members[name] = _read_member(stream, f"{path}/{name}", depth, cutter_for, rest, start=start)
        if stream.take(",}", "expected_comma") == "}":
            return members


def _read_member(
    stream: JsonStream,
    place: str,
    depth: int,
    cutter_for: Callable[[str], _Cutter],
    rest: _Remainder,
    *,
    start: int,
) -> Json:
    """Read a member that begins at `start`: a list of articles, what holds one, or neither."""
    opening = stream.peek()
    if place in _LISTS and opening == "[":
        return _read_list(stream, depth + 1, cutter_for(place))
    if place in _HOLDERS and opening == "{":
        return _read_object(stream, place, depth + 1, cutter_for, rest)
    if f"{place}/0" in _HOLDERS and opening == "[":
        return _read_holders(stream, place, depth + 1, cutter_for, rest)
    value, warnings = stream.parsed(depth)
    rest.warn(*warnings)
    rest.add(stream.offset - start)
    return value


def _read_holders(
    stream: JsonStream,
    path: str,
    depth: int,
    cutter_for: Callable[[str], _Cutter],
    rest: _Remainder,
) -> list[Json]:
    """Read a list whose first item holds the articles."""
    stream.take("[")
    items: list[Json] = []
    if stream.peek() == "]":
        stream.take("]")
        return items
    while True:
        place, start = f"{path}/{len(items)}", stream.offset
        items.append(_read_member(stream, place, depth, cutter_for, rest, start=start))
        if stream.take(",]", "expected_comma") == "]":
            return items


def _read_list(
    stream: JsonStream, depth: int, cutter: _Cutter, count: Callable[[Json], int] = lambda _: 1
) -> list[Json]:
    """Read a list, of which only the first item is kept."""
    stream.take("[")
    first: list[Json] = []
    if stream.peek() == "]":
        stream.take("]")
        return first
    before = 0
    while True:
        stream.peek()
        start = stream.offset
        item = stream.value(depth)
        cutter.add(start, stream.offset, before=before, records=count(item))
        first = first or [item]
        before += 1
        if stream.take(",]", "expected_comma") == "]":
            return first


def _head(pieces: Iterator[bytes], limit: int) -> bytes:
    """Return the first bytes: all of them, or some more than a limit."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) > limit:
            break
    return bytes(head)
