"""Items of RSS and Atom, as converters write them."""

from typing import Any

import pytest

from .build import accept

ITEM = {"title": "Ferry returns", "link": "https://c.example/ferry", "guid": "1", "pubDate": None}
SHORT, FULL = "After three weeks.", "<p>It sails.</p>"


def read(**members: Any) -> dict[str, Any]:
    return accept({**ITEM, **members})


@pytest.mark.parametrize(
    "item",
    [
        {"guid": "1", "link": "https://c.example/ferry"},
        {"guid": "1", "pubDate": None},
        {"pubDate": None, "isoDate": None},
        {"id": "1", "title_detail": {}},
        {"id": "1", "contentSnippet": "It sails."},
        {"id": "1", "dc:date": "2025-04-02"},
        {"link": {"@href": "https://c.example/ferry"}},
        {"link": [{"$": {"href": "https://c.example/ferry"}}]},
        {"link": [{"href": ["https://c.example/ferry"]}]},
        {"title": {"#text": "Ferry returns"}},
        {"title": [{"_": "Ferry returns"}]},
        {"title": {"_text": "Ferry returns"}, "link": {"_text": "https://c.example/ferry"}},
    ],
)
def test_it_is_known_by_its_keys_and_wrappers(item: dict[str, Any]) -> None:
    article = accept({"title": "Ferry returns", **item})

    assert (article["shape"], article["title"]) == ("rss", "Ferry returns")


@pytest.mark.parametrize(
    "document",
    [
        {"title": "Ferry", "link": "https://c.example/ferry", "pubDate": "2025-04-02"},
        {"title": "Ferry", "guid": "1", "link": "https://c.example/ferry", "body": "It sails."},
        {"title": "Ferry", "url": "https://c.example/", "dc:creator": "Ada", "published_at": None},
        {"title": ["Ferry"], "link": ["https://c.example/ferry"]},
        {"title": "Feed", "link": "https://c.example/", "atom:link": {}, "item": []},
    ],
)
def test_what_others_have_too_does_not_make_an_item(document: dict[str, Any]) -> None:
    assert accept(document)["shape"] == "generic"


WRITTEN = [
    ("text", lambda text, **_: text),
    ("xml2js", lambda text, **attributes: [{"_": text, "$": attributes}]),
    ("xmltodict", lambda text, **it: {"#text": text, **{f"@{n}": v for n, v in it.items()}}),
    ("fast-xml-parser", lambda text, **it: {"#text": text, **{f"@_{n}": v for n, v in it.items()}}),
    ("xml2json", lambda text, **attributes: {"$t": text, **attributes}),
    ("xml-js", lambda text, **attributes: {"_cdata": text, "_attributes": attributes}),
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
        (
            {
                "link": [
                    {"@rel": "self", "@href": "https://c.example/feed"},
                    {"@href": "https://c.example/a"},
                ]
            },
            "a",
        ),
        ({"link": [{"$": {"rel": "alternate", "href": "https://c.example/a"}}]}, "a"),
        ({"links": [{"rel": "enclosure", "href": "https://c.example/a.mp3"}]}, None),
        ({"guid": "https://c.example/a"}, "a"),
        ({"guid": {"_": "https://c.example/a", "$": {"isPermaLink": "true"}}}, "a"),
        ({"guid": {"#text": "https://c.example/a", "@isPermaLink": "false"}}, None),
        ({"guid": "tag:c.example,2025:1"}, None),
        ({"id": "https://c.example/a", "guidislink": True}, "a"),
        ({"id": "https://c.example/a", "guidislink": False}, None),
        ({"link": "https://c.example/b", "feedburner:origLink": "https://c.example/a"}, "a"),
        ({"link": "https://c.example/a", "guid": "https://c.example/b"}, "a"),
    ],
)
def test_the_address_is_the_link_or_a_permanent_guid(members: Any, url: str | None) -> None:
    article = accept({"title": "Ferry", "dc:date": None, **members})

    assert article.get("url") == (url and f"https://c.example/{url}")


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
        (
            {
                "content": [
                    {"type": "text/plain", "value": "It"},
                    {"type": "text/html", "value": FULL},
                ]
            },
            None,
            FULL,
        ),
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
        (
            {"author": {"name": "Ada Quay", "uri": "https://c.example/ada"}},
            [{"name": "Ada Quay", "url": "https://c.example/ada"}],
        ),
        (
            {"author": [{"name": ["Ada Quay"]}, {"name": ["Tom Pier"]}]},
            [{"name": "Ada Quay"}, {"name": "Tom Pier"}],
        ),
        ({"authors": [{"name": "Ada Quay"}], "author": "ada@c.example"}, [{"name": "Ada Quay"}]),
        ({"authors": [{}], "author": "Ada Quay"}, [{"name": "Ada Quay"}]),
        ({"creator": "Ada Quay", "author": "desk@c.example"}, [{"name": "Ada Quay"}]),
        ({"dc:creator": ["Ada Quay", "Tom Pier"]}, [{"name": "Ada Quay"}, {"name": "Tom Pier"}]),
    ],
)
def test_authors_are_names_or_objects(members: Any, authors: Any) -> None:
    assert read(**members)["authors"] == authors


