"""Diffbot: what it found on a page, in the order of what the page itself knows."""

from typing import Any

import pytest

from .build import accept, refuse

PAGE = "https://harbour.example/news/ferry"


def read(**members: Any) -> dict[str, Any]:
    return accept({"type": "article", "pageUrl": PAGE, "title": "Ferry returns", **members})


@pytest.mark.parametrize("kind", ["product", "discussion", "image", "video", "other", 7])
def test_another_type_is_no_article(kind: Any) -> None:
    found = refuse({"type": kind, "pageUrl": PAGE, "title": "Buoy"})  # N71

    assert found == [("E_NOT_ARTICLE", "/type")]


def test_an_estimated_date_is_none() -> None:
    article = read(estimatedDate="Wed, 02 Apr 2025 00:00:00 GMT")

    assert not [name for name in article if name.startswith("published")]


def test_of_several_authors_none_has_the_address() -> None:
    article = read(author="Ada Quay and Tom Pier", authorUrl="https://harbour.example/ada")

    assert article["authors"] == [{"name": "Ada Quay"}, {"name": "Tom Pier"}]  # N43


def test_structured_authors_count_before_the_text() -> None:
    people = [{"name": "Ada Quay"}]

    assert read(author="Somebody Else", authors=people)["authors"] == people  # N44


def test_the_primary_image_comes_first_and_one_of_a_pixel_is_none() -> None:
    images = [
        {"url": "https://img.example/1.jpg", "naturalWidth": 1, "naturalHeight": 1},
        {"url": "https://img.example/2.jpg", "naturalWidth": 20, "naturalHeight": 10, "width": 5},
        {"url": "https://img.example/3.jpg", "title": "The pier", "primary": True},
    ]

    assert read(images=images)["images"] == [
        {"url": "https://img.example/3.jpg", "caption": "The pier"},
        {"url": "https://img.example/2.jpg", "width": 20, "height": 10},
    ]  # N60
