"""Posts of Substack."""

from typing import Any

import pytest

from .build import accept

POST = {"id": 1, "title": "Ferry returns", "publishedBylines": [], "body_html": "<p>It sails.</p>"}


def read(**members: Any) -> dict[str, Any]:
    return accept({**POST, **members})


@pytest.mark.parametrize(
    "members",
    [
        {"truncated_body_text": "It"},
        {"postTags": []},
        {"post_date": None, "audience": "everyone"},
        {"post_date": None, "canonical_url": None, "body_html": "<p>It sails.</p>"},
    ],
)
def test_it_is_known_by_its_own_names(members: dict[str, Any]) -> None:
    assert accept({"id": 1, "title": "Ferry", **members})["shape"] == "substack"


def test_other_posts_with_a_date_are_not_its_own() -> None:
    document = {"id": 1, "title": "Ferry", "post_date": "2025-04-02", "content": "It sails."}

    assert accept(document)["shape"] == "generic"


def test_every_writer_of_a_post_is_an_author() -> None:
    writers = [{"name": "Ada Quay", "handle": "ada", "bio": "Writes."}, {"name": "Tom Pier"}]

    assert read(publishedBylines=writers)["authors"] == [{"name": "Ada Quay"}, {"name": "Tom Pier"}]


def test_the_beginning_of_a_post_for_subscribers_is_no_text() -> None:
    article = read(body_html=None, truncated_body_text="The beginning…", audience="only_paid")

    assert article["description"] == "The beginning…"
    assert not article.keys() & {"body_text", "body_html"}


@pytest.mark.parametrize(
    ("value", "status"), [(True, "usable"), (None, "usable"), (False, "withheld")]
)
def test_a_post_that_is_not_published_is_withheld(value: Any, status: str) -> None:
    assert read(is_published=value)["status"] == status


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("publishedBylines", "postTags", "cover_image", "publication", "is_published")

    assert read(**dict.fromkeys(names, value))["shape"] == "substack"
