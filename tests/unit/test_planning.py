"""The plan of a large upload: what is a record, and what is a part."""

import json
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.limits import MIB, Limits
from articles.metadata.shapes import ANY
from articles.records.framing import frame, is_json_lines
from articles.records.parts import frame_part
from articles.records.strict_json import BOM
from articles.refs import Part
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
    planned,
    problem_of,
    read_part,
    stories,
    told,
    too_large,
)

UPLOAD = Upload(key="incoming/courier/Łódź +1.json", version="v1", etag="e", sequencer="0A", run=2)

# ── How a plan cuts ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("count", [1, 6, 7, 8, 40])
def test_parts_cover_every_record_once_and_in_order(framing: str, count: int) -> None:
    data = document(framing, stories(count))

    parts, records, _ = planned(data)

    assert records == frame(data, ANY).records
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
    file = dumped({"status": "ok", **beside, "articles": [1] * 15})

    found = planned(file, Limits(part_records=7))

    assert (found.records, found.parts[0].form) == (15, "document")


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_part_is_the_same_after_its_way_as_a_message(framing: str) -> None:
    data = document(framing, stories(30))
    enough = Limits(max_record_bytes=20_000 if "one" in framing or "bare" in framing else 3000)

    assert_the_same_after_their_way_as_messages(planned(data, enough).parts)


def assert_the_same_after_their_way_as_messages(parts: list[Part]) -> None:
    messages = [notice(UPLOAD, bucket="inbox", part=part) for part in parts]
    found = [announced(message, bucket="inbox") for message in messages]

    assert found == [[replace(UPLOAD, part=part)] for part in parts]


def test_what_is_said_about_the_writing_is_said_by_some_part() -> None:
    odd = [b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"b": 1, "b": 2}', b'{"a": 1, "a": 2}']
    data = (
        b"[" + b",".join(chain.from_iterable([it, *map(dumped, stories(9))] for it in odd)) + b"]"
    )
    small = Limits(part_records=5)  # all of it is one record's worth

    for limits in (LIMITS, small):
        warnings = [read_part(it, data, limits).warnings for it in planned(data, limits).parts]
        assert len(warnings) > 4
        assert set(chain.from_iterable(warnings)) == set(frame(data, ANY).warnings)


def test_what_is_said_about_the_writing_of_an_envelope_is_said_by_its_plan() -> None:
    document = {"version": FEED, "title": "All", "items": stories(40), "authors": [{"name": "Ida"}]}
    data = dumped(document).replace(b'{"version"', b'{"version": 1, "\\ud800": 7, "version"')
    data = data.replace(b'"name": "Ida"', b'"name": "Ann", "name": "I\\ud800da"')

    found = planned(data)

    assert len(found.warnings) == 3  # two names, and halves of pairs
    assert set(found.warnings) == set(frame(data, ANY).warnings)
    assert in_parts(data) == as_a_whole(data)


# ── One object a line ────────────────────────────────────────────────────────────────────────────

OK, LONG = {"title": "Ferry"}, {"title": "x" * 3000}


@pytest.mark.parametrize(
    "text",
    [
        *(b'{"a": 1}\n{"a": 2}', b'\r\n{"a": 1}\r\n\r\n{"a": 2}\r\n', BOM + b'{"a": 1}\n{"a": 2}'),
        b'{"a": 1}\n' + b'["x", 1]\n' * 8 + b'{"a": 2}',
        # one of them is broken
        *(b'{"a": 1}\n{"a": ', b'{"a": 1}}\n{"a": 2}', b'{"a": \xff}\n{"a": 2}'),
    ],
)
def test_two_objects_on_lines_of_their_own_tell_one_object_a_line(text: bytes) -> None:
    assert is_json_lines(text)


@pytest.mark.parametrize(
    "text",
    [
        *(b'{"a": 1}', b'{"a": 1}\n', b'{"a": 1}\n</html>', b'{"a": 1}\n[{"a": 2}]', b"7\n{}"),
        *(b'[{"a": 1},\n{"a": 2}\n', b'[\n{"a": 1}\n{"a": 2}', b'{\n"a":\n{"a": 2}\n}'),
        *(b'{"a": [\n{"a": 1},\n{"a": 2}\n]}', b'{"a": 1}}\n{"a": 2}}', b"", b"\n\n"),
    ],
)
def test_nothing_else_does(text: bytes) -> None:
    assert not is_json_lines(text)


