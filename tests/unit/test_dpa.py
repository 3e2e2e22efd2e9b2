"""Entries of dpa digitalwires; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept

ENTRY = {"urn": "urn:newsml:dpa.com:20090101:250402-99-1", "version": 2, "headline": "Fähre"}


def read(**members: Any) -> dict[str, Any]:
    return accept({"pubstatus": "usable", **ENTRY, **members})


def test_what_is_for_editors_is_never_read() -> None:
    notes = {"public_html": "<p>Bilder folgen</p>", "nonpublic_html": "<p>+49 30 1</p>"}
    ednotes = [{"ednote": "+49 30 1"}]

    assert read(notepad=notes, ednotes=ednotes, dateline="Berlin (dpa) - ") == read()


@pytest.mark.parametrize("prefix", ["", "dnltype:"])
def test_categories_of_some_types_are_tags(prefix: str) -> None:
    categories = [
        {"type": f"{prefix}dpasubject", "name": "Schiff", "qcode": "dpasubject:1"},
        {"type": f"{prefix}keyword", "name": "Fähre", "qcode": None},
        {"type": f"{prefix}creator", "name": "kai.ada"},
        {"type": f"{prefix}provider", "name": "dpa"},
    ]
    article = read(categories=categories)

    assert article["tags"] == [{"name": "Schiff", "code": "dpasubject:1"}, {"name": "Fähre"}]
    assert article["source"] == {"name": "dpa"}


def test_an_embargo_that_cannot_be_read_holds_the_article_back() -> None:
    assert read(embargoed="morgen früh")["status"] == "withheld"  # N69
