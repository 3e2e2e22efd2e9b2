"""N4 to N7, N87, N88: what a reader sees stays, what hides goes."""

import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.metadata.normalize.text import identifier, line, paragraphs, passage, title, visible
from articles.unicode import nfc

from .build import a_note, noted, refuse

ZWSP, ZWNJ, ZWJ, RLM, ALM = "\u200b", "\u200c", "\u200d", "\u200f", "\u061c"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ferry returns", "Ferry returns"),
        # entities, at most twice
        ("&#8216;Late&#8217; ferry", "‘Late’ ferry"),
        ("It&amp;#8217;s late", "It’s late"),
        ("Fish &amp; chips", "Fish & chips"),
        ("AT&T, R&D", "AT&T, R&D"),
        # tags, until none is left
        ("<b>Ferry</b> returns", "Ferry returns"),
        ("Ferry<br/>returns", "Ferry returns"),
        ("<p>Ferry</p><p>returns</p>", "Ferry returns"),
        ("<scr<script>ipt>alert(1)</scr</script>ipt>", "alert(1)"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "alert(1)"),
        (f"<{ZWSP}script>alert(1)</{ZWSP}script>", "alert(1)"),
        ("<\x01script>alert(1)", "alert(1)"),
        ("<!-- note --><!DOCTYPE html><?xml version='1'?>Ferry", "Ferry"),
        ("<![CDATA[<b>Ferry</b> returns]]>", "Ferry returns"),
        ("<SECTION id=x>Ferry</SECTION ><hr noshade/>returns", "Ferry returns"),
        ("<o:p>Ferry</o:p> <x-y z='1'>returns</x-y>", "Ferry returns"),
        ("<script async>x", "x"),
        ("Ferry <script src=x ", "Ferry script src=x"),
        # N103: what only stands in angle brackets
        ("&lt;Parasite&gt; &amp; <b>co</b>", "<Parasite> & co"),
        *((it, it) for it in ("Review: <Parasite> sweeps", "<<<Nonsense>>>", "Under <p-value> 3")),
        *((it, it) for it in ("리뷰 <기생충>, 다시 보다", "<A Separation> and <I, Robot>")),
        *((it, it) for it in ("5 < 6 and 7 > 3", "I <3 ferries", "Inflation <3% and wages >5%")),
        ("Ida <ida@e.example> of <https://e.example/?a=b>",) * 2,
        # NFC, never NFKC
        ("Cafe\u0301", "Café"),
        ("e<b></b>\u0301", "é"),
        ("１２３ ½ ﬁ", "１２３ ½ ﬁ"),
        # white space
        ("  Ferry \t\r\n returns ", "Ferry returns"),
        ("Ferry\u00a0\u3000\u2003returns", "Ferry returns"),
        ("Ferry\u2028returns", "Ferry returns"),
        # zero width: what joins letters stays
        (f"Fer{ZWSP}ry\ufeff re\u00adturns", "Ferry returns"),
        *((it, it) for it in (f"می{ZWNJ}خواهم", f"👩{ZWJ}👧", f"שלום{RLM}!", f"{ALM}12")),
        # letter case
        ("iPHONE und ẞ", "iPHONE und ẞ"),
        # N5
        (["", None, "First", "Second"], "First"),
    ],
)
def test_a_line_says_what_its_reader_saw(value: Any, expected: str) -> None:
    found, _ = noted(line, value)

    assert found == expected


