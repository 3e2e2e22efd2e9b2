"""Stories of Arc XP."""

from typing import Any

import pytest

from .build import accept, refuse

STORY = {"_id": "QUAY", "type": "story", "version": "0.10.7", "headlines": {"basic": "Ferry"}}


def read(**members: Any) -> dict[str, Any]:
    return accept({**STORY, **members})


def test_only_an_absolute_address_is_one() -> None:
    assert read(canonical_url="/2025/ferry/", workflow={"status_code": 1}) == read()  # N31
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


def text(content: str, **members: Any) -> dict[str, Any]:
    return {"type": "text", "content": content, **members}


@pytest.mark.parametrize(
    ("element", "html"),
    [
        ({"type": "header", "level": 9, "content": "Vote"}, "<h2>Vote</h2>"),
        ({"type": "raw_html", "content": "<p>Vote<script>x()</script></p>"}, "<p>Vote</p>"),
        ({"type": "list", "list_type": "ordered", "items": [text("a")]}, "<ol><li>a</li></ol>"),
        (
            {"type": "list", "items": [{"type": "list", "items": [text("a")]}]},
            "<ul><li><ul><li>a</li></ul></li></ul>",
        ),
        (
            {"type": "quote", "content_elements": [text("Back.")], "citation": text("The captain")},
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
        *(
            (text("Unchecked", **it), None) for it in ({"published": False}, {"draft": True})
        ),  # N104
    ],
)
def test_the_body_is_put_together_from_its_elements(element: Any, html: str | None) -> None:
    assert read(content_elements=[element]).get("body_html") == html


def test_what_is_no_element_is_told() -> None:
    article = read(content_elements=[text("Vote"), 7, "Vote again"])

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
    by = [{"type": "author", "name": "Ada Quay", "url": "/people/ada/", "org": "The Post"}]

    assert read(credits={"by": by})["authors"] == [{"name": "Ada Quay", "affiliation": "The Post"}]


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
    tags = read(taxonomy={"seo_keywords": ["boats", "port"]})["tags"]

    assert tags == [{"name": "boats"}, {"name": "port"}]


def test_an_embargo_that_is_not_active_is_none() -> None:
    embargo = {"active": False, "end_time": "2027-01-01T00:00:00Z"}

    assert read(content_restrictions={"embargo": embargo}) == read()
