"""The plan of a large upload: what is a record, what is a part, and what rejects the whole."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any

import pytest

from articles.limits import KIB, MIB, Limits
from articles.problems import Rejected
from articles.records.compression import Decompressed
from articles.records.framing import Framed, frame, is_json_lines, rows
from articles.records.parts import frame_part
from articles.records.planning import frame_at_once, plan
from articles.records.strict_json import BOM
from articles.uploads.message import Upload, announced, notice

from .large import (
    FEED,
    FRAMINGS,
    LIMITS,
    Told,
    as_a_whole,
    document,
    dumped,
    in_parts,
    lines,
    peak,
    pieces,
    planned,
    problem_of,
    read_part,
    stories,
    told,
)

UPLOAD = Upload(key="incoming/courier/Łódź +1.json", version="v1", etag="e", sequencer="0A", run=2)

# ── How a plan cuts ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("count", [1, 6, 7, 8, 40])
def test_parts_cover_every_record_once_and_in_order(framing: str, count: int) -> None:
    data = document(framing, stories(count))

    parts, records, _ = planned(data)

    assert records == frame(data).records
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert parts[0].first == 0
    assert all(one.first + one.count == other.first for one, other in pairwise(parts))
    assert parts[-1].first + parts[-1].count == records
    for part in parts:
        assert 1 <= part.count <= LIMITS.part_records
        assert part.form == "document" or part.count == 1 or part.length <= LIMITS.part_bytes
        assert [it.record for it in told(read_part(part, data))] == list(
            range(part.first, part.first + part.count)
        )


@pytest.mark.parametrize(("framing", "between"), [("list", 2), ("lines", 1)])
def test_a_part_is_as_full_as_it_may_be(framing: str, between: int) -> None:
    item, long = {"x": "y" * 91}, {"x": "y" * 450}  # 100 bytes, and 459
    data = document(framing, [item] * 11 + [long] + [item] * 2 + [1] * 60)

    def counts(part_bytes: int) -> list[int]:
        limits = Limits(max_record_bytes=500, part_bytes=part_bytes, part_records=50)
        return [part.count for part in planned(data, limits).parts]

    assert counts(400 + 3 * between) == [4, 4, 3, 1, 50, 12]
    assert counts(400 + 3 * between - 1) == [3, 3, 3, 2, 1, 50, 12]


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ({"status": "ok", "articles": [1] * 15}, "items"),
        ([1] * 15, "items"),
        # References go across articles, so each part needs the whole.
        ({"@graph": [{"@type": "Article", "name": f"{n}"} for n in range(15)]}, "document"),
    ],
)
def test_a_small_document_is_cut_by_its_number_of_records(file: Any, form: str) -> None:
    parts, records, _ = planned(dumped(file))

    assert (records, [part.count for part in parts]) == (15, [7, 7, 1])
    assert {part.form for part in parts} == {form}


def test_a_document_is_read_again_for_eight_parts_and_no_more() -> None:
    file = {"@graph": [{"@type": "Article", "name": f"{n}"} for n in range(100)]}

    parts, records, _ = planned(dumped(file), Limits(part_records=7))

    assert (records, [part.count for part in parts]) == (100, [13] * 7 + [9])


def test_what_stands_beside_a_list_is_no_reason_to_refuse_a_small_document() -> None:
    beside = {"note": "x" * (MIB + 1)}  # more than is kept of a larger file

    found = planned(
        dumped({"status": "ok", **beside, "articles": [1] * 15}), Limits(part_records=7)
    )

    assert (found.records, found.parts[0].form) == (15, "document")


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_part_is_the_same_after_its_way_as_a_message(framing: str) -> None:
    data = document(framing, stories(30))
    enough = Limits(max_record_bytes=20_000 if "one" in framing or "bare" in framing else 3000)

    for part in planned(data, enough).parts:
        message = notice(UPLOAD, bucket="inbox", part=part)
        assert announced(message, bucket="inbox") == [replace(UPLOAD, part=part)]


def test_what_is_said_about_the_writing_is_said_by_some_part() -> None:
    odd = [b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"b": 1, "b": 2}', b'{"a": 1, "a": 2}']
    data = (
        b"[" + b",".join(chain.from_iterable([it, *map(dumped, stories(9))] for it in odd)) + b"]"
    )
    small = Limits(part_records=5)  # all of it is one record's worth

    for limits in (LIMITS, small):
        warnings = [read_part(it, data, limits).warnings for it in planned(data, limits).parts]
        assert len(warnings) > 4
        assert set(chain.from_iterable(warnings)) == set(frame(data).warnings)


def test_what_is_said_about_the_writing_of_an_envelope_is_said_by_its_plan() -> None:
    document = {"version": FEED, "title": "All", "items": stories(40), "authors": [{"name": "Ida"}]}
    data = dumped(document).replace(b'{"version"', b'{"version": 1, "\\ud800": 7, "version"')
    data = data.replace(b'"name": "Ida"', b'"name": "Ann", "name": "I\\ud800da"')

    found = planned(data)

    assert len(found.warnings) == 3  # two names, and halves of pairs
    assert set(found.warnings) == set(frame(data).warnings)
    assert in_parts(data) == as_a_whole(data)


# ── One object a line ────────────────────────────────────────────────────────────────────────────

OK, LONG = {"title": "Ferry"}, {"title": "x" * 3000}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a": 1}\n{"a": 2}', True),
        (b'\r\n{"a": 1}\r\n\r\n{"a": 2}\r\n', True),
        (BOM + b'{"a": 1}\n{"a": 2}', True),
        (b'{"a": 1}\n' + b'["x", 1]\n' * 8 + b'{"a": 2}', True),
        (b'{"a": 1}\n{"a": ', True),  # the second is broken
        (b'{"a": 1}}\n{"a": 2}', True),  # the first is
        (b'{"a": \xff}\n{"a": 2}', True),
        (b'{"a": 1}', False),
        (b'{"a": 1}\n', False),
        (b'{"a": 1}\n</html>', False),
        (b'{"a": 1}\n[{"a": 2}]', False),
        (b'[{"a": 1},\n{"a": 2}\n', False),
        (b'[\n{"a": 1}\n{"a": 2}', False),
        (b'{\n"a":\n{"a": 2}\n}', False),
        (b'{"a": [\n{"a": 1},\n{"a": 2}\n]}', False),
        (b'{"a": 1}}\n{"a": 2}}', False),
        (b"7\n{}", False),
        (b"", False),
        (b"\n\n", False),
    ],
)
def test_one_object_a_line_is_told_from_its_beginning(text: bytes, expected: bool) -> None:  # noqa: FBT001
    assert is_json_lines(text) is expected


@pytest.mark.parametrize("limits", [LIMITS, Limits(max_record_bytes=9)], ids=["small", "large"])
def test_rubbish_behind_an_object_is_one_broken_document(limits: Limits) -> None:
    problem = problem_of(b'{"a": 1}\n</html>\n', limits)

    assert problem.code == "E_JSON"
    assert problem.message.startswith("Not JSON at line 2, column 1: unexpected data after ")


def test_a_bad_first_line_is_one_rejected_record() -> None:
    found = in_parts(b'{"a": 1}}\n' + lines(*stories(30)))

    assert [bool(it.problems) for it in found if isinstance(it, Told)] == [True] + [False] * 30


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n\n \n"])
def test_lines_are_found_wherever_their_text_is_cut(size: int, ending: bytes) -> None:
    data = b' {"a": 1}\r\n\n \t\n\r\nxx\n\xe2\x80\xa8' + ending

    found = list(rows(pieces(data, size)))

    assert [it.number for it in found] == [1, 5, 6]
    ends = [data[it.end : it.end + 1] for it in found]
    assert ends == [b"\n", b"\n", ending[-1:] and b"\n"]
    assert [data[it.start : it.end].strip() for it in found] == [
        b'{"a": 1}',
        b"xx",
        b"\xe2\x80\xa8",
    ]


@pytest.mark.parametrize("part_bytes", [700, 3000, 50_000])
@pytest.mark.parametrize("size", [50, 1000, 10_000])
def test_a_line_that_is_too_long_is_one_rejected_record_and_never_read(
    size: int, part_bytes: int
) -> None:
    data = lines(OK, OK, LONG, OK, LONG)
    limits = LIMITS.model_copy(update={"part_bytes": part_bytes})
    parts, records, _ = planned(data, limits, size=size)

    assert (records, [part.count for part in parts]) == (5, [2, 1, 1, 1])
    for part, line in ((parts[1], 3), (parts[3], 5)):
        [frame] = frame_part(part, lambda: pytest.fail("it was read"), limits).frames
        assert (frame.record, frame.line, frame.value) == (line - 1, line, None)
        assert frame.rejected
        [problem] = frame.rejected.problems
        assert problem.code == "E_TOO_LARGE"
        assert "3,013" in problem.message
        assert "3,000" in problem.message
    for part in (parts[0], parts[2]):
        assert {dumped(it.value) for it in told(read_part(part, data))} == {dumped(OK)}


def test_a_line_that_is_as_long_as_may_be_is_read() -> None:
    data = lines(OK, {"title": "x" * 2987}, OK)

    assert in_parts(data) == as_a_whole(data)
    assert [part.count for part in planned(data).parts] == [1, 1, 1]


# ── What rejects the whole ───────────────────────────────────────────────────────────────────────


def listed(*items: bytes) -> bytes:
    """Write a list that is too large for one record."""
    return b"[" + b",\n".join([*map(dumped, stories(40)), *items, *map(dumped, stories(2))]) + b"]"


BROKEN = {
    "a constant": listed(b'{"a": NaN}'),
    "a number": listed(b"1e400"),
    "nested deeply": listed(b"[" * 100 + b"]" * 100),
    "a bad byte": listed(b'{"a": "\xe9"}'),
    "a bad byte behind a mark": BOM + listed(b'{"a": "\xe9"}'),
    "a mark inside": listed(BOM + b"{}"),
    "a comma too many inside": listed(b'{"a": 1,}'),
    "two commas": listed(b"1,"),
    "no comma": listed(b"1 2"),
    "text behind": listed() + b"\n</html>",
    "a second list": listed() + listed(),
    "cut off behind an item": listed()[:-1],
    "cut off in a string": listed()[:-5],
    "closed wrongly": listed()[:-1] + b"}",
    "one bracket too many": listed() + b"]",
    "a huge list that is empty": b"[" + b" " * 2000 + b"]" + b" " * 2000,
    "a single value": b"7" + b"\n" * 3000,
    "an empty envelope": b'{"status": "ok",' + b" " * 2999 + b'"articles": []}',
    "JSON-LD without an article": dumped([{"@type": "Person", "name": "Ida " * 99}] * 40),
    "an error of a service": dumped({"status": "error", "code": "no", "articles": stories(40)}),
}


@pytest.mark.parametrize("size", [1, 64, 100_000])
@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_large_document_is_rejected_in_the_words_of_a_small_one(data: bytes, size: int) -> None:
    found = in_parts(data, size=size)

    assert isinstance(found, tuple)
    assert found == as_a_whole(data)


@pytest.mark.parametrize(
    "text", ["[%s,]", '{"status": "ok", "articles": [%s,]}', '{"items": [%s],}']
)
def test_a_comma_too_many_rejects_the_whole(text: str) -> None:
    items = ",\n".join(json.dumps(it) for it in stories(40))
    problem = problem_of((text % items).encode())

    assert (problem.code, problem.line) == ("E_JSON", 40)


def test_a_document_as_large_as_a_record_may_be_is_read() -> None:
    for data in (dumped({"title": "Ferry", "text": "x" * 2000}), dumped(stories(15))):
        whole = data + b" " * (3000 - len(data))
        assert in_parts(whole) == as_a_whole(whole)


def test_the_deepest_item_that_is_read_is_the_same_in_a_part() -> None:
    for framing, around in (("list", 1), ("NewsAPI", 2), ("Guardian", 3), ("AP", 4)):
        deep: Any = 1
        for _ in range(100 - around):
            deep = [deep]
        data = dumped(FRAMINGS[framing]([*stories(40), deep]))
        assert in_parts(data) == as_a_whole(data)
        assert problem_of(data.replace(b"[1]", b"[[1]]")).code == "E_JSON"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (listed(dumped(LONG)), "A record has at least 3,013 bytes"),
        (dumped({"status": "ok", "articles": [LONG]}), "A record has at least 3,013 bytes"),
        (dumped("x" * 5000), "A record has"),
        (dumped({"title": "Ferry", "text": "x" * 5000}), "A record has"),
        (dumped({"title": "Ferry", "texts": [*"x" * 500], "more": "x" * 2000}), "A record has"),
        (dumped({"data": {"item": {"title": "x" * 2000}, "other": "x" * 2000}}), "A record has"),
        (b"{" + b" " * 2000 + b"}" + b" " * 2000, "A record has"),
        (dumped({"data": {"item": {"title": "x" * 2000, "text": "x" * 2000}}}), "A record has"),
        (dumped({"@context": "https://schema.org", "items": stories(40)}), "A record has"),
        (b"[1," + b" " * 3001 + b"2]", "white space"),
        (b" " * 10_000 + b"{}", "white space"),
        (b"{}" + b"\n" * 10_000, "white space"),
    ],
)
@pytest.mark.parametrize("size", [500, 100_000])
def test_what_is_too_large_for_a_record_rejects_the_whole(
    data: bytes, what: str, size: int
) -> None:
    problem = problem_of(data, size=size)

    assert problem.code == "E_TOO_LARGE"
    assert what in problem.message
    assert "3,000" in problem.message


@pytest.mark.parametrize("framing", ["list", "lines", "NewsAPI"])
def test_records_have_a_ceiling(framing: str) -> None:
    data = document(framing, stories(40))
    assert planned(data, LIMITS.model_copy(update={"max_records": 40})).records == 40

    problem = problem_of(data, LIMITS.model_copy(update={"max_records": 39}))
    assert problem.code == "E_TOO_LARGE"
    assert "40 records" in problem.message
    assert "39" in problem.message


def test_records_of_what_fits_in_memory_have_a_ceiling_too() -> None:
    data, limits = dumped(stories(9)), LIMITS.model_copy(update={"max_records": 8})

    for find in (lambda: planned(data, limits), lambda: at_once(data, max_records=8)):
        with pytest.raises(Rejected) as rejected:
            find()
        [problem] = rejected.value.problems
        assert problem.code == "E_TOO_LARGE"
        assert "9 records; the limit is 8" in problem.message


def test_what_an_envelope_says_for_all_has_a_ceiling() -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    def answer(length: int) -> bytes:
        response = {"docs": stories(900)}
        return dumped({"status": "OK", "response": response, "copyright": "c" * length})

    room = 64 * KIB - len('{"copyright": ""}')
    assert in_parts(answer(room), limits) == as_a_whole(answer(room))

    problem = problem_of(answer(room + 1), limits)
    assert problem.code == "E_TOO_LARGE"
    assert "65,537" in problem.message
    assert "65,536" in problem.message


def test_what_stands_beside_the_articles_has_a_ceiling() -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    def answer(count: int) -> bytes:
        beside = {f"member {number}": "x" * KIB for number in range(count)}
        return dumped({"status": "ok", **beside, "articles": stories(900)})

    assert in_parts(answer(900), limits) == as_a_whole(answer(900))

    problem = problem_of(answer(1100), limits)
    assert problem.code == "E_TOO_LARGE"
    assert f"{MIB:,}" in problem.message


# ── At once, and in little memory ────────────────────────────────────────────────────────────────


def at_once(data: bytes, **limits: int) -> Framed | None:
    return frame_at_once(Decompressed(pieces(data), None), Limits(**limits))


def test_what_is_small_is_framed_at_once() -> None:
    data = dumped(stories(9))
    framed = at_once(data, max_inline_unpacked_bytes=len(data), part_records=9)

    assert framed
    assert told(framed) == as_a_whole(data)
    assert at_once(data, max_inline_unpacked_bytes=len(data) - 1) is None
    assert at_once(data, part_records=8) is None
    with pytest.raises(Rejected):
        at_once(data[:-1])


def test_no_more_is_read_at_once_than_tells_that_it_is_too_much() -> None:
    given = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(KIB)
            yield b" " * KIB

    assert (
        frame_at_once(Decompressed(endless(), None), Limits(max_inline_unpacked_bytes=MIB)) is None
    )
    assert sum(given) <= 2 * MIB


STORY = dumped(stories(1, text="x" * 900)[0])
LARGE: dict[str, Callable[[], Iterator[bytes]]] = {
    "a list": lambda: chain([b"["], ((STORY + b",\n") * 200 for _ in range(50)), [STORY + b"]"]),
    "lines": lambda: ((STORY + b"\n") * 200 for _ in range(50)),
    "a long line": lambda: chain([b"{}\n{}\n"], [b"x" * 200_000] * 100),
    "blank lines": lambda: chain([b"{}\n{}\n"], [b" \n" * 50_000] * 10, [b" " * MIB] * 9),
    "an envelope": lambda: chain(
        [b'{"status": "ok", "articles": ['],
        ((STORY + b",\n") * 200 for _ in range(50)),
        [STORY + b"]}"],
    ),
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
def test_a_plan_of_a_large_file_takes_little_memory(large: Callable[[], Iterator[bytes]]) -> None:
    limits = Limits(max_record_bytes=100 * KIB)

    assert peak(lambda: plan(Decompressed(large(), None), limits)) < 4 * MIB


def test_an_object_of_any_number_of_members_takes_little_memory() -> None:
    text = "x" * 500
    members = ("".join(f'"{n} {k}": "{text}",' for k in range(400)).encode() for n in range(100))
    large = Decompressed(chain([b"{"], members), None)

    def read() -> None:
        with pytest.raises(Rejected, match="the limit is"):
            plan(large, Limits(max_record_bytes=100 * KIB))

    assert peak(read) < 8 * MIB


@pytest.mark.parametrize("items", [b"[]," * 130_000, b"1," * 260_000])
def test_a_crowded_list_is_planned_item_by_item_whatever_its_size(items: bytes) -> None:
    planned = plan(Decompressed(iter([b"[" + items + b"{}]"]), None), Limits())

    assert {part.form for part in planned.parts} == {"items"}
    assert planned.records == items.count(b",") + 1


def test_what_is_no_json_ld_among_it_is_a_record_of_a_large_list() -> None:
    node = {"@type": "NewsArticle", "headline": "Ferry " * 20}
    data = dumped([*[node] * 30, None, {"@type": "Person", "name": "Ida"}, *[node] * 2])

    found = in_parts(data)

    assert isinstance(found, list)
    assert [it.at for it in found][29:] == ["/29", "/30", "/32", "/33"]
    assert found[30].value is None


def test_what_a_record_may_hold_a_part_may_hold_often() -> None:
    item = dumped({"title": "Ferry", "tags": [1] * 20_000})
    data = b"[" + b",".join([item] * 40) + b"]"  # 800,000 values, read item by item
    limits = Limits(part_records=30)

    found = planned(data, limits, size=MIB)

    assert [part.count for part in found.parts] == [30, 10]
    assert [part.form for part in found.parts] == ["items", "items"]
    assert in_parts(data, limits, size=MIB) == [
        Told(number, f"/{number}", None, json.loads(item), ()) for number in range(40)
    ]