@pytest.mark.parametrize(
    ("value", "expected", "code"),
    [
        ("Fer\x00ry", "Ferry", "W_CONTROL"),
        ("Fer\x7f\x9fry", "Ferry", "W_CONTROL"),
        ("Fer\x1b[31mry", "Fer[31mry", "W_CONTROL"),
        ("Ferry \u202eyrref", "Ferry yrref", "W_BIDI"),
        ("\u2066Ferry\u2069", "Ferry", "W_BIDI"),
        ("Ferry\U000e0041\U000e007f", "Ferry", "W_INVISIBLE"),
        ("Ferry\ufdd0\uffff\U0010fffe", "Ferry", "W_INVISIBLE"),
    ],
)
@pytest.mark.parametrize("rule", [line, title, paragraphs])
def test_a_hidden_character_goes_with_a_warning(
    rule: Any, value: str, expected: str, code: str
) -> None:
    assert noted(rule, value) == (expected, [code])  # N87


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((it, it) for it in ("One.\n\nTwo.", "One.\nTwo.", "1 < 2 &amp; <b>")),
        (f"👩{ZWJ}👧 می{ZWNJ}خواهم{RLM}", f"👩{ZWJ}👧 می{ZWNJ}خواهم{RLM}"),
        ("One.\r\nTwo.\rThree.", "One.\nTwo.\nThree."),
        ("One.\u2029Two.\u0085Three.", "One.\nTwo.\nThree."),
        ("One.\n\n\n\nTwo.", "One.\n\nTwo."),
        ("  One\u00a0 \ttwo. \n  Three.  ", "One two.\nThree."),
    ],
)
def test_paragraphs_stay_as_they_were_written(text: str, expected: str) -> None:
    assert noted(paragraphs, text) == (expected, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a1", "a1"),
        (" a1 ", "a1"),
        (42, "42"),
        (12345678901234567890, "12345678901234567890"),
        (1042.0, "1042"),  # N98
        (-0.0, "0"),
        (1.5, "1.5"),
        (2.0**53, "9007199254740992"),
        (1e300, "1e+300"),
        *((it, it) for it in ("1042.0", "<urn:uuid:7f0c>", "a&amp;b", "URN:A b")),
        ("Cafe\u0301", "Café"),
        (["", 7], "7"),
    ],
)
def test_an_identifier_is_verbatim(value: Any, expected: str) -> None:
    assert noted(identifier, value) == (expected, [])


@pytest.mark.parametrize(
    "value",
    [
        *("a\x00b", "a\nb", f"a{ZWSP}b", "a\xadb", "a\u202eb", "a\u2066b", "a\U000e0061"),
        *("a\uffffb", "a\ufeffb", "a\x85b", "a\u2028b"),
    ],
)
def test_an_identifier_with_a_hidden_character_rejects_the_record(value: str) -> None:
    assert refuse({"id": value, "title": "Ferry"}) == [("E_FIELD_VALUE", "/id")]  # N87


@pytest.mark.parametrize(
    ("rule", "fits"),
    [(title, "x" * 4096), (title, "ł" * 4096), (identifier, "x" * 2048), (identifier, "ł" * 1024)],
)
def test_what_is_over_its_limit_is_dropped(rule: Any, fits: str) -> None:
    assert noted(rule, fits) == (fits, [])  # N88
    assert noted(rule, fits + "x") == (None, ["W_FIELD_TYPE"])


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        # N7: the only title or body, the only identifier
        ({"title": [1, 2, 3], "id": "a"}, [("E_FIELD_TYPE", "/title")]),
        (
            {"title": 7, "text": True, "id": "a"},
            [("E_FIELD_TYPE", "/title"), ("E_FIELD_TYPE", "/text")],
        ),
        ({"title": "Ferry", "id": {"a": "b"}}, [("E_FIELD_TYPE", "/id")]),
        # N88
        ({"title": "x" * 4097, "id": "a"}, [("E_TOO_LARGE", "/title")]),
        ({"title": "Ferry", "id": "x" * 2049}, [("E_TOO_LARGE", "/id")]),
        # nothing at all
        ({"title": "", "id": "a"}, [("E_NO_CONTENT", None)]),
        ({"title": " ", "content": "<b></b>", "id": "a"}, [("E_NO_CONTENT", None)]),
    ],
)
def test_a_record_without_its_last_hope_is_rejected(
    document: Any, expected: list[tuple[str, str]]
) -> None:
    assert refuse(document) == expected


@pytest.mark.parametrize(
    "text", ["Caf\u00e9 \u2014 \u201cna\u00efve\u201d", "Don\u2019t", "\u00a325", "\U0001f30a"]
)
def test_text_that_was_decoded_wrongly_is_told_and_kept(text: str) -> None:
    wrong = text.encode().decode("cp1252", errors="replace").replace("\ufffd", "\u009d")

    assert noted(line, text)[1] == []
    assert "W_MOJIBAKE" in noted(line, wrong)[1]
    assert noted(line, wrong)[0] != text


@pytest.mark.parametrize(
    "text", ["S\u00c3O PAULO", "\u201cCAF\u00c9\u201d", "\u00c2ngela", "\u00e2ge", "25 \u20ac"]
)
def test_capitals_with_accents_are_no_fault(text: str) -> None:
    assert noted(line, text) == (text, [])


