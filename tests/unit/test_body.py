"""N61, N62, N64, N65 and N103."""

import sys
from html.parser import HTMLParser
from typing import Any
from unicodedata import name
from urllib.parse import urlsplit

import pytest

from articles.metadata.normalize.body import (
    Body,
    count_words,
    declared_words,
    html_body,
    loose_body,
    text_body,
    text_of,
)

from .build import accept, noted


class Markup(HTMLParser):
    """What a browser would act on: tags, names of attributes, addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "cite")}


def a_body(**fields: Any) -> dict[str, Any]:
    """Give what becomes of a record's body."""
    article = accept({"title": "Ferry", "id": 1, "date": "2026-01-01", **fields})
    return {k: v for k, v in article.items() if k.startswith(("body", "word")) or k == "warnings"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One <b>b</b>ig\n  word.</p>", "One big word."),
        ("<div>One.</div><div>Two.</div>", "One.\nTwo."),
        ("One.<br>Two.<br/>Three.", "One.\nTwo.\nThree."),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ("<h2>Head</h2><p>One.</p>", "Head\n\nOne."),
        ("<p>Fish &amp; chips &lt;3</p>", "Fish & chips <3"),
        ("<p>One.</p><script>two()</script><style>p{}</style>", "One."),
        ("<p>One.</p><figure><img src='a'><figcaption>Two.</figcaption></figure>", "One."),
        ("<table><tr><td>One</td><td>Two</td></tr></table>", "One\nTwo"),
        ("<p>One&nbsp;two.</p>", "One two."),
        ("<p>One.</p>\n\n\n<p></p>\n<p>Two.</p>", "One.\n\nTwo."),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("<!-- note --><p>One.</p>", "One."),
        # N103: a tag that is left in the text of HTML, but not in code
        ("<p>One &lt;b&gt;big&lt;/b&gt;&lt;br&gt;word.</p>", "One big\nword."),
        ("<p>One.&lt;script&gt;two()&lt;/script&gt;</p>", "One."),
        ("<p>Use <code>&lt;b&gt;</code>.</p><pre><i>&lt;p&gt;</i></pre>", "Use <b>.\n\n<p>"),
        ("<p>&lt;Parasite&gt; wins.</p>", "<Parasite> wins."),
        ("", ""),
    ],
)
def test_the_text_of_html_is_what_its_reader_saw(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    "html",
    [
        *("<script>alert(1)</script>", "<style>p{}</style>"),
        *("<iframe src='https://news.example'></iframe>", "<p onclick='alert(1)'>x</p>"),
        *("<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>"),
        *("<a href='JaVaScRiPt:alert(1)'>x</a>", "<a href='java\u200bscript:alert(1)'>x</a>"),
        "<a href='java&#8203;script:alert(1)'>x</a>",
        *("<a href='java&#x202e;script:alert(1)'>x</a>", "<a href='&#1;javascript:alert(1)'>x</a>"),
        *("<a href='data:text/html,alert(1)'>x</a>", "<q cite='javascript:alert(1)'>x</q>"),
        *("<q CITE = ' JAVA\tSCRIPT:alert(1)'>x</q>", "<q cite=java&#115;cript:alert(1)>x</q>"),
        "<q cite='java&Tab;script&colon;alert(1)'>x</q>",
        "<q cite='java\u200bscript:alert(1)'>x</q>",
        "<q cite='java&#8203;script:alert(1)'>x</q>",
        "<q cite='&#x202e;javascript:alert(1)'>x</q>",
        "<q cite='data:text/html,x' cite='https://news.example'>x</q>",
        "<blockquote cite='VBScript:x'>x</blockquote>",
        "<del cite='\ndata:text/html,x'>x</del><ins\ncite\n=\n'&#1;javascript:x'>x</ins>",
        *("<scr<script>ipt>alert(1)</script>", "<svg><script>alert(1)</script></svg>"),
        "<math><style><img src=x onerror=alert(1)></style></math>",
        "<p>x</p><noscript><img src=x onerror=alert(1)></noscript>",
        "<object data='x'></object><embed src='x'><base href='//x'>",
        "<form action='javascript:alert(1)'><input></form>",
    ],
)
def test_no_html_that_acts_is_stored(html: str) -> None:
    stored = a_body(content=f"<p>Words.</p>{html}")["body_html"]  # N62

    markup = Markup(stored)
    assert stored.startswith("<p>Words.</p>")
    assert not markup.tags & set("script style iframe object embed base form svg math".split())
    assert not {name for name in markup.attributes if name.startswith("on")}
    assert {urlsplit(address).scheme for address in markup.addresses} <= {"", "https"}


