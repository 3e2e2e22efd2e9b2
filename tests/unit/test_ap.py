"""Items of the AP Content API (N37, N46, N57, N67, N71)."""

from typing import Any

import pytest

from .build import accept, refuse

AP: dict[str, Any] = {
    "uri": "https://api.example/content/7?qt=session",
    "altids": {"itemid": "7"},
    "pubstatus": "usable",
    "headline": "Bridge closes ",
}


def test_the_identifier_is_the_item_id_and_never_the_address_of_the_api() -> None:
    article = accept(AP)

    assert (article["shape"], article["source_id"]) == ("ap", "7")
    assert "url" not in article


def test_the_address_is_the_canonical_link() -> None:
    links = [
        {"rel": "alternate", "href": "https://amp.example/7"},
        {"rel": "canonical", "href": "https://news.example/7"},
    ]

    assert accept({**AP, "links": links})["url"] == "https://news.example/7"


def test_the_slug_is_not_the_title() -> None:
    article = accept({**AP, "title": "Bridge-Closes", "headline_extended": "Bridge closes a week"})

    assert (article["title"], article["subtitle"]) == ("Bridge closes", "Bridge closes a week")
    assert refuse({**AP, "headline": "", "title": "Bridge-Closes"}) == [("E_NO_CONTENT", None)]


def test_the_title_of_an_author_is_a_role_unless_it_is_an_agency() -> None:
    bylines = [
        {"by": "By NORA EDDY", "title": "AP Road Writer"},
        {"by": "By SAM BROOK", "title": "Associated Press"},
    ]
    article = accept({**AP, "bylines": bylines})  # N46

    assert article["authors"] == [
        {"name": "NORA EDDY", "role": "AP Road Writer"},
        {"name": "SAM BROOK", "affiliation": "Associated Press"},
    ]
    assert "byline" not in article
    assert accept({**AP, "bylines": bylines[:1]})["byline"] == "By NORA EDDY"


def test_categories_keep_their_letter_and_the_keywords_are_slugs() -> None:
    subject = [
        {"rels": ["category"], "code": "f", "name": "f"},
        {"code": "c8", "name": "Roads", "scheme": "http://cv.example/id/", "rels": ["direct"]},
    ]

    assert accept({**AP, "subject": subject, "keywords": ["Bridge-Closes"]})["tags"] == [
        {"name": "f", "code": "f"},
        {"name": "Roads", "scheme": "http://cv.example/id/", "code": "c8"},
    ]  # N57


def test_terms_come_as_a_list() -> None:
    article = accept({**AP, "copyrightnotice": "© AP", "usageterms": ["No sale.", "No archive."]})

    assert article["rights"] == {"notice": "© AP", "usage_terms": "No sale. No archive."}


def test_a_version_of_zero_is_one() -> None:
    assert accept({**AP, "version": 0})["version"] == "0"


def test_a_notice_and_what_is_no_article() -> None:
    notice = {"altids": {"itemid": "7"}, "pubstatus": "canceled"}

    assert accept(notice)["status"] == "canceled"
    assert refuse({**AP, "type": "picture"}) == [("E_NOT_ARTICLE", "/type")]  # N71


@pytest.mark.parametrize(
    "other", [{"altids": {"reference": "7"}}, {"$standard": {"name": "ninjs", "version": "1.4"}}]
)
def test_ninjs_has_alternative_identifiers_too(other: Any) -> None:
    assert accept({**AP, **other})["shape"] == "ninjs-1"
