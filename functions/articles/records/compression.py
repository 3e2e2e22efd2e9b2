"""Compression, told by its magic bytes: one layer of gzip, bzip2 or zstd, unpacked as a stream.

Whatever is sent is read in pieces, so the memory needed does not depend on what it unpacks to.
"""

import bz2
import codecs
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from articles import streams
from articles.limits import Limits
from articles.problems import Code, Problem, Rejected, shown
from articles.streams import Readable

# A decompressor gets no more at once: what follows a member is copied, and members may be tiny.
FED = 8 * 1024
MAGIC_BYTES = 4
# What zstd must keep in memory to look back; `zstd -19` writes 8 MiB, `--ultra -22` 128 MiB.
ZSTD_WINDOW_LOG = 25


class Decompressor(Protocol):
    """What bz2 and zstd have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /, max_length: int) -> bytes: ...


class _Gzip:
    """zlib in the form of bz2 and zstd."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, /, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _zstd() -> Decompressor:
    # On use: few uploads are packed with it, and every cold start would pay for it.
    from backports import zstd

    window = {int(zstd.DecompressionParameter.window_log_max): ZSTD_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=window)


def _faults() -> tuple[type[Exception], ...]:
    """Give the errors that mean broken data, of the libraries that are in use."""
    zstd = sys.modules.get("backports.zstd")
    return (zlib.error, OSError, EOFError, *([zstd.ZstdError] if zstd else []))


class Packing(NamedTuple):
    """A compression that is read."""

    name: str
    suffix: str
    magic: tuple[bytes, ...]
    decompressor: Callable[[], Decompressor]


_SKIPPABLE = tuple(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60))
PACKINGS = (
    Packing("gzip", ".gz", (b"\x1f\x8b",), _Gzip),
    Packing("bzip2", ".bz2", (b"BZh",), bz2.BZ2Decompressor),
    Packing("zstd", ".zst", (b"\x28\xb5\x2f\xfd", *_SKIPPABLE), _zstd),
)
_ZLIB = "a bare zlib stream, without gzip's header"
# Told by name: an uploader who sends one of these has a file in hand, not a broken text.
_FOREIGN = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\xfd7zXZ\x00": "packed with xz",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\x04\x22\x4d\x18": "packed with lz4",
    b"\x1f\x9d": "packed with compress",
    b"x\x01": _ZLIB,
    b"x\x9c": _ZLIB,
    b"x\xda": _ZLIB,
}
# What no text of JSON holds.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOOKED_AT = 64


class Unpacked(NamedTuple):
    """The plain bytes of an upload in pieces; `packing` is None where they lie as they are."""

    pieces: Iterator[bytes]
    packing: Packing | None


def unpacked(file: Readable, *, name: str, size: int, limits: Limits) -> Unpacked:
    """Open an upload of a name and size in bytes; what `pieces` gives is bounded by the limits.

    Raises Rejected with E_COMPRESSION or E_TOO_LARGE, here or from `pieces`.
    """
    limits.check("max_object_bytes", size, "The file has")
    first = _first(file)
    packing = _told(first)
    _check_name(name, packing, first)
    if packing is None:
        return Unpacked(_plain(first, file), None)
    limits.check("max_packed_bytes", size, "The packed file has")
    return Unpacked(_bounded(_members(first, file, packing, limits), limits, size), packing)


def _first(file: Readable) -> bytes:
    first = b""
    while len(first) < streams.PIECE and (more := file.read(streams.PIECE - len(first))):
        first += more
    return first


def _told(first: bytes) -> Packing | None:
    for magic, what in _FOREIGN.items():
        if first.startswith(magic):
            names = ", ".join(packing.name for packing in PACKINGS)
            raise Rejected(_broken(f"The file is {what}. Send it plain, or packed with {names}."))
    return next((it for it in PACKINGS if first.startswith(it.magic)), None)


def _check_name(name: str, packing: Packing | None, first: bytes) -> None:
    """Refuse bytes of one packing under the name of another: one of the two is a mistake.

    A plain text is read under any name: many a tool unpacks a file and keeps its name.
    """
    claimed = next((it for it in PACKINGS if name.lower().endswith(it.suffix)), None)
    if claimed is None or claimed is packing or (packing is None and _is_text(first)):
        return
    if packing:
        found, mend = f"is packed with {packing.name}", f"Name it {packing.suffix}."
    else:
        found = f"is not {claimed.name}: it begins with {first[:MAGIC_BYTES].hex(' ')}"
        mend = f"Pack it with {claimed.name}, or send it plain."
    raise Rejected(_broken(f"The name ends in {claimed.suffix}, but the file {found}. {mend}"))


def _is_text(first: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(first[:_LOOKED_AT])
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)


def _plain(first: bytes, file: Readable) -> Iterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = file.read(streams.PIECE)


class _Source:
    """The bytes of a packed file, a few at a time; what a member did not need is given back."""

    def __init__(self, first: bytes, file: Readable) -> None:
        self._file = file
        self._piece = first
        self._position = 0

    def take(self) -> bytes:
        if self._position == len(self._piece):
            self._piece, self._position = self._file.read(streams.PIECE), 0
        taken = self._piece[self._position : self._position + FED]
        self._position += len(taken)
        return taken

    def give_back(self, count: int) -> None:
        """Give back the last of the bytes that were taken."""
        self._position -= count


def _members(first: bytes, file: Readable, packing: Packing, limits: Limits) -> Iterator[bytes]:
    """Unpack one member after the other; what follows the last must be another."""
    source = _Source(first, file)
    members = unpacked = 0
    while data := source.take():
        members += 1
        limits.check_members(members, unpacked)
        unpacker = packing.decompressor()
        while True:
            if piece := _decompress(unpacker, data, packing):
                unpacked += len(piece)
                yield piece
            if unpacker.eof:
                break
            data = source.take() if unpacker.needs_input else b""
            if unpacker.needs_input and not data:
                message = "The packed file ends too early: it was cut off. Upload it again."
                raise Rejected(_broken(message))
        source.give_back(len(unpacker.unused_data))


def _decompress(unpacker: Decompressor, data: bytes, packing: Packing) -> bytes:
    try:
        return unpacker.decompress(data, max_length=streams.PIECE)
    except _faults() as error:
        why = shown(str(error))
        message = f"The file is broken or holds more than {packing.name}: {why}. Pack it again."
        raise Rejected(_broken(message)) from error


def _bounded(pieces: Iterator[bytes], limits: Limits, size: int) -> Iterator[bytes]:
    total, start = 0, b""
    for piece in pieces:
        if len(start) < MAGIC_BYTES:
            start += piece[:MAGIC_BYTES]
            if any(start.startswith(it.magic) for it in PACKINGS):
                message = "The file is packed twice; only one layer is opened. Pack it once."
                raise Rejected(_broken(message))
        total += len(piece)
        limits.check("max_unpacked_bytes", total, "The file unpacks to at least")
        limits.check_ratio(total, size)
        yield piece


def _broken(message: str) -> Problem:
    return Problem(Code.E_COMPRESSION, message)
