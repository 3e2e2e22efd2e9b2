"""Posts of WordPress.com, which have names of their own; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept

POST = {"ID": 448, "site_ID": 7, "URL": "https://blog.example/ferry/", "title": "Ferry returns"}


def read(**members: Any) -> dict[str, Any]:
    return accept({**POST, **members})


@pytest.mark.parametrize(
    ("author", "authors"),
    [
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

    assert read(featured_image=url)["images"] == [{"url": url}]
    assert read(featured_image="", post_thumbnail=None) == read()
