"""E_UNKNOWN_SHAPE says what is missing, what seems to be meant, and where articles seem to lie."""

from typing import Any

import pytest

from articles.judging import Refused

from .build import judge

STORY = {"title": "Ferry", "link": "https://a.example/1"}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, ["no fields"]),
        ({"name": "Ferry", "a\u202e": 2}, ['"name"', "A title is missing"]),
        ({f"n{n}": n for n in range(100)}, ['"n0"', '"n7" and 92 more']),
        ({"article_title": "Ferry"}, ['rename "article_title" to "title"']),
        ({"heading": "Ferry", "contnet": "Six."}, ['"heading" to "title", "contnet" to "content"']),
        ({"Headline": "Ferry", "www": "https://a.example/1"}, ['rename "www" to "url"']),
        ({"title": "Ferry", "went_live": "2026-01-01"}, ['rename "went_live" to "published_at"']),
        ({"title": "Ferry", "prose": "It leaves. " * 30}, ['rename "prose" to "text"']),
        # what is read is not to be renamed
        ({"title": "Ferry", "image": "https://a.example/1.jpg"}, ["send one of them"]),
        ({"title": "Ferry", "writer": "Ida"}, ["send one of them"]),
        # where the articles lie
        ({"a": {"b": {"c": {"d": [STORY]}}}}, ['seem to be articles at "/a/b/c/d"']),
        ({"Related": [STORY]}, ['seem to be articles at "/Related"']),
        ({"x/y": {"z": STORY}}, ['seems to be one at "/x~1y/z"']),
        ({"hits": {"hits": [{"_source": STORY}]}}, ['seems to be one at "/hits/hits/0/_source"']),
        ({"data": [{"id": 1, "attributes": STORY}]}, ['one at "/data/0/attributes"', "feeds.toml"]),
    ],
)
def test_a_record_of_no_known_format_is_told_what_to_do(document: Any, told: list[str]) -> None:
    verdict = judge(document)

    assert isinstance(verdict, Refused)
    [problem] = verdict.problems
    assert problem.code == "E_UNKNOWN_SHAPE"
    assert [it for it in told if it not in problem.message] == []
    assert "\u202e" not in problem.message  # it is shown in a terminal


@pytest.mark.parametrize(
    "document",
    [
        *({"k" * 200_000: "x"}, {f"member{n}": "https://a.example/1" for n in range(10_000)}),
        *({"x": {f"{n}": {"a": [1]} for n in range(10_000)}}, {"x": [{"name": "x"}] * 10_000}),
    ],
)
def test_a_message_is_short_whatever_the_record(document: Any) -> None:
    verdict = judge(document)

    assert isinstance(verdict, Refused)
    assert len(verdict.problems[0].message) < 1_000
