"""Articles of NewsAPI and GNews."""

from typing import Any

import pytest

from .build import accept

ITEM = {
    "source": {"id": None, "name": "Example Courier"},
    "title": "Ferry returns - The Example Courier",
    "url": "https://courier.example/ferry",
    "publishedAt": "2025-03-14T06:10:00Z",
}


def read(**members: Any) -> dict[str, Any]:
    return accept({**ITEM, **members})


def test_every_other_value_may_be_null() -> None:
    names = ("author", "description", "urlToImage", "content")

    assert read(**dict.fromkeys(names)) == {
        "shape": "newsapi",
        "url": "https://courier.example/ferry",
        "canonical_url": "https://courier.example/ferry",
        "source": {"name": "Example Courier", "domain": "courier.example"},
        "title": "Ferry returns",
        "published_at": "2025-03-14T06:10:00Z",
        "status": "usable",
    }


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("Ferry returns - Example Courier", "Ferry returns"),
        ("Ferry returns - at last - The example courier", "Ferry returns - at last"),
        ("Ferry returns - Another Courier", "Ferry returns - Another Courier"),
    ],
)
def test_the_name_of_the_source_is_no_part_of_the_title(title: str, cut: str) -> None:
    assert read(title=title)["title"] == cut  # N66


@pytest.mark.parametrize(
    ("content", "text", "is_cut"),
    [
        ("It sailed at s… [+1464 chars]", "It sailed at s", True),
        ("It sailed at s... [1464 chars]", "It sailed at s", True),
        ("It sailed at six.", "It sailed at six.", None),
        ("It has [12 chars]", "It has [12 chars]", None),
    ],
)
def test_a_cut_text_is_marked_and_not_counted(content: str, text: str, is_cut: Any) -> None:
    article = read(content=content)  # N64

    assert (article["body_text"], article.get("body_truncated")) == (text, is_cut)
    assert ("word_count" in article) != bool(is_cut)  # N65


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ("Lena Voss and Reuters, CNN", [{"name": "Lena Voss", "affiliation": "CNN"}]),
        ("Example Courier", [{"name": "Example Courier", "type": "organization"}]),
        ("https://www.facebook.com/courier", []),
    ],
)
def test_authors_are_read_from_one_text(author: str, authors: Any) -> None:
    assert read(author=author).get("authors", []) == authors  # N42, N43


@pytest.mark.parametrize("name", ["urlToImage", "image"])
def test_gnews_names_its_image_differently(name: str) -> None:
    assert read(**{name: "https://e.example/a.jpg"})["images"] == [
        {"url": "https://e.example/a.jpg"}
    ]


@pytest.mark.parametrize("value", [True, 7, [7], [None], {"x": 7}, [[{}]], "None"])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("author", "description", "urlToImage", "content", "publishedAt")

    assert read(**dict.fromkeys(names, value))["shape"] == "newsapi"