# ── Runs of combining marks ──────────────────────────────────────────────────────────────────────

# Pieces, of which a few make a run that is too long.
MARKS = ["\u0301", "\u0323", "\u0344", "\u0345", "\u0301\u0323" * 7, "\u0344" * 13]
OTHERS = ["a", "é", "\u1e69", "\u1fa7", "か", "\u3099", " ", "-", ZWSP, ZWNJ, ZWJ, "\u034f"]


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text.replace("\u034f", ""))


def longest_run(text: str) -> int:
    """Count the most non-starters that follow one another in a decomposed text."""
    pieces = unicodedata.normalize("NFD", text)
    runs = "".join("x" if unicodedata.combining(it) else " " for it in pieces)
    return max(map(len, runs.split(" ")))


@given(st.lists(st.sampled_from(MARKS * 2 + OTHERS), max_size=12).map("".join))
def test_only_what_is_too_long_a_run_of_marks_is_divided_and_it_is_told(text: str) -> None:
    shown = text.replace(ZWSP, "")

    seen, codes = noted(visible, text)

    assert longest_run(seen) <= 30
    assert codes == ["W_INVISIBLE"] * (longest_run(shown) > 30)
    assert codes or seen == unicodedata.normalize("NFC", shown)
    assert decomposed(seen) == decomposed(shown)
    assert nfc(seen) == seen


def test_a_mark_of_any_script_counts_with_all_that_it_is_made_of() -> None:
    every = (chr(it) for it in range(sys.maxunicode + 1))
    marks = [it for it in every if unicodedata.combining(unicodedata.normalize("NFD", it)[0])]
    texts = [letter + mark * count for mark in marks for letter in "x\u1fa7" for count in (16, 31)]

    assert [it for it in texts if longest_run(nfc(it)) > 30] == []


@pytest.mark.parametrize(
    ("letter", "mark", "most"),
    [
        ("x", "\u0301", 30),
        ("é", "\u0301", 29),
        ("\u1e69", "\u0301", 28),
        ("\u1fa7", "\u0301", 27),
        ("x", "\u0344", 15),
        ("é", "\u0f73", 14),
    ],
)
def test_a_run_is_divided_right_before_the_mark_that_is_too_many(
    letter: str, mark: str, most: int
) -> None:
    whole, one_more = letter + mark * most, f"{letter}{mark * most}\u034f{mark}"

    assert noted(visible, whole) == (unicodedata.normalize("NFC", whole), [])
    assert noted(visible, whole + mark) == (
        unicodedata.normalize("NFC", one_more),
        ["W_INVISIBLE"],
    )


@pytest.mark.parametrize("text", ["Việt Nam", "क्षत्रिय", "ก็ที่นี่", "e\u0301te\u0301", "—" * 40])
def test_what_people_write_is_only_composed(text: str) -> None:
    assert noted(visible, text) == (unicodedata.normalize("NFC", text), [])


@pytest.mark.parametrize("rule", [line, title, passage, paragraphs, identifier])
def test_a_divided_run_is_told_by_every_rule(rule: Any) -> None:
    divided = "x" + "\u0301" * 30 + "\u034f" + "\u0301" * 30

    assert noted(rule, "x" + "\u0301" * 60) == (divided, ["W_INVISIBLE"])
    assert noted(rule, divided) == (divided, [])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x" * 8_193, "8,193 characters; the limit is 2,048 bytes"),
        ("x" * 8_192, "8,192 bytes; the limit is 2,048"),
        ("\u03c9\u0314\u0342\u0345" * 683, "2,049 bytes; the limit is 2,048"),
    ],
)
def test_how_long_an_identifier_is_that_was_dropped_is_told(value: str, told: str) -> None:
    note = a_note()

    assert identifier(value, note) is None
    assert told in note.notes.problems[0].message


def test_an_identifier_is_as_long_as_it_is_composed() -> None:
    value = "\u03c9\u0314\u0342\u0345" * 682

    assert noted(identifier, value) == ("\u1fa7" * 682, [])


def test_nothing_that_is_printable_is_hidden() -> None:
    # So a text of such characters need not be looked through for what hides.
    text = " ".join(it for it in map(chr, range(sys.maxunicode + 1)) if it.isprintable())

    assert visible(text, a_note()) == visible(f"{text}{ZWSP}", a_note()) == nfc(text)
