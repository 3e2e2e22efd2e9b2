"""Whatever an uploader wrote: caps that hold while it is read, and what is said of the rest."""

import json
import re
import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import strict_json
from articles.framing import Row, rows
from articles.json_stream import JsonStream
from articles.limits import Limits
from articles.normalize.body import html_body
from articles.normalize.images import images, pictures
from articles.normalize.people import authors
from articles.normalize.tags import subjects, tags
from articles.normalize.text import identifier, nfc, title, visible
from articles.problems import Code, Problem, Rejected, shown

from .build import accept, noted

MARKS = "\u0301\u0323"

# ── Runs of combining marks ──────────────────────────────────────────────────────────────────────

MARKED = st.text(st.sampled_from("aé\u0301\u0323\u0344\u0958\u1e69\u034f \u200b-ﾟ"), max_size=120)


def longest_run_of_marks(text: str) -> int:
    marks = "".join(
        "x" if unicodedata.combining(c) else " " for c in unicodedata.normalize("NFD", text)
    )
    return max(map(len, marks.split(" ")))


@given(MARKED)
def test_no_text_holds_more_than_thirty_marks_in_a_row_and_nothing_else_changes(text: str) -> None:
    composed = nfc(text)

    assert longest_run_of_marks(composed) <= 30
    assert nfc(composed) == composed
    if longest_run_of_marks(text) <= 30:
        assert composed == unicodedata.normalize("NFC", text)
    without = [unicodedata.normalize("NFD", it.replace("\u034f", "")) for it in (text, composed)]
    assert sorted(without[0]) == sorted(without[1])


@pytest.mark.parametrize(("letter", "most"), [("x", 30), ("\u1e69", 28), ("", 30)])
def test_a_run_is_divided_where_it_is_too_long_and_that_is_told(letter: str, most: int) -> None:
    whole, codes = noted(visible, letter + "\u0301" * most + "x")
    assert ("\u034f" in whole, codes) == (False, [])

    divided, codes = noted(visible, letter + "\u0301" * (most + 1) + "x")
    assert (divided.count("\u034f"), codes) == (1, ["W_INVISIBLE"])


@pytest.mark.parametrize("text", ["Việt Nam", "क्षत्रिय", "ก็ที่นี่", "e\u0301te\u0301", "—" * 40])
def test_what_people_write_is_only_composed(text: str) -> None:
    assert noted(visible, text) == (unicodedata.normalize("NFC", text), [])


@pytest.mark.parametrize("field", ["title", "id", "tags", "author", "text", "section"])
def test_a_field_of_marks_is_divided(field: str) -> None:
    story = {"title": "Ferry", "text": "It leaves.", "id": "1", field: "x" + "\u0301" * 40}

    article = accept(story)

    assert longest_run_of_marks(json.dumps(article, ensure_ascii=False)) == 30
    assert "W_INVISIBLE" in article["warnings"]


def test_an_identifier_is_measured_before_and_after_it_is_composed() -> None:
    assert noted(identifier, "e\u0301" * 1_024) == ("é" * 1_024, [])
    assert noted(identifier, "e\u0301" * 1_025) == (None, ["W_FIELD_TYPE"])
    assert noted(identifier, "x" * 10_000_000) == (None, ["W_FIELD_TYPE"])


def test_a_title_is_measured() -> None:
    assert noted(title, "x" * 4_097) == (None, ["W_FIELD_TYPE"])


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────


def addresses(count: int) -> list[str]:
    return [f"https://img.example/{n}.jpg" for n in range(count)]


def codes(count: int) -> list[dict[str, str]]:
    return [{"code": f"c{n}"} for n in range(count)]


def renditions(count: int) -> list[Any]:
    return [{"type": "picture", "renditions": {"a": {"href": it}}} for it in addresses(count)]


@pytest.mark.parametrize(
    ("rule", "most", "make"),
    [
        (authors, 100, lambda count: [f"Ann Bee{n}" for n in range(count)]),
        (authors, 100, lambda count: "; ".join(f"Ann Bee{n}" for n in range(count))),
        (authors, 100, lambda count: [{"name": f"Ann Bee{n}"} for n in range(count)]),
        (tags, 500, lambda count: ",".join(f"tag{n}" for n in range(count))),
        (tags, 500, codes),
        (subjects, 500, codes),
        (images, 100, addresses),
        (pictures, 100, renditions),
    ],
)
def test_the_first_ones_are_kept_and_the_rest_is_told(rule: Any, most: int, make: Any) -> None:
    kept, told = noted(rule, make(most))
    assert (len(kept), told) == (most, [])

    assert noted(rule, make(most + 1)) == (kept, ["W_FIELD_TYPE"])


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (authors, "a;" * 500_000),
        (authors, ["Ann Bee"] * 1_001),
        (authors, [{"name": "Ann Bee"}] * 1_001),
        (authors, [{"name": ["Ann Bee"] * 21}]),
        (tags, "a," * 5_001),
        (tags, [{"code": "a"}] * 5_001),
        (images, addresses(1) * 1_001),
    ],
)
def test_what_repeats_is_not_read_to_its_end(rule: Any, value: Any) -> None:
    kept, told = noted(rule, value)

    assert (len(kept), set(told)) == (1, {"W_FIELD_TYPE"})


def test_of_a_long_byline_the_beginning_is_read() -> None:
    found, told = noted(authors, "Ann Bee" + " " * 40_000 + "; Cem Day")

    assert ([it.name for it in found or ()], told) == (["Ann Bee"], ["W_FIELD_TYPE"])


