"""Items of the Guardian's Open Platform."""

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


def contributor(name: str) -> dict[str, Any]:
    return {"type": "contributor", "id": f"profile/{name}", "webTitle": name}


@pytest.mark.parametrize(
    "names", [("webPublicationDate", "webTitle"), ("webTitle", "apiUrl", "webUrl")]
)
def test_an_item_is_known_by_its_fields(names: tuple[str, ...]) -> None:
    assert accept({"id": "x", **{name: ITEM[name] for name in names}})["shape"] == "guardian"


def test_the_least_item() -> None:
    assert read() == {
        "shape": "guardian",
        "source_id": ITEM["id"],
        "url": ITEM["webUrl"],
        "canonical_url": ITEM["webUrl"],
        "source": {"domain": "guardian.example"},
        "title": "Ferry returns | Lena Voss",
        "published_at": "2025-03-14T05:10:00Z",
        "status": "usable",
    }


def test_what_the_desk_wrote_goes_before_what_the_page_shows() -> None:
    article = read(fields={"headline": "Ferry returns", "standfirst": "<p>At <b>six</b></p>"})

    assert (article["title"], article["description"]) == ("Ferry returns", "At six")


def test_a_trail_text_stands_in_for_the_standfirst() -> None:
    assert read(fields={"standfirst": "", "trailText": "At six"})["description"] == "At six"


def test_contributors_go_before_the_byline() -> None:
    byline = {"byline": "Lena Voss and agencies in Paris"}

    assert [a["name"] for a in read(fields=byline, tags=[contributor("Lena Voss")])["authors"]] == [
        "Lena Voss"
    ]  # N44
    assert read(fields={"byline": "Lena Voss"})["authors"] == [{"name": "Lena Voss"}]


def test_only_keywords_are_tags() -> None:
    keyword = {"type": "keyword", "id": "city/ferries", "webTitle": "Ferries, bridges"}
    tone = {"type": "tone", "id": "tone/news", "webTitle": "News"}

    assert read(tags=[tone, keyword, contributor("Lena Voss")])["tags"] == [
        {"name": "Ferries, bridges", "code": "city/ferries"}  # N57
    ]


def asset(file: str, width: str) -> dict[str, Any]:
    return {"type": "image", "file": f"https://m.example/{file}", "typeData": {"width": width}}


def test_of_each_image_the_widest_asset_is_kept_and_the_main_one_comes_first() -> None:
    elements = [
        {"type": "image", "relation": "body", "assets": [asset("pier.jpg", "500")]},
        {
            "type": "image",
            "relation": "main",
            "assets": [asset("s.jpg", "460"), asset("l.jpg", "1000"), asset("m.jpg", "620")],
        },
        {"type": "video", "relation": "body", "assets": [asset("film.mp4", "9000")]},
    ]

    article = read(elements=elements, fields={"thumbnail": "https://m.example/140.jpg"})

    assert [image["url"][18:] for image in article["images"]] == ["l.jpg", "pier.jpg", "140.jpg"]


def test_the_picture_above_the_text_is_an_image() -> None:
    html = '<figure><img alt="x" src="https://m.example/a.jpg" width="9"/></figure>'

    assert read(fields={"main": html})["images"] == [{"url": "https://m.example/a.jpg"}]


def test_a_live_blog_has_its_text_in_blocks() -> None:
    blocks = {
        "body": [{"bodyHtml": "<p>It sails.</p>"}, {"id": "x"}, {"bodyHtml": "<p>At six.</p>"}]
    }

    article = read(blocks=blocks)

    assert article["body_text"] == "It sails.\n\nAt six."  # N61
    assert article["body_html"] == "<p>It sails.</p>\n\n<p>At six.</p>"


@pytest.mark.parametrize(
    "told",
    [
        {"published": False},
        {"published": "false"},
        {"isPublished": "False"},
        {"draft": True},
        {"is_draft": ["true"]},
        {"deleted": 1},
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


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"isExpired": True}, "withheld"),
        ({"isExpired": "true"}, "withheld"),
        ({"isExpired": "false"}, "usable"),
        ({"isGone": True}, "canceled"),
        ({"isGone": "true", "isExpired": True}, "canceled"),
        ({"isGone": False}, "usable"),
        ({"isGone": {}}, "usable"),
    ],
)
def test_an_item_may_be_gone_or_expired(told: Any, status: str) -> None:
    article = read(**told)

    assert article["status"] == status  # N70
    assert "warnings" not in article


def test_a_plan_of_the_desk_is_no_date_of_the_article() -> None:
    article = read(fields={"scheduledPublicationDate": "2113-01-01T00:00:00Z"})

    assert "warnings" not in article  # N14


@pytest.mark.parametrize(
    "value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [{"type": "image"}]]
)
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("tags", "elements", "blocks", "isGone", "sectionName")

    assert read(fields=value, **dict.fromkeys(names, value))["shape"] == "guardian"
