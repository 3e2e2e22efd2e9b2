"""Posts of the WordPress REST API; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept

POST = {
    "id": 448,
    "link": "https://blog.example/?p=448",
    "title": {"rendered": "Ferry returns &#8211; at last"},
    "content": {"rendered": "<p>It sails.</p>\n", "protected": False},
}


def read(**members: Any) -> dict[str, Any]:
    return accept({**POST, **members})


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
        (  # a draft
            {"date_gmt": "0000-00-00T00:00:00", "date": "2025-03-14T07:10:00"},
            {"published_at_local": "2025-03-14T07:10:00", "warnings": ["W_DATE_SENTINEL"]},  # N14
        ),
    ],
)
def test_gmt_is_an_instant_and_the_other_time_is_local(dates: Any, expected: Any) -> None:
    assert read(**dates) == {**read(), **expected}  # N18


def test_numbers_and_errors_are_no_names() -> None:
    error = {"code": "rest_user_invalid_id", "message": "Invalid."}

    assert read(author=1, tags=[5, 6], categories=[3], featured_media=12) == read()  # N47, N57
    assert read(_embedded={"author": [error]}) == read()


def test_yoast_tells_what_the_post_does_not() -> None:
    yoast = {
        "author": "Lena Voss",
        "canonical": "https://blog.example/ferry",
        "og_locale": "en_GB",
        "og_site_name": "Harbour Blog",
        "og_image": [{"url": "https://blog.example/og.jpg", "width": 1200, "height": 630}],
    }

    assert read(yoast_head_json=yoast) == {
        **read(),
        "authors": [{"name": "Lena Voss"}],
        "canonical_url": "https://blog.example/ferry",  # N34
        "language": "en-GB",  # N54
        "source": {"name": "Harbour Blog", "domain": "blog.example"},
        "images": yoast["og_image"],
    }


def test_the_first_category_is_the_section() -> None:
    terms = [{"name": it, "taxonomy": "category"} for it in ("Harbour", "City")]

    assert read(_embedded={"wp:term": [terms]}) == {**read(), "section": "Harbour"}
