"""newspaper: what the page says, never what the tool guesses."""

from typing import Any

import pytest

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept({"title": "Ferry returns", "publish_date": None, "meta_lang": "", **members})


def test_guesses_and_settings_are_not_read() -> None:
    assert read(keywords=["sails"], summary="It sails.", language="en") == read()


@pytest.mark.parametrize(
    ("publish_date", "expected"),
    [
        *((it, "2025-04-02T06:30:00Z") for it in (None, "None", "2025-04-02", 1743552000.0)),
        *((f"2025-04-02{it}", "2025-04-02T06:30:00Z") for it in ("T00:00:00", " 00:00:00")),
        ({"$date": 1743552000000}, "2025-04-02T06:30:00Z"),
        ({"$date": "2025-04-02T00:00:00Z"}, "2025-04-02T06:30:00Z"),
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
        *((it, None) for it in ("set()", "[]", "{}", None)),
        ("{'Port', \"Pilot's day\"}", ["Port", "Pilot's day"]),
        ("['Port']", ["Port"]),
        ("{'it\\'s'}", ["it's"]),
        ("Port, Ferry", ["Port", "Ferry"]),
        ("[Port]", ["[Port]"]),
        (["Port", "port"], ["Port"]),
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


def test_a_description_keeps_its_white_space() -> None:
    assert read(meta_description=" One\u00a0two\nthree ")["description"] == "One\u00a0two\nthree"


def test_the_tree_of_the_page_is_read() -> None:
    page = {"site_name": "Harbour Post", "locale": "en_GB", "description": "It sails."}

    assert read(meta_data={"og": page}) == {
        **read(),
        "language": "en-GB",  # N54
        "source": {"name": "Harbour Post"},
        "description": "It sails.",
    }
