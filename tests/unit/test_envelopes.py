"""The articles inside what an API, a feed or a page wraps around them (N3)."""

from typing import Any

import pytest

from articles.metadata.shapes import ANY
from articles.records.envelopes import unwrap

from .build import refusal

A, B = {"title": "Ferry"}, {"title": "Bridge"}


def places(value: Any) -> list[tuple[str, Any]]:
    return [(found.pointer, found.value) for found in unwrap(value, ANY).found]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((A, [("", A)]), ([A, B], [("/0", A), ("/1", B)])),
        ({"api_version": "1", "data": {"item": A}}, [("/data/item", A)]),
        (
            {"data": {"items": [{"item": A}, {"item": B}]}},
            [("/data/items/0/item", A), ("/data/items/1/item", B)],
        ),
        ({"total": 1, "limit": 10, "offset": 0, "item": [A]}, [("/item/0", A)]),
        (
            {"response": {"status": "ok", "content": A, "relatedContent": [B]}},
            [("/response/content", A)],
        ),
        (
            {"response": {"results": [A, B]}},
            [("/response/results/0", A), ("/response/results/1", B)],
        ),
        ({"response": {"docs": [A]}}, [("/response/docs/0", A)]),
        (
            {"status": "OK", "copyright": "x", "results": [A]},
            [("/results/0", {"copyright": "x", **A})],
        ),
        ({"status": "ok", "totalResults": 1, "articles": [A]}, [("/articles/0", A)]),
        ({"request": {}, "objects": [A]}, [("/objects/0", A)]),
        (
            {"version": "https://jsonfeed.org/version/1.1", "items": [A]},
            [("/items/0", {**A, "version": "https://jsonfeed.org/version/1.1"})],
        ),
        ({"status": "ok", "feed": {}, "items": [A]}, [("/items/0", A)]),
        ({"item": {"altids": {"itemid": "1"}}}, [("/item", {"altids": {"itemid": "1"}})]),
        (
            {"type": "results", "content_elements": [{"type": "story"}, {"type": "video"}]},
            [
                ("/content_elements/0", {"type": "story"}),
                ("/content_elements/1", {"type": "video"}),
            ],
        ),
        ({"entries": [{"urn": "1"}]}, [("/entries/0", {"urn": "1"})]),
        ({"articles": {"results": [A], "page": 1}}, [("/articles/results/0", A)]),
        ({"posts": [A, B], "meta": {}}, [("/posts/0", A), ("/posts/1", B)]),
        ({"found": 1, "posts": [A]}, [("/posts/0", A)]),
    ],
)
def test_every_article_is_found_where_it_lies(value: Any, expected: Any) -> None:
    assert places(value) == expected


def test_an_item_has_from_its_feed_what_it_does_not_say_itself() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en",
        "authors": [{"name": "Ida"}],
        "title": "The feed",
        "items": [{"id": "1"}, {"id": "2", "language": "pl", "authors": []}],
    }

    version = "https://jsonfeed.org/version/1.1"  # which tells the shape of the item
    assert [value for _, value in places(feed)] == [
        {"id": "1", "language": "en", "authors": [{"name": "Ida"}], "version": version},
        {"id": "2", "language": "pl", "authors": [{"name": "Ida"}], "version": version},
    ]


ITEM, FEED = {"title": "Ferry", "guid": "1"}, {"title": "The Courier", "language": "en-GB"}
IN_FEED = {**ITEM, "feed": FEED}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"items": [ITEM], "feedUrl": "x", "description": "y", **FEED}, [("/items/0", IN_FEED)]),
        ({"status": "ok", "feed": FEED, "items": [ITEM]}, [("/items/0", IN_FEED)]),
        ({"bozo": False, "feed": FEED, "entries": [ITEM]}, [("/entries/0", IN_FEED)]),
        ({"rss": {"channel": {**FEED, "item": [ITEM]}}}, [("/rss/channel/item/0", IN_FEED)]),
        ({"rss": {"channel": {**FEED, "item": ITEM}}}, [("/rss/channel/item", IN_FEED)]),
        ({"rss": {"channel": [{**FEED, "item": [ITEM]}]}}, [("/rss/channel/0/item/0", IN_FEED)]),
        ({"@attributes": {}, "channel": {**FEED, "item": [ITEM]}}, [("/channel/item/0", IN_FEED)]),
        ({"feed": {**FEED, "entry": [ITEM]}}, [("/feed/entry/0", IN_FEED)]),
        ({"feed": {**FEED, "entry": ITEM}}, [("/feed/entry", IN_FEED)]),
        ({"rdf:RDF": {"channel": FEED, "item": [ITEM]}}, [("/rdf:RDF/item/0", IN_FEED)]),
        ({"rdf:RDF": {"channel": [FEED], "item": ITEM}}, [("/rdf:RDF/item", IN_FEED)]),
    ],
)
def test_an_item_of_rss_knows_what_its_feed_is_called(value: Any, expected: Any) -> None:
    assert places(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        *({"title": "A ferry", "results": [A]}, {"title": "A ferry", "posts": [A]}),
        {"posts": ["a", "b"]},
        {"title": "A ferry", "items": [A], "guid": "1"},
        {"type": "story", "content_elements": [{"type": "story"}]},
        {"type": "story", "content_elements": [{"type": "text"}]},
        {"title": "A ferry", "feed": {"title": "The Courier"}},
        {"title": "A ferry", "items": ["bread", "milk"]},
        *({"title": "A ferry", "articles": [A]}, {"title": "A ferry", "data": {"rows": []}}),
        {"title": "A ferry", "response": "none"},
    ],
)
def test_an_article_that_has_a_list_is_no_envelope(value: Any) -> None:
    assert places(value) == [("", value)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"status": "error", "code": "apiKeyInvalid", "message": "No."}, "E_UPSTREAM_ERROR"),
        ({"status": "ok", "sources": [{"id": "x"}]}, "E_NOT_ARTICLE"),
    ],
)
def test_an_envelope_without_articles_says_what_it_is(value: Any, code: str) -> None:
    assert refusal(places, value).code == code


