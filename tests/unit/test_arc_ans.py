"""Stories of Arc XP."""

from typing import Any

import pytest

from .build import accept, refuse

STORY = {"_id": "QUAY", "type": "story", "version": "0.10.7", "headlines": {"basic": "Ferry"}}


def read(**members: Any) -> dict[str, Any]:
    return accept({**STORY, **members})


def test_the_least_story_has_neither_an_address_nor_the_version_of_the_schema() -> None:
    expected = {"shape": "arc-ans", "source_id": "QUAY", "title": "Ferry", "status": "usable"}

    assert read() == expected
    assert read(canonical_url="/2025/ferry/", workflow={"status_code": 1}) == expected  # N31


def test_an_absolute_address_is_one() -> None:
    assert read(canonical_url="https://p.example/ferry/")["url"] == "https://p.example/ferry/"


@pytest.mark.parametrize(
    "document",
    [
        {"_id": "1", "type": "gallery", "version": "0.10.7", "content_elements": []},
        {"_id": "1", "type": "video", "version": "0.10.7", "headlines": {"basic": "Ferry"}},
        {"_id": "1", "type": "image", "version": "0.10.7", "additional_properties": {}},
        {"type": "results", "content_elements": [], "count": 0},
    ],
)
def test_only_a_story_is_an_article(document: dict[str, Any]) -> None:
    assert refuse(document) == [("E_NOT_ARTICLE", "/type")]  # N71


@pytest.mark.parametrize(
    ("element", "html"),
    [
        ({"type": "text", "content": "One <b>vote</b>"}, "<p>One <b>vote</b></p>"),
        ({"type": "header", "level": 3, "content": "Vote"}, "<h3>Vote</h3>"),
        ({"type": "header", "level": 9, "content": "Vote"}, "<h2>Vote</h2>"),
        ({"type": "raw_html", "content": "<p>Vote<script>x()</script></p>"}, "<p>Vote</p>"),
        (
            {"type": "list", "list_type": "ordered", "items": [{"type": "text", "content": "a"}]},
            "<ol><li>a</li></ol>",
        ),
        (
            {
                "type": "list",
                "items": [{"type": "list", "items": [{"type": "text", "content": "a"}]}],
            },
            "<ul><li><ul><li>a</li></ul></li></ul>",
        ),
        (
            {
                "type": "quote",
                "content_elements": [{"type": "text", "content": "Back."}],
                "citation": {"type": "text", "content": "The captain"},
            },
            "<blockquote><p>Back.</p>\n<p>The captain</p></blockquote>",
        ),
        (
            {"type": "table", "header": [{"content": "A"}], "rows": [[{"content": "b"}]]},
            "<table><tbody><tr><th>A</th></tr>\n<tr><td>b</td></tr></tbody></table>",
        ),
        (
            {"type": "table", "rows": [[{"content": ""}, {"content": "b"}]]},
            "<table><tbody><tr><td></td><td>b</td></tr></tbody></table>",
        ),
        (
            {"type": "list", "items": [{"content": "a"}, {"content": "b", "draft": True}]},
            "<ul><li>a</li></ul>",
        ),
        ({"type": "correction", "text": "Another pier."}, "<p>Another pier.</p>"),
        (
            {"type": "element_group", "title": "A", "content_elements": [{"content": "b"}]},
            "<div><p>A</p>\n<p>b</p></div>",
        ),
        ({"type": "interstitial_link", "content": "Read more"}, None),
        ({"type": "oembed_response", "raw_oembed": {"html": "<b>x</b>"}}, None),
        ({"type": "divider"}, None),
        ({"type": "text", "content": "Unchecked", "published": False}, None),  # N104
        ({"type": "text", "content": "Unchecked", "draft": True}, None),
    ],
)
def test_the_body_is_put_together_from_its_elements(element: Any, html: str | None) -> None:
    assert read(content_elements=[element]).get("body_html") == html


def test_what_is_no_element_is_told() -> None:
    article = read(content_elements=[{"type": "text", "content": "Vote"}, 7, "Vote again"])

    assert article["body_text"] == "Vote\n\nVote again"
    assert article["warnings"] == ["W_FIELD_TYPE"]  # N7


@pytest.mark.parametrize(
    ("owners", "source"),
    [
        ({"owner": {"id": "post", "name": "The Post"}}, {"id": "post", "name": "The Post"}),
        (
            {"owner": {"id": "post"}, "distributor": {"name": "The Post", "category": "staff"}},
            {"id": "post", "name": "The Post"},
        ),
        (
            {"owner": {"id": "post"}, "distributor": {"name": "AP", "category": "wires"}},
            {"id": "post"},
        ),
        ({"canonical_website": "post"}, {"id": "post"}),
    ],
)
def test_a_wire_is_not_the_publisher(owners: dict[str, Any], source: dict[str, Any]) -> None:
    assert read(**owners)["source"] == source


