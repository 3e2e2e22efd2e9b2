"""Posts of Ghost."""

from typing import Any

import pytest

from .build import accept, refuse

POST = {"id": "5ddc", "title": "Ferry returns", "html": "<p>It sails.</p>", "feature_image": None}


def read(**members: Any) -> dict[str, Any]:
    return accept({**POST, **members})


def test_the_least_post() -> None:
    assert read() == {
        "shape": "ghost",
        "source_id": "5ddc",
        "title": "Ferry returns",
        "body_text": "It sails.",
        "body_html": "<p>It sails.</p>",
        "word_count": 2,
        "status": "usable",
    }


@pytest.mark.parametrize(
    "members",
    [
        {"primary_tag": None},
        {"comment_id": "5ddc", "uuid": "a5aa"},
        {"feature_image": None, "plaintext": "It sails."},
    ],
)
def test_it_is_known_by_its_own_names(members: dict[str, Any]) -> None:
    assert accept({"id": "5ddc", "title": "Ferry returns", **members})["shape"] == "ghost"


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"status": "published"}, "usable"),
        ({"status": "sent"}, "usable"),
        ({"status": "published", "visibility": "paid"}, "usable"),
        ({"status": "draft"}, "withheld"),
        ({"status": "scheduled"}, "withheld"),
        ({"status": "published", "visibility": "private"}, "withheld"),
    ],
)
def test_its_own_words_are_no_guess(members: dict[str, Any], status: str) -> None:
    article = read(**members)

    assert article["status"] == status  # N70
    assert "warnings" not in article


def test_another_word_rejects_the_post() -> None:
    assert refuse({**POST, "status": "in review"}) == [("E_FIELD_VALUE", "/status")]


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ([{"name": "Port"}, {"name": "#theme"}], ["Port"]),
        ([{"name": "Port"}, {"name": "Hidden", "visibility": "internal"}], ["Port"]),
        (["#theme", "Port"], ["Port"]),
    ],
)
def test_tags_for_the_theme_are_no_tags(tags: Any, names: list[str]) -> None:
    assert [tag["name"] for tag in read(tags=tags)["tags"]] == names
    assert ("section" in read(primary_tag=tags[0])) == (tags[0] == {"name": "Port"})


@pytest.mark.parametrize(
    "people",
    [
        {"authors": [{"name": "Ada Quay"}], "primary_author": {"name": "Ada"}},
        {"primary_author": {"name": "Ada Quay"}},
        {"author": {"name": "Ada Quay"}},
        {"author": "Ada Quay"},
        {"author": "5951f5fca366002ebd5dbef7", "authors": [{"name": "Ada Quay"}]},
    ],
)
def test_authors_are_objects(people: dict[str, Any]) -> None:
    assert read(**people)["authors"] == [{"name": "Ada Quay"}]


@pytest.mark.parametrize(
    ("members", "images"),
    [
        (
            {"feature_image": "https://b.example/a.jpg", "feature_image_caption": "<i>Ferry</i>"},
            [{"url": "https://b.example/a.jpg", "caption": "Ferry"}],
        ),
        ({"og_image": "https://b.example/og.jpg"}, [{"url": "https://b.example/og.jpg"}]),
    ],
)
def test_the_feature_image_comes_first(members: dict[str, Any], images: Any) -> None:
    assert read(**members)["images"] == images


def test_the_canonical_address_may_be_that_of_another_site() -> None:
    article = read(url="https://b.example/ferry/", canonical_url="https://c.example/ferry")

    assert article["canonical_url"] == "https://c.example/ferry"  # N34


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("tags", "primary_tag", "authors", "author", "visibility", "og_image", "published_at")

    assert read(**dict.fromkeys(names, value))["shape"] == "ghost"
