"""Articles of the New York Times' APIs."""

from typing import Any

import pytest

from .build import accept

URL = "https://www.nyt.example/2025/03/14/ferry.html"
SEARCH = {"web_url": URL, "headline": {"main": "Ferry Returns"}}
TOP = {"uri": "nyt://article/7d1e", "url": URL, "title": "Ferry Returns", "type": "Article"}


def read(**members: Any) -> dict[str, Any]:
    return accept({**SEARCH, **members})


def test_the_least_article() -> None:
    assert read() == {
        "shape": "nyt",
        "url": URL,
        "canonical_url": URL,
        "source": {"domain": "nyt.example"},
        "title": "Ferry Returns",
        "status": "usable",
    }


@pytest.mark.parametrize(
    "document",
    [SEARCH, TOP, {"url": URL, "title": "Ferry Returns", "des_facet": []}],
)
def test_every_api_is_known(document: Any) -> None:
    article = accept(document)

    assert (article["shape"], article["title"], article["url"]) == ("nyt", "Ferry Returns", URL)


@pytest.mark.parametrize(
    ("members", "known_as"),
    [
        ({"_id": "54f325", "uri": "nyt://article/1"}, "nyt://article/1"),  # N106
        ({"_id": "54f325", "uri": "https://nyt.example/1"}, "54f325"),
        ({"_id": "nyt://article/1"}, "nyt://article/1"),
        ({"uri": "nyt://article/1", "id": 100000007}, "nyt://article/1"),
        ({"id": 100000007}, "100000007"),
    ],
)
def test_the_identifier_is_that_of_the_api(members: Any, known_as: str) -> None:
    assert read(**members)["source_id"] == known_as


@pytest.mark.parametrize(
    ("headline", "subtitle"),
    [
        ({"main": "A", "kicker": "The Harbor"}, "The Harbor"),
        ({"main": "A", "kicker": None, "print_headline": "A, in Print"}, "A, in Print"),
        ({"main": "A"}, None),
    ],
)
def test_a_kicker_or_the_printed_headline_is_the_subtitle(headline: Any, subtitle: Any) -> None:
    assert read(headline=headline).get("subtitle") == subtitle


PERSON = {"firstname": "Amara", "middlename": "K.", "lastname": "Diallo", "role": "reported"}


@pytest.mark.parametrize(
    ("byline", "names", "told"),
    [
        (
            {"original": "By AMARA DIALLO and TOMAS REYES", "person": [{"firstname": "Amara"}]},
            ["AMARA DIALLO", "TOMAS REYES"],
            "By AMARA DIALLO and TOMAS REYES",
        ),
        ({"original": None, "person": [PERSON]}, ["Amara K. Diallo"], None),
        ("By Amara Diallo", ["Amara Diallo"], "By Amara Diallo"),
        ({"original": None, "person": [], "organization": "The Board"}, ["The Board"], None),
        ({"name": "Amara Diallo"}, ["Amara Diallo"], None),
        (None, [], None),
        ([], [], None),
        ({"original": None, "person": []}, [], None),
    ],
)
def test_the_printed_byline_goes_before_people(byline: Any, names: list[str], told: Any) -> None:
    article = read(byline=byline)  # N44

    assert [author["name"] for author in article.get("authors", [])] == names
    assert article.get("byline") == told
    assert "warnings" not in article


def test_keywords_and_facets_have_their_kind_as_scheme() -> None:
    keywords = [{"name": "persons", "value": "Voss, Lena", "rank": 1}]

    article = read(keywords=keywords, des_facet=["Ferries"], org_facet="", per_facet=[])

    assert article["tags"] == [
        {"name": "Voss, Lena", "scheme": "persons"},
        {"name": "Ferries", "scheme": "des_facet"},
    ]  # N57


def picture(name: str, width: int, **more: Any) -> dict[str, Any]:
    return {"type": "image", "url": f"images/{name}.jpg", "width": width, "height": 9, **more}


def test_the_widest_rendition_is_the_image() -> None:
    film = {"type": "video", "url": "film.mp4", "width": 9000}

    article = read(multimedia=[picture("s", 75), picture("l", 600), picture("m", 190), film])

    assert [image["url"] for image in article["images"]] == [
        "https://static01.nyt.com/images/l.jpg"  # N60
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"multimedia": [picture("l", 600, caption="The ferry", copyright="Lena Voss")]},
        {
            "multimedia": {
                "caption": "The ferry",
                "credit": "Lena Voss",
                "default": picture("l", 600),
                "thumbnail": picture("s", 75),
            }
        },
        {
            "media": [
                {
                    "type": "image",
                    "caption": "The ferry",
                    "copyright": "Lena Voss",
                    "media-metadata": [picture("s", 75), picture("l", 600)],
                }
            ]
        },
    ],
)
def test_every_api_tells_captions_and_credits_in_its_own_place(members: Any) -> None:
    assert read(**members)["images"] == [
        {
            "url": "https://static01.nyt.com/images/l.jpg",
            "caption": "The ferry",
            "credit": "Lena Voss",
            "width": 600,
            "height": 9,
        }
    ]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"pub_date": "2025-03-14T06:10:00+0000"}, {"published_at": "2025-03-14T06:10:00Z"}),
        ({"published_date": "2025-03-14"}, {"published_at_local": "2025-03-14"}),
        (
            {"updated": "2025-03-14 06:10:00", "updated_date": "2025-03-14T06:10:00-05:00"},
            {"modified_at": "2025-03-14T11:10:00Z"},
        ),
        ({"updated": "2025-03-14 06:10:00"}, {"modified_at_local": "2025-03-14T06:10:00"}),
        ({"section": "nyregion"}, {"section": "nyregion"}),
        ({"section_name": "New York", "section": "nyregion"}, {"section": "New York"}),
        ({"abstract": "", "snippet": "At six."}, {"description": "At six."}),
        ({"copyright": "(c) 2025"}, {"rights": {"notice": "(c) 2025"}}),
        ({"word_count": "904"}, {"word_count": 904}),
    ],
)
def test_what_the_apis_name_differently_is_the_same(members: Any, expected: Any) -> None:
    assert {**read(), **expected} == read(**members)


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [{"url": 7}], ""])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("multimedia", "media", "byline", "keywords", "des_facet", "geo_facet", "section")

    assert read(**dict.fromkeys(names, value))["shape"] == "nyt"