def test_an_item_that_names_its_author_in_the_old_way_has_not_the_authors_of_its_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "authors": [{"name": "The feed"}],
        "items": [{"id": "1", "author": {"name": "Ida"}}],
    }

    [(_, item)] = places(feed)
    assert item["author"] == {"name": "Ida"}
    assert "authors" not in item


# ── Envelopes that no entry describes (N93) ──────────────────────────────────────────────────────

STORY = {"title": "Ferry", "link": "https://a.example/1", "guid": "1"}
OTHER = {"title": "Bridge", "publishedAt": "2026-03-01", "description": "It is closed."}
JSON_FEED = "https://jsonfeed.org/version/1.1"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"data": [STORY, OTHER]}, "/data"),
        ({"results": [STORY], "title": "The feed", "link": "https://a.example/"}, "/results"),
        ({"a/b": {"c~d": [STORY]}}, "/a~1b/c~0d"),
        ({"x": [{"name": "x"}, None, 7, STORY]}, "/x"),
        ({"ids": [1, 2], "errors": [{"a": 1}], "hits": [STORY], "related": [OTHER]}, "/hits"),
        ({"title": "F", "text": "Six.", "posts": [STORY]}, "/posts"),
        (
            {"news": [{"uri": "u", "headline": "x", "pubstatus": "usable", "body_text": "z"}]},
            "/news",
        ),
    ],
)
def test_the_one_list_of_articles_is_found_and_told(value: Any, place: str) -> None:
    records = unwrap(value, ANY)

    found = [it.pointer for it in records.found]
    assert found
    assert [it.rpartition("/")[0] for it in found] == [place] * len(found)
    [warning] = records.warnings
    assert warning.code == "W_ENVELOPE"
    assert f'"{place}"' in warning.message


@pytest.mark.parametrize(
    "value",
    [
        *({"title": "F", "text": "Six.", name: [STORY]} for name in ("related", "seen_before")),
        *({"title": "F", "link": "https://a.example/9", name: [STORY]} for name in ("Related_x",)),
        *({name: [STORY]} for name in ("links", "images", "Recommended", "comments")),
        {"@type": "NewsArticle", "headline": "F", "hasPart": [STORY]},
        *({"a": {"b": {"c": {"d": [STORY]}}}}, {"people": [{"title": "Dr"}], "x": [[STORY]]}),
        {"x": [{"name": "x"}] * 20 + [STORY]},
    ],
)
def test_lists_of_parts_and_lists_too_deep_are_no_envelopes(value: Any) -> None:
    assert [pointer for pointer, _ in places(value) if pointer] == []


@pytest.mark.parametrize(
    ("value", "code", "told"),
    [
        ({"a": {"b": [STORY]}, "c": [OTHER]}, "E_UNKNOWN_SHAPE", ['"/c"', '"/a/b"']),
        *(
            ({"version": JSON_FEED, **members}, "E_EMPTY", [])
            for members in ({"title": "A"}, {"items": None}, {"home_page_url": "https://a.example"})
        ),
    ],
)
def test_what_is_no_envelope_after_all_says_why(value: Any, code: str, told: list[str]) -> None:
    problem = refusal(places, value)

    assert problem.code == code
    assert [it for it in told if it not in problem.message] == []


def test_an_item_of_a_json_feed_that_is_alone_is_an_article() -> None:
    item = {"version": JSON_FEED, "id": "1", "content_text": "Six."}

    assert places(item) == [("", item)]
