"""Readability: bylines as the page had them; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept, refuse


def read(**members: Any) -> dict[str, Any]:
    return accept({"title": "Ferry returns", "byline": None, "siteName": None, **members})


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Ada Quay June 2, 2015", ["Ada Quay"]),
        ("Ada Quay (avec Tom Pier et Max Mole)", ["Ada Quay", "Tom Pier", "Max Mole"]),
    ],
)
def test_the_names_of_a_byline_are_found(byline: str, expected: list[str]) -> None:
    article = read(byline=byline)

    assert [author["name"] for author in article["authors"]] == expected
    assert article["byline"] == " ".join(byline.split())


def test_the_title_does_not_end_in_the_site() -> None:
    article = read(title="Ferry returns | Harbour Post", siteName="The Harbour Post")

    assert article["title"] == "Ferry returns"  # N66


def test_white_space_of_the_text_is_that_of_paragraphs() -> None:
    article = read(content="<p>It sails.</p>", textContent="\n\n\t It\n sails.\n\n\n\n Again. ")

    assert article["body_html"] == "<p>It sails.</p>"  # N61
    assert article["body_text"] == "It\nsails.\n\nAgain."


def test_an_excerpt_alone_is_no_article() -> None:
    document = {"title": "", "byline": None, "dir": None, "excerpt": "It sails."}

    assert refuse(document) == [("E_NO_CONTENT", None)]
