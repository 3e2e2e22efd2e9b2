"""newspaper: what the page says, never what the tool guesses."""

from typing import Any

import pytest

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept({"title": "Ferry returns", "publish_date": None, "meta_lang": "", **members})


@pytest.mark.parametrize("name", ["top_image", "top_img", "meta_lang", "canonical_link"])
def test_it_is_known_by_its_keys(name: str) -> None:
    assert accept({"title": "Ferry", "publish_date": None, name: ""})["shape"] == "newspaper"


def test_guesses_and_settings_are_not_read() -> None:
    article = read(keywords=["sails"], summary="It sails.", language="en")

    assert article == {"shape": "newspaper", "title": "Ferry returns", "status": "usable"}


@pytest.mark.parametrize(
    ("publish_date", "expected"),
    [
        (None, "2025-04-02T06:30:00Z"),
        ("None", "2025-04-02T06:30:00Z"),
        ("2025-04-02T00:00:00", "2025-04-02T06:30:00Z"),
        ("2025-04-02 00:00:00", "2025-04-02T06:30:00Z"),
        ("2025-04-02", "2025-04-02T06:30:00Z"),
        ({"$date": 1743552000000}, "2025-04-02T06:30:00Z"),
        ({"$date": "2025-04-02T00:00:00Z"}, "2025-04-02T06:30:00Z"),
        (1743552000.0, "2025-04-02T06:30:00Z"),
        ({"$date": {"$numberLong": "1743575460000"}}, "2025-04-02T06:31:00Z"),
        ("2025-04-02T08:31:00+02:00", "2025-04-02T06:31:00Z"),
        ("2025-04-02T00:00:00+02:00", "2025-04-02T06:30:00Z"),
        ("2025-04-02T02:00:00+02:00", "2025-04-02T00:00:00Z"),
        ("2025-04-02T08:31:00", "2025-04-02T08:31:00"),
    ],
)
def test_the_time_of_the_page_counts_before_a_day(publish_date: Any, expected: str) -> None:
    page = {"article": {"published_time": "2025-04-02T08:30:00+02:00"}}
    article = read(publish_date=publish_date, meta_data=page)  # N18

    assert article.get("published_at", article.get("published_at_local")) == expected


@pytest.mark.parametrize("own", ["2025-04-02T08:30:00", "soon", 7, None])
def test_a_time_of_the_page_without_offset_does_not(own: Any) -> None:
    article = read(publish_date="2025-04-02", meta_data={"article": {"published_time": own}})

    assert article["published_at_local"] == "2025-04-02"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("set()", None),
        ("[]", None),
        ("{}", None),
        ("{'Port', \"Pilot's day\"}", ["Port", "Pilot's day"]),
        ("['Port']", ["Port"]),
        ("{'it\\'s'}", ["it's"]),
        ("Port, Ferry", ["Port", "Ferry"]),
        ("[Port]", ["[Port]"]),
        (["Port", "port"], ["Port"]),
        (None, None),
    ],
)
def test_a_set_of_python_is_a_list(written: Any, expected: list[str] | None) -> None:
    tags = read(tags=written).get("tags")  # N4

    assert (tags and [tag["name"] for tag in tags]) == expected


@pytest.mark.parametrize(
    "written", ["{" + "'\\" * 200_000 + "}", "{" + "'a', " * 100_000, "{" + "\\'" * 200_000 + "}"]
)
def test_a_hostile_set_is_read(written: str) -> None:
    """What backtracks takes hours here, and ends the run that way."""
    assert read(imgs=written)["title"] == "Ferry returns"


def test_tags_and_the_keywords_of_the_page_are_the_tags() -> None:
    article = read(tags=["Port"], meta_keywords=["", "Ferry", "port"])  # N57

    assert article["tags"] == [{"name": "Port"}, {"name": "Ferry"}]


def test_a_short_address_has_a_canonical_one() -> None:
    article = read(url="https://hrbr.example/1", canonical_link="https://harbour.example/ferry")

    assert article["url"] == "https://hrbr.example/1"
    assert article["canonical_url"] == "https://harbour.example/ferry"  # N34
    assert article["source"] == {"domain": "harbour.example"}


def test_a_canonical_link_that_is_none_is_told() -> None:
    article = read(canonical_link="8001234")  # N31

    assert article["warnings"] == ["W_URL"]
    assert "url" not in article


def test_the_top_image_comes_first_and_a_srcset_is_its_first() -> None:
    article = read(
        images=["https://img.example/1.jpg 1x, https://img.example/2.jpg 2x"],
        top_image="https://img.example/top.jpg",
    )

    assert article["images"] == [
        {"url": "https://img.example/top.jpg"},
        {"url": "https://img.example/1.jpg"},
    ]  # N60


def test_the_site_and_a_host_are_not_among_the_authors() -> None:
    article = read(
        authors=["Ada Quay", "Harbour Post", "www.facebook.com"], meta_site_name="Harbour Post"
    )

    assert article["authors"] == [{"name": "Ada Quay", "affiliation": "Harbour Post"}]


def test_a_description_keeps_its_white_space() -> None:
    assert read(meta_description=" One\u00a0two\nthree ")["description"] == "One\u00a0two\nthree"


def test_the_tree_of_the_page_is_read() -> None:
    article = read(
        meta_data={
            "article": {"section": "Port"},
            "og": {"site_name": "Harbour Post", "locale": "en_GB", "description": "It sails."},
        }
    )

    assert article["section"] == "Port"  # N56
    assert article["language"] == "en-GB"  # N54
    assert article["source"] == {"name": "Harbour Post"}
    assert article["description"] == "It sails."
