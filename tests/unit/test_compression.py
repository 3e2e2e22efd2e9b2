"""Compression is told by its magic bytes, and what comes out is whole, or nothing is."""

import io
import lzma
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from backports import zstd

from articles import streams
from articles.limits import MIB, Limits
from articles.metadata.shapes import ANY
from articles.problems import Rejected
from articles.records import compression
from articles.records.compression import Compression, decompressed
from articles.records.framing import frame
from articles.streams import skip

from .packed import (
    MAGIC,
    PACKERS,
    PLAIN,
    READS,
    SUFFIXES,
    Reader,
    every_compression,
    gzipped,
    opened,
    refused,
    zstandard,
)


@pytest.fixture
def in_pieces_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(streams, "PIECE", size)


def assert_broken(file: bytes | Reader, *told: str, name: str = "a.json") -> None:
    problem = refused(file, name=name)
    assert problem.code == "E_COMPRESSION"
    assert [it for it in told if it not in problem.message] == []


# ── What is read ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at_a_time", READS)
def test_a_plain_file_is_given_as_it_is(at_a_time: int) -> None:
    assert opened(Reader(PLAIN, at_a_time)) == PLAIN
    assert opened(b"", name="a.json.gz") == b""
    assert decompressed(io.BytesIO(PLAIN), name="a", size=1, limits=Limits()).compression is None


@every_compression
@pytest.mark.parametrize("at_a_time", READS)
def test_a_packing_is_told_by_its_bytes(packing: str, at_a_time: int) -> None:
    packed = PACKERS[packing](PLAIN)
    found = decompressed(Reader(packed, at_a_time), name="a.json", size=1, limits=Limits())

    assert found.compression
    assert (found.compression.name, b"".join(found.pieces)) == (packing, PLAIN)
    assert opened(PACKERS[packing](b"")) == b""


@every_compression
def test_what_takes_many_pieces_is_whole(packing: str, in_pieces_of: Callable[[int], None]) -> None:
    in_pieces_of(64)
    data = b"".join(b"%d," % number for number in range(5_000)) + bytes(50_000)

    assert opened(PACKERS[packing](data)) == data


@every_compression
def test_members_are_read_on_where_one_ends(
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


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_first_bytes_can_be_left_out(size: int) -> None:
    for count in range(len(PLAIN) + 2):
        pieces = (PLAIN[start : start + size] for start in range(0, len(PLAIN), size))
        assert b"".join(skip(pieces, count)) == PLAIN[count:]


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
        assert_broken(Reader(packed[:end], at_a_time), "its end is missing")
    for end in range(1, len(packed)):
        assert_broken(Reader(packed + packed[:end], at_a_time))


@every_compression
def test_what_is_left_of_magic_bytes_is_no_json(packing: str) -> None:
    packed = PACKERS[packing](PLAIN)

    for place in range(MAGIC[packing]):
        for damaged in (packed[:place], changed(packed, place, 0x01)):
            with pytest.raises(Rejected):
                frame(opened(damaged), ANY)


@every_compression
@pytest.mark.parametrize("flipped", [0x01, 0x80, 0xFF])
def test_a_changed_byte_is_found_out_unless_it_means_nothing(packing: str, flipped: int) -> None:
    packed = PACKERS[packing](PLAIN)
    found = [
        plain_or_code(changed(packed, place, flipped))
        for place in range(MAGIC[packing], len(packed))
    ]

    assert set(found) <= {PLAIN, "E_COMPRESSION"}
    assert found.count(PLAIN) <= 8  # of gzip: when it was packed, how well, and on what


@every_compression
@pytest.mark.parametrize("at_a_time", READS)
def test_what_follows_the_last_member_must_be_another(packing: str, at_a_time: int) -> None:
    others = (pack(PLAIN) for name, pack in PACKERS.items() if name != packing)

    for garbage in (b"\0", b"\n", b"{}", b"</html>", bytes(600), *others):
        assert_broken(Reader(PACKERS[packing](PLAIN) + garbage, at_a_time))


@pytest.mark.parametrize(("outer", "inner"), list(product(PACKERS, PACKERS)))
@pytest.mark.parametrize("piece", [8, MIB])
def test_only_one_layer_is_opened(
    outer: str, inner: str, piece: int, in_pieces_of: Callable[[int], None]
) -> None:
    in_pieces_of(piece)

    assert_broken(PACKERS[outer](PACKERS[inner](PLAIN)), "compressed twice")


def test_a_second_layer_is_seen_where_members_part_its_magic_bytes() -> None:
    twice = gzipped(PLAIN)

    assert_broken(gzipped(twice[:1]) + gzipped(twice[1:]), "compressed twice")


def test_zstd_that_looks_back_too_far_is_refused() -> None:
    assert opened(zstandard(PLAIN, window_log=25)) == PLAIN
    assert_broken(zstandard(PLAIN, window_log=26))


def test_a_new_compression_is_an_entry_with_its_own_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    packer, errors = lzma.LZMADecompressor, (lzma.LZMAError,)
    added = Compression("xz", ".xz", (b"\xfd7zXZ\x00",), packer, lambda: errors)
    monkeypatch.setattr(compression, "COMPRESSIONS", (*compression.COMPRESSIONS, added))
    file = lzma.compress(PLAIN)

    assert opened(file, name="a.json.xz") == PLAIN
    assert_broken(changed(file, len(file) // 2, 0xFF))
    assert_broken(file[:-1])
    assert_broken(b"PK\x03\x04", "xz")


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
        *((zipped("a.json"), "zip"), (zipped(), "zip"), (lzma.compress(PLAIN), "xz")),
        *((b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"), (b"Rar!\x1a\x07\x01\x00", "rar")),
        *((b"\x04\x22\x4d\x18\x64\x40\xa7", "lz4"), (b"\x1f\x9d\x90\x68\xca", "compress")),
    ],
)
def test_a_foreign_archive_is_named_with_what_to_send_instead(file: bytes, what: str) -> None:
    assert_broken(file, f"the format {what},", *PACKERS)


@pytest.mark.parametrize(
    ("packing", "promised"), [(a, b) for a, b in product(PACKERS, PACKERS) if a != b]
)
def test_a_name_that_promises_another_packing_is_refused(packing: str, promised: str) -> None:
    name = f"a.json{SUFFIXES[promised].upper()}"

    assert_broken(PACKERS[packing](PLAIN), SUFFIXES[promised], packing, name=name)


@every_compression
def test_a_name_that_promises_no_other_packing_is_fine(packing: str) -> None:
    for name in ("a.json", "a", f"a.json{SUFFIXES[packing]}", f"{SUFFIXES[packing]}/a.ndjson"):
        assert opened(PACKERS[packing](PLAIN), name=name) == PLAIN
    assert opened(PLAIN, name=f"a.json{SUFFIXES[packing]}") == PLAIN


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
