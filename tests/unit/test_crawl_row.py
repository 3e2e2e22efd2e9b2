"""Rows of web crawls: their times are never those of the publication."""

from typing import Any

import pytest

from .build import accept

PAGE = "https://harbour.example/news/ferry"
TEXT = "Ferry returns\nIt sails again."
TIME = "2025-04-03T01:02:03Z"


def read(**members: Any) -> dict[str, Any]:
    return accept({"text": TEXT, "url": PAGE, "timestamp": "2025-04-03 01:02:03", **members})


def test_with_a_title_a_date_is_that_of_an_article() -> None:
    article = read(timestamp=None, title="Ferry returns", date="2025-04-02")

    assert (article["shape"], article["published_at_local"]) == ("generic", "2025-04-02")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"timestamp": TIME}, {"retrieved_at": TIME}),
        ({}, {"retrieved_at_local": "2025-04-03T01:02:03"}),
        ({"timestamp": None, "dump": "CC-1", "date": TIME}, {"retrieved_at": TIME}),
        ({"timestamp": None, "created": TIME, "added": "2025-05-01"}, {"retrieved_at": TIME}),
    ],
)
def test_the_time_of_the_crawl_is_no_publication(told: Any, expected: dict[str, str]) -> None:
    article = read(**told)  # N17

    assert {name: article[name] for name in article if "_at" in name} == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (TEXT, "Ferry returns"),
        ("Does the ferry return?\nIt does.", "Does the ferry return?"),
        ("Ferry returns", None),
        ("The ferry returns.\nIt sails again.", None),
        ("渡し船が戻る。\n再び運航する。", None),
        ("x" * 201 + "\nIt sails again.", None),
        ("Posted by ada on 2nd April 2025\nIt sails again.", None),
        ("By Ada Quay\nIt sails again.", None),
        ("26 June 2024 18:44\nIt sails again.", None),
    ],
)
def test_the_first_line_is_a_title_where_it_reads_like_one(text: str, title: str | None) -> None:
    article = read(text=text)  # N84

    assert article.get("title") == title
    assert article["body_text"] == text
    assert ("W_NO_TITLE" in article.get("warnings", [])) == (title is None)
