"""However little is uploaded, what it unpacks to has ceilings, and takes little memory."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from articles.catalogue import Code
from articles.limits import MIB, Limits
from articles.problems import Problem, Rejected
from articles.records.compression import decompressed

from .build import refusal
from .large import peak
from .packed import PACKERS, PLAIN, Zeros, every_compression, gzipped, opened, refused


@pytest.mark.parametrize(
    ("pack", "limit"),
    [(bytes, "max_object_bytes"), *((pack, "max_packed_bytes") for pack in PACKERS.values())],
)
def test_a_file_and_a_packed_one_have_ceilings(pack: Callable[[bytes], bytes], limit: str) -> None:
    file, limits = pack(PLAIN), cast("Any", {limit: 5_000})
    assert opened(file, size=5_000, **limits) == PLAIN
    assert opened(PLAIN, size=5_001, max_packed_bytes=5_000) == PLAIN

    assert_too_large(refused(file, size=5_001, **limits), "5,001", "5,000")


@every_compression
def test_what_a_file_unpacks_to_has_a_ceiling(packing: str) -> None:
    packed = PACKERS[packing](bytes(2_001))
    assert len(opened(packed, max_unpacked_bytes=2_001)) == 2_001
    assert len(opened(bytes(2_001), max_unpacked_bytes=2_000)) == 2_001

    assert_too_large(refused(packed, max_unpacked_bytes=2_000), "2,001", "2,000")


def assert_too_large(problem: Problem, *told: str) -> None:
    assert problem.code == Code.E_TOO_LARGE
    assert [it for it in told if it not in problem.message] == []


def test_all_members_together_have_one_ceiling() -> None:
    assert refused(gzipped(bytes(600)) * 4, max_unpacked_bytes=2_000).code == "E_TOO_LARGE"


def last_of(pieces: Iterator[bytes]) -> bytes:
    piece = b""
    for piece in pieces:  # noqa: B007 - what lies before is let go of
        pass
    return piece


@every_compression
def test_a_bomb_is_refused_at_the_ceiling_and_takes_little_memory(packing: str) -> None:
    packed = PACKERS[packing](bytes(30 * MIB))

    def read() -> None:
        limits = Limits(max_unpacked_bytes=20 * MIB)
        with pytest.raises(Rejected, match=f"the limit is {20 * MIB:,}"):
            last_of(decompressed(io.BytesIO(packed), name="a", size=MIB, limits=limits).pieces)

    assert peak(read) < 4 * MIB


def unpack_801_bytes(size: int, **limits: int) -> None:
    packed = io.BytesIO(gzip.compress(bytes(801)))
    last_of(decompressed(packed, name="a", size=size, limits=Limits(**limits)).pieces)


def test_over_a_size_a_file_unpacks_to_so_many_times_its_own_and_no_more() -> None:
    unpack_801_bytes(1, max_unpacked_ratio=1, ratio_from_bytes=801)
    limits = {"max_unpacked_ratio": 100, "ratio_from_bytes": 800}
    unpack_801_bytes(9, **limits)

    problem = refusal(unpack_801_bytes, 8, **limits)
    assert_too_large(problem, "8 bytes", "801", "100 times", "Send it uncompressed")


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


@pytest.mark.parametrize(
    ("data", "told"),
    [
        *((zlib.compress(PLAIN), "format zlib"), (zlib.compress(PLAIN, 9), "format zlib")),
        (b"\x00\x01\x02\x03", "begins with 00 01 02 03"),
        (PLAIN.decode().encode("utf-16"), "is not gzip"),
    ],
)
def test_a_file_that_is_named_gz_and_is_none_says_so(data: bytes, told: str) -> None:
    problem = refused(data, name="a.json.gz")

    assert problem.code == Code.E_COMPRESSION
    assert told in problem.message


@pytest.mark.parametrize("data", [PLAIN, b"\xef\xbb\xbf" + PLAIN, b" \r\n" + PLAIN, b"oops\n"])
def test_a_text_is_read_under_any_name(data: bytes) -> None:
    assert opened(io.BytesIO(data), name="a.json.gz") == data


def test_a_large_plain_file_takes_little_memory() -> None:
    large = decompressed(Zeros(20 * MIB), name="a", size=1, limits=Limits())

    assert peak(lambda: last_of(large.pieces)) < 4 * MIB
