"""Compression is told by its magic bytes, and what comes out is whole, or nothing is."""

import bz2
import codecs
import gzip
import io
import lzma
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from backports import zstd

from articles import streams
from articles.limits import MIB, Limits
from articles.problems import Code, Problem, Rejected
from articles.records import compression
from articles.records.compression import Compression, decompressed
from articles.records.framing import frame
from articles.streams import Readable, skip

from .large import peak

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
    with pytest.raises(Rejected) as rejected:
        opened(file, name=name, size=size, **limits)
    [problem] = rejected.value.problems
    return problem


def code(file: bytes, name: str = "a.json") -> str:
    return str(refused(file, name=name).code)


@pytest.fixture
def in_pieces_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(streams, "PIECE", size)


# ── What is read ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at_a_time", READS)
def test_a_plain_file_is_given_as_it_is(at_a_time: int) -> None:
    assert opened(Reader(PLAIN, at_a_time)) == PLAIN
    assert decompressed(io.BytesIO(PLAIN), name="a", size=1, limits=Limits()).compression is None


@every_compression
@pytest.mark.parametrize("at_a_time", READS)
def test_a_packing_is_told_by_its_bytes(packing: str, at_a_time: int) -> None:
    packed = PACKERS[packing](PLAIN)
    found = decompressed(Reader(packed, at_a_time), name="a.json", size=1, limits=Limits())

    assert found.compression
    assert (found.compression.name, b"".join(found.pieces)) == (packing, PLAIN)


@every_compression
def test_what_unpacks_to_more_than_a_piece_is_whole(
    packing: str, in_pieces_of: Callable[[int], None]
) -> None:
    in_pieces_of(64)
    data = b"".join(b"%d," % number for number in range(5_000)) + bytes(50_000)

    assert opened(PACKERS[packing](data)) == data


@every_compression
def test_members_are_read_on_wherever_one_ends(
    packing: str, in_pieces_of: Callable[[int], None]
) -> None:
    pack = PACKERS[packing]
    packed = pack(PLAIN) + pack(b"") + pack(b"[") + pack(PLAIN * 3)

    for size, at_a_time in product((*range(8, len(packed) + 2), MIB), READS):
        in_pieces_of(size)
        assert opened(Reader(packed, at_a_time)) == PLAIN + b"[" + PLAIN * 3


def test_a_skippable_frame_of_zstd_holds_nothing() -> None:
    skippable = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"

    for packed in (skippable + zstandard(PLAIN), zstandard(PLAIN) + skippable):
        assert opened(packed) == PLAIN


@every_compression
def test_nothing_packed_is_nothing(packing: str) -> None:
    assert opened(PACKERS[packing](b"")) == b""


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_first_bytes_can_be_left_out(size: int) -> None:
    for count in range(len(PLAIN) + 2):
        pieces = (PLAIN[start : start + size] for start in range(0, len(PLAIN), size))
        assert b"".join(skip(pieces, count)) == PLAIN[count:]


def test_an_empty_file_is_empty() -> None:
    assert opened(b"", name="a.json.gz") == b""


# ── What is broken ───────────────────────────────────────────────────────────────────────────────


def changed(data: bytes, place: int, flipped: int) -> bytes:
    return data[:place] + bytes([data[place] ^ flipped]) + data[place + 1 :]


def plain_or_code(data: bytes) -> bytes | str:
    try:
        return opened(data)
    except Rejected as rejected:
        return str(rejected.problems[0].code)


@every_compression
@pytest.mark.parametrize("at_a_time", READS)
def test_a_file_that_was_cut_off_anywhere_is_refused(packing: str, at_a_time: int) -> None:
    packed = PACKERS[packing](PLAIN)

    for end in range(MAGIC[packing], len(packed)):
        problem = refused(Reader(packed[:end], at_a_time))
        assert problem.code == "E_COMPRESSION"
        assert "its end is missing" in problem.message


@every_compression
def test_a_second_member_that_was_cut_off_anywhere_is_refused(packing: str) -> None:
    packed = PACKERS[packing](PLAIN)

    for end in range(1, len(packed)):
        assert code(packed + packed[:end]) == "E_COMPRESSION"


@every_compression
def test_what_is_left_of_magic_bytes_is_no_json(packing: str) -> None:
    packed = PACKERS[packing](PLAIN)

    for end in range(MAGIC[packing]):
        with pytest.raises(Rejected):
            frame(opened(packed[:end]))


