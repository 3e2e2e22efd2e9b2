"""Rows of web crawls: their times are never those of the publication."""

from typing import Any

import pytest

from .build import accept

PAGE = "https://harbour.example/news/ferry"
TEXT = "Ferry returns\nIt sails again."


def read(**members: Any) -> dict[str, Any]:
    return accept({"text": TEXT, "url": PAGE, "timestamp": "2025-04-03 01:02:03", **members})


@pytest.mark.parametrize(
    "document",
    [
        *({"url": PAGE, name: None} for name in ("timestamp", "date", "meta", "dump")),
        *({"url": PAGE, name: None} for name in ("language_score", "warc_date")),
        {"metadata": {"url": PAGE, "cc_segment": "crawl/1.gz"}},
        {"url": PAGE, "title": "Ferry returns", "dump": "CC-1"},
    ],
)
def test_it_is_known_by_its_keys(document: dict[str, Any]) -> None:
    article = accept({"text": TEXT, **document})

    assert (article["shape"], article["url"]) == ("crawl-row", PAGE)


def test_with_a_title_a_date_is_that_of_an_article() -> None:
    article = read(timestamp=None, title="Ferry returns", date="2025-04-02")

    assert article["shape"] == "generic"
    assert article["published_at_local"] == "2025-04-02"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"timestamp": "2025-04-03T01:02:03Z"}, {"retrieved_at": "2025-04-03T01:02:03Z"}),
        ({}, {"retrieved_at_local": "2025-04-03T01:02:03"}),
        (
            {"timestamp": None, "dump": "CC-1", "date": "2025-04-03T01:02:03Z"},
            {"retrieved_at": "2025-04-03T01:02:03Z"},
        ),
        (
            {"timestamp": None, "created": "2025-04-03T01:02:03Z", "added": "2025-05-01"},
            {"retrieved_at": "2025-04-03T01:02:03Z"},
        ),
    ],
)
def test_the_time_of_the_crawl_is_no_publication(told: Any, expected: dict[str, str]) -> None:
    article = read(**told)  # N17

    assert {name: article[name] for name in article if "_at" in name} == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ferry returns\nIt sails again.", "Ferry returns"),
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


def test_the_title_of_dolma_counts_before_the_first_line() -> None:
    article = read(metadata={"title": "Ferry returns - Harbour Post"}, source="common-crawl")

    assert article["title"] == "Ferry returns - Harbour Post"
    assert article["source"] == {"domain": "harbour.example"}


def test_the_brackets_of_fineweb_go_from_the_address_only() -> None:
    article = read(id="<urn:uuid:2718>", url=f"<{PAGE}>")

    assert article["source_id"] == "<urn:uuid:2718>"
    assert article["url"] == PAGE  # N30