@pytest.mark.parametrize(
    ("members", "tags"),
    [
        ({"categories": ["Ferry", "Port"]}, [{"name": "Ferry"}, {"name": "Port"}]),
        ({"category": {"@term": "ferry"}}, [{"name": "ferry"}]),
        (
            {"category": [{"$": {"term": "ferry", "label": "Ferry", "scheme": "s"}}]},
            [{"name": "Ferry", "scheme": "s", "code": "ferry"}],
        ),
        ({"tags": [{"term": "Ferry", "scheme": None, "label": None}]}, [{"name": "Ferry"}]),
        ({"category": {"_": "Ferry", "$": {"domain": "d"}}}, [{"name": "Ferry", "scheme": "d"}]),
        (
            {"category": "Ferry", "categories": ["Ferry", "Port"]},
            [{"name": "Ferry"}, {"name": "Port"}],
        ),
    ],
)
def test_categories_are_texts_or_terms(members: Any, tags: Any) -> None:
    assert read(**members)["tags"] == tags  # N57


A, B = "https://i.example/a.jpg", "https://i.example/b.jpg"


@pytest.mark.parametrize(
    ("members", "images"),
    [
        ({"enclosure": {"url": A, "type": "image/jpeg"}}, [{"url": A}]),
        ({"enclosure": {"url": "https://i.example/a.mp3", "type": "audio/mpeg"}}, None),
        ({"links": [{"rel": "enclosure", "href": A, "type": "image/jpeg"}]}, [{"url": A}]),
        (
            {"media:content": [{"$": {"url": A, "medium": "image"}}, {"$": {"url": B}}]},
            [{"url": A}, {"url": B}],
        ),
        (
            {
                "media:content": {"@url": "https://i.example/a.mp4", "@type": "video/mp4"},
                "media:thumbnail": {"@url": A},
            },
            [{"url": A}],
        ),
        (
            {
                "media_content": [
                    {"url": f"{A}?w=1", "width": "100"},
                    {"url": f"{A}?w=2", "width": "900"},
                ]
            },
            [{"url": f"{A}?w=2", "width": 900}],
        ),
        (
            {
                "media:group": {
                    "media:content": [
                        {
                            "@url": A,
                            "media:credit": {"#text": "Per"},
                            "media:description": "The ferry",
                        }
                    ]
                }
            },
            [{"url": A, "credit": "Per", "caption": "The ferry"}],
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


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"feed": {"title": "Harbour Post"}}, "Harbour Post"),
        ({"feed": {"title": [{"_": "Harbour Post"}]}}, "Harbour Post"),
        (
            {
                "feed": {"title": "All ports"},
                "source": {"@url": "https://p.example/rss", "#text": "Harbour Post"},
            },
            "Harbour Post",
        ),
        ({"source": {"href": "https://p.example/rss", "title": "Harbour Post"}}, "Harbour Post"),
    ],
)
def test_the_publisher_is_the_feed_that_the_item_comes_from(members: Any, expected: str) -> None:
    assert read(**members)["source"] == {"name": expected, "domain": "c.example"}


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"wp:status": "publish", "wp:post_password": ""}, "usable"),
        ({"wp:status": ["draft"]}, "withheld"),
        ({"wp:status": {"_cdata": "trash"}}, "canceled"),
        ({"wp:status": "publish", "wp:post_password": "x"}, "withheld"),
        ({"app:control": {"app:draft": "yes"}}, "withheld"),
        ({"app:control": [{"app:draft": ["no"]}]}, "usable"),
    ],
)
def test_an_export_of_a_blog_holds_drafts(members: Any, status: str) -> None:
    article = read(**members)

    assert article["status"] == status  # N70
    assert "warnings" not in article


@pytest.mark.parametrize(
    "feed", [{"language": "en-GB"}, {"@xml:lang": "en-GB"}, {"$": {"xml:lang": "en-GB"}}]
)
def test_an_item_without_a_language_has_that_of_its_feed(feed: dict[str, Any]) -> None:
    assert read(feed=feed)["language"] == "en-GB"  # N54
    assert read(feed=feed, language="pl")["language"] == "pl"


@pytest.mark.parametrize(
    "value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]], {"$": {"url": [7]}}]
)
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = (
        *("author", "authors", "category", "tags", "content", "content:encoded", "description"),
        *("enclosure", "media:group", "media:content", "thumbnail", "links", "source", "feed"),
        *("itunes", "pubDate", "updated", "dc:language", "app:control", "wp:post_password"),
    )

    assert read(**dict.fromkeys(names, value))["shape"] == "rss"
    assert read(**{"media:group": {"media:content": value}})["shape"] == "rss"
