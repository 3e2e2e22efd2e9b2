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
# Reported by name: an uploader who sends one of these has a file in hand, not a broken text.
_FOREIGN = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x1f\x9d": "compress",
    b"x\x01": "zlib",
    b"x\x9c": "zlib",
    b"x\xda": "zlib",
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
    limits.check("max_object_bytes", size)
    first = _first(file)
    packing = _told(first)
    _check_name(name, packing, first)
    if packing is None:
        return Unpacked(_plain(first, file), None)
    limits.check("max_packed_bytes", size)
    return Unpacked(_bounded(_members(first, file, packing, limits), limits, size), packing)


def _first(file: Readable) -> bytes:
    first = b""
    while len(first) < streams.PIECE and (more := file.read(streams.PIECE - len(first))):
        first += more
    return first


def _told(first: bytes) -> Packing | None:
    for magic, name in _FOREIGN.items():
        if first.startswith(magic):
            names = ", ".join(packing.name for packing in PACKINGS)
            problem = Problem.of(Code.E_COMPRESSION, "foreign", format=name, supported=names)
            raise Rejected(problem)
    return next((it for it in PACKINGS if first.startswith(it.magic)), None)


def _check_name(name: str, packing: Packing | None, first: bytes) -> None:
    """Refuse bytes of one packing under the name of another: one of the two is a mistake.

    A plain text is read under any name: many a tool unpacks a file and keeps its name.
    """
    claimed = next((it for it in PACKINGS if name.lower().endswith(it.suffix)), None)
    if claimed is None or claimed is packing or (packing is None and _is_text(first)):
        return
    if packing:
        problem = Problem.of(
            Code.E_COMPRESSION,
            "other_suffix",
            suffix=claimed.suffix,
            found=packing.name,
            expected=packing.suffix,
        )
    else:
        problem = Problem.of(
            Code.E_COMPRESSION,
            "not_compressed",
            suffix=claimed.suffix,
            claimed=claimed.name,
            start=first[:MAGIC_BYTES].hex(" "),
        )
    raise Rejected(problem)


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
                raise Rejected(Problem.of(Code.E_COMPRESSION, "cut_off"))
        source.give_back(len(unpacker.unused_data))


def _decompress(unpacker: Decompressor, data: bytes, packing: Packing) -> bytes:
    try:
        return unpacker.decompress(data, max_length=streams.PIECE)
    except _faults() as error:
        why = shown(str(error))
        problem = Problem.of(Code.E_COMPRESSION, "broken", format=packing.name, why=why)
        raise Rejected(problem) from error


def _bounded(pieces: Iterator[bytes], limits: Limits, size: int) -> Iterator[bytes]:
    total, start = 0, b""
    for piece in pieces:
        if len(start) < MAGIC_BYTES:
            start += piece[:MAGIC_BYTES]
            if any(start.startswith(it.magic) for it in PACKINGS):
                raise Rejected(Problem.of(Code.E_COMPRESSION, "twice"))
        total += len(piece)
        limits.check("max_unpacked_bytes", total)
        limits.check_ratio(total, size)
        yield piece
