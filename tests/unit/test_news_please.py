"""news-please: "None" for nothing, and odd lists of names; the rest is in the golden cases."""

from typing import Any

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept({"title": "Ferry returns", "maintext": "It sails.", **members})


def test_none_as_a_text_is_nothing() -> None:
    names = ("authors", "date_publish", "date_modify", "date_download", "image_url", "language")

    assert read(**dict.fromkeys((*names, "source_domain", "url"), "None")) == read()  # N4


def test_the_page_itself_is_no_image() -> None:
    page = "https://harbour.example/news/ferry"

    assert "images" not in read(url=page, image_url=page)  # N60
    assert "images" in read(url=page, image_url=f"{page}.jpg")


def test_a_combined_byline_and_its_names_are_told_once() -> None:
    article = read(authors=["Ada Quay, Tom Pier", "ADA QUAY", "MAX MOLE", "www.facebook.com"])

    names = [author["name"] for author in article["authors"]]
    assert names == ["Ada Quay", "Tom Pier", "MAX MOLE"]  # N41, N43, N45


def test_the_image_of_2017_is_read() -> None:
    image = "https://img.example/1.jpg"

    assert read(**{"image-url": image})["images"] == [{"url": image}]


def test_a_feed_names_the_publisher_of_a_bare_host() -> None:
    document = {"title": "Ferry returns", "maintext": "x", "source_domain": "www.harbour.example"}

    source = accept(document, publisher={"name": "Harbour Post"})["source"]  # N86
    assert source == {"name": "Harbour Post", "domain": "harbour.example"}
