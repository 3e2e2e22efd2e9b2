"""Items of the AP Content API (N46, N57); the rest is in the golden cases."""

from typing import Any

from .build import accept, refuse

AP: dict[str, Any] = {
    "uri": "https://api.example/content/7?qt=session",
    "altids": {"itemid": "7"},
    "pubstatus": "usable",
    "headline": "Bridge closes ",
}


def test_the_identifier_is_the_item_id_and_never_the_address_of_the_api() -> None:
    assert accept(AP)["source_id"] == "7"
    assert "url" not in accept(AP)


def test_the_slug_is_not_the_title() -> None:
    assert refuse({**AP, "headline": "", "title": "Bridge-Closes"}) == [("E_NO_CONTENT", None)]


def test_only_one_byline_is_the_byline() -> None:
    bylines = [{"by": "By NORA EDDY"}, {"by": "By SAM BROOK"}]

    assert "byline" not in accept({**AP, "bylines": bylines})
    assert accept({**AP, "bylines": bylines[:1]})["byline"] == "By NORA EDDY"
