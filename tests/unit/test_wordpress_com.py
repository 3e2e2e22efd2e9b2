"""Posts of WordPress.com, which have names of their own."""

from typing import Any

import pytest

from .build import accept, refuse

POST = {"ID": 448, "site_ID": 7, "URL": "https://blog.example/ferry/", "title": "Ferry returns"}


def read(**members: Any) -> dict[str, Any]:
    return accept({**POST, **members})


def test_the_least_post() -> None:
    assert read() == {
        "shape": "wordpress-com",
        "source_id": "448",
        "url": "https://blog.example/ferry/",
        "canonical_url": "https://blog.example/ferry/",
        "source": {"domain": "blog.example"},
        "title": "Ferry returns",
        "status": "usable",
    }


@pytest.mark.parametrize(
    "members",
    [
        {"guid": "https://blog.example/?p=448", "type": "post"},  # of ninjs and RSS, too
        {"guid": "https://blog.example/?p=448", "link": "https://blog.example/ferry/"},
    ],
)
def test_it_is_known_by_its_own_names(members: dict[str, Any]) -> None:
    assert read(**members) == read()


def test_a_row_of_a_spreadsheet_is_none() -> None:
    row = {
        "ID": 1,
        "URL": "https://blog.example/ferry/",
        "Title": "Ferry",
        "headline": "Ferry",
        "id": 1,
    }

    assert accept(row)["shape"] == "generic"


def test_an_object_of_terms_is_the_section_or_the_tags() -> None:
    terms = {
        "Boats &amp; ferries": {"ID": 3, "name": "Boats &amp; ferries"},
        "Port": {"name": "Port"},
    }

    assert read(tags=terms)["tags"] == [{"name": "Boats & ferries"}, {"name": "Port"}]
    assert read(categories=terms)["section"] == "Boats & ferries"


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        (
            {"name": "Ada Quay", "URL": "https://ada.example", "email": False},
            [{"name": "Ada Quay", "url": "https://ada.example"}],
        ),
        (
            {"name": "Ada Quay", "URL": "", "email": "a@b.example"},
            [{"name": "Ada Quay", "email": "a@b.example"}],
        ),
        (7, None),  # N47
    ],
)
def test_an_author_is_an_object(author: Any, authors: Any) -> None:
    assert read(author=author).get("authors") == authors


def test_the_size_of_the_featured_image_is_that_of_its_thumbnail() -> None:
    url = "https://blog.example/a.jpg"
    thumbnail = {"URL": url, "width": 1600, "height": 900}

    assert read(featured_image=url)["images"] == [{"url": url}]
    assert read(featured_image=url, post_thumbnail=thumbnail)["images"] == [
        {"url": url, "width": 1600, "height": 900}
    ]
    assert read(featured_image="", post_thumbnail=None) == read()


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"status": "publish", "password": ""}, "usable"),
        ({"status": "publish", "password": "x"}, "withheld"),
        ({"status": "future"}, "withheld"),
        ({"status": "trash", "password": "x"}, "canceled"),
    ],
)
def test_a_password_withholds_the_post(members: dict[str, Any], status: str) -> None:
    article = read(**members)

    assert article["status"] == status
    assert "warnings" not in article


def test_another_status_rejects_the_post() -> None:
    assert refuse({**POST, "status": "auto-draft"}) == [("E_FIELD_VALUE", "/status")]


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("author", "tags", "categories", "post_thumbnail", "featured_image", "date", "content")

    assert read(**dict.fromkeys(names, value))["shape"] == "wordpress-com"