@every_compression
@pytest.mark.parametrize("flipped", [0x01, 0x80, 0xFF])
def test_a_byte_that_was_changed_is_found_out_unless_it_means_nothing(
    packing: str, flipped: int
) -> None:
    packed = PACKERS[packing](PLAIN)
    found = [
        plain_or_code(changed(packed, place, flipped))
        for place in range(MAGIC[packing], len(packed))
    ]

    assert set(found) <= {PLAIN, "E_COMPRESSION"}
    assert found.count(PLAIN) <= 8  # of gzip: when it was packed, how well, and on what


@every_compression
def test_magic_bytes_that_were_changed_make_no_json(packing: str) -> None:
    packed = PACKERS[packing](PLAIN)

    for place in range(MAGIC[packing]):
        with pytest.raises(Rejected):
            frame(opened(changed(packed, place, 0x01)))


@every_compression
@pytest.mark.parametrize("garbage", [b"\0", b"\n", b"{}", b"</html>", bytes(600)])
@pytest.mark.parametrize("at_a_time", READS)
def test_what_follows_the_last_member_must_be_another(
    packing: str, garbage: bytes, at_a_time: int
) -> None:
    problem = refused(Reader(PACKERS[packing](PLAIN) + garbage, at_a_time))

    assert problem.code == "E_COMPRESSION"


@pytest.mark.parametrize(("one", "other"), [(a, b) for a in PACKERS for b in PACKERS if a != b])
def test_members_of_two_packings_are_no_file(one: str, other: str) -> None:
    assert code(PACKERS[one](PLAIN) + PACKERS[other](PLAIN)) == "E_COMPRESSION"


@pytest.mark.parametrize(("outer", "inner"), list(product(PACKERS, PACKERS)))
@pytest.mark.parametrize("piece", [8, MIB])
def test_only_one_layer_is_opened(
    outer: str, inner: str, piece: int, in_pieces_of: Callable[[int], None]
) -> None:
    in_pieces_of(piece)
    problem = refused(PACKERS[outer](PACKERS[inner](PLAIN)))

    assert problem.code == "E_COMPRESSION"
    assert "compressed twice" in problem.message


def test_a_second_layer_is_seen_where_members_part_its_magic_bytes() -> None:
    twice = gzipped(PLAIN)

    assert "compressed twice" in refused(gzipped(twice[:1]) + gzipped(twice[1:])).message


def test_zstd_that_looks_back_too_far_is_refused() -> None:
    assert opened(zstandard(PLAIN, window_log=25)) == PLAIN
    assert code(zstandard(PLAIN, window_log=26)) == "E_COMPRESSION"


class RotError(Exception):
    """What the library of a new compression raises."""


class Rot13:
    """A decompressor that takes letters, and nothing else."""

    eof, needs_input, unused_data = False, True, b""

    def decompress(self, data: bytes, /, max_length: int) -> bytes:
        self.eof = data.endswith(b".")
        if not data.rstrip(b".").isalpha():
            raise RotError(f"no more than {max_length} letters")
        return codecs.encode(data.decode(), "rot13").encode()


def test_a_new_compression_is_one_entry_with_its_own_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added = Compression("rot13", ".rot", (b"ROT",), Rot13, lambda: (RotError,))
    monkeypatch.setattr(compression, "COMPRESSIONS", (*compression.COMPRESSIONS, added))

    assert opened(b"ROTferry.", name="a.rot") == b"EBGsreel."
    assert refused(b"ROT4.").code == "E_COMPRESSION"
    assert "rot13" in refused(b"PK\x03\x04").message


