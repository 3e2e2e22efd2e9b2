"""Entries of dpa digitalwires."""

from typing import Any

import pytest

from .build import accept, refuse

ENTRY = {"urn": "urn:newsml:dpa.com:20090101:250402-99-1", "version": 2, "headline": "Fähre"}


def read(**members: Any) -> dict[str, Any]:
    return accept({"pubstatus": "usable", **ENTRY, **members})


@pytest.mark.parametrize(
    "members",
    [{"pubstatus": "usable"}, {"version_created": None}, {"article_html": "", "title": "x"}],
)
def test_it_is_known_by_its_own_names(members: dict[str, Any]) -> None:
    assert accept({**ENTRY, **members}) == {
        "shape": "dpa",
        "source_id": "urn:newsml:dpa.com:20090101:250402-99-1",
        "title": "Fähre",
        "version": "2",
        "status": "usable",
    }


def test_what_is_for_editors_is_never_read() -> None:
    notes = {"public_html": "<p>Bilder folgen</p>", "nonpublic_html": "<p>+49 30 1</p>"}

    assert (
        read(notepad=notes, ednotes=[{"ednote": "+49 30 1"}], dateline="Berlin (dpa) - ") == read()
    )


def test_a_box_of_the_article_belongs_to_its_text() -> None:
    article = read(article_html="<p>Sie fährt.</p>", infobox_html="<h2>Die Fähre</h2>")

    assert article["body_text"] == "Sie fährt.\n\nDie Fähre"


@pytest.mark.parametrize("prefix", ["", "dnltype:"])
def test_categories_of_some_types_are_tags(prefix: str) -> None:
    categories = [
        {"type": f"{prefix}dpasubject", "name": "Schiff", "qcode": "dpasubject:1"},
        {"type": f"{prefix}keyword", "name": "Fähre", "qcode": None},
        {"type": f"{prefix}creator", "name": "kai.ada"},
        {"type": f"{prefix}provider", "name": "dpa"},
    ]
    article = read(categories=categories)

    assert article["tags"] == [{"name": "Schiff", "code": "dpasubject:1"}, {"name": "Fähre"}]
    assert article["source"] == {"name": "dpa"}


def test_the_widest_rendition_of_the_feature_image_comes_first() -> None:
    pictures = [
        {"type": "image", "renditions": [{"url": "https://b.example/1.jpg", "width": 800}]},
        {
            "type": "image",
            "is_featureimage": True,
            "caption": "Die Fähre",
            "creditline": "Per Aune/dpa",
            "renditions": [
                {"url": "https://b.example/2.jpg", "width": 256},
                {"url": "https://b.example/3.jpg", "width": 2048},
            ],
        },
        {"type": "audio", "renditions": [{"url": "https://b.example/a.mp3"}]},
    ]

    assert read(article_html="<p>x</p>", associations=pictures)["images"] == [
        {
            "url": "https://b.example/3.jpg",
            "caption": "Die Fähre",
            "credit": "Per Aune/dpa",
            "width": 2048,
        },
        {"url": "https://b.example/1.jpg", "width": 800},
    ]


def test_a_picture_without_a_text_is_no_article_but_a_notice_is() -> None:
    picture = {**ENTRY, "article_html": None, "associations": [{"type": "image"}]}

    assert refuse({**picture, "pubstatus": "usable"}) == [
        ("E_NOT_ARTICLE", "/associations/0/type")
    ]  # N71
    assert accept({**picture, "pubstatus": "canceled"})["status"] == "canceled"


def test_an_embargo_holds_the_article_back() -> None:
    article = read(embargoed="2026-03-03T10:00:00+01:00")

    assert article["embargoed_until"] == "2026-03-03T09:00:00Z"
    assert read(embargoed="morgen früh")["status"] == "withheld"  # N69


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = (
        "categories",
        "associations",
        "byline",
        "rubric_names",
        "usageterms",
        "version_created",
    )
    article = read(**dict.fromkeys(names, value), article_html="<p>x</p>")

    assert article["shape"] == "dpa"
