"""A part of a large upload: which bytes of it, and how they become records."""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from articles.limits import UNLIMITED, Limits
from articles.problems import Rejected
from articles.records.envelopes import Formats, unwrap_item, with_defaults
from articles.records.framing import Frame, Framed, frame, frame_objects, frame_rows, rows
from articles.records.json_stream import JsonStream
from articles.records.pointers import Found, each
from articles.records.strict_json import MAX_DUPLICATES_REPORTED, Parsed
from articles.refs import Part
from articles.streams import in_pieces
from articles.values import Json


def frame_part(part: Part, read: Callable[[], bytes], limits: Limits, formats: Formats) -> Framed:
    """Return the records of a part, whose bytes are read on need: a plan has checked them."""
    if part.form == "lines" and part.count == 1 and part.length > limits.max_record_bytes:
        return Framed(_too_long(part, limits), 1, ())
    data = read()
    if part.form == "document":
        frames, _, warnings = frame(data, formats)
        kept = islice(frames, part.first, part.first + part.count)
        return Framed(kept, part.count, warnings if part.first == 0 else ())
    if part.form == "lines":
        found = (row._replace(number=row.number + part.before) for row in rows([data]))
        return Framed(frame_rows(data, found, part.first), part.count, ())
    if part.form == "objects":
        return Framed(frame_objects(data, part.first, part.before), part.count, ())
    items = list(_items(data))
    found_in = (_found(part, index, it.value) for index, it in enumerate(items, part.before))
    records = enumerate(chain.from_iterable(found_in), part.first)
    frames = (Frame(number, pointer, None, item) for number, (pointer, item) in records)
    distinct = dict.fromkeys(chain.from_iterable(it.warnings for it in items))
    return Framed(frames, part.count, tuple(islice(distinct, MAX_DUPLICATES_REPORTED)))


def _too_long(part: Part, limits: Limits) -> Iterator[Frame]:
    """Reject a line that is longer than a record may be, without ever reading it."""
    try:
        limits.check("max_record_bytes", part.length)
    except Rejected as rejected:
        yield Frame(part.first, None, part.before + 1, None, rejected)


def _items(data: bytes) -> Iterator[Parsed]:
    """Read the items one by one, as the plan did: what a record may hold, a part may hold often."""
    stream = JsonStream(in_pieces(data), UNLIMITED)
    while stream.peek():
        yield stream.parsed(1)
        if stream.peek():
            stream.take(",", "expected_comma")


def _found(part: Part, index: int, item: Json) -> Iterator[Found]:
    """Find the records in one item of the list."""
    place = f"{part.place}/{index}"
    if not part.place:
        yield from (Found(place + pointer, record) for pointer, record in unwrap_item(item))
        return
    for pointer, record in each("/items", part.member)({"items": [item]}):
        at = place + pointer.removeprefix("/items/0")
        yield Found(at, with_defaults(record, part.defaults))