def test_a_format_that_is_refused_by_name_is_read_once_it_is_an_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added = Compression(
        "xz", ".xz", (b"\xfd7zXZ\x00",), lzma.LZMADecompressor, lambda: (lzma.LZMAError,)
    )
    monkeypatch.setattr(compression, "COMPRESSIONS", (*compression.COMPRESSIONS, added))
    file = lzma.compress(PLAIN)

    assert opened(file, name="a.json.xz") == PLAIN
    assert code(changed(file, len(file) // 2, 0xFF)) == "E_COMPRESSION"
    assert code(file[:-1]) == "E_COMPRESSION"


def test_the_library_of_zstd_is_loaded_only_for_its_files() -> None:
    script = """
import io, sys
from articles.limits import Limits
from articles.problems import Rejected
from articles.records import compression
from articles.records.compression import Compression, decompressed

for damaged in (b"\\x1f\\x8b{}", b"BZh{}"):
    try:
        list(decompressed(io.BytesIO(damaged), name="a", size=4, limits=Limits()).pieces)
    except Rejected:
        print("backports.zstd" in sys.modules)
"""
    functions = Path(__file__).parents[2] / "functions"
    printed = subprocess.check_output([sys.executable, "-c", script], cwd=functions, text=True)

    assert printed.split() == ["False", "False"]


# ── What is not read ─────────────────────────────────────────────────────────────────────────────


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, PLAIN)
    return file.getvalue()


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (zipped("a.json"), "zip"),
        (zipped(), "zip"),
        (lzma.compress(PLAIN), "xz"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"\x04\x22\x4d\x18\x64\x40\xa7", "lz4"),
        (b"\x1f\x9d\x90\x68\xca", "compress"),
    ],
)
def test_a_foreign_archive_is_named_with_what_to_send_instead(file: bytes, what: str) -> None:
    problem = refused(file)

    assert problem.code == "E_COMPRESSION"
    assert f"the format {what}," in problem.message
    assert all(name in problem.message for name in PACKERS)


@pytest.mark.parametrize(
    ("packing", "promised"), [(a, b) for a, b in product(PACKERS, PACKERS) if a != b]
)
def test_a_name_that_promises_another_packing_is_refused(packing: str, promised: str) -> None:
    problem = refused(PACKERS[packing](PLAIN), name=f"a.json{SUFFIXES[promised].upper()}")

    assert problem.code == "E_COMPRESSION"
    assert SUFFIXES[promised] in problem.message
    assert packing in problem.message


@every_compression
def test_a_name_that_promises_no_other_packing_is_fine(packing: str) -> None:
    for name in ("a.json", "a", f"a.json{SUFFIXES[packing]}", f"{SUFFIXES[packing]}/a.ndjson"):
        assert opened(PACKERS[packing](PLAIN), name=name) == PLAIN
    assert opened(PLAIN, name=f"a.json{SUFFIXES[packing]}") == PLAIN


# ── Ceilings ─────────────────────────────────────────────────────────────────────────────────────


def test_a_file_has_a_ceiling() -> None:
    assert opened(PLAIN, size=5_000, max_object_bytes=5_000) == PLAIN

    problem = refused(PLAIN, size=5_001, max_object_bytes=5_000)
    assert problem.code == "E_TOO_LARGE"
    assert "5,001" in problem.message
    assert "5,000" in problem.message


@every_compression
def test_a_packed_file_has_a_ceiling_of_its_own(packing: str) -> None:
    packed = PACKERS[packing](PLAIN)
    assert opened(packed, size=5_000, max_packed_bytes=5_000) == PLAIN
    assert opened(PLAIN, size=5_001, max_packed_bytes=5_000) == PLAIN

    problem = refused(packed, size=5_001, max_packed_bytes=5_000)
    assert problem.code == "E_TOO_LARGE"
    assert "5,001" in problem.message
    assert "5,000" in problem.message


@every_compression
def test_what_a_file_unpacks_to_has_a_ceiling(packing: str) -> None:
    packed = PACKERS[packing](bytes(2_001))
    assert len(opened(packed, max_unpacked_bytes=2_001)) == 2_001
    assert len(opened(bytes(2_001), max_unpacked_bytes=2_000)) == 2_001

    problem = refused(packed, max_unpacked_bytes=2_000)
    assert problem.code == "E_TOO_LARGE"
    assert "2,001" in problem.message
    assert "2,000" in problem.message


def test_all_members_together_have_one_ceiling() -> None:
    assert refused(gzipped(bytes(600)) * 4, max_unpacked_bytes=2_000).code == "E_TOO_LARGE"


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(300)) + packer.flush()


def bzip2_bomb() -> bytes:
    return bz2.compress(bytes(10 * MIB)) * 30


def zstd_bomb() -> bytes:
    packer = zstd.ZstdCompressor()
    return b"".join(packer.compress(bytes(MIB)) for _ in range(300)) + packer.flush()


def last_of(pieces: Iterator[bytes]) -> bytes:
    piece = b""
    for piece in pieces:  # noqa: B007 - what lies before is let go of
        pass
    return piece


