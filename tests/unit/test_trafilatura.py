"""trafilatura: days, one text for all authors, and a `source` that is an address."""

from typing import Any

import pytest

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept({"fingerprint": "2718", "text": "It sails.", **members})


@pytest.mark.parametrize("name", ["fingerprint", "source-hostname", "filedate"])
def test_it_is_known_by_its_keys(name: str) -> None:
    assert accept({name: None, "text": "It sails."})["shape"] == "trafilatura"


def test_a_fingerprint_is_no_identifier() -> None:
    assert "source_id" not in read()


def test_the_source_is_the_address_and_its_hostname_the_name() -> None:
    article = read(**{"source": "https://www.harbour.example/1", "source-hostname": "Harbour Post"})

    assert article["url"] == "https://www.harbour.example/1"
    assert article["source"] == {"name": "Harbour Post", "domain": "harbour.example"}


def test_a_day_is_a_day_and_that_of_the_file_is_no_publication() -> None:
    article = read(date="2025-04-02", filedate="2025-04-03")

    assert article["published_at_local"] == "2025-04-02"  # N12
    assert article["retrieved_at_local"] == "2025-04-03"  # N17


def test_the_site_is_not_among_the_authors() -> None:
    article = read(**{"author": "Harbour Post; Ada Quay", "source-hostname": "Harbour Post"})

    assert article["authors"] == [{"name": "Ada Quay", "affiliation": "Harbour Post"}]  # N42


def test_the_first_category_is_the_section() -> None:
    article = read(categories="Port ;Transport", tags="Ferry,Timetable; ferry ")

    assert article["section"] == "Port"  # N56
    assert article["tags"] == [{"name": "Ferry"}, {"name": "Timetable"}]  # N57


@pytest.mark.parametrize("categories", ["", " ; ", None, []])
def test_no_category_is_no_section(categories: Any) -> None:
    assert "section" not in read(categories=categories)


def test_the_licence_is_the_terms_of_use() -> None:
    assert read(license="CC BY 4.0")["rights"] == {"usage_terms": "CC BY 4.0"}  # N67
