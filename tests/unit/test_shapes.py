"""What holds for several shapes: by what each is known, its words for a status, odd values."""

from typing import Any

import pytest

from .build import accept, refuse

URL = "https://harbour.example/ferry"
LINK = "https://c.example/ferry"
TITLED: dict[str, Any] = {"title": "Ferry returns"}
AP = {"uri": "a:7", "altids": {"itemid": "7"}, "pubstatus": "usable", "headline": "Bridge closes"}
GUARDIAN = {"id": "x", "webTitle": "Ferry returns", "webUrl": URL, "apiUrl": URL}
DPA = {"urn": "urn:newsml:dpa.com:20090101:250402-99-1", "version": 2, "headline": "Fähre"}
EVENT = {"uri": "9115", "title": "Ferry returns"}
POST = {"id": "5ddc", "title": "Ferry returns"}
GHOST = {**POST, "html": "<p>It sails.</p>", "feature_image": None}
WORDPRESS = {"id": 448, "link": URL, "title": {"rendered": "F"}, "content": {"rendered": "Six."}}
WORDPRESS_COM = {"ID": 448, "site_ID": 7, "URL": URL, "title": "Ferry returns"}
ARC = {"_id": "QUAY", "type": "story", "version": "0.10.7", "headlines": {"basic": "Ferry"}}
SUBSTACK = {"id": 1, **TITLED, "publishedBylines": [], "body_html": "<p>It sails.</p>"}
RSS = {**TITLED, "link": LINK, "guid": "1", "pubDate": None}
NYT = {"uri": "nyt://article/7d1e", "url": URL, "title": "Ferry Returns", "type": "Article"}
NEWSAPI = {"source": {"id": None, "name": "C"}, **TITLED, "url": URL, "publishedAt": None}
CRAWLED = {"text": "Ferry returns\nIt sails again.", "url": URL}

