"""news-please: times without offset, and "None" for nothing."""

from typing import Any

import pytest

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept({"title": "Ferry returns", "maintext": "It sails.", **members})


@pytest.mark.parametrize(
    "document",
    [
        {"maintext": None},
        {"date_publish": None, "source_domain": None},
        {"date-publish": None, "source-domain": None},
    ],
)
def test_it_is_known_by_its_keys(document: dict[str, Any]) -> None:
    assert accept({"title": "Ferry returns", **document})["shape"] == "news-please"


def test_none_as_a_text_is_nothing() -> None:
    names = ("authors", "date_publish", "date_modify", "date_download", "image_url", "language")
    article = read(**dict.fromkeys((*names, "source_domain", "url"), "None"))  # N4

    assert article.keys() == {"shape", "title", "body_text", "word_count", "status"}


def test_times_are_local_and_that_of_the_crawl_is_no_publication() -> None:
    article = read(date_publish="None", date_download="2025-04-02 12:00:00")  # N12, N17

    assert article["retrieved_at_local"] == "2025-04-02T12:00:00"
    assert "published_at_local" not in article


def test_the_page_itself_is_no_image() -> None:
    page = "https://harbour.example/news/ferry"

    assert "images" not in read(url=page, image_url=page)  # N60
    assert "images" in read(url=page, image_url=f"{page}.jpg")


def test_a_combined_byline_and_its_names_are_told_once() -> None:
    article = read(authors=["Ada Quay, Tom Pier", "ADA QUAY", "MAX MOLE", "www.facebook.com"])

    names = [author["name"] for author in article["authors"]]
    assert names == ["Ada Quay", "Tom Pier", "MAX MOLE"]  # N41, N43, N45


def test_the_names_of_2017_are_read() -> None:
    article = accept(
        {
            "date-download": "2017-06-02 12:00:00",
            "date-publish": "2017-06-01 08:30:00",
            "image-url": "https://img.example/1.jpg",
            "source-domain": "www.harbour.example",
            "text": "It sails.",
            "title-page": "Ferry returns",
        }
    )

    assert article["published_at_local"] == "2017-06-01T08:30:00"
    assert article["retrieved_at_local"] == "2017-06-02T12:00:00"
    assert article["source"] == {"domain": "harbour.example"}  # N38
    assert article["images"] == [{"url": "https://img.example/1.jpg"}]
    assert article["title"] == "Ferry returns"
    assert article["body_text"] == "It sails."


def test_a_feed_names_the_publisher_of_a_bare_host() -> None:
    document = {"title": "Ferry returns", "maintext": "x", "source_domain": "www.harbour.example"}

    source = accept(document, publisher={"name": "Harbour Post"})["source"]  # N86
    assert source == {"name": "Harbour Post", "domain": "harbour.example"}
