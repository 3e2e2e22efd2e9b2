"""Compression, known by its magic bytes: one layer of gzip, bzip2 or zstd, read as a stream.

Whatever is sent is read in pieces, so the memory needed does not depend on its decompressed size.
"""

import bz2
import codecs
import re
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from articles import streams
from articles.catalogue import Code
from articles.limits import Limits
from articles.problems import Problem, Rejected
from articles.quoting import shown
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
    # On use: few uploads are compressed with it, and every cold start would pay for it.
    from backports import zstd

    window = {int(zstd.DecompressionParameter.window_log_max): ZSTD_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=window)


def _zstd_errors() -> tuple[type[Exception], ...]:
    from backports import zstd

    return (zstd.ZstdError, EOFError)


class Compression(NamedTuple):
    """A compression that is read.

    `decompressor` makes one for each member of a file, `errors` are what it raises for damaged
    data: called only when something was raised, so that no library is loaded for its errors.
    """

    name: str
    suffix: str
    magic: tuple[bytes, ...]
    decompressor: Callable[[], Decompressor]
    errors: Callable[[], tuple[type[Exception], ...]]


_SKIPPABLE = tuple(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60))
COMPRESSIONS = (
    Compression("gzip", ".gz", (b"\x1f\x8b",), _Gzip, lambda: (zlib.error,)),
    Compression("bzip2", ".bz2", (b"BZh",), bz2.BZ2Decompressor, lambda: (OSError, EOFError)),
    Compression("zstd", ".zst", (b"\x28\xb5\x2f\xfd", *_SKIPPABLE), _zstd, _zstd_errors),
)
# Refused by name: whoever sends one of these has a good file of a kind that is not read.
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
_SNIFFED_BYTES = 64


class Decompressed(NamedTuple):
    """The plain bytes of an upload in pieces; `compression` is None where they are as uploaded."""

    pieces: Iterator[bytes]
    compression: Compression | None


def decompressed(file: Readable, *, name: str, size: int, limits: Limits) -> Decompressed:
    """Open an upload of a name and size in bytes; what `pieces` gives is bounded by the limits.

    Raises Rejected with E_COMPRESSION or E_TOO_LARGE, here or from `pieces`.
    """
    limits.check("max_object_bytes", size)
    first = _first(file)
    compression = _recognised(first)
    _check_name(name, compression, first)
    if compression is None:
        return Decompressed(_plain(first, file), None)
    limits.check("max_packed_bytes", size)
    members = _members(first, file, compression, limits)
    return Decompressed(_bounded(members, limits, size), compression)


def _first(file: Readable) -> bytes:
    first = b""
    while len(first) < streams.PIECE and (more := file.read(streams.PIECE - len(first))):
        first += more
    return first


def _recognised(first: bytes) -> Compression | None:
    if known := next((it for it in COMPRESSIONS if first.startswith(it.magic)), None):
        return known
    for magic, name in _FOREIGN.items():
        if first.startswith(magic):
            names = ", ".join(it.name for it in COMPRESSIONS)
            problem = Problem.of(Code.E_COMPRESSION, "foreign", format=name, supported=names)
            raise Rejected(problem)
    return None


def _check_name(name: str, compression: Compression | None, first: bytes) -> None:
    """Refuse bytes of one compression under the name of another: one of the two is a mistake.

    A plain text is read under any name: many tools decompress a file and keep its name.
    """
    claimed = next((it for it in COMPRESSIONS if name.lower().endswith(it.suffix)), None)
    if claimed is None or claimed is compression or (compression is None and _is_text(first)):
        return
    if compression:
        problem = Problem.of(
            Code.E_COMPRESSION,
            "other_suffix",
            suffix=claimed.suffix,
            found=compression.name,
            expected=compression.suffix,
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
        text = codecs.getincrementaldecoder("utf-8")().decode(first[:_SNIFFED_BYTES])
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)


def _plain(first: bytes, file: Readable) -> Iterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = file.read(streams.PIECE)


class _Source:
    """The bytes of a compressed file, a few at a time; what a member did not need is given back."""

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
        """Return back the last of the bytes that were taken."""
        self._position -= count


def _members(
    first: bytes, file: Readable, compression: Compression, limits: Limits
) -> Iterator[bytes]:
    """Decompress one member after the other; what follows the last must be another."""
    source = _Source(first, file)
    members = total = 0
    while data := source.take():
        members += 1
        limits.check_members(members, total)
        decompressor = compression.decompressor()
        while True:
            if piece := _decompress(decompressor, data, compression):
                total += len(piece)
                yield piece
            if decompressor.eof:
                break
            data = source.take() if decompressor.needs_input else b""
            if decompressor.needs_input and not data:
                raise Rejected(Problem.of(Code.E_COMPRESSION, "cut_off"))
        source.give_back(len(decompressor.unused_data))


def _decompress(decompressor: Decompressor, data: bytes, compression: Compression) -> bytes:
    try:
        return decompressor.decompress(data, max_length=streams.PIECE)
    except compression.errors() as error:
        why = shown(str(error))
        problem = Problem.of(Code.E_COMPRESSION, "broken", format=compression.name, why=why)
        raise Rejected(problem) from error


def _bounded(pieces: Iterator[bytes], limits: Limits, size: int) -> Iterator[bytes]:
    total, start = 0, b""
    for piece in pieces:
        if len(start) < MAGIC_BYTES:
            start += piece[:MAGIC_BYTES]
            if any(start.startswith(it.magic) for it in COMPRESSIONS):
                raise Rejected(Problem.of(Code.E_COMPRESSION, "twice"))
        total += len(piece)
        limits.check("max_unpacked_bytes", total)
        limits.check_ratio(total, size)
        yield piece