@pytest.mark.parametrize(
    ("rule", "value", "code"),
    [
        (authors, {"a": 9}, "W_AUTHOR"),
        (authors, [{"role": "editor"}], "W_AUTHOR"),
        (images, {"caption": "A ferry"}, "W_FIELD_TYPE"),
        (pictures, {"main": {"type": "picture", "headline": "A ferry"}}, "W_FIELD_TYPE"),
    ],
)
def test_a_member_that_is_dropped_is_told(rule: Any, value: Any, code: str) -> None:
    assert noted(rule, value) == (None, [code])


@pytest.mark.parametrize(
    "value", [{"@id": "#x", "@type": "Person"}, {"name": ""}, {"url": None}, {}]
)
def test_what_says_nothing_is_not_dropped(value: Any) -> None:
    assert noted(authors, value) == noted(images, value) == (None, [])


def test_over_a_hundred_credits_of_a_raw_text_stay_text() -> None:
    article = accept({"text": "Ferry returns\n" + "".join(f"©name{n}\n" for n in range(101))})

    assert len(article["images"]) == 100
    assert article["body_text"] == "©name100"
    assert "W_FIELD_TYPE" in article["warnings"]


@pytest.mark.parametrize(
    ("attribute", "is_kept"),
    [
        ('cite="https://a.example/"', True),
        ('cite="/law/7"', True),
        ('cite="javascript:alert(1)"', False),
        ('CITE = " JAVA\tSCRIPT:alert(1)"', False),
        ('cite="java&#115;cript:alert(1)"', False),
        ("cite=data:text/html,x", False),
    ],
)
@pytest.mark.parametrize("tag", ["q", "blockquote", "del", "ins"])
def test_a_cite_is_an_address_like_any_other(tag: str, attribute: str, *, is_kept: bool) -> None:
    body, _ = noted(html_body, f"<{tag} {attribute}>One</{tag}>")

    assert body is not None
    assert ("cite" in (body.html or "")) == is_kept


def test_many_entities_are_read_as_few_are() -> None:
    body, told = noted(html_body, "<p>" + "a &amp; b, &lt;c&gt; " * 5_000 + "</p>")

    assert body is not None
    assert (body.text or "").split() == ["a", "&", "b,", "<c>"] * 5_000
    assert "<!--" not in (body.html or "")
    assert told == []


def test_html_of_too_many_tags_is_kept_as_text() -> None:
    body, told = noted(html_body, "<p>One" + "<br>" * 300_001 + "two")

    assert body is not None
    assert ((body.text or "").split(), body.html, told) == (["One", "two"], None, ["W_FIELD_TYPE"])


# ── Lines and values ─────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.text(st.sampled_from(" \t\r\n{}a")).map(str.encode)))
def test_lines_are_those_of_the_whole_wherever_its_pieces_end(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    ends = [-1, *(match.start() for match in re.finditer(rb"\n|\Z", whole))]
    lines = [Row(a + 1, b, n) for n, (a, b) in enumerate(pairwise(ends), 1)]

    assert list(rows(pieces)) == [it for it in lines if whole[it.start : it.end].strip(b" \t\r")]


@pytest.mark.parametrize(
    "data", [b"{}\n" + b"\n" * 8, b"\n \n\r\n\t\n" * 2 + b"{}", b" \n" * 8 + b" "]
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_blank_lines_count_against_a_limit(data: bytes, size: int) -> None:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    list(rows(pieces, Limits(max_blank_lines=8)))

    with pytest.raises(Rejected, match=r"blank lines; the limit is 7\. Leave them out\.") as raised:
        list(rows(pieces, Limits(max_blank_lines=7)))
    assert raised.value.problems[0].code == Code.E_TOO_LARGE


NESTED = st.recursive(
    st.sampled_from([0, "]", '"[', "\\", '\\"[[', "{"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just('a"['), inner, max_size=1),
    max_leaves=12,
)


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, dict | list) + max(map(depth_of, inner), default=0)


@given(NESTED, st.integers(95, 101))
def test_levels_are_counted_outside_of_strings(value: Any, around: int) -> None:
    text = "[" * around + json.dumps(value) + "]" * around

    if around + depth_of(value) <= strict_json.MAX_DEPTH:
        strict_json.parse(text.encode())
        return
    with pytest.raises(Rejected, match="deeper than 100"):
        strict_json.parse(text.encode())


def test_the_values_of_a_stream_count_against_a_limit() -> None:
    def read(most: int) -> None:
        stream = JsonStream(iter([b"[1, [2, 3], {", b'"a": 4}]']), Limits(max_values=most))
        stream.value(0)

    read(6)
    with pytest.raises(Rejected, match="6 values; the limit is 5"):
        read(5)


# ── What is told ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "value", ["x" * 10**6, ["x" * 10**6] * 9, {"k" * 10**6: 1}, [[[1] * 10**5]]]
)
def test_a_value_is_shown_with_sixty_characters(value: Any) -> None:
    assert len(shown(value)) == 63


def test_a_place_is_told_with_two_hundred_characters() -> None:
    long = Problem(Code.W_URL, "", path="/" + "k" * 200).of(record=0, at="/" + "n" * 900, line=1)
    short = Problem(Code.W_URL, "", at="/1", path="/" + "k" * 199)

    assert (long.path, long.at) == ("/" + "k" * 198 + "…", "/" + "n" * 198 + "…")
    assert (short.at, short.path) == ("/1", "/" + "k" * 199)
