"""N100: a name that is an organization's, or the publisher's own, stays whole."""

from typing import Any

import pytest

from articles.article import Author
from articles.metadata.normalize.people import authors

from .build import a_note_of, accept, noted


@pytest.mark.parametrize(
    "name",
    [
        *("Bill and Melinda Gates Foundation", "Smith & Jones Media", "Bell, Roe; Doe/Life"),
        *("20 Minutes", "Da Vinci Foundation", "May 5, 2020 Committee", "Reuters/AFP"),
    ],
)
@pytest.mark.parametrize("kind", ["Organization", "schema:NewsMediaOrganization", "NGO"])
def test_the_name_of_an_organization_is_one_name(name: str, kind: str) -> None:
    expected: Any = (Author(name=name, type="organization"),), []

    assert noted(authors, {"@type": kind, "name": name}) == expected  # N100


@pytest.mark.parametrize(
    ("publisher", "name"),
    [
        ("Smith & Jones Media", "Smith & Jones Media"),
        ("The Example Courier", "example courier"),
        ("Example Courier", "By The Example Courier"),
        ("News | Views; Bell, Roe/Doe", "News | Views; Bell, Roe/Doe"),
    ],
)
@pytest.mark.parametrize("kind", [None, "Person", "Organization"])
def test_the_publisher_is_one_organization(publisher: str, name: str, kind: str | None) -> None:
    found = authors({"@type": kind, "name": name}, a_note_of(publisher))  # N100

    assert found == (Author(name=name.removeprefix("By "), type="organization"),)
    assert authors(f"Jane Doe | {name.removeprefix('By ')}", a_note_of(publisher)) == (
        Author(name="Jane Doe", affiliation=name.removeprefix("By ")),
    )


@pytest.mark.parametrize(
    ("publisher", "expected"),
    [
        ({"@type": "NewsMediaOrganization", "name": "Daily Post"}, "organization"),
        ({"@type": ["Person", "Organization"], "name": "The Daily Post"}, "person"),
        ({"name": "Daily Post"}, "organization"),
        ("daily post", "organization"),
    ],
)
@pytest.mark.parametrize("author", ["Daily Post", {"@type": "Person", "name": "Daily Post"}])
def test_an_author_who_is_the_publisher_is_what_the_publisher_is(
    publisher: Any, expected: str, author: Any
) -> None:
    document = {"@type": "NewsArticle", "headline": "x", "@id": "1", "author": author}

    article = accept({"@context": "https://schema.org", **document, "publisher": publisher})

    assert article["authors"] == [{"name": "Daily Post", "type": expected}]  # N100


@pytest.mark.parametrize("name", ["Bell, Roe and Sons", "The Post and Courier"])
def test_the_name_of_the_publisher_is_not_cut(name: str) -> None:
    document = {"title": "x", "text": "Six.", "author": name}

    for article in (
        accept(document, publisher={"name": name}),
        accept({**document, "source": name}),
    ):
        assert article["authors"] == [{"name": name, "type": "organization"}]  # N100