def test_harmless_html_stays() -> None:
    html = '<p>One <a href="https://news.example/a">link</a>, <em>two</em>.</p><ul><li>x</li></ul>'

    assert a_body(content=html)["body_html"] == html


@pytest.mark.parametrize(
    ("hidden", "code"),
    [
        *(("\u202e", "W_BIDI"), ("&#x202e;", "W_BIDI"), ("&#1;", "W_CONTROL")),
        *(("\x01", "W_CONTROL"), ("&#xe0041;", "W_INVISIBLE")),
    ],
)
def test_what_an_entity_hides_goes_too(hidden: str, code: str) -> None:
    body = a_body(content=f"<p>One{hidden}two.</p>")  # N87

    assert (body["body_text"], body["body_html"]) == ("Onetwo.", "<p>Onetwo.</p>")
    assert body["warnings"] == [code]


TABLE = "<table><tbody><tr><td>One</td></tr></tbody></table>"


@pytest.mark.parametrize(
    ("fields", "text", "html", "words"),
    [
        ({"text": "One.\n\nTwo."}, "One.\n\nTwo.", None, 2),
        ({"text": [{"text": "One."}, {"text": "Two."}]}, "One.\n\nTwo.", None, 2),
        ({"text": ["One.", "Two."]}, "One.\n\nTwo.", None, 2),
        ({"content": "<p>One.</p><p>Two.</p>"}, "One.\n\nTwo.", "<p>One.</p><p>Two.</p>", 2),
        # an entity makes a field HTML
        ({"content": "Fish &amp; chips"}, "Fish & chips", "Fish &amp; chips", 3),
        # both given: both kept
        ({"text": "One two three.", "content": "<p>One.</p>"}, "One two three.", "<p>One.</p>", 3),
        # block tags in a field meant for text
        ({"text": "<table><tr><td>One</td></tr></table>"}, "One", TABLE, 1),
        # an inline tag there goes
        ({"text": "In <b>bold</b>.\nOn."}, "In bold.\nOn.", None, 3),
        # no tag in a field meant for HTML
        ({"content": "One\n\ntwo."}, "One\n\ntwo.", None, 2),
        ({"content": "<img src='https://news.example/a.png'>"}, None, None, None),
        ({"text": "", "content": None}, None, None, None),
    ],
)
def test_text_and_html_each_come_from_their_own_field(
    fields: Any, text: str | None, html: str | None, words: int | None
) -> None:
    expected = {"body_text": text, "body_html": html, "word_count": words}

    assert a_body(**fields) == {name: it for name, it in expected.items() if it}  # N61


@pytest.mark.parametrize("rule", [text_body, loose_body])
@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "&lt;b&gt;Big&lt;/b&gt;\n\nR&amp;D &lt;a href=&quot;x&quot;&gt;link&lt;/a&gt;.",
            "Big\n\nR&D link.",
        ),
        ("One &amp;lt;em&amp;gt;big&amp;lt;/em&amp;gt;<br>word.", "One big\nword."),
        ("One.&lt;SCRIPT&gt;two()&lt;/script &gt; <style>p{}</style>Three.", "One. Three."),
        ("One &lt;script&gt; two.", "One two."),
        ("One <!-- big --> word.", "One word."),
        ("One <scr<script>ipt>two()</scr</script>ipt> &lt;\u200bb&gt;word.", "One word."),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;&lt;i&gt;Two&lt;/i&gt;.&lt;/p&gt;", "One.\n\nTwo."),
        ("<Parasite> wins.\nA <p-value> of <3.",) * 2,
        ("<p>A <Parasite> wins.</p>", "A <Parasite> wins."),
    ],
)
def test_no_tag_is_left_in_a_text(rule: Any, source: str, text: str) -> None:
    body, codes = noted(rule, source)  # N103

    assert (body.text, codes) == (text, [])


@pytest.mark.parametrize(
    ("source", "text", "html"),
    [
        ("The film <Parasite> wins.", "The film <Parasite> wins.", None),
        ("<Parasite> &amp; co", "<Parasite> & co", "&lt;Parasite&gt; &amp; co"),
        ("&lt;p&gt;One &amp;amp; two.&lt;/p&gt;", "One & two.", "<p>One &amp; two.</p>"),
        ("One &lt;b&gt;big&lt;/b&gt;", "One big", "One &lt;b&gt;big&lt;/b&gt;"),
    ],
)
def test_html_is_known_by_tags_and_entities(source: str, text: str, html: str | None) -> None:
    assert noted(html_body, source) == (Body(text, html), [])