KNOWN: dict[str, list[dict[str, Any]]] = {
    "crawl-row": [
        *({**CRAWLED, it: None} for it in ("timestamp", "date", "meta", "dump", "warc_date")),
        *({**CRAWLED, "language_score": None}, {**CRAWLED, **TITLED, "dump": "CC-1"}),
        {"text": "It sails.", "metadata": {"url": URL, "cc_segment": "crawl/1.gz"}},
    ],
    "diffbot": [
        {"diffbotUri": "article|3|1", **TITLED},
        {"pageUrl": URL, "type": "article", **TITLED},
        {"request": {}, "objects": [{"pageUrl": URL, "type": "article", "text": "Six."}], **TITLED},
    ],
    "dpa": [
        *({**DPA, "pubstatus": "usable"}, {**DPA, "version_created": None}),
        {**DPA, "article_html": "", "title": "x"},
    ],
    "event-registry": [
        *({**EVENT, "dateTimePub": None}, {**EVENT, "eventUri": "eng-1"}),
        {**EVENT, "lang": "eng", "source": {"uri": "c.example", "title": "C"}, "body": "Six."},
    ],
    "generic": [  # what others have, too, does not make an item of theirs
        {**TITLED, "link": LINK, "pubDate": "2025-04-02"},
        {**TITLED, "guid": "1", "link": LINK, "body": "It sails."},
        {**TITLED, "url": LINK, "dc:creator": "Ada", "published_at": None},
        *({"title": ["Ferry"], "link": [LINK]}, {**TITLED, "plain_text": "Six.", "url": URL}),
        {"title": "Feed", "link": LINK, "atom:link": {}, "item": []},
        {"id": 1, **TITLED, "post_date": "2025-04-02", "content": "It sails."},
        {"ID": 1, "URL": URL, "Title": "Ferry", "headline": "Ferry", "id": 1},  # of a spreadsheet
    ],
    "ghost": [
        *({**POST, "primary_tag": None}, {**POST, "comment_id": "5ddc", "uuid": "a5aa"}),
        {**POST, "feature_image": None, "plaintext": "It sails."},
    ],
    "guardian": [
        GUARDIAN,
        {"id": "x", "webTitle": "Ferry", "webPublicationDate": "2025-03-14T06:10:00Z"},
    ],
    "jsonfeed": [
        {"id": "1", it: None, **TITLED} for it in ("content_html", "content_text", "date_published")
    ],
    "news-please": [
        *({**TITLED, "maintext": None}, {**TITLED, "date_publish": None, "source_domain": None}),
        {**TITLED, "date-publish": None, "source-domain": None},
    ],
    "newspaper": [
        {**TITLED, "publish_date": None, it: ""}
        for it in ("top_image", "top_img", "meta_lang", "canonical_link")
    ],
    "ninjs-1": [  # AP has alternative identifiers, too
        {**AP, "altids": {"reference": "7"}},
        {**AP, "$standard": {"name": "ninjs", "version": "1.4"}},
    ],
    "nyt": [
        *(NYT, {"url": URL, **TITLED, "des_facet": []}),
        {"web_url": URL, "headline": {"main": "Ferry Returns"}},
    ],
    "postlight": [
        {**TITLED, "lead_image_url": None, "date_published": None},
        {**TITLED, "rendered_pages": 1},
    ],
    "readability": [
        {**TITLED, "byline": None, it: None}
        for it in ("readerable", "textContent", "siteName", "dir")
    ],
    "rss": [
        *({**TITLED, "guid": "1", "link": LINK}, {**TITLED, "guid": "1", "pubDate": None}),
        *({**TITLED, "pubDate": None, "isoDate": None}, {**TITLED, "id": "1", "title_detail": {}}),
        {**TITLED, "id": "1", "contentSnippet": "It sails."},
        {**TITLED, "id": "1", "dc:date": "2025-04-02"},
        *({**TITLED, "link": it} for it in ({"@href": LINK}, [{"$": {"href": LINK}}])),
        *({**TITLED, "link": [{"href": [LINK]}]}, {"title": {"#text": "Ferry returns"}}),
        {"title": [{"_": "Ferry returns"}]},
        {"title": {"_text": "Ferry returns"}, "link": {"_text": LINK}},
    ],
    "scrapy": [
        *({**TITLED, "plain_text": []}, {**TITLED, "plain_content": None}),
        {**TITLED, "article_url": None, "publication_datetime": None},
    ],
    "substack": [
        *({"id": 1, **TITLED, "truncated_body_text": "It"}, {"id": 1, **TITLED, "postTags": []}),
        {"id": 1, **TITLED, "post_date": None, "audience": "everyone"},
        {"id": 1, **TITLED, "post_date": None, "canonical_url": None, "body_html": "<p>It sails."},
    ],
    "trafilatura": [
        {it: None, "text": "It sails."} for it in ("fingerprint", "source-hostname", "filedate")
    ],
    "wordpress-com": [  # though ninjs and RSS have such members, too
        {**WORDPRESS_COM, "guid": URL, "type": "post"},
        {**WORDPRESS_COM, "guid": URL, "link": URL},
    ],
}


@pytest.mark.parametrize(("shape", "documents"), KNOWN.items(), ids=KNOWN)
def test_a_shape_is_known_by_its_keys(shape: str, documents: list[dict[str, Any]]) -> None:
    assert [accept(it)["shape"] for it in documents] == [shape] * len(documents)


