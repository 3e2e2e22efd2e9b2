"""N70."""

from typing import Any

import pytest

from articles.metadata.normalize.status import status

from .build import accept, noted, refuse


@pytest.mark.parametrize("word", ["usable", "withheld", "canceled", " Usable ", "CANCELED"])
def test_the_three_words_are_themselves(word: str) -> None:
    assert noted(status, word) == (word.strip().lower(), [])


@pytest.mark.parametrize(
    ("meaning", "word"),
    [
        *(("canceled", w) for w in "cancelled killed kill recalled takedown trash".split()),
        *(("withheld", w) for w in "embargoed draft private pending future spiked".split()),
        ("usable", "published"),
    ],
)
def test_an_alias_is_translated_with_a_warning(meaning: str, word: str) -> None:
    assert noted(status, word) == (meaning, ["W_STATUS_ALIAS"])


STORY = {"title": "Ferry", "id": 1, "text": "Six."}


@pytest.mark.parametrize("value", ["commissioned", "replaced", "ok", 7, True, {"a": "b"}])
def test_any_other_word_rejects_the_record(value: Any) -> None:
    assert refuse({**STORY, "status": value}) == [("E_FIELD_VALUE", "/status")]


@pytest.mark.parametrize("value", [None, "", " ", []])
def test_without_a_status_an_article_is_usable(value: Any) -> None:
    article = accept({**STORY, "status": value})

    assert article["status"] == "usable"
    assert "warnings" not in article


@pytest.mark.parametrize("word", ["withheld", "canceled"])
def test_a_notice_needs_neither_title_nor_body(word: str) -> None:
    article = accept({"title": None, "id": "ferry-1", "status": word})

    assert article == {"shape": "generic", "source_id": "ferry-1", "status": word}


WARSAW = {"timezone": "Europe/Warsaw"}


@pytest.mark.parametrize(
    ("embargo", "profile", "field", "until", "status"),
    [
        # N68: known for sure: the status stays
        ("2026-03-03T06:00:00+01:00", {}, "embargoed_until", "2026-03-03T05:00:00Z", "usable"),
        # N69: not known for sure: withheld
        ("2026-03-03T06:00:00", {}, "embargoed_until_local", "2026-03-03T06:00:00", "withheld"),
        ("2026-03-03", {}, "embargoed_until_local", "2026-03-03", "withheld"),
        ("until Tuesday", {}, None, None, "withheld"),
        (True, {}, None, None, "withheld"),
        # N86: the feed knows its zone
        ("2026-03-03T06:00:00", WARSAW, "embargoed_until", "2026-03-03T05:00:00Z", "usable"),
        ("2026-03-03", WARSAW, "embargoed_until_local", "2026-03-03", "withheld"),
        # absent
        *((it, {}, None, None, "usable") for it in ("", None, False)),
    ],
)
def test_an_embargo_never_lapses_silently(
    embargo: Any, profile: Any, field: str | None, until: str | None, status: str
) -> None:
    article = accept({**STORY, "embargoed_until": embargo}, **profile)

    ends = {name: value for name, value in article.items() if name.startswith("embargo")}
    assert (article["status"], ends) == (status, {field: until} if field else {})
    assert ("W_EMBARGO" in article.get("warnings", ())) == (status == "withheld")


def test_an_unsafe_embargo_does_not_revive_a_killed_article() -> None:
    assert accept({**STORY, "status": "canceled", "embargo": "soon"})["status"] == "canceled"


@pytest.mark.parametrize("field", ["embargoed_until", "expires_at"])
def test_an_end_may_lie_in_the_future(field: str) -> None:
    article = accept({**STORY, field: "2062-03-03T06:00:00Z"})

    assert article[field] == "2062-03-03T06:00:00Z"
    assert "warnings" not in article