def test_the_address_of_a_writer_may_be_a_path() -> None:
    by = [
        {"type": "author", "name": "Ada Quay", "url": "/people/ada/", "org": "The Post"},
        {"type": "author", "byline": "Tom Pier", "url": "https://tom.example/"},
    ]

    assert read(credits={"by": by}) == {
        **read(),
        "authors": [
            {"name": "Ada Quay", "affiliation": "The Post"},
            {"name": "Tom Pier", "url": "https://tom.example/"},
        ],
    }


def test_a_reference_that_nobody_resolved_is_told() -> None:
    by = [{"type": "reference", "referent": {"type": "author", "id": "ada"}}]

    assert read(credits={"by": by})["warnings"] == ["W_AUTHOR"]


@pytest.mark.parametrize(
    "members",
    [
        {"taxonomy": {"primary_section": {"name": "Port"}, "sections": [{"name": "City"}]}},
        {"taxonomy": {"primary_site": {"name": "Port"}}},
        {"taxonomy": {"sections": [{"_id": "/x"}, {"name": "Port"}]}},
        {"websites": {"post": {"website_section": {"name": "Port"}}}},
    ],
)
def test_the_section_has_a_name(members: dict[str, Any]) -> None:
    assert read(**members)["section"] == "Port"


def test_keywords_for_search_engines_are_tags_where_there_are_no_others() -> None:
    tags, keywords = [{"text": "Ferry", "slug": "ferry"}], ["boats", "port"]

    assert read(taxonomy={"tags": tags, "seo_keywords": keywords})["tags"] == [{"name": "Ferry"}]
    assert read(taxonomy={"seo_keywords": keywords})["tags"] == [
        {"name": "boats"},
        {"name": "port"},
    ]


def test_the_promoted_image_comes_first() -> None:
    image, other = ({"type": "image", "url": f"https://i.example/{n}.jpg"} for n in "ab")
    credit = {"by": [{"name": "Per Aune"}], "affiliation": [{"name": "AP"}]}
    article = read(
        content_elements=[other, {"type": "gallery", "content_elements": [image]}],
        promo_items={
            "lead_art": {"type": "video", "promo_items": {"basic": other}},
            "basic": {**image, "credits": credit, "caption": "The ferry"},
        },
    )

    assert article["images"] == [
        {"url": "https://i.example/a.jpg", "caption": "The ferry", "credit": "Per Aune, AP"},
        {"url": "https://i.example/b.jpg"},
    ]


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"status": "published"}, "usable"),
        ({"status": "published", "revision": {"published": False}}, "withheld"),
        ({"additional_properties": {"is_published": False}}, "withheld"),
        ({"status": "embargoed"}, "withheld"),
        ({"status": "canceled", "revision": {"published": True}}, "canceled"),
    ],
)
def test_what_is_not_published_is_withheld(members: dict[str, Any], status: str) -> None:
    article = read(**members)

    assert article["status"] == status
    assert "warnings" not in article


@pytest.mark.parametrize(
    ("embargo", "expected"),
    [
        ({"active": False, "end_time": "2027-01-01T00:00:00Z"}, {}),
        (
            {"active": True, "end_time": "2027-01-01T00:00:00Z"},
            {"embargoed_until": "2027-01-01T00:00:00Z"},
        ),
        ({"active": True}, {"status": "withheld", "warnings": ["W_DATE", "W_EMBARGO"]}),  # N69
    ],
)
def test_an_active_embargo_holds_the_story_back(embargo: Any, expected: dict[str, Any]) -> None:
    assert read(content_restrictions={"embargo": embargo}) == {**read(), **expected}


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]], ["x"]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("credits", "taxonomy", "promo_items", "owner", "distributor", "revision", "websites")
    kinds = ("text", "list", "table", "quote", "image", "gallery", "video", "header", value)
    parts = ("content", "items", "rows", "header", "citation", "content_elements", "url", "credits")
    elements = [
        {"type": kind, **dict.fromkeys((*parts, "level", "promo_items"), value)} for kind in kinds
    ]

    assert read(**dict.fromkeys(names, value))["shape"] == "arc-ans"
    assert read(content_elements=[value, *elements])["shape"] == "arc-ans"
