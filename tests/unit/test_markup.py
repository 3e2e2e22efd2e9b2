"""HTML is written anew as a parser would read it, and its parser has nothing to mend."""

import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.metadata.normalize.markup import MAX_DEPTH, MAX_TAGS, Tangled, divided, tidied

_TAG = re.compile(r'<(/?)([a-z0-9]+)(?: [a-z]+="[^"]*")*>')
_VOID = {"area", "br", "col", "hr", "img", "wbr"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a & b", "a & b"),
        ("a < b <i>c", "a &lt; b <i>c</i>"),
        # what ends what
        ("<p>a<p>b<div>c</div>d", "<p>a</p><p>b</p><div>c</div>d"),
        (
            "<ul><li>a<p>b<li>c<ul><li>d</ul></ul>e",
            "<ul><li>a<p>b</p></li><li>c<ul><li>d</li></ul></li></ul>e",
        ),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        ("<h1>a<h2>b</h1>c", "<h1>a</h1><h2>b</h2>c"),
        ("<div><p>a</div>b</div>c", "<div><p>a</p></div>bc"),
        ("<div><span><p>a</span>b</div>", "<div><span><p>ab</p></span></div>"),
        ("a</p>b</br>c", "a<p></p>b<br>c"),
        ("<a href=x>a<a href=y>b", '<a href="x">a</a><a href="y">b</a>'),
        # formatting
        ("<p>a<b>b<p>c</b>d", "<p>a<b>b</b></p><p><b>c</b>d</p>"),
        ("<b><p>a</b>b</p>c", "<b><p>ab</p></b>c"),
        ("<b><i>a</b>b</i>c", "<b><i>a</i></b><i>b</i>c"),
        (
            "<p><b><b><b><b>a<p>b",
            "<p><b><b><b><b>a</b></b></b></b></p><p><b><b><b>b</b></b></b></p>",
        ),
        # tables
        (
            "<table><tr><td>a<td>b<tr><td>c</table>d",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d",
        ),
        ("<td>a", "a"),
        ("<table> <tr>a</table>b", "<table> <tr><td>a</td></tr></table>b"),
        ("<table><table>a", "<table></table><table><tr><td>a</td></tr></table>"),
        ("<table><td><b>a</table>b", "<table><td><b>a</b></td></table>b"),
        # what is not shown, or not read as tags
        ("a<script>var b = '<p>'</script>c<style>d</style><title>e</title>", "ac"),
        ("a<noscript><b>b</b> & c</noscript>", "a&lt;b>b&lt;/b> &amp; c"),
        ("<textarea>a<b>&amp;</textarea>", "a&lt;b>&amp;"),
        ("a<!-- <p> --><!DOCTYPE x><?php ?></ x>b", "ab"),
        ("a<svg><path/><text>b</text></svg>c<template>d</template>e", "ace"),
        ("a<svg><path/><p>b</svg>c", "a<p>bc</p>"),
        ("a<svg>b", "ab"),
        ("a<form>b<input>c</form><custom-tag/>d", "abcd"),
        ("a<b", "a"),
        # attributes
        (
            "<p class=x title='a \"b\"' lang=de Title=c>a",
            '<p title="a &quot;b&quot;" lang="de">a</p>',
        ),
        (
            '<img src="a>b" alt=c/><a href = x onclick="y">z',
            '<img src="a>b" alt="c/"><a href="x">z</a>',
        ),
        # what is dropped must not make a tag of what stands beside it
        ("<<!---->b>a", "&lt;b>a"),
        ("<<x a=b>script>a", "&lt;script>a"),
        # N103: what only stands in angle brackets
        ("<p>a <Parasite> b", "<p>a &lt;Parasite> b</p>"),
        ("<p>a <The King's Speech>", "<p>a &lt;The King's Speech></p>"),
        ("<org>a</org><x-y><o:p><x/><x y=z><x></x>b", "ab"),
        ("<<x>script>a", "&lt;&lt;x>script>a"),
    ],
)
def test_html_is_written_as_it_is_meant(html: str, expected: str) -> None:
    assert tidied(html) == expected


PIECES = st.sampled_from(
    (
        "a,&lt;,<,>, ,\n,<p>,</p>,<b>,</b>,<i lang=x>,</i>,<a href='x'>,</a>,<div>,</div>,<ul>,"
        "<li>,</ul>,<table>,<tr>,<td>,</table>,<br>,<h2>,</h2>,<span>,</span>,<x>,</x>,<script>,"
        "</script>,"
        '<!--,-->,<svg>,</svg>,<p title=",",=,/,<textarea>,</textarea>,<dl>,<dd>,<font>,<form>,'
        "</br>"
    ).split(",")
)


UNWRITTEN = frozenset({"<x>", "<font>", "<form>"})  # a parser does not see what they parted


@given(st.lists(PIECES, max_size=40))
def test_what_is_written_is_well_formed_and_stays_as_it_is(pieces: list[str]) -> None:
    html = tidied("".join(pieces))

    open_tags: list[str] = []
    for end, name in _TAG.findall(html):
        if end:
            assert open_tags.pop() == name
        elif name not in _VOID:
            open_tags.append(name)
    assert open_tags == []
    assert "<" not in _TAG.sub("", html)
    if UNWRITTEN.isdisjoint(pieces):
        assert tidied(html) == html


@given(st.lists(PIECES, max_size=25))
def test_its_words_are_those_that_a_parser_reads(pieces: list[str]) -> None:
    # Where a drawing or a script that holds a comment ends is read more simply than the standard;
    # a parser drops what only stands in angle brackets.
    html = "".join(it for it in pieces if "svg" not in it and it not in ("<script>", "<x>"))
    dropped = {"script", "style", "title"}

    read = nh3.clean(tidied(html), tags=set(), clean_content_tags=dropped)

    known = nh3.clean(html, tags=set(), clean_content_tags=dropped)
    assert sorted("".join(read.split())) == sorted("".join(known.split()))


def test_attributes_of_any_number_are_read() -> None:
    many = " ".join(f"a{n}='>'" for n in range(100_000))

    assert tidied(f"<p {many} lang=de>a") == '<p lang="de">a</p>'


@pytest.mark.parametrize(
    "html",
    [
        *("a&amp;" * 2_000, "&amp;" * 499 + "<b>&amp;</b>" * 1_000),
        '<a href="https://a.example/?' + "a&amp;" * 2_000 + '" title="<p>">a</a>&lt;' * 2,
        "&" * 501,
    ],
)
def test_very_many_entities_are_parted_in_text_and_nowhere_else(html: str) -> None:
    parted = divided(html)

    assert max(it.count("&") for it in re.sub(r'"[^"]*"', "", parted).split("<!---->")) <= 500
    assert parted.replace("<!---->", "") == html
    assert nh3.clean(parted) == nh3.clean(html)


def test_formatting_that_is_never_closed_is_opened_again_a_bounded_number_of_times() -> None:
    html = "".join(f"<b lang={n}>" for n in range(100)) + "<p>a" * 1_000

    assert tidied(html).count("<b") < 100 + 1_000 + len(html) // 16


@pytest.mark.parametrize(
    "html",
    ["<div>" * (MAX_DEPTH + 1), "<div></x>" * (MAX_DEPTH + 1), "<br>" * (MAX_TAGS + 1)],
    ids=["deep", "deep, and hidden", "many"],
)
def test_html_beyond_its_limits_is_refused(html: str) -> None:
    with pytest.raises(Tangled):
        tidied(html)
