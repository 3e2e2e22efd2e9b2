"""N4 and N7: what says nothing is absent without a word, what is of another type with a warning."""

from collections.abc import Callable
from typing import Any

import pytest

from articles.metadata.normalize.body import html_body, loose_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, title
from articles.metadata.normalize.urls import web_address

from .build import noted

Rule = Callable[..., Any]
ADDRESS = "https://news.example"
EMPTY: list[Any] = [None, "", " ", [], ["", None]]
NOTHING: dict[Rule, list[Any]] = {
    authors: [{}, [{}], ["", " "], {"@id": "#x", "@type": "Person"}, {"name": ""}],
    images: ["None", "[]", {"@id": "#x", "@type": "ImageObject"}, {"url": None}, {}],
    language: ["None", "null"],
    line: [" \n\u3000", {}, "\u200b", "<b></b>"],
    moment: ["  ", "None", "null", " NaN ", "undefined", {}, {"$date": ""}],
    rights: [{"holder": ""}],
    source: [{"name": ""}],
    tags: [{}, ",;"],
    web_address: ["None", "null", "undefined", "NaN"],
}
OTHER: dict[Rule, list[Any]] = {
    authors: [7, True, [7], [["Jane Doe"]], {"name": 5}],
    html_body: [7, True, [7], [{"html": "x"}]],
    identifier: [{"a": "b"}, True, [["a"]]],
    images: [7, True, {"url": {"a": "b"}}, {"caption": "no address"}],
    line: [7, 1.5, True, {"a": "b"}, [1, 2, 3], [["Ferry"]]],
    loose_body: [7, True, [7], [{"html": "x"}]],
    rights: [{"x": 1}],
    source: [{"x": 1}],
    tags: [7, True, [None, 7], {"scheme": "desk"}, [[["a"]]], "x" * 201],
    title: [7, 1.5, True, {"a": "b"}, [1, 2, 3], [["Ferry"]]],
    web_address: [7, True, {"href": ADDRESS}, [[ADDRESS]]],
}


@pytest.mark.parametrize("rule", NOTHING, ids=lambda rule: rule.__name__)
def test_what_says_nothing_is_absent_and_no_fault(rule: Rule) -> None:
    for value in EMPTY + NOTHING[rule]:
        assert noted(rule, value) == (None, []), value


@pytest.mark.parametrize("rule", OTHER, ids=lambda rule: rule.__name__)
def test_what_is_of_another_type_is_dropped_and_told(rule: Rule) -> None:
    for value in OTHER[rule]:
        assert noted(rule, value) == (None, ["W_FIELD_TYPE"]), value
