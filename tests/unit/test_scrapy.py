"""The one item of Scrapy that is known; the rest is in the golden cases."""

from .build import accept


def test_the_agency_is_the_affiliation_of_each_author() -> None:
    byline = "ADA QUAY and TOM PIER, Associated Press"
    article = accept({"plain_content": None, "title": "Ferry returns", "byline": byline})

    assert article["authors"] == [
        {"name": "ADA QUAY", "affiliation": "Associated Press"},
        {"name": "TOM PIER", "affiliation": "Associated Press"},
    ]  # N42
    assert article["byline"] == byline
