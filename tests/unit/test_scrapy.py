"""The one item of Scrapy that is known."""

from typing import Any

import pytest

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept({"plain_content": None, "title": "Ferry returns", **members})


@pytest.mark.parametrize(
    "document",
    [
        {"plain_text": []},
        {"plain_content": None},
        {"article_url": None, "publication_datetime": None},
    ],
)
def test_it_is_known_by_its_keys(document: dict[str, Any]) -> None:
    assert accept({"title": "Ferry returns", **document})["shape"] == "scrapy"


def test_another_item_is_generic() -> None:
    document = {"title": "Ferry returns", "plain_text": "It sails.", "url": "https://h.example/1"}

    assert accept(document)["shape"] == "generic"


def test_the_paragraphs_are_the_body_and_the_content_its_html() -> None:
    article = read(plain_text=[{"text": "One."}, {"text": "Two."}], plain_content="<p>One.</p>")

    assert article["body_text"] == "One.\n\nTwo."  # N61
    assert article["body_html"] == "<p>One.</p>"


def test_the_agency_is_the_affiliation() -> None:
    article = read(byline="ADA QUAY and TOM PIER, Associated Press")

    assert article["authors"] == [
        {"name": "ADA QUAY", "affiliation": "Associated Press"},
        {"name": "TOM PIER", "affiliation": "Associated Press"},
    ]  # N42
    assert article["byline"] == "ADA QUAY and TOM PIER, Associated Press"


def test_an_amp_page_is_one_and_its_time_local() -> None:
    article = read(
        article_url="https://harbour.example/amp/ferry", publication_datetime="2025-04-02T08:30:00"
    )

    assert article["is_amp"] is True  # N39
    assert article["published_at_local"] == "2025-04-02T08:30:00"  # N12
