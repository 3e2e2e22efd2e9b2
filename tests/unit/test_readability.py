"""Readability: no address, no id, and bylines as the page had them."""

from typing import Any

import pytest

from .build import accept, refuse


def read(**members: Any) -> dict[str, Any]:
    return accept({"title": "Ferry returns", "byline": None, "siteName": None, **members})


@pytest.mark.parametrize("name", ["readerable", "textContent", "siteName", "dir"])
def test_it_is_known_by_its_keys(name: str) -> None:
    assert accept({"title": "Ferry", "byline": None, name: None})["shape"] == "readability"


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Ada Quay", ["Ada Quay"]),
        ("By\n\t\tAda Quay", ["Ada Quay"]),
        ("By\n  Ada Quay\n  and\n  Tom Pier", ["Ada Quay", "Tom Pier"]),
        ("Ada Quay\n  Senior Reporter", ["Ada Quay"]),
        ("by Ada Quay22 Dec 2016651", ["Ada Quay"]),
        ("Ada Quay - Apr 16, 2015 8:02 pm UTC", ["Ada Quay"]),
        ("By Ada Quay June 2, 2015", ["Ada Quay"]),
        ("Ada Quay (with Tom Pier)", ["Ada Quay", "Tom Pier"]),
        ("Ada Quay (avec Tom Pier et Max Mole)", ["Ada Quay", "Tom Pier", "Max Mole"]),
        ("Ada Quay (Wellington)", ["Ada Quay (Wellington)"]),
    ],
)
def test_the_names_of_a_byline_are_found(byline: str, expected: list[str]) -> None:
    article = read(byline=byline)

    assert [author["name"] for author in article["authors"]] == expected
    assert article["byline"] == " ".join(byline.split())


def test_an_address_in_brackets_is_the_authors() -> None:
    article = read(byline="Ada Quay (ada@harbour.example)")

    assert article["authors"] == [{"name": "Ada Quay", "email": "ada@harbour.example"}]


def test_minutes_without_offset_stay_local() -> None:
    assert read(publishedTime="2018-04-05T06:00")["published_at_local"] == "2018-04-05T06:00:00"


def test_free_text_is_no_date() -> None:
    assert read(publishedTime="yesterday")["warnings"] == ["W_DATE"]  # N15


def test_the_title_does_not_end_in_the_site() -> None:
    article = read(title="Ferry returns | Harbour Post", siteName="The Harbour Post")

    assert article["title"] == "Ferry returns"  # N66


def test_text_and_html_are_both_kept() -> None:
    article = read(content="<p>It sails.</p>", textContent="\n\n\t It\n sails.\n\n\n\n Again. ")

    assert article["body_html"] == "<p>It sails.</p>"  # N61
    assert article["body_text"] == "It\nsails.\n\nAgain."


def test_an_excerpt_alone_is_no_article() -> None:
    document = {"title": "", "byline": None, "dir": None, "excerpt": "It sails."}

    assert refuse(document) == [("E_NO_CONTENT", None)]


@pytest.mark.parametrize(("lang", "expected"), [("en-us", "en-US"), ("zh-TW", "zh-TW")])
def test_the_language_is_a_tag(lang: str, expected: str) -> None:
    assert read(lang=lang)["language"] == expected
