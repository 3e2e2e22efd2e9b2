"""Streams of bytes that come in pieces, so that none of them is ever in memory as a whole."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Protocol

from botocore.exceptions import IncompleteReadError

PIECE = 256 * 1024


class Readable(Protocol):
    """A file, or the body of an answer."""

    def read(self, size: int, /) -> bytes: ...


def exactly(pieces: Iterator[bytes], length: int) -> bytes:
    """Return the first bytes of a stream; raises IncompleteReadError when there are fewer."""
    data = bytearray()
    while len(data) < length and (piece := next(pieces, b"")):
        data += piece
    if len(data) < length:
        raise IncompleteReadError(actual_bytes=len(data), expected_bytes=length)
    return bytes(data[:length])


def in_pieces(data: bytes) -> Iterator[bytes]:
    return iter(partial(BytesIO(data).read, PIECE), b"")


def skip(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """Leave out the first bytes."""
    for piece in pieces:
        if count < len(piece):
            yield piece[count:]
        count = max(0, count - len(piece))
