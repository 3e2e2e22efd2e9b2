"""Which article a record is about. The literal ids are frozen: stored articles hang on them."""

from itertools import combinations
from typing import Any

import pytest

from articles.article import Article
from articles.judging import Accepted
from articles.storing.keys import url_key
from articles.versions.identity import article_id, content_hash

from .build import a_feed, an_article, judge, refusal, refuse

URL, NINE, DAY = "https://news.example/a", "2026-03-01T09:00:00Z", "2026-03-01"
BODY = "The ferry is back.\nIt sailed at nine."


@pytest.mark.parametrize(
    ("feed", "fields", "expected"),
    [
        ("desk", {"source_id": "ferry-1"}, "pa2wmp5dtb6nstkcb4szxqyolv"),
        ("desk", {"source_id": "ferry-1", "canonical_url": URL}, "pa2wmp5dtb6nstkcb4szxqyolv"),
        ("wire", {"source_id": "ferry-1"}, "xwune376iv3v37nl4zantebqgy"),
        ("desk", {"source_id": "Łódź-1"}, "hfbtwx5xfl6r7rcwb6eofhdicd"),
        ("desk", {"canonical_url": URL}, "dvja2ux5hgj4t34s2kosq37pcd"),
        ("desk", {"source_id": URL}, "3nhqukehqzhcusg5eobjhzu5bh"),
        # N85: title, date and body
        ("desk", {"published_at": NINE, "body_text": "It is back."}, "bgsv7ji7ane4w6gbdwnqddvfrq"),
        (
            "desk",
            {"published_at_local": DAY, "body_text": "It is back."},
            "wjf2senlipzh3cxwc4x7b53gds",
        ),
        ("desk", {"title": "Café"}, "ddncarexoqdbgl4w3l2fu6ouip"),
        ("desk", {"title": "Cafe\u0301"}, "ddncarexoqdbgl4w3l2fu6ouip"),
        ("desk", {"title": None, "body_text": "It is back."}, "ttuos573bd7iubdjqcc4va2f37"),
    ],
)
def test_an_article_has_the_id_it_always_had(feed: str, fields: Any, expected: str) -> None:
    assert article_id(an_article(**fields), a_feed(feed)) == expected


def test_the_key_of_an_address_is_the_one_it_always_had() -> None:
    assert url_key(URL) == "sw54uh43joxh247itxbmdpr5x2"


@pytest.mark.parametrize(
    ("one", "other", "shapes"),
    [
        (
            {"text": f"Ferry returns\n{BODY}"},
            {"title": "Ferry returns", "text": BODY},
            ["raw-text", "generic"],
        ),
        # a kill says of what it is by its id alone
        (
            {"id": 1, "title": "Ferry", "text": BODY},
            {"id": 1, "title": None, "status": "canceled"},
            ["generic"] * 2,
        ),
    ],
)
def test_the_same_article_has_one_id(one: Any, other: Any, shapes: list[str]) -> None:
    found = [it for it in map(judge, (one, other)) if isinstance(it, Accepted)]

    assert [it.shape.name for it in found] == shapes
    assert len({it.article_id for it in found}) == 1


@pytest.mark.parametrize(
    "values",
    [
        [("a", {"source_id": "b,c"}), ("a,b", {"source_id": "c"})],
        [("a", {"source_id": 'b", "c'}), ("a", {"source_id": "b"}), ("a", {"source_id": "c"})],
        [("a", {"source_id": "id"}), ("a-id", {"source_id": "id"}), ("a", {"source_id": '"id"'})],
        [("a", {"source_id": URL}), ("a", {"canonical_url": URL})],
        [("a", {"title": "x", "body_text": "y"}), ("a", {"title": "x", "body_text": "z"})],
        [("a", {"title": "x\ny"}), ("a", {"title": "x", "body_text": "y"})],
        [("a", {"source_id": "Ferry"}), ("a", {"source_id": "ferry"})],
        [("a", {"source_id": "1"}), ("a", {"source_id": "01"}), ("a", {"source_id": "1.0"})],
        [("a", {"canonical_url": URL}), ("a", {"canonical_url": URL + "/"})],
    ],
)
def test_different_articles_never_share_an_id(values: list[tuple[str, Any]]) -> None:
    ids = [article_id(an_article(**fields), a_feed(feed)) for feed, fields in values]

    assert all(one != other for one, other in combinations(ids, 2))


