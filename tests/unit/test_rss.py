"""Items of RSS and Atom, as converters write them."""

from typing import Any

import pytest

from .build import accept

ITEM = {"title": "Ferry returns", "link": "https://c.example/ferry", "guid": "1", "pubDate": None}
C = "https://c.example/"
ADA = {"name": "Ada Quay"}
SHORT, FULL = "After three weeks.", "<p>It sails.</p>"


def read(**members: Any) -> dict[str, Any]:
    return accept({**ITEM, **members})


WRITTEN = [
    ("text", lambda text, **_: text),
    ("xml2js", lambda text, **attributes: [{"_": text, "$": attributes}]),
    ("xmltodict", lambda text, **it: {"#text": text, **{f"@{n}": v for n, v in it.items()}}),
    ("fast-xml-parser", lambda text, **it: {"#text": text, **{f"@_{n}": v for n, v in it.items()}}),
    ("xml2json", lambda text, **attributes: {"$t": text, **attributes}),
    ("xml-js", lambda text, **attributes: {"_cdata": text, "_attributes": attributes}),
    ("xml-js, text", lambda text, **attributes: {"_text": text, "_attributes": attributes}),
    ("feedparser", lambda text, **attributes: {"value": text, **attributes}),
]


@pytest.mark.parametrize("write", [it for _, it in WRITTEN], ids=[name for name, _ in WRITTEN])
def test_every_converter_says_the_same(write: Any) -> None:
    item = {
        "title": write("Ferry returns", type="text"),
        "link": write("https://c.example/ferry"),
        "guid": write("https://c.example/?p=1", isPermaLink="false"),
        "pubDate": write("Wed, 02 Apr 2025 08:30:00 +0200"),
        "updated": write("2025-04-02T09:05:00+02:00"),
        "dc:creator": write("Ada Quay"),
        "category": write("Ferry"),
        "description": write(SHORT),
        "content:encoded": write(FULL),
        "dc:language": write("en-GB"),
        "dc:rights": write("© 2025"),
    }

    assert accept(item) == {
        "shape": "rss",
        "source_id": "https://c.example/?p=1",
        "url": "https://c.example/ferry",
        "canonical_url": "https://c.example/ferry",
        "source": {"domain": "c.example"},
        "title": "Ferry returns",
        "description": SHORT,
        "byline": "Ada Quay",
        "authors": [{"name": "Ada Quay"}],
        "published_at": "2025-04-02T06:30:00Z",
        "modified_at": "2025-04-02T07:05:00Z",
        "language": "en-GB",
        "tags": [{"name": "Ferry"}],
        "rights": {"notice": "© 2025"},
        "body_text": "It sails.",
        "body_html": FULL,
        "word_count": 2,
        "status": "usable",
    }


@pytest.mark.parametrize(
    ("members", "url"),
    [
        ({"link": [{"@rel": "self", "@href": f"{C}feed"}, {"@href": f"{C}a"}]}, f"{C}a"),
        ({"link": [{"$": {"rel": "alternate", "href": f"{C}a"}}]}, f"{C}a"),
        ({"links": [{"rel": "enclosure", "href": f"{C}a.mp3"}]}, None),
        ({"guid": f"{C}a"}, f"{C}a"),
        ({"guid": {"_": f"{C}a", "$": {"isPermaLink": "true"}}}, f"{C}a"),
        ({"guid": {"#text": f"{C}a", "@isPermaLink": "false"}}, None),
        ({"guid": "tag:c.example,2025:1"}, None),
        ({"id": f"{C}a", "guidislink": True}, f"{C}a"),
        ({"id": f"{C}a", "guidislink": False}, None),
        ({"link": f"{C}b", "feedburner:origLink": f"{C}a"}, f"{C}a"),
        ({"link": f"{C}a", "guid": f"{C}b"}, f"{C}a"),
    ],
)
def test_the_address_is_the_link_or_a_permanent_guid(members: Any, url: str | None) -> None:
    assert accept({"title": "Ferry", "dc:date": None, **members}).get("url") == url


