"""A part of a large upload: which bytes of it, and how they become records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from articles import strict_json
from articles.envelopes import unwrap, with_defaults
from articles.framing import Frame, Framed, frame, frame_rows, rows
from articles.limits import Limits
from articles.problems import Rejected
from articles.shapes.shape import Found, each
from articles.strict_json import Json


@dataclass(frozen=True, slots=True)
class Part:
    """Records of an upload that are stored together.

    `number` counts from 1; `offset` and `length` are bytes of the unpacked file, `first` and
    `count` records. The bytes of a `document` are all of it, of which only those records count;
    those of `lines` are whole lines, the first of which is `line`; those of `items` lie between the
    brackets of the list at the JSON Pointer `place`, `member` and `defaults` as in envelopes.py.
    """

    number: int
    form: Literal["document", "lines", "items"]
    offset: int
    length: int
    first: int
    count: int
    line: int = 1
    place: str = ""
    member: str | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    is_packed: bool = False


def frame_part(part: Part, read: Callable[[], bytes], limits: Limits) -> Framed:
    """Give the records of a part, whose bytes are read on need: a plan has checked them."""
    if part.form == "lines" and part.count == 1 and part.length > limits.max_record_bytes:
        return Framed(_too_long(part, limits), 1, ())
    data = read()
    if part.form == "document":
        frames, _, warnings = frame(data)
        kept = islice(frames, part.first, part.first + part.count)
        return Framed(kept, part.count, warnings if part.first == 0 else ())
    if part.form == "lines":
        found = (row._replace(number=row.number + part.line - 1) for row in rows([data]))
        return Framed(frame_rows(data, found, part.first), part.count, ())
    value, warnings = strict_json.parse(b"[" + data + b"]")
    return Framed(_frame_items(part, value), part.count, warnings)


def _too_long(part: Part, limits: Limits) -> Iterator[Frame]:
    """Reject a line that is longer than a record may be, without ever reading it."""
    try:
        limits.check("max_record_bytes", part.length, "The line has")
    except Rejected as rejected:
        yield Frame(part.first, None, part.line, None, rejected)


def _frame_items(part: Part, value: Json) -> Iterator[Frame]:
    for number, (pointer, item) in enumerate(_found(part, value), part.first):
        # The pointer begins with the item's number in its part.
        _, index, *rest = pointer.split("/")
        at = "/".join((part.place, str(int(index) + part.first), *rest))
        yield Frame(number, at, None, item)


def _found(part: Part, value: Json) -> Iterator[Found]:
    if not part.place:
        yield from unwrap(value)
        return
    for pointer, item in each("/items", part.member)({"items": value}):
        yield Found(pointer.removeprefix("/items"), with_defaults(item, part.defaults))
