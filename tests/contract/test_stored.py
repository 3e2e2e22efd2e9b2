"""What an earlier version has stored stays readable, and so does what a later one will add.

`stored/` holds items as they were written in November 2026, in DynamoDB's JSON as a stream tells
it. They are frozen on purpose, and nothing writes them anew: items outlive the code that wrote
them, so when a test here fails, the reading code is at fault and never the file. Add files when
something new is stored; change none.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from articles.announcing.events import detail
from articles.announcing.transitions import article_event, upload_event
from articles.limits import Limits
from articles.storing.items import from_item
from articles.storing.receipts import Receipt, from_receipt_item

STORED = Path(__file__).parent / "stored"
NEW = "a_member_of_the_future"

Item = dict[str, Any]


def stored(name: str) -> Item:
    """Read an item as plain values."""
    item = json.loads((STORED / f"{name}.json").read_text(encoding="utf-8"))
    if "body" in item:
        item["body"] = {"B": base64.b64decode(item["body"]["B"])}
    return from_item(item)


def receipt(name: str) -> Receipt:
    return from_receipt_item(as_receipt(stored(name)))


def as_receipt(item: Item) -> Item:
    """Give the item of a part what it has from its header."""
    return {"feed": "courier", "state": "done", **item} if "part" in item else item


def grown(value: Any) -> Any:
    """Add a member to every object there is."""
    match value:
        case dict():
            return {name: grown(member) for name, member in value.items()} | {NEW: 7}
        case list():
            return [grown(member) for member in value]
    return value


def shrunk(value: Any) -> Any:
    """Take the members that were added out again."""
    match value:
        case dict():
            return {name: shrunk(member) for name, member in value.items() if name != NEW}
        case list():
            return [shrunk(member) for member in value]
    return value


# ── Receipts ─────────────────────────────────────────────────────────────────────────────────────


def test_a_receipt_of_then_tells_what_it_told() -> None:
    told = receipt("receipt")

    assert (told.key, told.version, told.feed) == ("incoming/courier/many.json", "v1", "courier")
    assert (told.state, told.outcome, told.run) == ("done", "partial", 0)
    assert told.counts == {"created": 3, "rejected": 1, "superseded": 1}
    assert told.report == "reports/courier/incoming/courier/many.json/v1.json"
    assert [problem.code for problem in told.warnings] == ["W_DUPLICATE_KEY"]
    first, older, held, odd, bad = told.records
    assert (first.outcome, first.title) == ("created", "First")
    assert (older.outcome, older.decided_by) == ("superseded", "effective time")
    assert older.superseded_by
    assert older.superseded_by.as_json() == {"key": told.key, "version": "v1", "record": 0}
    assert held.hold_until == "2026-03-02T00:00:00Z"
    assert [(it.code, it.path) for it in odd.warnings] == [("W_DATE", "/published_at")]
    assert [(it.code, it.at, it.record) for it in bad.problems] == [("E_UNKNOWN_SHAPE", "/4", 4)]


def test_a_receipt_of_then_is_announced_today() -> None:
    event = upload_event(None, receipt("receipt"), stage="test", archive="archive")

    assert event
    assert event.subject == "incoming/courier/many.json"
    assert event.time == "2026-03-01T12:00:00.000Z"
    assert (event.data.outcome, event.data.counts["created"]) == ("partial", 3)
    assert [(it.code, it.record) for it in event.data.problems] == [("E_UNKNOWN_SHAPE", 4)]


def test_an_upload_that_was_open_then_goes_on_by_its_plan() -> None:
    header = receipt("header")

    assert (header.state, header.outcome) == ("processing", None)
    assert header.plan
    assert (header.plan.parts, header.plan.records) == (3, 5)
    assert header.plan.made_by == Limits(max_inline_bytes=1, part_records=2)
    assert header.done == {3}
    assert header.missing == [1, 2]


def test_a_part_that_was_stored_then_tells_of_its_records() -> None:
    part = receipt("part")

    assert part.version == f"{receipt('header').version}#000003"
    assert (part.run, part.outcome, part.counts) == (0, "rejected", {"rejected": 1})
    assert part.report
    [record] = part.records
    assert (record.record, record.outcome) == (4, "rejected")
    assert [problem.code for problem in record.problems] == ["E_UNKNOWN_SHAPE"]


@pytest.mark.parametrize("name", ["receipt", "header", "part"])
def test_members_that_are_yet_to_come_do_not_matter_at_any_level(name: str) -> None:
    item = as_receipt(stored(name))

    told = from_receipt_item(grown(item))

    assert shrunk(told.as_json()) == from_receipt_item(item).as_json()


def test_a_plan_made_by_a_limit_that_is_yet_to_come_is_read_without_it() -> None:
    plan = from_receipt_item(grown(stored("header"))).plan

    assert plan
    assert plan.made_by == Limits(max_inline_bytes=1, part_records=2)


# ── Articles ─────────────────────────────────────────────────────────────────────────────────────


def changed(item: Item, **article: Any) -> Item:
    """ArticlesTable a later revision over an item."""
    later = {"order_key": "2" + item["order_key"][1:], "content_hash": "0" * 64}
    return {**item, **later, "article": {**item["article"], **article}}


@pytest.mark.parametrize("is_grown", [False, True])
def test_an_article_of_then_that_changes_today_is_announced_with_what_changed(
    *, is_grown: bool
) -> None:
    old = stored("article")
    new = changed(old, title="Ferry sinks")
    del new["body"]

    before = grown(old) if is_grown else old
    event = article_event(before, grown(new) if is_grown else new, stage="test", table="articles")

    assert event
    assert event.type == "ArticleUpdated"
    told = json.loads(detail(event))["data"]
    assert told["changed"] == ["body_html", "body_text", "title"]
    assert told["article"]["title"] == "Ferry sinks"
    assert told["article"]["images"]


def test_an_article_of_then_that_is_killed_today_is_withdrawn() -> None:
    old = stored("article")

    event = article_event(old, changed(old) | {"status": "canceled"}, stage="test", table="a")

    assert event
    assert event.type == "ArticleWithdrawn"
    assert event.subject == old["article_id"]


def test_an_article_of_then_that_stays_as_it_is_is_no_news() -> None:
    item = stored("article")

    assert article_event(item, {**item, "ingested_at": "now"}, stage="test", table="a") is None
