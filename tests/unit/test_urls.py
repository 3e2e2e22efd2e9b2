"""N30 to N39: an address is tidied, and what tells pages apart stays."""

from typing import Any

import pytest

from articles.judging import Accepted
from articles.metadata.normalize.urls import canonical, web_address

from .build import accept, judge, noted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # N30
        ("  https://news.example/a \n", "https://news.example/a"),
        ("<https://news.example/a>", "https://news.example/a"),
        ("\u3000< <https://news.example/a>> ", "https://news.example/a"),
        ("https://news.example/?a=1&amp;b=2", "https://news.example/?a=1&b=2"),
        ("https://news.example/?a=1&amp;amp;b=2", "https://news.example/?a=1&b=2"),
        ("https://news.example/?a=1&#38;b=2", "https://news.example/?a=1&b=2"),
        # to a careless reader `&reg`, `&sect`, `&copy` and `&para` are entities
        ("https://news.example/?a=1&region=eu", "https://news.example/?a=1&region=eu"),
        ("https://news.example/?a=1&section=3", "https://news.example/?a=1&section=3"),
        ("https://news.example/?a=1&copy=2", "https://news.example/?a=1&copy=2"),
        ("https://news.example/?a=1&param=2;", "https://news.example/?a=1&param=2;"),
        # N31
        ("//news.example/a", "https://news.example/a"),
        # N33
        ("HTTPS://News.Example/Path", "https://news.example/Path"),
        ("https://żółw.example/a", "https://xn--w-uga1v8h.example/a"),
        ("https://ŻÓŁW.example/a", "https://xn--w-uga1v8h.example/a"),
        # tidied, but never stripped
        ("https://news.example/a?utm_source=x#top", "https://news.example/a?utm_source=x#top"),
        ("http://news.example/a/", "http://news.example/a/"),
        ("https://news.example", "https://news.example"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example/a b", "https://news.example/a%20b"),
        # a password is nobody's business
        ("https://user:secret@news.example/a", "https://news.example/a"),
        # N87: a hidden character stays only as its escape
        ("https://news.example/a\u202eb", "https://news.example/a%E2%80%AEb"),
        # N4, N5
        (
            ["", "None", "https://news.example/a", "https://news.example/b"],
            "https://news.example/a",
        ),
    ],
)
def test_an_address_is_tidied_with_all_its_parameters(value: Any, expected: str) -> None:
    assert noted(web_address, value) == (expected, [])


@pytest.mark.parametrize(
    "value",
    [
        *("/2020/01/10/ferry", "8003098", "news.example/a", "www.news.example/a", "ferry returns"),
        *("ftp://news.example/a", "javascript:alert(1)", "data:text/html,hi"),
        *("mailto:desk@news.example", "file:///etc/hosts", "https://", "https:///a"),
        *("https://[::1", "https://news.example:99999/", "https://news.example/a\tb"),
        *("https://news.example/a\nb", "https:news.example"),
    ],
)
def test_what_is_no_web_address_is_dropped(value: str) -> None:
    assert noted(web_address, value) == (None, ["W_URL"])  # N31, N32


def test_an_address_over_its_limit_is_dropped() -> None:
    fits = "https://news.example/" + "a" * (2048 - 21)

    assert noted(web_address, fits) == (fits, [])  # N88
    assert noted(web_address, fits + "a") == (None, ["W_FIELD_TYPE"])


N = "https://news.example"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        # N35
        *((N, f"{N}/"), (f"{N}:443/a", f"{N}/a"), (f"{N}/a#webpage", f"{N}/a")),
        *(
            (f"{N}/a/./b/../c", f"{N}/a/c"),
            (f"{N}/%c5%82", f"{N}/%C5%82"),
            (f"{N}/ł", f"{N}/%C5%82"),
        ),
        ("http://news.example:80/a", "http://news.example/a"),
        *((it, it) for it in ("http://news.example:443/a", "http://news.example/a")),
        *((it, it) for it in (f"{N}/Path/TO", f"{N}/a/", "https://www.news.example/a")),
        # N36: what tells where a reader came from
        *((f"{N}/a?{it}", f"{N}/a") for it in ("utm_source=x&utm_medium=y", "UTM_Source=x", "")),
        *((f"{N}/a?{it}", f"{N}/a") for it in ("fbclid=1&gclid=2&msclkid=3", "_ga=3")),
        *((f"{N}/a?{it}", f"{N}/a") for it in ("mc_cid=1&mc_eid=2", "CMP=x&cmpid=y&ncid=z&ocid=w")),
        *((f"{N}/a?{it}", f"{N}/a") for it in ("at_medium=x&at_campaign=y", "xtor=z")),
        *((f"{N}/a?{it}", f"{N}/a") for it in ("smid=tw", "partner=rss&emc=1")),
        (f"{N}/a?id=7&utm_source=x#top", f"{N}/a?id=7"),
        # N36: what is the identity of the page
        *((it, it) for it in (f"{N}/story?id=59874871", f"{N}/?p=5700", f"{N}/?b=2&a=1")),
        *((it, it) for it in (f"{N}/?a=1&a=2", f"{N}/?ID=Ab&id=aB", f"{N}/?q=", f"{N}/?flag")),
        *((it, it) for it in (f"{N}/?gaid=1&cmpx=2", f"{N}/?my_utm_source=x")),
        (f"{N}/?a=1&fbclid=x&b=2", f"{N}/?a=1&b=2"),
        (f"{N}/?u=%2fpath", f"{N}/?u=%2Fpath"),
    ],
)
def test_the_canonical_address_tells_pages_apart(url: str, expected: str) -> None:
    assert canonical(url).url == expected
    assert canonical(expected).url == expected


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.example/a", "news.example"),
        ("https://News.Example/a", "news.example"),
        ("https://www2.news.example/a", "www2.news.example"),
        ("https://news.example:8443/a", "news.example"),
        ("https://mywww.example/a", "mywww.example"),
    ],
)
def test_the_domain_is_the_host_without_www(url: str, domain: str) -> None:
    assert canonical(url).domain == domain  # N38


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cdn.ampproject.org/c/s/news.example/a", f"{N}/a"),
        ("https://cdn.ampproject.org/v/s/news.example/a?id=1", f"{N}/a?id=1"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a", f"{N}/a"),
        # a login goes there, too
        ("https://cdn.ampproject.org/c/s/me:secret@news.example/a", f"{N}/a"),
        (f"{N}/a/amp#top", f"{N}/a/amp"),
        *((it, it) for it in (f"{N}/a/amp", f"{N}/amp/a", "https://amp.news.example/a")),
        *((it, it) for it in (f"{N}/a.amp", f"{N}/a.amp.html", f"{N}/a?amp")),
        (f"{N}/a?id=1&outputType=amp", f"{N}/a?id=1&outputType=amp"),
    ],
)
def test_an_amp_page_is_known_as_one(url: str, expected: str) -> None:
    found = canonical(url)  # N39

    assert (found.url, found.is_amp) == (expected, True)
    assert found.domain in ("news.example", "amp.news.example")


