"""Reading JSON piece by piece: one value at a time, whatever the document's size (N2, N2a).

The values themselves are read by strict_json, so a large file is judged by the very rules of a
small one. No streaming parser we know tells where in the bytes a value lies, which parts need, and
refuses what strict_json refuses; see docs/decisions/0008-the-bulk-way.md.
"""

import codecs
import re
from collections.abc import Iterator

from articles.limits import Limits
from articles.problems import Rejected
from articles.records import strict_json
from articles.records.mistakes import HEAD, SEEN, WIDEST, Around
from articles.records.strict_json import BOM, Fault, Parsed
from articles.values import Json

_BLANKS = " \t\r\n"
_SPACE = re.compile(rf"[{_BLANKS}]*")
# No literal, escape or number that is cut off is found out farther from the end of the text.
_NEAR_THE_END = 16


class JsonStream:
    """A JSON text that comes in pieces of bytes; every method raises Rejected.

    `offset` is the place in the bytes of what is read next. No more than one record's worth of text
    is in memory.
    """

    def __init__(self, pieces: Iterator[bytes], limits: Limits) -> None:
        self._pieces = pieces
        self._limits = limits
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._position = 0
        self._is_whole = self._has_large_numbers = False
        self._received = 0  # bytes
        self._values = 0
        self.offset = 0
        # A place of the text, and where it lies in the file, 0-based.
        self._known = self._line = self._column = 0
        # For what is told of a fault: the file's first bytes, its beginning, what was dropped last.
        self._start, self._head, self._before = b"", "", ""

    def peek(self) -> str:
        """Return the next character that is no white space; "" at the end."""
        character = self._text[self._position : self._position + 1]
        if character and character not in _BLANKS:
            return character
        skipped = 0
        while True:
            found = _SPACE.match(self._text, self._position)
            end = found.end() if found else self._position
            skipped += end - self._position
            self._limits.check("max_record_bytes", skipped, reason="white_space")
            self._advance(end)
            if end < len(self._text) or not self._more():
                return self._text[self._position : self._position + 1]

    @property
    def line(self) -> int:
        """The line of what is read next, from 1."""
        self._count_lines()
        return self._line + 1

    def begins(self, form: re.Pattern[str]) -> bool:
        """Whether what is read next has a form, as far as it is in memory."""
        self.peek()
        if len(self._text) - self._position < _NEAR_THE_END:
            self._more()
        return form.match(self._text, self._position) is not None

    def take(self, expected: str, reason: str = "expected_value") -> str:
        """Take the next character, which must be one of some; `reason` is for when it is not."""
        found = self.peek()
        if not found or found not in expected:
            raise self._rejected(Fault(self._position, reason))
        self._advance(self._position + 1)
        return found

    def value(self, depth: int) -> Json:
        """Take a value that lies inside `depth` levels."""
        return self._next(depth, is_kept=False).value

    def parsed(self, depth: int) -> Parsed:
        """Take a value that is kept: repaired, and with the warnings about it."""
        return self._next(depth, is_kept=True)

    def _next(self, depth: int, *, is_kept: bool) -> Parsed:
        self.peek()
        while True:
            fault: Fault | None = None
            duplicates: list[str] | None = [] if is_kept else None
            try:
                value, end = strict_json.read_at(
                    self._text,
                    self._position,
                    depth,
                    with_care=self._has_large_numbers,
                    duplicates=duplicates,
                )
            except Fault as found:
                fault = found
            if not fault and (end < len(self._text) or self._is_whole):
                start, text = self.offset, self._text[self._position : end]
                self._count_values(end)
                self._advance(end)
                self._limits.check("max_record_bytes", self.offset - start)
                if duplicates is None:
                    return Parsed(value, ())
                return strict_json.repaired(value, text, duplicates)
            if fault and (self._is_whole or self._is_final(fault)):
                raise self._rejected(fault)
            self._grow()

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            raise self._rejected(Fault(self._position, "extra_data"))

    def _count_values(self, end: int) -> None:
        self._values += strict_json.count_values(self._text, self._position, end)
        self._limits.check("max_values", self._values)

    def _is_final(self, fault: Fault) -> bool:
        """Whether nothing that follows can remove a fault."""
        is_open = fault.reason == "unterminated_string"
        return not is_open and fault.position < len(self._text) - _NEAR_THE_END

    def _grow(self) -> None:
        """Read as much again of a record as there is; it must not be longer than the limit."""
        there = len(self._text) - self._position
        self._limits.check("max_record_bytes", there)
        strict_json.check_values(self._text, self._position)
        while len(self._text) - self._position < 2 * there and self._more():
            pass

    def _more(self) -> bool:
        """Read the next piece; False at the end."""
        if self._is_whole:
            return False
        self._drop()
        self._receive()
        return not self._is_whole

    def _receive(self) -> None:
        piece = next(self._pieces, b"")
        self._is_whole = not piece
        self._start += piece[: WIDEST - len(self._start)]
        try:
            text = self._decode(piece, final=self._is_whole)
        except UnicodeDecodeError as error:
            raise self._not_utf8(error, len(piece)) from None
        if not self._received and piece.startswith(BOM):
            text = text[1:]
            self.offset = len(BOM)
        self._received += len(piece)
        self._head += text[: HEAD - len(self._head)]
        there = len(self._text)
        self._text += text
        self._has_large_numbers |= strict_json.has_large_numbers(self._text, there)

    def _advance(self, end: int) -> None:
        self.offset += len(self._text[self._position : end].encode())
        self._position = end

    def _drop(self) -> None:
        """Forget what was read."""
        if not self._position:
            return
        self._count_lines()
        self._before = self._seen_before(self._position)
        self._text = self._text[self._position :]
        self._position = self._known = 0
        self._has_large_numbers = strict_json.has_large_numbers(self._text)

    def _count_lines(self) -> None:
        self._line, self._column = self._place(self._position)
        self._known = self._position

    def _place(self, position: int) -> tuple[int, int]:
        """Return line and column, 0-based, of a position of the text."""
        newline = self._text.rfind("\n", self._known, position)
        if newline < 0:
            return self._line, self._column + position - self._known
        lines = self._text.count("\n", self._known, position)
        return self._line + lines, position - newline - 1

    def _seen_before(self, position: int) -> str:
        text = self._text[max(0, position - SEEN) : position]
        return (self._before + text)[-SEEN:]

    def _rejected(self, fault: Fault) -> Rejected:
        position = fault.position
        # As much as is looked at of a whole text, wherever the pieces end.
        while not self._is_whole and (len(self._text) < position + SEEN or len(self._head) < HEAD):
            self._receive()
        behind = self._text[position : position + SEEN]
        around = Around(self._head, self._seen_before(position), behind)
        line, column = self._place(position)
        return Rejected(strict_json.not_json(fault, line + 1, column + 1, around, self._start))

    def _not_utf8(self, error: UnicodeDecodeError, length: int) -> Rejected:
        while len(self._start) < WIDEST and (piece := next(self._pieces, b"")):
            self._start += piece[: WIDEST - len(self._start)]
        # What the decoder kept of the last piece comes before this one.
        offset = self._received + error.start - (len(error.object) - length)
        line, _ = self._place(len(self._text))
        line += error.object.count(b"\n", 0, error.start)
        byte = error.object[error.start]
        return Rejected(strict_json.not_utf8(offset, byte, line + 1, self._start))
