"""What each transition of an item means to subscribers: the table of DESIGN.md, section 6."""

from collections.abc import Callable

import pytest

from articles.announcing.events import (
    ArticleCreated,
    ArticleUpdated,
    ArticleWithdrawn,
    Event,
    detail,
)
from articles.announcing.transitions import current_event, expired_event
from articles.storing.tombstones import expired as tombstone

from .items import (
    TTL,
    Item,
    canceled,
    embargoed,
    event_of,
    expired,
    id_of,
    moved,
    released,
    removed,
    visible,
    withheld,
)


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
        *((visible(), None, None, None), (canceled(), None, None, None)),
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
        assert event.data.moved_to == ("c" * 26 if reason == "moved" else None)


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
    it.__name__: it for it in (visible, withheld, canceled, embargoed, removed, moved, expired)
}


@pytest.mark.parametrize("name", CURRENT)
def test_the_state_of_an_article_can_be_told_again(name: str) -> None:
    item = CURRENT[name](version=2)

    event = current_event(item, stage="dev", table="articles-dev")

    assert event
    assert (event.time, event.subject) == (item["ingested_at"], item["article_id"])
    if isinstance(event, ArticleWithdrawn):
        assert event.data.reason == name
        assert event.id == id_of(visible(), item)  # a repeat of what publish has told
    else:
        assert isinstance(event, ArticleUpdated)
        assert (name, event.data.changed) == ("visible", None)
        assert event.id == id_of(visible(title="Before"), item)


@pytest.mark.parametrize("build", [withheld, canceled, embargoed, removed, expired])
def test_an_article_that_nobody_ever_saw_is_not_told_again(build: Callable[..., Item]) -> None:
    assert current_event(build(released=False), stage="dev", table="articles-dev") is None


def test_an_expiry_is_told_again_as_it_was_told() -> None:
    item = visible() | {"ttl": TTL}

    first = expired_event(item, stage="dev")

    assert first == current_event(tombstone(item), stage="dev", table="articles-dev")


@pytest.mark.parametrize("gone", [withheld, canceled, embargoed])
def test_a_withdrawal_tells_nothing_of_the_content(gone: Callable[..., Item]) -> None:
    event = event_of(visible(), gone(version=2, title="Libel") | {"title": "Libel"})

    assert event
    assert "Libel" not in detail(event)
