"""Diffbot: what it found on a page, in the order of what the page itself knows."""

from typing import Any

import pytest

from .build import accept, refuse

PAGE = "https://harbour.example/news/ferry"


def read(**members: Any) -> dict[str, Any]:
    return accept({"type": "article", "pageUrl": PAGE, "title": "Ferry returns", **members})


@pytest.mark.parametrize(
    "document",
    [
        {"diffbotUri": "article|3|1", "title": "Ferry returns"},
        {"pageUrl": PAGE, "type": "article", "title": "Ferry returns"},
        {"request": {}, "objects": [{"pageUrl": PAGE, "type": "article"}], "title": "No"},
    ],
)
def test_it_is_known_by_its_keys(document: dict[str, Any]) -> None:
    document = document | {"text": "It sails."}
    if "objects" in document:
        document["objects"][0]["text"] = "It sails."

    assert accept(document)["shape"] == "diffbot"


@pytest.mark.parametrize("kind", ["product", "discussion", "image", "video", "other", 7])
def test_another_type_is_no_article(kind: Any) -> None:
    found = refuse({"type": kind, "pageUrl": PAGE, "title": "Buoy"})  # N71

    assert found == [("E_NOT_ARTICLE", "/type")]


def test_midnight_in_london_is_an_instant() -> None:
    article = read(date="Sun, 27 Jul 2014 00:00:00 GMT")  # N13

    assert article["published_at"] == "2014-07-27T00:00:00Z"


def test_the_time_of_the_page_counts_before_that_midnight() -> None:
    article = read(
        date="Wed, 02 Apr 2025 00:00:00 GMT",
        meta={"article:published_time": "2025-04-02T08:30:00+02:00"},
    )  # N18

    assert article["published_at"] == "2025-04-02T06:30:00Z"


def test_an_estimated_date_is_none() -> None:
    article = read(estimatedDate="Wed, 02 Apr 2025 00:00:00 GMT")

    assert not [name for name in article if name.startswith("published")]


def test_the_address_it_was_led_to_is_the_canonical_one() -> None:
    article = read(resolvedPageUrl="https://harbour.example/news/ferry-2")  # N34

    assert article["url"] == PAGE
    assert article["canonical_url"] == "https://harbour.example/news/ferry-2"


def test_the_author_has_an_address_and_several_have_none() -> None:
    home = "https://harbour.example/people/ada"

    assert read(author="Ada Quay", authorUrl=home)["authors"] == [{"name": "Ada Quay", "url": home}]
    assert read(author="Ada Quay and Tom Pier", authorUrl=home)["authors"] == [
        {"name": "Ada Quay"},
        {"name": "Tom Pier"},
    ]  # N43


def test_structured_authors_count_before_the_text() -> None:
    people = [{"name": "Ada Quay", "link": "https://harbour.example/a"}, {"name": "Tom Pier"}]

    assert read(author="Somebody Else", authors=people)["authors"] == [
        {"name": "Ada Quay", "url": "https://harbour.example/a"},
        {"name": "Tom Pier"},
    ]  # N44


def test_a_tag_has_the_address_of_its_subject_as_code() -> None:
    tags = [{"label": "Ferry", "uri": "http://dbpedia.example/Ferry", "score": 0.5}, "Port"]

    assert read(tags=tags)["tags"] == [
        {"name": "Ferry", "code": "http://dbpedia.example/Ferry"},
        {"name": "Port"},
    ]  # N57


def test_the_primary_image_comes_first() -> None:
    images = [
        {"url": "https://img.example/1.jpg", "naturalWidth": 1, "naturalHeight": 1},
        {"url": "https://img.example/2.jpg", "naturalWidth": 20, "naturalHeight": 10, "width": 5},
        {"url": "https://img.example/3.jpg", "title": "The pier", "primary": True},
    ]

    assert read(images=images)["images"] == [
        {"url": "https://img.example/3.jpg", "caption": "The pier"},
        {"url": "https://img.example/2.jpg", "width": 20, "height": 10},
    ]  # N60
