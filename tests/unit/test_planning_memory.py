"""What is small is framed at once, and a plan of what is large takes little memory."""

import json
from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from articles.limits import KIB, MIB, Limits
from articles.metadata.shapes import ANY
from articles.problems import Rejected
from articles.records import strict_json
from articles.records.compression import Decompressed
from articles.records.planning import frame_at_once, plan

from .build import refusal
from .large import (
    Told,
    as_a_whole,
    at_once,
    dumped,
    in_parts,
    peak,
    planned,
    stories,
    told,
    too_large,
)


def test_what_is_small_is_framed_at_once() -> None:
    data = dumped(stories(9))
    framed = at_once(data, max_inline_unpacked_bytes=len(data), part_records=9)

    assert framed
    assert told(framed) == as_a_whole(data)
    assert at_once(data, max_inline_unpacked_bytes=len(data) - 1) is None
    assert at_once(data, part_records=8) is None
    assert refusal(at_once, data[:-1]).code == "E_JSON"


def test_no_more_is_read_at_once_than_tells_that_it_is_too_much() -> None:
    given = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(KIB)
            yield b" " * KIB

    limits = Limits(max_inline_unpacked_bytes=MIB)
    assert frame_at_once(Decompressed(endless(), None), limits, ANY) is None
    assert sum(given) <= 2 * MIB


STORY = dumped(stories(1, text="x" * 18_000)[0])
TEN = (STORY + b",\n") * 10
LARGE: dict[str, Callable[[], Iterator[bytes]]] = {
    "a list": lambda: chain([b"["], [TEN] * 50, [STORY + b"]"]),
    "lines": lambda: iter([(STORY + b"\n") * 10] * 50),
    "objects side by side": lambda: iter([STORY * 10] * 50),
    "a long line": lambda: chain([b"{}\n{}\n"], [b"x" * 200_000] * 100),
    "blank lines": lambda: chain([b"{}\n{}\n"], [b" \n" * 50_000] * 10, [b" " * MIB] * 9),
    "an envelope": lambda: chain([b'{"status": "ok", "articles": ['], [TEN] * 50, [STORY + b"]}"]),
    "a found envelope": lambda: chain(
        [b'{"a": {"tags": [', b'"ferry",' * 10_000, b'1], "list": ['],
        [TEN] * 50,
        [STORY + b']}, "related": [', *[TEN] * 3, STORY + b"]}"],
    ),
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
def test_a_plan_of_a_large_file_takes_little_memory(large: Callable[[], Iterator[bytes]]) -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    assert peak(lambda: plan(Decompressed(large(), None), limits, ANY)) < 4 * MIB


def test_an_object_of_any_number_of_members_takes_little_memory() -> None:
    text = "x" * 10_000
    members = ("".join(f'"{n} {k}": "{text}",' for k in range(20)).encode() for n in range(100))
    large = Decompressed(chain([b"{"], members), None)
    limits = Limits(max_record_bytes=100 * KIB)

    def read() -> None:
        with pytest.raises(Rejected, match="the limit is"):
            plan(large, limits, ANY)

    assert peak(read) < 8 * MIB


@pytest.fixture
def _few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "MAX_VALUES", 2_500)


@pytest.mark.usefixtures("_few_values")
@pytest.mark.parametrize("items", [b"[]," * 1_300, b"1," * 2_600])
def test_a_crowded_list_is_planned_item_by_item_whatever_its_size(items: bytes) -> None:
    planned = plan(Decompressed(iter([b"[" + items + b"{}]"]), None), Limits(), ANY)

    assert {part.form for part in planned.parts} == {"items"}
    assert planned.records == items.count(b",") + 1


def test_what_is_no_json_ld_among_it_is_a_record_of_a_large_list() -> None:
    node = {"@type": "NewsArticle", "headline": "Ferry " * 20}
    data = dumped([*[node] * 30, None, {"@type": "Person", "name": "Ida"}, *[node] * 2])

    found = in_parts(data)

    assert isinstance(found, list)
    assert [it.at for it in found][29:] == ["/29", "/30", "/32", "/33"]
    assert found[30].value is None


@pytest.mark.usefixtures("_few_values")
def test_what_a_record_may_hold_a_part_may_hold_often() -> None:
    item = dumped({"title": "Ferry", "tags": [1] * 200})
    data = b"[" + b",".join([item] * 40) + b"]"  # 8,000 values, read item by item
    limits = Limits(part_records=30)

    found = planned(data, limits, size=MIB)

    assert [(part.form, part.count) for part in found.parts] == [("items", 30), ("items", 10)]
    assert in_parts(data, limits, size=MIB) == [
        Told(number, f"/{number}", None, json.loads(item), ()) for number in range(40)
    ]


@pytest.mark.parametrize("first", [b"", b"{},"], ids=["numbers", "an object, then numbers"])
def test_a_list_of_numbers_is_not_read_item_by_item(first: bytes) -> None:
    document = b'{"tags": [' + first + b"0," * 400_000 + b"0]}"

    too_large(document, Limits())
