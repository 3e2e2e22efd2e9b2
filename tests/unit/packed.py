"""Files as uploaders pack them, and what comes of opening one."""

import bz2
import gzip
import io

import pytest
from backports import zstd

from articles.limits import Limits
from articles.problems import Problem
from articles.records.compression import decompressed
from articles.streams import Readable

from .build import refusal

PLAIN = b'{"id": "ferry-1", "title": "Die F\xc3\xa4hre kehrt zur\xc3\xbcck", "words": [1, 2.5e3]}\n'
READS = (1, 7, 4096)


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def zstandard(data: bytes, window_log: int = 0) -> bytes:
    """Pack with a checksum, as the command `zstd` does."""
    options = {int(zstd.CompressionParameter.checksum_flag): 1}
    if window_log:
        options[int(zstd.CompressionParameter.window_log)] = window_log
    packer = zstd.ZstdCompressor(options=options)
    return packer.compress(data) + packer.flush()


PACKERS = {"gzip": gzipped, "bzip2": bz2.compress, "zstd": zstandard}
SUFFIXES = {"gzip": ".gz", "bzip2": ".bz2", "zstd": ".zst"}
MAGIC = {"gzip": 2, "bzip2": 3, "zstd": 4}
every_compression = pytest.mark.parametrize("packing", PACKERS)


class Reader:
    """A file that gives a few bytes at a time, and then, perhaps, an error."""

    def __init__(self, data: bytes, at_a_time: int, error: Exception | None = None) -> None:
        self._file = io.BytesIO(data)
        self._at_a_time = at_a_time
        self._error = error

    def read(self, size: int) -> bytes:
        piece = self._file.read(min(size, self._at_a_time))
        if not piece and self._error:
            raise self._error
        return piece


class Zeros:
    """A file of many bytes that are nowhere."""

    def __init__(self, count: int) -> None:
        self.left = count

    def read(self, size: int) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


def opened(
    file: Readable | bytes, *, name: str = "a.json", size: int | None = None, **limits: int
) -> bytes:
    if isinstance(file, bytes):
        size = len(file) if size is None else size
        file = io.BytesIO(file)
    return b"".join(decompressed(file, name=name, size=size or 0, limits=Limits(**limits)).pieces)


def refused(
    file: Readable | bytes, *, name: str = "a.json", size: int | None = None, **limits: int
) -> Problem:
    return refusal(opened, file, name=name, size=size, **limits)
