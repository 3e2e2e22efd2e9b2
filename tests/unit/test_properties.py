"""What holds for every input, found by trying many."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from articles.article import Article
from articles.catalogue import Code
from articles.judging import Accepted, Verdicts, validate
from articles.metadata.normalize.body import (
    Body,
    count_words,
    html_body,
    loose_body,
    text_body,
    text_of,
)
from articles.metadata.normalize.dates import embargo, moment
from articles.metadata.normalize.elements import Markup, markup_in
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, paragraphs, title
from articles.metadata.normalize.urls import canonical, web_address
from articles.metadata.notes import Note
from articles.metadata.shapes import ANY, generic
from articles.problems import Problem, Rejected
from articles.versions.identity import ID_LENGTH, article_id, content_hash
from articles.versions.order import comparable_sequencer, natural_version

from .build import RECEIVED, a_feed, a_note, noted, written

HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\ufeff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)

# What real and hostile texts are made of, in pieces that meet in every order.
PIECES = st.sampled_from(
    [
        *("Ferry", "returns", "bell hooks", "von", "Reuters", "Jr.", "and", "by ", "Łódź", "港"),
        *(" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", ",", ";", "/", "|", " - "),
        *"< > <x> &lt;br&gt; <b> </b> <script> <p <br> <!-- --> \" ' =".split(),
        *"& &amp; &amp &lt; &#60; &#x202e; &#8203; &#1; &nbsp; &copy".split(),
        *"\x00\x1b\x85\u200b\u200d\u200f\u202e\ufeff\u00ad\U000e0041\uffff",
        *"\u0301e\u0338\U0001f30a\u212b\u1100\u1161",
        *"https:// // news.example /a?b=1 #top utm_source=x www. amp :80".split(),
        *("2026-03-01", "T09:00:00", "Z", "+01:00", "26 June 2024", "1559496000", "GMT"),
        *("0000-00-00", "None", "null", "[+12 chars]", "…", "Photo: ", "Read more", ".", "@"),
        *("mailto:", "1e400"),
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=40)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 10**12, 10**300, -1, 1559496000, 1559496000000])
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
MEMBERS = st.sampled_from(
    "name url src caption credit width height id code scheme role text type @type $date email "
    "holder notice license_url firstname lastname affiliation".split()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(MEMBERS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=6,
)
FIELDS = sorted(
    {it[1:] for _, taken in generic.SHAPE.takes for finder in taken.places for it in finder.reads}
)
DOCUMENTS = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), VALUES, max_size=12)
ARTICLES = st.builds(
    lambda it, title, text: {"title": title, "text": text, **it}, DOCUMENTS, TEXTS, TEXTS
)
RAW_TEXTS = st.lists(TEXTS, min_size=1, max_size=8).map(lambda rows: {"text": "\n".join(rows)})
JSON = (
    ARTICLES | DOCUMENTS | RAW_TEXTS | st.lists(ARTICLES | RAW_TEXTS | VALUES, max_size=3) | VALUES
)
FEEDS = st.sampled_from(
    [
        a_feed(),
        a_feed(timezone="America/St_Johns", language="en", kills=True),
        a_feed(publisher={"name": "Ferry"}, identity=["url", "content"], order="upload"),
    ]
)


def verdicts(data: bytes, feed: Any) -> Verdicts | Rejected:
    try:
        return validate(data, feed=feed, received=RECEIVED)
    except Rejected as rejected:
        return rejected


def told(data: bytes, feed: Any) -> list[Any]:
    """Give everything that is said about an upload, but for the wording."""
    found = verdicts(data, feed)
    if isinstance(found, Rejected):
        return [places(found.problems)]
    return [
        (v.article_id, v.article, places(v.warnings))
        if isinstance(v, Accepted)
        else places(v.problems)
        for v in found.records
    ]


def places(problems: tuple[Problem, ...]) -> list[Problem]:
    return [replace(problem, reason="", facts=()) for problem in problems]


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (leaf for item in value.values() for leaf in leaves(item))
    elif isinstance(value, list):
        yield from (leaf for item in value for leaf in leaves(item))
    yield value


def check(data: bytes, feed: Any) -> None:
    found = verdicts(data, feed)
    if isinstance(found, Rejected):
        assert found.problems
        assert all(p.code.rejects and p.code != Code.E_INTERNAL for p in found.problems)
        return
    for verdict in found.records:
        if not isinstance(verdict, Accepted):
            assert verdict.fault is None
            assert verdict.problems
            assert all(problem.code.rejects for problem in verdict.problems)
            continue
        article = verdict.article
        stored = article.as_json()
        assert Article.read(stored) == article
        assert not [it for it in leaves(stored) if it in (None, "", [], {})]
        assert not [it for it in leaves(stored) if isinstance(it, str) and HIDDEN.search(it)]
        json.dumps(stored, ensure_ascii=False).encode()
        assert len(verdict.article_id) == ID_LENGTH == len(article_id(article, feed))
        assert set(article.warnings or ()) == {str(w.code) for w in verdict.warnings}
        assert not any(w.code.rejects for w in verdict.warnings)
        assert article.status != "usable" or article.title or article.body_text or article.body_html
        for name in ("published", "modified", "retrieved"):
            both = {f"{name}_at", f"{name}_at_local"}
            assert not both <= stored.keys()
        content_hash(article.as_json())


@given(st.binary(max_size=200) | TEXTS.map(lambda it: it.encode(errors="surrogatepass")), FEEDS)
def test_any_bytes_are_judged(data: bytes, feed: Any) -> None:
    check(data, feed)


@settings(max_examples=150)
@given(JSON, FEEDS)
def test_any_json_is_judged_and_always_the_same_and_what_is_accepted_is_clean(
    document: Any, feed: Any
) -> None:
    data = json.dumps(document).encode()

    check(data, feed)
    assert told(data, feed) == told(data, feed)


@given(ARTICLES | DOCUMENTS, FEEDS, st.randoms(use_true_random=False))
def test_the_order_of_the_keys_says_nothing(
    document: dict[str, Any], feed: Any, random: Any
) -> None:
    keys = list(document)
    random.shuffle(keys)
    shuffled = {key: document[key] for key in keys}

    assert ANY.recognise(shuffled) is ANY.recognise(document)
    assert told(json.dumps(shuffled).encode(), feed) == told(json.dumps(document).encode(), feed)


RULES: set[Callable[[Any, Note], Any]] = {
    *(line, title, identifier, web_address, moment, embargo, language, authors, byline, tags),
    *(images, rights, source, status, text_body, html_body, loose_body),
    *(take.rule for _, take in generic.SHAPE.takes),
}


@settings(max_examples=150)
@given(VALUES)
def test_every_normalizer_takes_every_value(value: Any) -> None:
    for rule in RULES:
        found, codes = noted(rule, value)

        assert found not in ("", (), [], {}), rule
        assert set(codes) <= set(Code), rule


def is_stable(text: str) -> bool:
    """Tell whether N6 ends here: entities are resolved at most twice, so that of three stays one.

    A tag or a hidden character that stood inside an entity completes it, too: `&am<b>p;`.
    """
    return html.unescape(text) == text


@pytest.mark.parametrize("rule", [line, title])
@settings(max_examples=150)
@given(text=TEXTS)
@example(text="e<b></b>\u0301")
@example(text="<\u200bscript>")
@example(text="Â¡")
@example(text="<scr<script>ipt>")
def test_a_line_that_is_clean_stays_as_it_is(rule: Any, text: str) -> None:
    once = rule(text, a_note())
    assume(once is None or is_stable(once))

    assert once is None or stays(rule, once)


def stays(rule: Any, text: Any) -> bool:
    """Tell whether a clean text is given as it is; that it looks odd (N63) may be said again."""
    found, codes = noted(rule, text)
    return found == text and set(codes) <= {Code.W_MOJIBAKE}


@pytest.mark.parametrize("rule", [line, text_body, loose_body])
@settings(max_examples=150)
@given(text=TEXTS)
@example(text="&lt;\u200bscript&gt;x")
@example(text="<p>&lt;<b>script&gt;x")
@example(text="<b title='&lt;'>x<br")
@example(text="&am<b>p;lt;b&gt;")
@example(text="<scr<script>ipt>x</scr</script>ipt>")
def test_no_tag_is_left_in_a_text(rule: Any, text: str) -> None:
    found = rule(text, a_note())
    left = (found.text if isinstance(found, Body) else found) or ""

    assert markup_in(left) == Markup.NONE  # N103
    assert "<script" not in left


def test_only_an_entity_of_three_layers_is_not_clean_at_once() -> None:
    assert noted(line, "&amp;amp;amp;") == ("&amp;", [])  # N6: at most twice
    assert noted(line, "&amp;") == ("&", [])


@settings(max_examples=120)
@given(TEXTS)
def test_paragraphs_that_are_clean_stay_as_they_are(text: str) -> None:
    once = paragraphs(text, a_note())

    assert stays(paragraphs, once)
    assert count_words(once) in (None, len(once.split()))


@pytest.mark.parametrize("rule", [identifier, language])
@given(value=TEXTS | st.integers())
def test_an_identifier_or_a_language_that_is_clean_stays_as_it_is(rule: Any, value: Any) -> None:
    once = rule(value, a_note())

    assert once is None or noted(rule, once) == (once, [])


# What dates are written with, in pieces that meet in every order.
DATE_PIECES = st.sampled_from(
    [
        *"2026 26 05 5 1. 13 00 31 0000 février May maja Oct. Tue mar. ago PM a.m. Uhr".split(),
        *"den de at kl. um r. T h GMT +0000 +01:00 -7 Z [UTC] (CET) Europe/Paris m=+0.1".split(),
        *("1er ", " ", " ", " ", ", ", ":", "-", "/", ".", "\u202f", "\u2212", "\u0301", "١"),
    ]
)


@settings(max_examples=120)
@given(TEXTS | st.lists(DATE_PIECES, max_size=14).map("".join))
def test_whatever_is_read_as_a_date_is_one_that_is_read_again(text: str) -> None:
    once = written(moment(text, a_note()))

    assert once is None or written(moment(once, a_note())) == once


@given(
    st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2049-12-31")),
    st.sampled_from(
        [
            *("%Y%m%dT%H:%M:%SZ", "%Y/%m/%d %I:%M:%S %p UTC", "%d.%m.%Y, %H:%M:%S (GMT)"),
            *("%a, %d %b %y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S Z", "%d %B %Y %H:%M:%S +00"),
            *("%a %b %d %Y %H:%M:%S GMT+0000 (UTC)", "%A, %B %d, %Y at %I:%M:%S %p UTC"),
            *("%a %b %d %H:%M:%S UTC %Y", "%Y-%m-%d %H:%M:%S.%f +0000 UTC m=+0.1", "%Y%m%d%H%M%SZ"),
        ]
    ),
)
def test_a_date_means_the_same_in_every_form(when: datetime, form: str) -> None:
    when = when.replace(microsecond=0)

    assert written(moment(when.strftime(form), a_note())) == f"{when.isoformat()}Z"


HOSTS = ["https://news.example/", "HTTP://User:pw@News.Example:80/", "//żółw.example/"]
ADDRESSES = st.builds("{}{}{}".format, st.sampled_from(HOSTS), TEXTS, TEXTS)


@settings(max_examples=150)
@given(ADDRESSES | TEXTS)
def test_an_address_that_is_tidy_stays_as_it_is(text: str) -> None:
    once = web_address(text, a_note())

    if once is not None and is_stable(once):
        assert noted(web_address, once) == (once, [])


@settings(max_examples=150)
@given(ADDRESSES)
def test_a_canonical_address_is_its_own(text: str) -> None:
    address = web_address(text, a_note())
    if address is None:
        return

    once = canonical(address)
    assert canonical(once.url) == once._replace(is_amp=canonical(once.url).is_amp)
    assert once.url.startswith(("https://", "http://"))
    assert once.url.isascii()


BLANK_OR_HIDDEN: Any = ("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")
LETTERS = st.characters(
    codec="utf-8", exclude_categories=BLANK_OR_HIDDEN, exclude_characters="<>&"
).filter(lambda it: not HIDDEN.match(it) and not re.match("[\u00ad\U000e0000-\U000e007f]", it))
WORDS = st.text(LETTERS, min_size=1, max_size=8)
BLANKS = st.sampled_from([" ", "\n", "\n\n\n", "\t", "\r\n", "\u00a0", "\u3000", "\u2029", " \n "])


@settings(max_examples=120)
@given(st.lists(st.tuples(WORDS, BLANKS), min_size=1, max_size=8))
def test_every_word_survives_in_text_and_in_html(words: list[tuple[str, str]]) -> None:
    text = "".join(word + blank for word, blank in words)
    expected = [unicodedata.normalize("NFC", word) for word, _ in words]

    for rule in (line, paragraphs):
        cleaned, codes = noted(rule, text)
        assert cleaned
        assert cleaned.split() == expected
        assert set(codes) <= {"W_MOJIBAKE"}  # which only says so
    body = html_body(f"<p>{text}</p>", a_note())
    assert body is not None
    assert (body.text or "").split() == expected


@settings(max_examples=120)
@given(TEXTS)
@example("Â¡")
def test_html_that_is_sanitised_stays_as_it_is(text: str) -> None:
    once = html_body(f"<p>Ferry {text}</p>", a_note())
    assert once is not None
    assert once.html is not None

    again, codes = noted(html_body, once.html)
    assert again == once
    assert set(codes) <= {Code.W_MOJIBAKE}
    assert text_of(once.html) == once.text


@given(TEXTS, TEXTS)
def test_no_version_or_sequencer_breaks_the_order_key(version: str, sequencer: str) -> None:
    padded = natural_version(version)

    assert len(padded.encode()) <= 64
    assert "#" not in padded
    assert re.fullmatch("[0-9A-F]{0,40}", comparable_sequencer(sequencer))


@given(st.lists(st.integers(0, 10**19), min_size=2, max_size=5))
def test_numbers_in_versions_are_compared_as_numbers(numbers: list[int]) -> None:
    assert sorted(numbers) == sorted(numbers, key=lambda n: natural_version(f"v{n}").encode())
