"""Any upload, however packed and read, says in parts what it says as a whole."""

import bz2
import gzip
import io
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from backports import zstd

from articles import streams
from articles.limits import MIB
from articles.metadata.shapes import ANY
from articles.problems import Problem
from articles.records.compression import Decompressed, decompressed
from articles.records.envelopes import ENVELOPES, envelope_of
from articles.records.planning import plan
from articles.records.strict_json import BOM

from .large import (
    FRAMINGS,
    LIMITS,
    Items,
    Outcome,
    Told,
    as_a_whole,
    document,
    outcome,
    planned,
    read_part,
    stories,
    told,
)

PACKERS = (lambda data: data, gzip.compress, bz2.compress, zstd.compress)
INSERTED = (*b'"\\{}[]: \n7\xff', b"1e400", b"NaN", b"\r\n", BOM, b"\xc2", b"\\ud800", b"null")


class Reader:
    """A file that gives any number of bytes at a time."""

    def __init__(self, data: bytes, rng: random.Random) -> None:
        self._file = io.BytesIO(data)
        self._rng = rng

    def read(self, size: int) -> bytes:
        return self._file.read(self._rng.randint(1, size))


def a_document(framing: str, rng: random.Random) -> bytes:
    def item(number: int) -> dict[str, Any]:
        story = {
            "id": f"s{number}",
            "title": "Fähre " * rng.randint(1, 20),
            "tags": [1, {"a": '}]"{[\\'}, None, -1.5e3],
            "é": "ü\u2028🌊" * rng.randint(0, 9),
        }
        return {name: story[name] for name in rng.sample(sorted(story), len(story))}

    items: Items = [item(number) for number in range(rng.choice([1, 2, 7, 20, 35]))]
    if len(items) > 5 and "JSON-LD" not in framing:
        odd: Items = [None, 7, "x", [], {"long": "y" * rng.choice([800, 2900, 3100])}]
        items[rng.randrange(1, len(items))] = rng.choice(odd)
    ascii_only, indent = rng.random() < 0.3, rng.choice([None, None, 1])
    if framing == "lines":
        written = [json.dumps(it, ensure_ascii=ascii_only) for it in items]
        text = rng.choice(["\n", "\r\n", "\n\n", "\n \t\r\n"]).join(written)
        text = rng.choice(["", "\n", " "]) + text + rng.choice(["", "\n", "\r\n\n"])
    else:
        text = json.dumps(FRAMINGS[framing](items), ensure_ascii=ascii_only, indent=indent)
    return rng.choice([b"", b"", BOM]) + text.encode()


def broken(data: bytes, rng: random.Random) -> bytes:
    """Edit one place of a document, such that it is broken, or is not after all."""
    place = rng.randrange(len(data))
    inserted = rng.choice([it if isinstance(it, bytes) else bytes([it]) for it in INSERTED])
    return rng.choice(
        [
            data[:place],
            data[:place] + data[place + 1 :],
            data[:place] + inserted + data[place:],
            data[:place] + rng.randbytes(1) + data[place + 1 :],
        ]
    )


def opened(packed: bytes, rng: random.Random) -> Decompressed:
    return decompressed(Reader(packed, rng), name="a", size=len(packed), limits=LIMITS)


def framed_in_parts(data: bytes, rng: random.Random) -> Outcome:
    """Frame an upload in the parts of a plan that is made while it is unpacked."""
    packed = rng.choice(PACKERS)(data)

    def read() -> list[Told]:
        parts = plan(opened(packed, rng), LIMITS, ANY).parts
        return [it for part in parts for it in told(read_part(part, data))]

    return outcome(read)


def is_too_large(problems: Iterable[Problem]) -> bool:
    return [it.code for it in problems] == ["E_TOO_LARGE"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_in_parts_every_document_is_what_it_is_as_a_whole(
    framing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(framing)  # noqa: S311 - the same documents in every run
    compared = 0
    for case in range(60):
        monkeypatch.setattr(streams, "PIECE", rng.choice([16, 200, MIB]))
        data = a_document(framing, rng)
        if case % 2 and "JSON-LD" not in framing:
            data = broken(data, rng)
        expected = as_a_whole(data)
        found = framed_in_parts(data, rng)
        if isinstance(found, tuple) and is_too_large(found):
            continue  # all that is too large for one record and is no list
        if isinstance(found, list) and isinstance(expected, list):
            pairs = zip(found, expected, strict=True)
            found = [e if is_too_large(f.problems) else f for f, e in pairs]
        assert found == expected, data
        compared += 1

    assert compared >= 30


def test_the_documents_above_know_every_envelope() -> None:
    found = [envelope_of(wrap(stories(1)), ANY) for name, wrap in list(FRAMINGS.items())[4:]]

    assert {id(it) for it in found if it and it.is_known} == {id(it) for it in ENVELOPES}
    assert [it.place for it in found if it and not it.is_known] == ["/data", "/a~1b/c~0d/list"]


@pytest.mark.parametrize("framing", ["list", "lines", "NYT", "JSON Feed"])
def test_a_plan_is_the_same_however_the_file_is_packed_and_read(
    framing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = document(framing, stories(40))
    rng = random.Random(framing)  # noqa: S311 - the same pieces in every run
    expected = planned(data)
    for pack in PACKERS:
        packed = pack(data)
        for size in (8, 1000, MIB):
            monkeypatch.setattr(streams, "PIECE", size)
            found = plan(opened(packed, rng), LIMITS, ANY)
            is_packed = packed != data
            assert found.records == expected.records
            assert found.parts == [replace(it, is_packed=is_packed) for it in expected.parts]