@pytest.mark.parametrize("bomb", [gzip_bomb, bzip2_bomb, zstd_bomb])
def test_a_bomb_is_refused_at_the_ceiling_and_takes_little_memory(
    bomb: Callable[[], bytes],
) -> None:
    packed = bomb()

    def read() -> None:
        limits = Limits(max_unpacked_bytes=200 * MIB)
        with pytest.raises(Rejected, match=f"the limit is {200 * MIB:,}"):
            last_of(decompressed(io.BytesIO(packed), name="a", size=MIB, limits=limits).pieces)

    assert peak(read) < 4 * MIB


def unpack_801_bytes(size: int, **limits: int) -> None:
    packed = io.BytesIO(gzip.compress(bytes(801)))
    last_of(decompressed(packed, name="a", size=size, limits=Limits(**limits)).pieces)


def test_over_a_size_a_file_unpacks_to_so_many_times_its_own_and_no_more() -> None:
    limits = {"max_unpacked_ratio": 100, "ratio_from_bytes": 800}
    unpack_801_bytes(9, **limits)

    with pytest.raises(Rejected) as raised:
        unpack_801_bytes(8, **limits)

    [problem] = raised.value.problems
    assert problem.code == Code.E_TOO_LARGE
    for told in ("8 bytes", "801", "100 times", "Send it uncompressed"):
        assert told in problem.message


@every_compression
@pytest.mark.parametrize(("data", "most"), [(b"", 10), (b"x" * 120, 10), (b"x" * 128, 1000)])
def test_members_that_hold_next_to_nothing_are_few(packing: str, data: bytes, most: int) -> None:
    def read(members: int) -> None:
        packed = io.BytesIO(PACKERS[packing](data) * members)
        last_of(decompressed(packed, name="a", size=1, limits=Limits(max_members=10)).pieces)

    read(min(most, 10))
    if most == 1000:
        read(1000)
        return
    with pytest.raises(Rejected, match=r"members; the limit is 10\. Compress it as one\."):
        read(2000)


def test_up_to_a_size_a_file_may_unpack_to_any_number_of_times_its_own() -> None:
    unpack_801_bytes(1, max_unpacked_ratio=1, ratio_from_bytes=801)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (zlib.compress(PLAIN), "format zlib"),
        (zlib.compress(PLAIN, 9), "format zlib"),
        (b"\x00\x01\x02\x03", "begins with 00 01 02 03"),
        (PLAIN.decode().encode("utf-16"), "is not gzip"),
    ],
)
def test_a_file_that_is_named_gz_and_is_none_says_so(data: bytes, told: str) -> None:
    with pytest.raises(Rejected, match=told) as raised:
        opened(io.BytesIO(data), name="a.json.gz")

    assert [it.code for it in raised.value.problems] == [Code.E_COMPRESSION]


@pytest.mark.parametrize("data", [PLAIN, b"\xef\xbb\xbf" + PLAIN, b" \r\n" + PLAIN, b"oops\n"])
def test_a_text_is_read_under_any_name(data: bytes) -> None:
    assert opened(io.BytesIO(data), name="a.json.gz") == data


def test_a_large_plain_file_takes_little_memory() -> None:
    large = decompressed(Zeros(100 * MIB), name="a", size=1, limits=Limits())

    assert peak(lambda: last_of(large.pieces)) < 4 * MIB


# ── Errors of the reader ─────────────────────────────────────────────────────────────────────────


BEFORE_THE_ERROR = {"nothing": b"", "plain": PLAIN} | {
    f"{packing}, {where}": pack(PLAIN)[:end]
    for packing, pack in PACKERS.items()
    for where, end in (("its magic bytes", MAGIC[packing]), ("a half", 40), ("a member", None))
}


@pytest.mark.parametrize("there", BEFORE_THE_ERROR.values(), ids=BEFORE_THE_ERROR)
@pytest.mark.parametrize("kind", [OSError, ConnectionError, EOFError, zlib.error, zstd.ZstdError])
@pytest.mark.parametrize("piece", [8, MIB])
def test_an_error_of_the_reader_is_never_taken_for_broken_data(
    there: bytes, kind: type[Exception], piece: int, in_pieces_of: Callable[[int], None]
) -> None:
    in_pieces_of(piece)
    error = kind("the connection was reset")

    with pytest.raises(kind) as raised:
        opened(Reader(there, 7, error))

    assert raised.value is error
