"""Items of the Guardian's Open Platform; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept

ITEM = {
    "id": "city/2025/mar/14/ferry",
    "webUrl": "https://www.guardian.example/city/2025/mar/14/ferry",
    "apiUrl": "https://content.guardian.example/city/2025/mar/14/ferry",
    "webTitle": "Ferry returns | Lena Voss",
    "webPublicationDate": "2025-03-14T06:10:00+01:00",
}


def read(*, fields: Any = None, **members: Any) -> dict[str, Any]:
    return accept({**ITEM, **members, "fields": fields})


def test_a_trail_text_stands_in_for_the_standfirst() -> None:
    assert read(fields={"standfirst": "", "trailText": "At six"})["description"] == "At six"


def test_the_byline_stands_in_for_contributors() -> None:
    assert read(fields={"byline": "Lena Voss"})["authors"] == [{"name": "Lena Voss"}]


def asset(file: str, width: str) -> dict[str, Any]:
    return {"type": "image", "file": f"https://m.example/{file}", "typeData": {"width": width}}


def test_of_each_image_the_widest_asset_is_kept_and_the_main_one_comes_first() -> None:
    assets = [asset("s.jpg", "460"), asset("l.jpg", "1000"), asset("m.jpg", "620")]
    elements = [
        {"type": "image", "relation": "body", "assets": [asset("pier.jpg", "500")]},
        {"type": "image", "relation": "main", "assets": assets},
        {"type": "video", "relation": "body", "assets": [asset("film.mp4", "9000")]},
    ]
    article = read(elements=elements, fields={"thumbnail": "https://m.example/140.jpg"})

    assert [image["url"][18:] for image in article["images"]] == ["l.jpg", "pier.jpg", "140.jpg"]


def test_the_picture_above_the_text_is_an_image() -> None:
    html = '<figure><img alt="x" src="https://m.example/a.jpg" width="9"/></figure>'

    assert read(fields={"main": html})["images"] == [{"url": "https://m.example/a.jpg"}]


@pytest.mark.parametrize(
    "told",
    [
        *({"published": False}, {"published": "false"}, {"isPublished": "False"}),
        *({"draft": True}, {"is_draft": ["true"]}, {"deleted": 1}),
    ],
)
def test_a_part_that_is_not_public_stays_out(told: Any) -> None:
    html = "<p>Draft <img src='https://m.example/draft.jpg'></p>"
    element = {"type": "image", "assets": [asset("draft.jpg", "9")], **told}
    hidden, shown = {"bodyHtml": html, **told}, {"bodyHtml": "<p>It sails.</p>", "published": True}

    article = read(blocks={"main": hidden, "body": [hidden, shown]}, elements=[element])

    assert article["body_text"] == "It sails."  # N104
    assert "images" not in article
    assert "body_text" not in read(blocks={"body": [hidden]})


@pytest.mark.parametrize("told", [{"published": None}, {"draft": "NFL draft"}, {"deleted": {}}])
def test_a_part_that_says_no_such_thing_stays(told: Any) -> None:
    assert read(blocks={"body": [{"bodyHtml": "<p>It sails.</p>", **told}]})["body_text"]


@pytest.mark.parametrize(("count", "words"), [("750", 750), ("0", 2), (None, 2)])
def test_the_word_count_is_a_text(count: Any, words: int) -> None:
    assert read(fields={"wordcount": count, "body": "<p>It sails.</p>"})["word_count"] == words
