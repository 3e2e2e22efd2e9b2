"""Articles of the New York Times' APIs; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept

URL = "https://www.nyt.example/2025/03/14/ferry.html"
SEARCH = {"web_url": URL, "headline": {"main": "Ferry Returns"}}

NOBODY: list[Any] = [None, [], {"original": None, "person": []}]


def read(**members: Any) -> dict[str, Any]:
    return accept({**SEARCH, **members})


@pytest.mark.parametrize(
    ("members", "known_as"),
    [
        ({"_id": "54f325", "uri": "nyt://article/1"}, "nyt://article/1"),  # N106
        ({"_id": "54f325", "uri": "https://nyt.example/1"}, "54f325"),
        ({"_id": "nyt://article/1"}, "nyt://article/1"),
        ({"uri": "nyt://article/1", "id": 100000007}, "nyt://article/1"),
        ({"id": 100000007}, "100000007"),
    ],
)
def test_the_identifier_is_that_of_the_api(members: Any, known_as: str) -> None:
    assert read(**members)["source_id"] == known_as


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ({"original": None, "person": [], "organization": "The Board"}, ["The Board"]),
        ({"name": "Amara Diallo"}, ["Amara Diallo"]),
        *((it, []) for it in NOBODY),
    ],
)
def test_a_byline_that_is_not_printed_names_who_it_can(byline: Any, names: list[str]) -> None:
    article = read(byline=byline)  # N44

    assert [author["name"] for author in article.get("authors", [])] == names
    assert "byline" not in article
    assert "warnings" not in article


def test_the_widest_rendition_is_the_image_with_its_caption_and_credit() -> None:
    told = {"type": "image", "caption": "The ferry", "copyright": "Lena Voss", "height": 9}
    multimedia = [{**told, "url": f"images/{n}.jpg", "width": n} for n in (75, 600, 190)]
    image = {"caption": "The ferry", "credit": "Lena Voss", "width": 600, "height": 9}

    assert read(multimedia=[*multimedia, {"type": "video", "url": "film.mp4", "width": 9000}]) == {
        **read(),
        "images": [{"url": "https://static01.nyt.com/images/600.jpg", **image}],  # N60
    }


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"updated": "2025-03-14 06:10:00"}, {"modified_at_local": "2025-03-14T06:10:00"}),
        (
            {"updated": "2025-03-14 06:10:00", "updated_date": "2025-03-14T06:10:00-05:00"},
            {"modified_at": "2025-03-14T11:10:00Z"},
        ),
        ({"section_name": "New York", "section": "nyregion"}, {"section": "New York"}),
        ({"abstract": "", "snippet": "At six."}, {"description": "At six."}),
        ({"copyright": "(c) 2025"}, {"rights": {"notice": "(c) 2025"}}),
    ],
)
def test_what_the_apis_name_differently_is_the_same(members: Any, expected: Any) -> None:
    assert {**read(), **expected} == read(**members)