@pytest.mark.parametrize(
    "url",
    [
        *(f"{N}/{it}" for it in ("camp", "ampere", "example", "?ample=1", "a.ampersand")),
        *(f"{N}/?outputType=amplified", "https://lamp.news.example/a"),
    ],
)
def test_other_pages_are_not_taken_for_amp(url: str) -> None:
    assert not canonical(url).is_amp


def test_a_declared_canonical_address_beats_the_url() -> None:
    url, declared = "https://amp.news.example/a?utm_source=x", "https://www.news.example/a"
    article = accept({"title": "Ferry", "url": url, "canonical": declared})  # N34, N39

    assert (article["url"], article["canonical_url"]) == (url, declared)
    assert (article["source"], article["is_amp"]) == ({"domain": "news.example"}, True)


def test_a_host_that_is_only_www_is_a_host() -> None:
    assert accept({"title": "x", "url": "https://www./x"})["source"] == {"domain": "www."}


@pytest.mark.parametrize(
    "name", ["urn:newsml:news.example:1", "tag:news.example,2026:1", "nyt://article/1"]
)
def test_a_name_in_the_place_of_an_address_is_the_identifier(name: str) -> None:
    article = accept({"title": "x", "url": name, "text": "y"})

    assert article["source_id"] == name
    assert "url" not in article
    assert "warnings" not in article
    assert accept({"title": "x", "id": "own", "url": name})["source_id"] == "own"


# ── Which addresses are those of a page (N94) ────────────────────────────────────────────────────

HOMES = (
    *("https://a.example", "HTTP://A.EXAMPLE/", "https://a.example//", "https://a.example/?"),
    *("https://a.example/#top", "https://a.example/?utm_source=x&fbclid=1"),
    *("https://u:p@a.example", "https://cdn.ampproject.org/c/s/a.example/"),
)
NO_PAGES = (
    *("https://a.example/1,https://b.example/2", "https://a.example/1,http%3A//b"),
    *("https://google.com/article", "http://www.example.com/article/"),
)
PAGES = (
    *("https://a.example/?p=7", "https://a.example/#/news/77", "https://a.example/#!news/77"),
    *("https://a.example/1,2", "https://google.com/article-9", "https://a.example/index.html"),
)
STORY = {"title": "Ferry", "text": "Six."}
LINKED = {"@type": "NewsArticle", "headline": "Ferry", "articleBody": "Six."}


@pytest.mark.parametrize("url", HOMES)
@pytest.mark.parametrize(
    ("document", "place"),
    [
        *((STORY, "link"), (STORY, "id"), (LINKED, "@id"), (LINKED, "url")),
        ({"headline": "Ferry", "pubstatus": "usable", "body_text": "Six."}, "uri"),
    ],
)
def test_a_home_page_identifies_nothing_and_is_told_once(
    url: str, document: Any, place: str
) -> None:
    verdict = judge({**document, place: url})

    assert isinstance(verdict, Accepted)
    article = verdict.article
    assert (article.source_id, article.canonical_url) == (None, None)
    assert [(str(it.code), it.path) for it in verdict.warnings] == [("W_URL", f"/{place}")]
    assert article.source is None or article.source.domain in ("a.example", "cdn.ampproject.org")
    if place != "id":
        assert article.url  # there is nothing better


@pytest.mark.parametrize("url", [*HOMES, *NO_PAGES])
def test_the_next_place_is_tried(url: str) -> None:
    article = accept({**STORY, "url": url, "canonical_url": url, "link": "https://a.example/7"})

    assert (article["url"], article["canonical_url"]) == ("https://a.example/7",) * 2
    assert article["warnings"] == ["W_URL"]


@pytest.mark.parametrize("url", NO_PAGES)
def test_two_addresses_and_examples_are_dropped(url: str) -> None:
    article = accept({**STORY, "url": url})

    assert article.keys() & {"url", "canonical_url"} == set()
    assert article["warnings"] == ["W_URL"]


@pytest.mark.parametrize("url", PAGES)
def test_a_page_is_one_also_where_a_query_or_a_script_names_it(url: str) -> None:
    article = accept({**STORY, "url": url})

    assert (article["url"], article["canonical_url"]) == (url, url)
    assert "warnings" not in article


def test_another_sites_page_may_be_the_canonical_one() -> None:
    urls = {"url": "https://a.example/1", "canonical": "https://b.example/2"}

    assert accept({**STORY, **urls})["canonical_url"] == "https://b.example/2"