@pytest.mark.parametrize("limits", [LIMITS, Limits(max_record_bytes=9)], ids=["small", "large"])
def test_rubbish_behind_an_object_is_one_broken_document(limits: Limits) -> None:
    problem = problem_of(b'{"a": 1}\n</html>\n', limits)

    assert problem.code == "E_JSON"
    assert problem.message.startswith(
        'Not JSON at line 2, column 1, at "</html>": unexpected data '
    )


def test_a_bad_first_line_is_one_rejected_record() -> None:
    found = in_parts(b'{"a": 1}}\n' + lines(*stories(30)))

    assert [bool(it.problems) for it in found if isinstance(it, Told)] == [True] + [False] * 30


@pytest.mark.parametrize("part_bytes", [700, 3000, 50_000])
@pytest.mark.parametrize("size", [50, 1000, 10_000])
def test_a_line_that_is_too_long_is_rejected_and_never_read(size: int, part_bytes: int) -> None:
    data = lines(OK, OK, LONG, OK, LONG)
    limits = LIMITS.model_copy(update={"part_bytes": part_bytes})
    parts, records, _ = planned(data, limits, size=size)

    assert (records, [part.count for part in parts]) == (5, [2, 1, 1, 1])
    for part, line in ((parts[1], 3), (parts[3], 5)):
        [found] = told(frame_part(part, lambda: pytest.fail("it was read"), limits, ANY))
        [problem] = found.problems
        assert (found.record, found.line, found.value) == (line - 1, line, None)
        assert problem.code == "E_TOO_LARGE"
        assert "3,013" in problem.message
        assert "3,000" in problem.message
    for part in (parts[0], parts[2]):
        assert {dumped(it.value) for it in told(read_part(part, data))} == {dumped(OK)}


def test_a_line_that_is_as_long_as_may_be_is_read() -> None:
    data = lines(OK, {"title": "x" * 2987}, OK)

    assert in_parts(data) == as_a_whole(data)
    assert [part.count for part in planned(data).parts] == [1, 1, 1]


# ── Objects side by side ─────────────────────────────────────────────────────────────────────────

VALUES = st.recursive(
    st.none() | st.integers(0, 9) | st.text('a"\\\\{}[], \n\u00e9\U0001f30a', max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("a{}", max_size=2), inner),
    max_leaves=4,
)
OBJECTS = st.builds(
    lambda value, indent: json.dumps(value, indent=indent),
    st.dictionaries(st.sampled_from(["a", "b", "\u00e9"]), VALUES, max_size=3),
    st.sampled_from([None, None, 1]),
)
BETWEEN = st.sampled_from(["", "", "", " ", "\n", "\r\n\n", "\t"])
# Mostly nothing: otherwise one of these stands somewhere among them.
MISTAKES = st.sampled_from(["", "", "", ",", "x", "[1]", "{", "}", "7", "NaN", "'", '{"a":}'])


@given(
    st.lists(st.tuples(OBJECTS, BETWEEN), min_size=2, max_size=12),
    MISTAKES,
    st.integers(0, 12),
    st.sampled_from([1, 7, 1000]),
)
def test_objects_side_by_side_are_in_parts_what_they_are_as_a_whole(
    written: list[tuple[str, str]], mistake: str, place: int, size: int
) -> None:
    texts = [text + between for text, between in written]
    texts[place:place] = [mistake] if mistake else []
    data = "".join(texts).encode()
    small = Limits(max_record_bytes=2000, part_bytes=60, part_records=3)

    whole = as_a_whole(data)

    assert in_parts(data, small, size=size) == whole
    if not mistake and not any("\n" in text for text in texts):
        assert isinstance(whole, list)
        assert [it.value for it in whole] == [json.loads(text) for text, _ in written]


@pytest.mark.parametrize("between", [b"", b" ", b"\n\n"])
def test_objects_side_by_side_are_planned_as_they_come(between: bytes) -> None:
    items = [b'{\n"title": ' + dumped("F\u00e4hre" * 9) + b"}"] * 40
    data = between.join(items)

    found = planned(data)

    assert found.records == 40
    assert {part.form for part in found.parts} == {"objects"}
    assert all(part.length <= LIMITS.part_bytes for part in found.parts)
    assert all(part.count <= LIMITS.part_records for part in found.parts)
    assert in_parts(data) == as_a_whole(data)
    assert_the_same_after_their_way_as_messages(found.parts)


def test_an_object_side_by_side_has_the_ceiling_of_a_record() -> None:
    data = dumped(OK) * 9 + dumped(LONG) + dumped(OK)

    assert "A record has at least 3,013 bytes" in too_large(data)