@pytest.mark.parametrize(
    "text", ["The ferry… [+1464 chars]", "The ferry [+3 chars]", "The ferry …[+12 chars]  "]
)
def test_a_cut_body_says_so(text: str) -> None:
    cut = {"body_truncated": True}

    assert a_body(text=text, word_count=900) == {"body_text": "The ferry", **cut}  # N64
    assert a_body(text=text.removeprefix("The ferry")) == cut


@pytest.mark.parametrize(
    "text", ["The ferry…", "It has [+3 chars] in it.", "See [1464 chars]", "The ferry ..."]
)
def test_a_whole_body_is_not_cut(text: str) -> None:
    body = a_body(text=text)

    assert body["body_text"] == text
    assert "body_truncated" not in body


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "One two three."}, 3),
        ({"text": "One two.", "word_count": 3}, 3),
        ({"text": "One two.", "wordcount": "1200"}, 1200),
        ({"text": "One two.", "wordCount": 1}, 1),
        ({"text": "One two.", "word_count": 3.0}, 3),  # N98
        ({"text": "One two.", "word_count": "3.0"}, 3),
        ({"text": "One two.", "word_count": 0}, 2),
        ({"text": "One two.", "word_count": "many"}, 2),
        ({"text": "One two.", "word_count": -5}, 2),
        ({"text": "渡船が港に戻った。乗客は喜んだ。"}, None),
        ({"text": "渡船が港に戻った。乗客は喜んだ。", "word_count": 4}, None),
        ({"text": "渡船が港に戻った。乗客は喜んだ。", "word_count": 400}, 400),
        ({"text": "เรือข้ามฟากกลับมาแล้ว"}, None),
        ({"text": "The 港 ferry is back."}, 5),
        ({"text": "One-way — 3.5 km\n\nback"}, 5),
        ({"title": "No body", "word_count": 7}, 7),  # the New York Times tells it without a text
    ],
)
def test_words_are_declared_or_counted(fields: Any, words: int | None) -> None:
    assert a_body(**fields).get("word_count") == words  # N65


@pytest.mark.parametrize("value", [-1, True, "many", 1.5, "1e3", "１２", {"n": 1}, "9" * 400])
def test_what_is_no_number_of_words_is_dropped(value: Any) -> None:
    assert noted(declared_words, value) == (None, ["W_FIELD_TYPE"])  # N7


def test_words_without_spaces_are_known_by_their_script() -> None:
    scripts = ("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "THAI ")
    every = map(chr, range(sys.maxunicode + 1))
    letters = [it for it in every if it.isalpha() and name(it, "").startswith(scripts)]

    assert len(letters) > 90_000
    assert [it for it in letters if count_words(it) is not None] == []


@pytest.mark.parametrize(
    "html", ["<b>x</b>" + "<br>" * 40_000 + "y", "<p>x" + "<i> </i>" * 20_000 + "y"]
)
def test_a_hostile_body_is_read(html: str) -> None:
    """What backtracks takes hours here, and ends the run that way."""
    body, _ = noted(html_body, html)

    assert body
    assert str(body.text).split() in (["x", "y"], ["xy"])


def test_html_that_a_parser_would_drown_in_is_kept_as_text() -> None:
    html = "<div>" * 30_000 + "The ferry leaves." + "</div>" * 30_000

    body, codes = noted(html_body, html)

    assert body
    assert body.html is None
    assert "The ferry leaves." in str(body.text)
    assert codes == ["W_FIELD_TYPE"]


def test_formatting_that_is_never_closed_does_not_grow_with_each_paragraph() -> None:
    html = "".join(f"<b lang={n}>" for n in range(180)) + "<p>The ferry leaves." * 30_000

    body, codes = noted(html_body, html)

    assert body
    assert len(body.html or "") < 4 * len(html)
    assert (str(body.text).count("The ferry leaves."), codes) == (30_000, [])


def test_html_that_was_cut_is_cut_in_both_forms() -> None:
    body = a_body(content="<p>The ferry… [+1464 chars]</p>")

    cut = {"body_html": "<p>The ferry</p>", "body_text": "The ferry"}
    assert body == {**cut, "body_truncated": True}


@pytest.mark.parametrize(
    "address",
    [
        *("https://news.example/a", "HTTP://news.example", "mailto:desk@news.example"),
        *("//news.example/a", "/law/7", "a/b?c=d:e", "#note:1", "./a:b", "?a:b"),
    ],
)
@pytest.mark.parametrize("tag", ["q", "blockquote", "del", "ins"])
def test_the_address_of_a_citation_stays(tag: str, address: str) -> None:
    stored = f'<{tag} cite="{address}">One</{tag}>'

    for attribute in (f'cite="{address}"', f"CITE = '{address}'", f"class=x cite={address}"):
        assert a_body(content=f"<{tag} {attribute}>One</{tag}>")["body_html"] == stored
