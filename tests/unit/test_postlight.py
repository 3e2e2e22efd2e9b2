"""Postlight: not all of what the tool found is true; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept, judge


def read(**members: Any) -> dict[str, Any]:
    known = dict.fromkeys(("author", "date_published", "dek", "lead_image_url", "excerpt"))
    return accept({**known, "title": "Ferry returns", **members})


def test_the_host_is_the_publisher_of_a_page_without_address() -> None:
    assert read(domain="www.harbour.example")["source"] == {"domain": "harbour.example"}  # N38


@pytest.mark.parametrize("content", ["<p>It sails.</p>", "It sails.", "It *sails*."])
def test_the_content_may_be_html_markdown_or_text(content: str) -> None:
    article = read(content=content, word_count=4)

    assert article["body_text"].startswith("It ")
    assert ("body_html" in article) == ("<p>" in content)
    assert article["word_count"] == 4  # N65


def test_a_failure_of_the_tool_is_no_article() -> None:
    assert not hasattr(judge({"error": True, "message": "The page was not found."}), "article")