STATUSES: list[tuple[dict[str, Any], str, list[dict[str, Any]]]] = [
    (ARC, "usable", [{"status": "published"}]),
    (ARC, "withheld", [{"status": "published", "revision": {"published": False}}]),
    (
        ARC,
        "withheld",
        [{"additional_properties": {"is_published": False}}, {"status": "embargoed"}],
    ),
    (ARC, "canceled", [{"status": "canceled", "revision": {"published": True}}]),
    (GUARDIAN, "usable", [{"isExpired": "false"}, {"isGone": False}, {"isGone": {}}]),
    (GUARDIAN, "withheld", [{"isExpired": True}, {"isExpired": "true"}]),
    (GUARDIAN, "canceled", [{"isGone": True}, {"isGone": "true", "isExpired": True}]),
    (GHOST, "usable", [{"status": "sent"}, {"status": "published", "visibility": "paid"}]),
    (GHOST, "usable", [{"status": "published"}]),
    (GHOST, "withheld", [{"status": "draft"}, {"status": "scheduled"}]),
    (GHOST, "withheld", [{"status": "published", "visibility": "private"}]),
    (RSS, "usable", [{"wp:status": "publish", "wp:post_password": ""}]),
    (RSS, "usable", [{"app:control": [{"app:draft": ["no"]}]}]),
    (RSS, "withheld", [{"wp:status": ["draft"]}, {"app:control": {"app:draft": "yes"}}]),
    (RSS, "withheld", [{"wp:status": "publish", "wp:post_password": "x"}]),
    (RSS, "canceled", [{"wp:status": {"_cdata": "trash"}}]),
    (SUBSTACK, "usable", [{"is_published": True}, {"is_published": None}]),
    (SUBSTACK, "withheld", [{"is_published": False}]),
    (WORDPRESS, "usable", [{"status": "publish"}]),
    (WORDPRESS, "withheld", [{"status": it} for it in ("draft", "private", "pending", "future")]),
    (WORDPRESS, "canceled", [{"status": "trash"}]),
    (WORDPRESS_COM, "usable", [{"status": "publish", "password": ""}]),
    (WORDPRESS_COM, "withheld", [{"status": "publish", "password": "x"}, {"status": "future"}]),
    (WORDPRESS_COM, "canceled", [{"status": "trash", "password": "x"}]),
]


@pytest.mark.parametrize(("document", "status", "told"), STATUSES)
def test_the_words_of_a_format_for_a_status_are_no_guess(
    document: Any, status: str, told: Any
) -> None:
    found = [accept({**document, **members}) for members in told]  # N70

    assert [it["status"] for it in found] == [status] * len(told)
    assert not [it for it in found if "warnings" in it]


@pytest.mark.parametrize("document", [GHOST, WORDPRESS, WORDPRESS_COM])
@pytest.mark.parametrize("word", ["in review", "auto-draft"])
def test_another_word_rejects_the_record(document: Any, word: str) -> None:
    assert refuse({**document, "status": word}) == [("E_FIELD_VALUE", "/status")]


ODD = [True, 7, "x", "", "None", [7], ["x"], [None], {"x": 7}, [[{}]], [[[]]], [{"url": 7}]]
ODD += [[{"type": "image"}]]
RSS_MEMBERS = (
    "author authors category tags content content:encoded description enclosure media:group "
    "media:content thumbnail links source feed itunes pubDate updated dc:language app:control "
    "wp:post_password"
)
MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "arc-ans": (ARC, "credits taxonomy promo_items owner distributor revision websites"),
    "dpa": (
        {**DPA, "pubstatus": "usable", "article_html": "<p>x</p>"},
        "categories associations byline rubric_names usageterms version_created",
    ),
    "event-registry": (
        {**EVENT, "isDuplicate": False, "lang": "eng", "eventUri": "eng-1"},
        "authors concepts source date time dateTimePub image lang",
    ),
    "ghost": (GHOST, "tags primary_tag authors author visibility og_image published_at"),
    "guardian": (GUARDIAN, "fields tags elements blocks isGone sectionName"),
    "newsapi": (NEWSAPI, "author description urlToImage content publishedAt"),
    "nyt": (NYT, "multimedia media byline keywords des_facet geo_facet section"),
    "rss": (RSS, RSS_MEMBERS),
    "substack": (SUBSTACK, "publishedBylines postTags cover_image publication is_published"),
    "wordpress": (WORDPRESS, "excerpt _embedded yoast_head_json date_gmt lang"),
    "wordpress-com": (
        WORDPRESS_COM,
        "author tags categories post_thumbnail featured_image date content",
    ),
}


def arc_elements(value: Any) -> list[Any]:
    names = "content items rows header citation content_elements url credits level promo_items"
    kinds = ("text", "list", "table", "quote", "image", "gallery", "video", "header", value)
    return [value, *({"type": kind, **dict.fromkeys(names.split(), value)} for kind in kinds)]


