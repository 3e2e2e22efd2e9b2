"""Articles of NewsAPI and GNews; the rest is in the golden cases."""

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


def test_an_author_who_is_the_source_is_an_organization() -> None:
    assert read(author="Example Courier")["authors"] == [
        {"name": "Example Courier", "type": "organization"}  # N42
    ]