@pytest.mark.parametrize(
    ("kinds", "field"),
    [(["url"], "canonical_url"), (["url", "id"], "canonical_url"), (["id"], "source_id")],
)
def test_a_feed_says_which_identity_counts(kinds: list[str], field: str) -> None:
    both = {"source_id": "ferry-1", "canonical_url": URL}
    one = an_article(**{field: both[field]})

    assert article_id(an_article(**both), a_feed(identity=kinds)) == article_id(one, a_feed())


@pytest.mark.parametrize("kinds", [["id"], ["url"], ["id", "url"]])
def test_an_article_without_the_identity_of_its_feed_is_rejected(kinds: list[str]) -> None:
    assert refusal(article_id, an_article(), a_feed(identity=kinds)).code == "E_REQUIRED"


# Every field of the article with two values; a field that is missing here fails the test.
LOCAL = ("published_at_local", "modified_at_local", "retrieved_at_local")
VALUES: dict[str, tuple[Any, Any]] = {
    "shape": ("generic", "raw-text"),
    **dict.fromkeys(("url", "canonical_url"), (URL, URL + "/b")),
    "is_amp": (None, True),
    "source": ({"name": "a"}, {"name": "b"}),
    "title": ("a", "A"),
    **dict.fromkeys(("source_id", "subtitle", "description", "byline", "section"), ("a", "b")),
    "authors": ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}]),
    **dict.fromkeys(
        ("published_at", "modified_at", "retrieved_at"), (NINE, "2026-03-01T09:00:01Z")
    ),
    **dict.fromkeys(LOCAL, (DAY, "2026-03-02")),
    "language": ("en", "pl"),
    "tags": ([{"name": "a"}], [{"name": "a", "code": "b"}]),
    "images": ([{"url": URL}], [{"url": URL, "caption": "a"}]),
    "rights": ({"notice": "a"}, {"holder": "a"}),
    **dict.fromkeys(("embargoed_until", "expires_at"), (None, NINE)),
    "embargoed_until_local": (None, DAY),
    "body_text": ("a", "a b"),
    "body_html": ("<p>a</p>", "<p><b>a</b></p>"),
    "body_truncated": (None, True),
    "word_count": (1, 2),
    "version": ("1", "2"),
    "status": ("usable", "withheld"),
    "warnings": (None, ["W_DATE"]),
}
NOT_CONTENT = set(
    "shape warnings retrieved_at retrieved_at_local modified_at modified_at_local version".split()
)


@pytest.mark.parametrize("field", Article.names())
def test_the_content_hash_notices_what_a_reader_would(field: str) -> None:
    one, other = VALUES[field]
    hashes = {content_hash(an_article(**{field: value}).as_json()) for value in (one, other)}

    assert (len(hashes) == 1) == (field in NOT_CONTENT)


def test_the_content_hash_is_half_of_the_one_it_always_had() -> None:
    article = an_article(source_id="ferry-1", tags=[{"name": "Łódź"}], version="3")

    # of {"source_id":"ferry-1","status":"usable","tags":[{"name":"Łódź"}],"title":"Ferry returns"}
    assert content_hash(article.as_json()) == ("da3a42a16aba6e2a7aef8027434b4f09")


def test_a_notice_about_nothing_is_rejected() -> None:
    notice = {"title": None, "text": None, "status": "withheld"}

    assert refuse(notice) == [("E_REQUIRED", None)]