@pytest.mark.parametrize("value", ODD, ids=str)
def test_values_of_any_type_are_survived(value: Any) -> None:
    for shape, (document, names) in MEMBERS.items():
        assert accept({**document, **dict.fromkeys(names.split(), value)})["shape"] == shape
    inside: dict[str, dict[str, Any]] = {
        "arc-ans": {**ARC, "content_elements": arc_elements(value)},
        "rss": {
            **RSS,
            **{it: {"$": {"url": value}} for it in RSS_MEMBERS.split()},
            "media:group": {"media:content": value},
        },
        "wordpress": {
            **WORDPRESS,
            "_embedded": dict.fromkeys(("author", "wp:term", "wp:featuredmedia"), value),
        },
    }
    assert {shape: accept(it)["shape"] for shape, it in inside.items()} == {it: it for it in inside}


# ── What the golden cases do not show of formats that need no tests of their own ─────────────────


def test_scrapy_the_agency_is_the_affiliation_of_each_author() -> None:
    byline = "ADA QUAY and TOM PIER, Associated Press"
    article = accept({**TITLED, "plain_content": None, "byline": byline})

    assert article["authors"] == [
        {"name": "ADA QUAY", "affiliation": "Associated Press"},
        {"name": "TOM PIER", "affiliation": "Associated Press"},
    ]  # N42
    assert article["byline"] == byline


def test_substack_the_beginning_of_a_post_for_subscribers_is_no_text() -> None:
    teaser = {"body_html": None, "truncated_body_text": "The…", "audience": "only_paid"}
    article = accept({**SUBSTACK, **teaser})

    assert article["description"] == "The…"
    assert not article.keys() & {"body_text", "body_html"}


@pytest.mark.parametrize("categories", ["", " ; ", None, []])
def test_trafilatura_no_category_is_no_section(categories: Any) -> None:
    article = accept({"fingerprint": "2718", "text": "It sails.", "categories": categories})

    assert "section" not in article


def test_ap_the_identifier_is_the_item_id_and_never_the_address_of_the_api() -> None:
    article = accept({**AP, "uri": "https://api.example/content/7?qt=session"})

    assert article["source_id"] == "7"
    assert "url" not in article


def test_ap_the_slug_is_not_the_title() -> None:
    assert refuse({**AP, "headline": "", "title": "Bridge-Closes"}) == [("E_NO_CONTENT", None)]


def test_ap_only_one_byline_is_the_byline() -> None:
    bylines = [{"by": "By NORA EDDY"}, {"by": "By SAM BROOK"}]

    assert "byline" not in accept({**AP, "bylines": bylines})
    assert accept({**AP, "bylines": bylines[:1]})["byline"] == "By NORA EDDY"


def test_wordpress_com_an_author_is_an_object() -> None:
    author = {"name": "Ada Quay", "email": "a@b.example"}

    assert accept({**WORDPRESS_COM, "author": {**author, "URL": ""}})["authors"] == [author]
    assert "authors" not in accept({**WORDPRESS_COM, "author": 7})  # N47


def test_wordpress_com_the_featured_image_needs_no_thumbnail() -> None:
    assert accept({**WORDPRESS_COM, "featured_image": f"{URL}.jpg"})["images"] == [
        {"url": f"{URL}.jpg"}
    ]
    assert "images" not in accept({**WORDPRESS_COM, "featured_image": "", "post_thumbnail": None})


def test_postlight_the_host_is_the_publisher_of_a_page_without_address() -> None:
    article = accept({**TITLED, "rendered_pages": 1, "domain": "www.harbour.example"})

    assert article["source"] == {"domain": "harbour.example"}  # N38


@pytest.mark.parametrize("content", ["<p>It sails.</p>", "It sails.", "It *sails*."])
def test_postlight_the_content_may_be_html_markdown_or_text(content: str) -> None:
    article = accept({**TITLED, "rendered_pages": 1, "content": content, "word_count": 4})

    assert article["body_text"].startswith("It ")
    assert ("body_html" in article) == ("<p>" in content)
    assert article["word_count"] == 4  # N65


def test_postlight_a_failure_of_the_tool_is_no_article() -> None:
    failure = {"error": True, "message": "The page was not found."}

    assert refuse(failure) == [("E_UNKNOWN_SHAPE", None)]
