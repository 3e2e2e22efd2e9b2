"""What a subscriber reads through articles_reader, whatever happens between an event and then."""

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from articles.announcing.events import detail
from articles.announcing.transitions import article_event, current_event
from articles.storing.items import Item, from_item
from articles.storing.mending import Mending
from articles_reader import Behind, Version, body, is_news, plain, read, readable, version_of
from tests.newsroom import Newsroom, a_story, moment

WIRE = "incoming/wire/ferry.json"  # kept for 30 days
TABLE = "ArticlesTable"
Change = Callable[[Newsroom], object]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of the day on which the stories are stored."""
    at(monkeypatch, "2026-03-01T12:00:00Z")


def at(monkeypatch: pytest.MonkeyPatch, now: str) -> None:
    monkeypatch.setattr("articles_reader.time.time", lambda: moment(now).timestamp())


def later(hour: int, **changes: Any) -> dict[str, Any]:
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)


def created(newsroom: Newsroom, **changes: Any) -> dict[str, Any]:
    """Store a story; give the event of it."""
    newsroom.put(later(9, **changes), key=WIRE, version="v1")
    return told(newsroom.item)


def told(item: Item) -> dict[str, Any]:
    event = article_event(None, item, stage="test", table="articles-test")
    assert event
    event_detail: dict[str, Any] = json.loads(detail(event))
    event_detail["data"]["stored"]["table"] = "articles"
    return event_detail


def reading(newsroom: Newsroom, event: dict[str, Any]) -> dict[str, Any] | None:
    event["data"]["stored"]["table"] = newsroom.cloud.outputs[TABLE]
    return read(newsroom.cloud.clients.dynamodb, event, sleep=lambda _: None)


@pytest.mark.parametrize("html", ["<p>The ferry <b>returned</b>.</p>", None])
def test_an_article_is_read_with_its_body(newsroom: Newsroom, html: str | None) -> None:
    event = created(newsroom, body_html=html, body_text=None)

    item = reading(newsroom, event)

    assert item
    assert item["article"]["title"] == event["data"]["article"]["title"]
    assert body(item) == ({"html": html, "text": "The ferry returned."} if html else {})
    assert version_of(item) == version_of(event)


def update(**changes: Any) -> Change:
    return lambda newsroom: newsroom.put(later(10, **changes), key=WIRE, version="v2")


def purge(newsroom: Newsroom) -> None:
    mending = Mending(newsroom.cloud.clients.dynamodb, newsroom.cloud.outputs[TABLE])
    item, now = newsroom.item, moment("2026-03-01T12:00:00Z")
    mending.remove(item["article_id"], feed="wire", by="ida", reason="the law", now=now)


def be_removed_by_ttl(newsroom: Newsroom) -> None:
    newsroom.expire("2026-04-30T12:00:00Z")


@pytest.mark.parametrize(
    "happened",
    [
        update(embargoed_until="2026-03-09T00:00:00Z", body_text="SECRET"),
        update(status="withheld"),
        update(status="canceled"),
        purge,
        be_removed_by_ttl,
    ],
    ids=["embargo", "withheld", "killed", "purged", "removed by TTL"],
)
def test_nothing_is_read_of_what_must_not_be_shown(newsroom: Newsroom, happened: Change) -> None:
    event = created(newsroom)
    happened(newsroom)

    assert reading(newsroom, event) is None
    for item in newsroom.cloud.articles():
        assert not readable(item)
        assert body(item) == {}


def test_nothing_is_read_after_the_end_of_retention_even_before_dynamodb_removes_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = created(newsroom)
    assert event["data"]["retain_until"] == "2026-03-31T12:00:00Z"

    at(monkeypatch, "2026-03-31T11:59:59Z")
    assert reading(newsroom, event)
    at(monkeypatch, "2026-03-31T12:00:00Z")
    assert reading(newsroom, event) is None


def test_a_newer_state_is_read_in_place_of_the_older_one(newsroom: Newsroom) -> None:
    event = created(newsroom)
    update(title="Ferry sinks")(newsroom)

    item = reading(newsroom, event)

    assert item
    assert item["title"] == "Ferry sinks"
    assert is_news(told(newsroom.item), version_of(event))


@pytest.mark.parametrize("status", ["usable", "withheld"])
def test_a_table_that_is_behind_the_event_is_read_again_and_then_given_up(
    newsroom: Newsroom, status: str
) -> None:
    newsroom.put(later(9, status=status), key=WIRE, version="v1")
    items = newsroom.cloud.memory.tables[newsroom.cloud.outputs[TABLE]].items
    before = dict(items)
    update(title="Ferry sinks")(newsroom)
    event, after = told(newsroom.item), dict(items)
    event["data"]["stored"]["table"] = newsroom.cloud.outputs[TABLE]
    dynamodb = newsroom.cloud.clients.dynamodb

    items.update(before)
    with pytest.raises(Behind, match=event["subject"]):
        read(dynamodb, event, sleep=lambda _: None)

    item = read(dynamodb, event, sleep=lambda _: items.update(after))
    assert item
    assert item["title"] == "Ferry sinks"


def test_a_withdrawal_needs_no_reading(newsroom: Newsroom) -> None:
    created(newsroom)
    newsroom.put(later(10, status="withheld"), key=WIRE, version="v2")
    event = current_event(newsroom.item, stage="test", table="articles-test")
    assert event
    assert event.type == "ArticleWithdrawn"
    assert read(None, json.loads(detail(event))) is None


def in_form_of_the_client(image: Item) -> Item:
    return image


def in_form_of_the_resource(image: Item) -> Item:
    return {name: TypeDeserializer().deserialize(value) for name, value in image.items()}


def in_json(image: Item) -> Item:
    text = json.dumps(image, default=lambda packed: base64.b64encode(packed).decode())
    item: Item = json.loads(text)
    return item


@pytest.mark.parametrize("form", [in_form_of_the_client, in_form_of_the_resource, in_json, plain])
def test_an_item_is_read_in_each_form(newsroom: Newsroom, form: Callable[[Item], Item]) -> None:
    created(newsroom, images=[{"url": "https://courier.example/a.jpg", "width": 640}])
    [image] = newsroom.cloud.images(TABLE)

    item = form(image)

    assert readable(item)
    assert body(item)["text"].startswith("The ferry returned")
    assert plain(item)["article"] == from_item(image)["article"]
    assert json.dumps({**plain(item), "body": None})
    assert version_of(item) == version_of(told(newsroom.item))


def test_numbers_become_those_of_json() -> None:
    item = {"article_id": "a", "whole": Decimal(3), "parts": [Decimal("0.5")]}
    assert json.dumps(plain(item)) == '{"article_id": "a", "whole": 3, "parts": [0.5]}'


def test_what_is_missing_is_not_readable() -> None:
    assert not readable(None)
    assert not readable({})
    assert body(None) == {}
    assert not readable({"article_id": {"S": "a"}})  # a projection without what decides


EARLIER, LATER = "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"


@pytest.mark.parametrize(
    ("new", "held", "expected"),
    [
        (("0000#1#b", EARLIER), None, True),
        (("0000#1#b", EARLIER), ("0000#1#a", "2027"), True),
        (("0000#1#a", "2027"), ("0000#1#b", EARLIER), False),
        (("0000#1#a", LATER), ("0000#1#a", EARLIER), True),
        (("0000#1#a", EARLIER), ("0000#1#a", EARLIER), False),
    ],
    ids=["the first", "a greater key", "a lower key", "a later time", "a repeat"],
)
def test_what_is_news(
    new: tuple[str, str], held: tuple[str, str] | None, *, expected: bool
) -> None:
    event = {"type": "ArticleUpdated", "time": new[1], "data": {"order_key": new[0]}}
    assert is_news(event, Version(*held) if held else None) is expected


def test_keys_are_compared_bytewise() -> None:
    # In UTF-16, as JavaScript and Java compare, the first would be the greater one.
    lower, greater = "0000#1#2026#ﬀ", "0000#1#2026#𝒜"
    event = {"type": "ArticleUpdated", "time": "2026", "data": {"order_key": greater}}
    assert is_news(event, Version(lower, "2026"))
