"""What each transition of an item means to subscribers: the table of DESIGN.md, section 6."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from articles.announcing.events import (
    ArticleCreated,
    ArticleUpdated,
    ArticleWithdrawn,
    Event,
    detail,
)
from articles.announcing.transitions import (
    article_event,
    current_event,
    expired_event,
)
from articles.storing.tombstones import expired as tombstone
from articles.versions.packing import pack

from .build import an_article

LIMIT = 64 * 1024
SINCE = "2026-03-01T09:00:00.000Z"
Item = dict[str, Any]


def an_item(
    *,
    released: bool = True,
    held: bool = False,
    version: int = 1,
    at: str = "2026-03-02T12:00:00.000Z",
    **fields: Any,
) -> Item:
    """Give an item as the store writes it; `version` moves its order key, fields its content."""
    article = an_article(source_id="ferry-1", **fields)
    metadata, body, content_hash = pack(article)
    item = {
        "article_id": "a" * 26,
        "feed": "desk",
        "order_key": f"1#2026-03-0{version}",
        "content_hash": content_hash,
        "status": article.status,
        "article": metadata,
        "body": body,
        "upload": {"key": "incoming/desk/a.json", "version": "v1", "record": 0},
        "ingested_at": at,
    }
    if released:
        item["released_at"] = SINCE
    if held:
        item |= {"hold_until": "2026-03-09T06:00:00Z", "held": "1"}
    return {name: value for name, value in item.items() if value is not None}


def event_of(old: Item | None, new: Item | None) -> Event | None:
    return article_event(old, new, stage="dev", table="articles-dev")


def visible(**kwargs: Any) -> Item:
    return an_item(**kwargs)


def withheld(**kwargs: Any) -> Item:
    return an_item(status="withheld", **kwargs)


def canceled(**kwargs: Any) -> Item:
    return an_item(status="canceled", **kwargs)


def embargoed(**kwargs: Any) -> Item:
    return an_item(held=True, embargoed_until="2026-03-09T06:00:00Z", **kwargs)


def removed(**kwargs: Any) -> Item:
    return a_tombstone("removed", **kwargs)


def moved(**kwargs: Any) -> Item:
    return a_tombstone("moved", **kwargs) | {"moved_to": "c" * 26}


def expired(**kwargs: Any) -> Item:
    return a_tombstone("expired", **kwargs)


def a_tombstone(status: str, **kwargs: Any) -> Item:
    """Give an item without content."""
    content = ("article", "body", "hold_until", "held")
    kept = {name: value for name, value in an_item(**kwargs).items() if name not in content}
    return kept | {"status": status, "content_hash": status, "article": {}}


def released(item: Item) -> Item:
    """Take the hold off, as release.py does."""
    rest = {k: v for k, v in item.items() if k not in ("hold_until", "held")}
    return {"released_at": SINCE} | rest


@pytest.mark.parametrize(
    ("old", "new", "kind", "reason"),
    [
        # first arrival
        (None, visible(), ArticleCreated, None),
        (None, withheld(released=False), None, None),  # draft first
        (None, canceled(released=False), None, None),  # kill first
        (None, embargoed(released=False), None, None),
        # not visible -> visible, never released
        (withheld(released=False), visible(version=2), ArticleCreated, None),
        (canceled(released=False), visible(version=2), ArticleCreated, None),
        (embargoed(released=False), released(embargoed(released=False)), ArticleCreated, None),
        (embargoed(released=False), visible(version=2), ArticleCreated, None),
        # not visible -> visible, released before
        (withheld(), visible(version=2), ArticleUpdated, None),
        (canceled(), visible(version=2), ArticleUpdated, None),
        (embargoed(), released(embargoed()), ArticleUpdated, None),
        (withheld(title="x"), visible(title="x", version=2), ArticleUpdated, None),
        # visible -> visible
        (visible(), visible(version=2, title="Ferry sails"), ArticleUpdated, None),
        (visible(), visible(version=2, body_text="Words."), ArticleUpdated, None),
        (visible(), visible(version=2), None, None),  # only times or the version moved
        (visible(), visible(at="2026-03-02T13:00:00.000Z"), None, None),
        # the same version, under a key that subscribers take
        (visible(), visible() | {"order_key": "2#2026-03-01"}, ArticleUpdated, None),
        (withheld(), withheld() | {"order_key": "2#2026-03-01"}, ArticleWithdrawn, "withheld"),
        # what subscribers have seen, and was lost when its kill came: restoring.py
        (canceled(released=False), canceled(), ArticleWithdrawn, "canceled"),
        (embargoed(released=False), embargoed(), ArticleWithdrawn, "embargoed"),
        (None, canceled(), ArticleWithdrawn, "canceled"),
        # visible -> not visible
        (visible(), withheld(version=2), ArticleWithdrawn, "withheld"),
        (visible(), canceled(version=2), ArticleWithdrawn, "canceled"),
        (visible(), embargoed(version=2), ArticleWithdrawn, "embargoed"),
        # not visible -> not visible: told once, unless the reason is another
        (withheld(), withheld(version=2, title="x"), None, None),
        (canceled(), canceled(version=2), None, None),
        (embargoed(), embargoed(version=2, title="x"), None, None),
        (withheld(), canceled(version=2), ArticleWithdrawn, "canceled"),
        (embargoed(), canceled(version=2), ArticleWithdrawn, "canceled"),
        (embargoed(), withheld(version=2), ArticleWithdrawn, "withheld"),
        (withheld(), embargoed(version=2), ArticleWithdrawn, "embargoed"),
        # never released: nobody is to know
        (withheld(released=False), canceled(released=False, version=2), None, None),
        (embargoed(released=False), canceled(released=False, version=2), None, None),
        (canceled(released=False), withheld(released=False, version=2), None, None),
        # tombstones
        (visible(), removed(version=2), ArticleWithdrawn, "removed"),
        (visible(), moved(version=2), ArticleWithdrawn, "moved"),
        (visible(), expired(version=2), ArticleWithdrawn, "expired"),  # an older one came meanwhile
        (canceled(), removed(version=2), ArticleWithdrawn, "removed"),
        (expired(), removed(version=2), ArticleWithdrawn, "removed"),
        (withheld(released=False), removed(released=False, version=2), None, None),
        (None, removed(released=False), None, None),
        (None, expired(), None, None),  # told of with the removal that it follows
        (removed(), visible(version=2), ArticleUpdated, None),
        (moved(), visible(version=2), ArticleUpdated, None),
        (expired(), visible(version=2), ArticleUpdated, None),
        (expired(released=False), visible(version=2), ArticleCreated, None),
        # no longer there: of a TTL tells `expired_event`, of an operator's DeleteItem nobody
        (visible(), None, None, None),
        (canceled(), None, None, None),
        (embargoed(released=False), None, None, None),
    ],
)
def test_a_transition_is_announced_as_what_it_is(
    old: Item | None, new: Item | None, kind: type[Event] | None, reason: str | None
) -> None:
    event = event_of(old, new)

    assert (type(event) if event else None) == kind
    if isinstance(event, ArticleWithdrawn):
        assert event.data.reason == reason


def test_an_article_that_moved_names_the_one_that_has_its_record_now() -> None:
    event = event_of(visible(), moved(version=2))
    assert isinstance(event, ArticleWithdrawn)

    assert event.data.moved_to == "c" * 26


TTL = 1_775_000_000  # 2026-03-31T23:33:20Z


@pytest.mark.parametrize(
    ("item", "is_told"),
    [
        (visible(), True),
        (withheld(), False),  # told before
        (embargoed(), False),
        (visible(released=False) | {"status": "canceled"}, False),
        (expired(), False),
    ],
)
def test_what_expires_is_told_to_those_who_could_see_it(item: Item, *, is_told: bool) -> None:
    event = expired_event(item | {"ttl": TTL}, stage="dev")

    assert (event is not None) == is_told
    if isinstance(event, ArticleWithdrawn):
        assert event.data.reason == "expired"
        assert event.data.order_key == item["order_key"]


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("2026-03-02T12:00:00.000Z", "2026-03-31T23:33:20.000Z"),
        # an embargo that ended after the TTL, and before DynamoDB removed the item
        ("2026-04-01T06:00:00.500Z", "2026-04-01T06:00:00.501Z"),
    ],
)
def test_an_expiry_is_later_than_the_version_that_expired(stored: str, told: str) -> None:
    event = expired_event(visible(at=stored) | {"ttl": TTL}, stage="dev")

    assert event
    assert event.time == told


def test_a_tombstone_keeps_no_content() -> None:
    secret = {
        "title": "Secret merger",
        "body_text": "Secret words",
        "url": "https://a.example/secret",
    }
    item = visible(**secret) | {"ttl": TTL, "title": "Secret merger", "content_hash": "f" * 64}

    left = tombstone(item)

    assert "secret" not in str(left).lower()
    assert left["article"] == {}
    kept = ("article_id", "feed", "order_key", "upload", "released_at")
    assert all(left[name] == item[name] for name in kept)


CURRENT = {
    "visible": (visible, ArticleUpdated),
    "withheld": (withheld, ArticleWithdrawn),
    "canceled": (canceled, ArticleWithdrawn),
    "embargoed": (embargoed, ArticleWithdrawn),
    "removed": (removed, ArticleWithdrawn),
    "moved": (moved, ArticleWithdrawn),
    "expired": (expired, ArticleWithdrawn),
}


@pytest.mark.parametrize("name", CURRENT)
def test_the_state_of_an_article_can_be_told_again(name: str) -> None:
    build, kind = CURRENT[name]
    item = build(version=2)

    event = current_event(item, stage="dev", table="articles-dev")

    assert isinstance(event, kind)
    assert (event.time, event.subject) == (item["ingested_at"], item["article_id"])
    if isinstance(event, ArticleWithdrawn):
        assert event.data.reason == name
        assert event.id == id_of(visible(), item)  # a repeat of what publish has told
    else:
        assert isinstance(event, ArticleUpdated)
        assert event.data.changed is None
        assert event.id == id_of(visible(title="Before"), item)


@pytest.mark.parametrize("build", [withheld, canceled, embargoed, removed, expired])
def test_an_article_that_nobody_ever_saw_is_not_told_again(build: Callable[..., Item]) -> None:
    assert current_event(build(released=False), stage="dev", table="articles-dev") is None


def test_an_expiry_is_told_again_as_it_was_told() -> None:
    item = visible() | {"ttl": TTL}

    first = expired_event(item, stage="dev")

    assert first == current_event(tombstone(item), stage="dev", table="articles-dev")


def test_an_event_is_a_cloudevent_about_its_article() -> None:
    event = event_of(None, visible(version=2))
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
    assert told["data"] == {
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


def id_of(old: Item | None, new: Item) -> str:
    event = event_of(old, new)
    assert event is not None
    return event.id


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
        (
            {"modified_at": "2026-03-01T09:00:00Z"},
            {"modified_at": "2026-03-02T09:00:00Z", "tags": [{"name": "Sea"}]},
            ["modified_at", "tags"],
        ),
    ],
)
def test_an_update_names_the_fields_that_changed(
    before: Any, after: Any, changed: list[str]
) -> None:
    event = event_of(visible(**before), visible(version=2, **after))

    assert isinstance(event, ArticleUpdated)
    assert event.data.changed == tuple(changed)


def test_an_article_that_is_visible_again_must_be_compared() -> None:
    event = event_of(withheld(), visible(version=2))

    assert isinstance(event, ArticleUpdated)
    assert event.data.changed is None


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


def test_the_body_is_never_in_an_event() -> None:
    event = event_of(None, visible(body_text="Many words.", body_html="<p>Many words.</p>"))
    assert event is not None

    assert "Many words" not in detail(event)


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
        ({}, None),
        ({"description": 50}, None),
        (many(images=100), ["images"]),
        (many(images=10, tags=400), ["images", "tags"]),
        # few tags and authors are no use to leave out
        (many(tags=10, authors=10, description=70), ["description"]),
        (many(images=10, tags=400, authors=100), ["images", "tags", "authors"]),
        (
            many(images=10, tags=400, authors=60, description=70),
            ["images", "tags", "authors", "description"],
        ),
        (
            many(images=1, tags=400, authors=100, description=9, byline=70),
            ["images", "tags", "authors", "description", "byline"],
        ),
        (
            many(images=1, tags=51, authors=51, description=1, byline=1, subtitle=70),
            ["images", "tags", "authors", "description", "byline", "subtitle"],
        ),
    ],
)
def test_what_does_not_fit_is_left_out_in_a_fixed_order(fields: Any, omitted: Any) -> None:
    if fields == {"description": 50}:
        fields = many(description=50)
    event = event_of(None, visible(**fields))
    assert isinstance(event, ArticleCreated)

    told = json.loads(detail(event))["data"]
    assert len(detail(event).encode()) < LIMIT
    assert told.get("omitted") == omitted
    for name in fields:
        was_cut = told["article"].get(name) != fields[name]
        assert was_cut == (name in (omitted or []))


def test_of_many_tags_and_authors_the_first_stay() -> None:
    event = event_of(None, visible(**many(tags=400, authors=10)))
    assert isinstance(event, ArticleCreated)

    assert [tag["name"][:6] for tag in event.data.article["tags"]] == [
        f"tag {i} "[:6] for i in range(50)
    ]


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
