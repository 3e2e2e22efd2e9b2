"""The plan of a large upload: read it once to its end, and cut it into parts at records.

After that it is known to be whole: it decompresses, it is JSON to its last byte, and it is within
the limits. So nothing is stored of an upload that turns out to be broken. Memory is bounded by the
size of one record.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from articles.catalogue import Code
from articles.limits import KIB, Limits
from articles.problems import Problem, Rejected
from articles.records import strict_json
from articles.records.compression import Decompressed
from articles.records.cutting import Cutter, Plan
from articles.records.envelopes import Formats, envelope_of, no_article, records_in
from articles.records.framing import (
    Framed,
    frame,
    frame_document,
    is_json_lines,
    is_side_by_side,
    rows,
    single_value,
)
from articles.records.json_stream import JsonStream
from articles.records.linked_data import holds_linked_data, is_linked_data
from articles.records.outline import Outline, read_list
from articles.records.strict_json import is_crowded
from articles.refs import Part
from articles.streams import in_pieces
from articles.values import Document

# A document is read again for each of its parts, at most so often.
MAX_READINGS = 8
# What an envelope says for all its articles is sent with every part.
MAX_DEFAULTS_BYTES = 64 * KIB


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


def _plan_lines(pieces: Iterator[bytes], limits: Limits, *, is_packed: bool) -> Plan:
    cutter = Cutter(limits, Part(0, "lines", 0, 0, 0, 0, is_packed=is_packed))
    for row in rows(pieces, limits):
        cutter.add(row.start, row.end, before=row.number - 1)
    return cutter.plan()


def _plan_objects(pieces: Iterator[bytes], limits: Limits, *, is_packed: bool) -> Plan:
    """Plan objects that come one after the other: each is read, to know where it ends."""
    stream = JsonStream(pieces, limits)
    cutter = Cutter(limits, Part(0, "objects", 0, 0, 0, 0, is_packed=is_packed))
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
    opening = stream.peek()
    if opening == "[":
        cutter = Cutter(limits, like)
        items = read_list(stream, 1, cutter, records_in)
        stream.end()
        if items and not cutter.records:
            raise Rejected(no_article())
        return cutter.plan()
    if opening != "{":
        value = stream.value(0)
        stream.end()
        raise Rejected(single_value(value))
    outline = Outline(stream, limits, like)
    document = outline.read()
    stream.end()
    envelope = None if is_linked_data(document) else envelope_of(document, formats)
    if envelope is None or envelope.place not in outline.cutters:
        raise limits.exceeded("max_record_bytes", stream.offset)
    defaults = envelope.defaults(document)
    _check_defaults(defaults)
    planned = outline.cutters[envelope.place].plan(member=envelope.member, defaults=defaults)
    return planned._replace(warnings=(*outline.warnings(envelope.place), *envelope.warnings))


def _check_defaults(defaults: Document) -> None:
    size = len(json.dumps(defaults))
    if size > MAX_DEFAULTS_BYTES:
        raise Rejected(
            Problem.of(Code.E_TOO_LARGE, "defaults", actual=size, limit=MAX_DEFAULTS_BYTES)
        )


def _head(pieces: Iterator[bytes], limit: int) -> bytes:
    """Return the first bytes: all of them, or some more than a limit."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) > limit:
            break
    return bytes(head)
