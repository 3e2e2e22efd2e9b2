"""Posts of the WordPress REST API."""

from typing import Any

import pytest

from .build import accept, refuse

POST = {
    "id": 448,
    "link": "https://blog.example/?p=448",
    "title": {"rendered": "Ferry returns &#8211; at last"},
    "content": {"rendered": "<p>It sails.</p>\n", "protected": False},
}


def read(**members: Any) -> dict[str, Any]:
    return accept({**POST, **members})


def test_the_least_post() -> None:
    assert read() == {
        "shape": "wordpress",
        "source_id": "448",
        "url": "https://blog.example/?p=448",
        "canonical_url": "https://blog.example/?p=448",
        "source": {"domain": "blog.example"},
        "title": "Ferry returns – at last",
        "body_text": "It sails.",
        "body_html": "<p>It sails.</p>",
        "word_count": 2,
        "status": "usable",
    }


def test_a_post_without_a_title_is_an_article() -> None:
    assert "title" not in read(title={"rendered": ""})


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            {"date_gmt": "2025-03-14T06:10:00", "date": "2025-03-14T07:10:00"},
            {"published_at": "2025-03-14T06:10:00Z"},
        ),
        ({"date": "2025-03-14T07:10:00"}, {"published_at_local": "2025-03-14T07:10:00"}),
        ({"modified_gmt": "2025-03-14T06:10:00"}, {"modified_at": "2025-03-14T06:10:00Z"}),
        ({"date_gmt": "2025-03-14T06:10:00+01:00"}, {"published_at": "2025-03-14T05:10:00Z"}),
    ],
)
def test_gmt_is_an_instant_and_the_other_time_is_local(dates: Any, expected: Any) -> None:
    assert read(**dates) == {**read(), **expected}  # N18


def test_a_draft_without_a_time_in_gmt_has_its_local_one() -> None:
    article = read(date_gmt="0000-00-00T00:00:00", date="2025-03-14T07:10:00")

    assert article["published_at_local"] == "2025-03-14T07:10:00"
    assert article["warnings"] == ["W_DATE_SENTINEL"]  # N14


def test_numbers_are_no_names() -> None:
    assert read(author=1, tags=[5, 6], categories=[3], featured_media=12) == read()  # N47, N57


def embedded(name: str, value: Any) -> dict[str, Any]:
    return read(_embedded={name: value})


def test_embedded_authors_are_read() -> None:
    author = {"id": 1, "name": "Lena Voss", "url": "", "link": "https://blog.example/lena/"}

    assert embedded("author", [author])["authors"] == [
        {"name": "Lena Voss", "url": "https://blog.example/lena/"}
    ]
    assert embedded("author", [{"code": "rest_user_invalid_id", "message": "Invalid."}]) == read()


def test_yoast_tells_what_the_post_does_not() -> None:
    yoast = {
        "author": "Lena Voss",
        "canonical": "https://blog.example/ferry",
        "og_locale": "en_GB",
        "og_site_name": "Harbour Blog",
        "og_image": [{"url": "https://blog.example/og.jpg", "width": 1200, "height": 630}],
    }

    article = read(yoast_head_json=yoast)

    assert article["authors"] == [{"name": "Lena Voss"}]
    assert article["canonical_url"] == "https://blog.example/ferry"  # N34
    assert article["language"] == "en-GB"  # N54
    assert article["source"] == {"name": "Harbour Blog", "domain": "blog.example"}
    assert article["images"][0]["width"] == 1200


def test_embedded_terms_are_the_section_and_the_tags() -> None:
    article = embedded(
        "wp:term",
        [
            [{"name": "Harbour", "taxonomy": "category"}, {"name": "City", "taxonomy": "category"}],
            [{"name": "Boats &amp; ferries", "taxonomy": "post_tag"}],
        ],
    )

    assert (article["section"], article["tags"]) == ("Harbour", [{"name": "Boats & ferries"}])


def test_the_featured_media_is_the_image() -> None:
    media = {
        "source_url": "https://blog.example/ferry.jpg",
        "caption": {"rendered": "<p>The ferry</p>\n"},
        "media_details": {"width": 1600, "height": 900},
    }

    assert embedded("wp:featuredmedia", [media])["images"] == [
        {
            "url": "https://blog.example/ferry.jpg",
            "caption": "The ferry",
            "width": 1600,
            "height": 900,
        }
    ]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("publish", "usable"),
        ("draft", "withheld"),
        ("private", "withheld"),
        ("pending", "withheld"),
        ("future", "withheld"),
        ("trash", "canceled"),
    ],
)
def test_the_words_of_wordpress_are_no_guess(word: str, status: str) -> None:
    article = read(status=word)

    assert article["status"] == status  # N70
    assert "warnings" not in article


def test_another_word_rejects_the_post() -> None:
    assert refuse({**POST, "status": "auto-draft"}) == [("E_FIELD_VALUE", "/status")]


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("excerpt", "_embedded", "yoast_head_json", "date_gmt", "lang")
    parts = dict.fromkeys(("author", "wp:term", "wp:featuredmedia"), value)

    assert read(**dict.fromkeys(names, value))["shape"] == "wordpress"
    assert read(_embedded=parts)["shape"] == "wordpress"
