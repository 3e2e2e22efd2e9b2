"""JSON Feed: items of both versions, alone or in their feed, and those of Rogue Scholar."""

from typing import Any

import pytest

from .build import accept, judge, refuse


def read(**members: Any) -> dict[str, Any]:
    return accept({"id": "1", "content_text": "It sails.", **members})


@pytest.mark.parametrize("name", ["content_html", "content_text", "date_published"])
def test_an_item_is_known_by_its_keys(name: str) -> None:
    assert accept({"id": "1", name: None, "title": "Ferry returns"})["shape"] == "jsonfeed"


def test_an_item_needs_no_title() -> None:
    assert "title" not in read()


@pytest.mark.parametrize(("identifier", "expected"), [(" 7 ", "7"), (7, "7"), ("tag:a", "tag:a")])
def test_the_id_is_a_text_or_a_number(identifier: Any, expected: str) -> None:
    assert read(id=identifier)["source_id"] == expected  # N7


@pytest.mark.parametrize("identifier", [True, {"a": "b"}, [[1]]])
def test_an_id_of_another_type_rejects_the_item(identifier: Any) -> None:
    assert refuse({"id": identifier, "content_text": "It sails."}) == [("E_FIELD_TYPE", "/id")]


def test_the_page_it_links_to_is_the_address_of_an_item_without_its_own() -> None:
    link = {"external_url": "https://port.example/"}

    assert read(**link)["url"] == "https://port.example/"
    assert read(url="https://harbour.example/1", **link)["url"] == "https://harbour.example/1"


def test_the_image_counts_before_the_banner() -> None:
    banner = {"banner_image": "https://img.example/b.jpg"}

    assert read(**banner)["images"] == [{"url": "https://img.example/b.jpg"}]
    assert read(image="https://img.example/i.jpg", **banner)["images"] == [
        {"url": "https://img.example/i.jpg"}
    ]


def test_authors_of_version_1_1_count_before_the_author_of_version_1() -> None:
    old = {"author": {"name": "Harbour desk"}}

    assert read(**old)["authors"] == [{"name": "Harbour desk"}]
    assert read(authors=[{"name": "Ada Quay"}], **old)["authors"] == [{"name": "Ada Quay"}]


def test_the_feed_speaks_for_an_item_that_does_not() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "de",
        "authors": [{"name": "Harbour desk"}],
        "items": [{"id": "1", "content_text": "Sie fährt."}],
    }
    article = accept(feed)  # N54

    assert article["language"] == "de"
    assert article["authors"] == [{"name": "Harbour desk"}]


def test_scripts_stay_out() -> None:
    article = read(content_text=None, content_html="<p>Hello</p><script>alert(1)</script>")

    assert article["body_html"] == "<p>Hello</p>"  # N62
    assert article["body_text"] == "Hello"


def test_epoch_seconds_and_the_blog_are_read() -> None:
    article = read(
        published_at=1743575400,
        indexed_at=1743660000,
        blog={"title": "Harbour Blog", "language": "en", "license": "https://licence.example/by"},
    )

    assert article["published_at"] == "2025-04-02T06:30:00Z"
    assert article["retrieved_at"] == "2025-04-03T06:00:00Z"  # N17
    assert article["source"] == {"name": "Harbour Blog"}
    assert article["language"] == "en"  # N54
    assert article["rights"] == {"license_url": "https://licence.example/by"}


@pytest.mark.parametrize("items", [[{"title": [1, 2, 3]}], [{"id": "1"}]])
def test_an_item_without_content_is_rejected(items: list[Any]) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}

    assert not hasattr(judge(feed), "article")
