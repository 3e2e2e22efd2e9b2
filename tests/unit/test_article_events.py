"""What an event of an article says: its id, what changed, and what is left out of a large one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from articles.announcing.events import ArticleCreated, ArticleUpdated, detail

from .items import (
    TTL,
    Item,
    canceled,
    embargoed,
    event_of,
    expired,
    id_of,
    released,
    removed,
    visible,
    withheld,
)

LIMIT = 64 * 1024


def test_an_event_is_a_cloudevent_about_its_article() -> None:
    body = {"body_text": "Many words.", "body_html": "<p>Many words.</p>"}
    event = event_of(None, visible(version=2, **body))
    assert event is not None

    told = json.loads(detail(event))
    assert {k: v for k, v in told.items() if k not in ("id", "data")} == {
        "specversion": "1.0",
        "type": "ArticleCreated",
        "source": "/articles/dev/feeds/desk",
        "subject": "a" * 26,
        "time": "2026-03-02T12:00:00.000Z",
        "dataschema": "urn:articles:ArticleCreated:1",
        "datacontenttype": "application/json",
    }
    assert told["data"] == {  # the body is never in an event
        "id": "a" * 26,
        "feed": "desk",
        "order_key": "1#2026-03-02",
        "article": {
            "shape": "generic",
            "source_id": "ferry-1",
            "title": "Ferry returns",
            "status": "usable",
        },
        "upload": {"key": "incoming/desk/a.json", "version": "v1", "record": 0},
        "stored": {"table": "articles-dev", "article_id": "a" * 26},
    }


def test_the_ids_of_events_are_those_of_earlier_releases() -> None:
    hashed = {"content_hash": "h"}
    assert id_of(None, visible() | hashed) == "dhp7psfk44ubnlojrqjauirvnr"
    assert id_of(visible(), withheld(version=2) | hashed) == "tkobbcml4tgytlox2ll4yzdmxp"


def test_the_same_change_has_the_same_id_however_often_it_is_told() -> None:
    assert id_of(None, visible()) == id_of(withheld(released=False), visible())
    assert id_of(None, visible()) == id_of(None, visible(at="2026-03-05T12:00:00.000Z"))


def test_different_changes_have_different_ids() -> None:
    ids = [
        id_of(None, visible()),
        id_of(withheld(), visible()),
        id_of(None, visible(version=2)),
        id_of(None, visible(title="Ferry sails")),
        id_of(None, visible() | {"article_id": "b" * 26}),
        id_of(visible(), withheld()),
        id_of(visible(), canceled()),
        # released under the very order key under which it was withdrawn
        id_of(visible(), embargoed(version=3)),
        id_of(embargoed(version=3), released(embargoed(version=3))),
        # withdrawn under the order key under which it was withdrawn before
        id_of(visible(), expired(version=3, embargoed_until="2026-03-09T06:00:00Z")),
        id_of(visible(), removed(version=3, embargoed_until="2026-03-09T06:00:00Z")),
    ]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({}, {"title": "Ferry sails"}, ["title"]),
        ({"section": "Harbour"}, {"title": "Ferry sails"}, ["section", "title"]),
        ({"body_text": "One."}, {"body_text": "Two."}, ["body_text"]),
        ({}, {"body_text": "One.", "body_html": "<p>One.</p>"}, ["body_html", "body_text"]),
        ({"body_text": "One.", "body_html": "<p>One.</p>"}, {"body_text": "One."}, ["body_html"]),
        ({"language": "en"}, {"tags": [{"name": "Sea"}]}, ["language", "tags"]),
    ],
)
def test_an_update_names_what_has_changed(before: Any, after: Any, changed: list[str]) -> None:
    event = event_of(visible(**before), visible(version=2, **after))
    again = event_of(withheld(**before), visible(version=2, **after))

    assert isinstance(event, ArticleUpdated)
    assert event.data.changed == tuple(changed)
    assert isinstance(again, ArticleUpdated)
    assert again.data.changed is None  # what was withdrawn must be compared


@pytest.mark.parametrize("new", [withheld, canceled, embargoed])
def test_a_withdrawn_article_leaks_nothing(new: Callable[..., Item]) -> None:
    secret = {
        "title": "Secret merger",
        "description": "Secret terms",
        "body_text": "Secret words",
        "url": "https://news.example/secret",
        "authors": [{"name": "Secret Author"}],
    }
    event = event_of(visible(**secret), new(version=2, **secret))
    assert event is not None

    told = json.loads(detail(event))
    assert "secret" not in json.dumps(told).lower()
    assert set(told["data"]) == {"id", "feed", "order_key", "reason", "upload"}


def test_an_article_that_is_not_kept_for_ever_says_until_when() -> None:
    event = event_of(None, visible() | {"ttl": TTL})
    assert isinstance(event, ArticleCreated)

    assert event.data.retain_until == "2026-03-31T23:33:20Z"


def many(**fields: int) -> dict[str, Any]:
    """Give lists and texts of about that many kilobytes each."""
    rows = {
        "images": lambda i: {"url": f"https://img.example/{i}", "caption": "x" * 900},
        "tags": lambda i: {"name": f"tag {i} " + "x" * 170},
        "authors": lambda i: {"name": f"Author {i}", "affiliation": "x" * 900},
    }
    return {
        name: [rows[name](i) for i in range(size)] if name in rows else "x" * size * 1000
        for name, size in fields.items()
    }


@pytest.mark.parametrize(
    ("fields", "omitted"),
    [
        *(({}, None), (many(description=50), None), (many(images=100), ["images"])),
        (many(images=10, tags=400), ["images", "tags"]),
        # few tags and authors are no use to leave out
        (many(tags=10, authors=10, description=70), ["description"]),
        (many(images=10, tags=400, authors=100), ["images", "tags", "authors"]),
        (
            many(images=1, tags=51, authors=51, description=1, byline=1, subtitle=70),
            ["images", "tags", "authors", "description", "byline", "subtitle"],
        ),
    ],
)
def test_what_does_not_fit_is_left_out_in_a_fixed_order(fields: Any, omitted: Any) -> None:
    event = event_of(None, visible(**fields))
    assert isinstance(event, ArticleCreated)

    told = json.loads(detail(event))["data"]
    assert len(detail(event).encode()) < LIMIT
    assert told.get("omitted") == omitted
    for name in fields:
        was_cut = told["article"].get(name) != fields[name]
        assert was_cut == (name in (omitted or []))


def test_of_many_tags_the_first_stay() -> None:
    fields = many(tags=400, authors=10)
    event = event_of(None, visible(**fields))
    assert isinstance(event, ArticleCreated)

    assert event.data.article["tags"] == fields["tags"][:50]
    assert event.data.article["authors"] == fields["authors"]


def test_the_largest_legal_article_fits() -> None:
    wide = "\U0001f30a"  # four bytes
    address = "https://news.example/" + "ł" * 1000
    article = {
        "title": wide * 4096,
        "url": address,
        "canonical_url": "https://news.example/" + "%C5%82" * 1000,
        "version": "x" * 2048,
        "subtitle": wide * 4500,
        "description": wide * 4500,
        "byline": wide * 4500,
        "section": wide * 4500,
        "rights": {"notice": wide * 4500},
        "source": {"name": wide * 4500, "id": "x" * 2048},
        "authors": [{"name": wide * 100, "role": wide * 150} for _ in range(100)],
        "tags": [{"name": wide * 10, "code": "x" * 20} for _ in range(500)],
        "images": [{"url": address, "caption": wide * 40} for _ in range(10)],
        "language": "en",
    }
    new = visible(**article) | {
        "upload": {"key": wide * 256, "version": "v" * 1024, "record": 10**9, "sequencer": "F" * 40}
    }

    for old in (None, visible(title="Before")):
        event = event_of(old, new | {"order_key": "1#" + "x" * 200})
        assert event is not None
        assert len(detail(event).encode()) < LIMIT
        told = json.loads(detail(event))["data"]
        assert told["article"]["title"] == article["title"]
        assert told["article"]["canonical_url"] == article["canonical_url"]


def test_what_a_newer_ingest_has_stored_is_told_as_it_is() -> None:
    item = visible()
    item["article"] = {**item["article"], "reading_level": "easy"}

    event = event_of(None, item)

    assert isinstance(event, ArticleCreated)
    assert event.data.article["reading_level"] == "easy"