@pytest.mark.parametrize(
    ("members", "description", "html"),
    [
        ({"content:encoded": FULL, "content": f"<p>{SHORT}</p>"}, SHORT, FULL),
        ({"content:encoded": FULL, "contentSnippet": SHORT}, SHORT, FULL),
        ({"content": FULL, "contentSnippet": "It sails."}, None, FULL),
        ({"content": FULL, "summary": SHORT, "contentSnippet": "It sails."}, SHORT, FULL),
        ({"contentSnippet": SHORT}, SHORT, None),
        ({"description": SHORT}, SHORT, None),
        ({"description": SHORT, "content": FULL}, SHORT, FULL),
        ({"description": FULL, "summary": SHORT}, SHORT, FULL),
    ],
)
def test_beside_the_whole_text_the_content_is_a_summary(
    members: Any, description: str | None, html: str | None
) -> None:
    article = read(**members)

    assert (article.get("description"), article.get("body_html")) == (description, html)


def test_a_content_that_is_no_text_is_told() -> None:
    article = read(content={"@type": "xhtml", "div": {"p": "It sails."}})

    assert article["warnings"] == ["W_FIELD_TYPE"]  # N7


@pytest.mark.parametrize(
    ("members", "authors"),
    [
        ({"author": "ada@c.example (Ada Quay)"}, [{"name": "Ada Quay", "email": "ada@c.example"}]),
        ({"author": [{"name": ["Ada Quay"]}, {"name": ["Tom Pier"]}]}, [ADA, {"name": "Tom Pier"}]),
        ({"authors": [ADA], "author": "ada@c.example"}, [ADA]),
        ({"authors": [{}], "author": "Ada Quay"}, [ADA]),
        ({"creator": "Ada Quay", "author": "desk@c.example"}, [ADA]),
    ],
)
def test_authors_are_names_or_objects(members: Any, authors: Any) -> None:
    assert read(**members)["authors"] == authors


@pytest.mark.parametrize(
    ("members", "tags"),
    [
        ({"category": {"@term": "ferry"}}, [{"name": "ferry"}]),
        ({"category": {"_": "Ferry", "$": {"domain": "d"}}}, [{"name": "Ferry", "scheme": "d"}]),
        ({"category": "Ferry", "categories": ["Ferry", "A"]}, [{"name": "Ferry"}, {"name": "A"}]),
    ],
)
def test_categories_are_texts_or_terms(members: Any, tags: Any) -> None:
    assert read(**members)["tags"] == tags  # N57


A, B = "https://i.example/a.jpg", "https://i.example/b.jpg"


@pytest.mark.parametrize(
    ("members", "images"),
    [
        ({"enclosure": {"url": A, "type": "image/jpeg"}}, [{"url": A}]),
        ({"enclosure": {"url": f"{C}a.mp3", "type": "audio/mpeg"}}, None),
        (
            {"media:content": [{"$": {"url": A, "medium": "image"}}, {"$": {"url": B}}]},
            [{"url": A}, {"url": B}],
        ),
        (
            {"media:content": {"@url": C, "@type": "video/mp4"}, "media:thumbnail": {"@url": A}},
            [{"url": A}],
        ),
        (
            {"media_content": [{"url": f"{A}?w=1", "width": "1"}, {"url": A, "width": "900"}]},
            [{"url": A, "width": 900}],
        ),
        ({"thumbnail": A, "enclosure": {}}, [{"url": A}]),
        ({"itunes:image": {"@href": A}}, [{"url": A}]),
        ({"itunes": {"image": A}}, [{"url": A}]),
    ],
)
def test_images_are_media_enclosures_or_thumbnails(members: Any, images: Any) -> None:
    article = read(**members)

    assert article.get("images") == images  # N60
    assert "warnings" not in article


ALL = {"title": "All ports"}


@pytest.mark.parametrize(
    "members",
    [
        {"feed": {"title": [{"_": "Harbour Post"}]}},
        {"feed": ALL, "source": {"@url": "https://p.example/rss", "#text": "Harbour Post"}},
        {"feed": ALL, "source": {"href": "https://p.example/rss", "title": "Harbour Post"}},
    ],
)
def test_the_publisher_is_the_feed_that_the_item_comes_from(members: Any) -> None:
    assert read(**members)["source"] == {"name": "Harbour Post", "domain": "c.example"}


@pytest.mark.parametrize(
    "feed", [{"language": "en-GB"}, {"@xml:lang": "en-GB"}, {"$": {"xml:lang": "en-GB"}}]
)
def test_an_item_without_a_language_has_that_of_its_feed(feed: dict[str, Any]) -> None:
    assert read(feed=feed)["language"] == "en-GB"  # N54
    assert read(feed=feed, language="pl")["language"] == "pl"
