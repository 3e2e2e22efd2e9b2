"""Postlight: all keys are there, and not all of what the tool found is true."""

from typing import Any

import pytest

from .build import accept, judge


def read(**members: Any) -> dict[str, Any]:
    known = dict.fromkeys(("author", "date_published", "dek", "lead_image_url", "excerpt"))
    return accept({**known, "title": "Ferry returns", **members})


@pytest.mark.parametrize(
    "document", [{"lead_image_url": None, "date_published": None}, {"rendered_pages": 1}]
)
def test_it_is_known_by_its_keys(document: dict[str, Any]) -> None:
    assert accept({"title": "Ferry returns", **document})["shape"] == "postlight"


def test_what_is_not_known_is_absent() -> None:
    assert read() == {"shape": "postlight", "title": "Ferry returns", "status": "usable"}


def test_the_host_is_the_publisher_of_a_page_without_address() -> None:
    assert read(domain="www.harbour.example")["source"] == {"domain": "harbour.example"}  # N38


@pytest.mark.parametrize("content", ["<p>It sails.</p>", "It sails.", "It *sails*."])
def test_the_content_may_be_html_markdown_or_text(content: str) -> None:
    article = read(content=content)

    assert article["body_text"].startswith("It ")
    assert ("body_html" in article) == ("<p>" in content)


def test_a_word_count_that_cannot_be_is_dropped() -> None:
    japanese = "<p>渡し船は水曜日から運航を再開した。始発は午前九時に出た。</p>"

    assert "word_count" not in read(content=japanese, word_count=4)  # N65
    assert read(content="<p>It sails.</p>", word_count=4)["word_count"] == 4


def test_an_address_is_no_author_and_a_path_no_image() -> None:
    article = read(author="https://social.example/harbour", lead_image_url="/img/ferry.jpg")

    assert article["warnings"] == ["W_AUTHOR", "W_URL"]  # N43, N31
    assert not article.keys() & {"authors", "images", "byline"}


def test_a_failure_of_the_tool_is_no_article() -> None:
    assert not hasattr(judge({"error": True, "message": "The page was not found."}), "article")
