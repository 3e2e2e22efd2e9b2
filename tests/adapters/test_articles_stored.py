"""What an item holds: the whole document, its embargo, its indexes, and nothing too large."""

import base64
import random
from typing import Any

import pytest

from articles_local.limits import item_size
from tests.newsroom import Newsroom, a_story, body_of, undated

from .stories import later

# ── The whole document ───────────────────────────────────────────────────────────────────────────


def test_what_a_revision_leaves_out_is_gone(newsroom: Newsroom) -> None:
    newsroom.put(later(9, section="Harbour", embargoed_until="2026-03-02T00:00:00Z"))
    assert {"body", "url_key", "hold_until", "held", "title"} <= newsroom.item.keys()

    newsroom.put(
        {"id": "courier-1", "title": "Short", "updated_at": "2026-03-01T10:00:00Z"}, version="2"
    )

    assert not newsroom.item.keys() & {"body", "url_key", "hold_until", "held"}
    assert not newsroom.item["article"].keys() & {"section", "url", "canonical_url", "published_at"}
    assert newsroom.query("by_due", held="1") == []


def test_a_kill_takes_title_body_and_retention_with_it(newsroom: Newsroom) -> None:
    key = "incoming/wire/ferry.json"
    newsroom.put(later(9), key=key)
    assert {"title", "body", "ttl"} <= newsroom.item.keys()

    newsroom.put({"id": "courier-1", "title": "", "text": "", "status": "canceled"}, key=key)

    assert newsroom.item["status"] == "canceled"
    assert not newsroom.item.keys() & {"title", "body", "ttl", "url_key"}


def test_an_article_of_a_feed_that_retains_all_has_no_end(newsroom: Newsroom) -> None:
    newsroom.put(a_story())

    assert "ttl" not in newsroom.item


# ── Embargo ──────────────────────────────────────────────────────────────────────────────────────


def test_an_article_under_embargo_is_held_until_then(newsroom: Newsroom) -> None:
    newsroom.put(later(9, embargoed_until="2026-03-02T06:00:00+01:00"))

    assert newsroom.item["hold_until"] == "2026-03-02T05:00:00Z"
    [due] = newsroom.query("by_due", held=newsroom.item["held"])
    assert due["hold_until"] == "2026-03-02T05:00:00Z"
    assert due["order_key"] == newsroom.item["order_key"]


@pytest.mark.parametrize(
    "free",
    [
        later(10, embargoed_until="2026-03-01T11:59:00Z"),
        later(10, embargoed_until="2026-03-01T12:00:00Z"),
        later(10),
        later(10, status="withheld", embargoed_until="2026-03-02T00:00:00Z"),
        later(10, status="canceled", embargoed_until="2026-03-02T00:00:00Z"),
    ],
)
def test_what_is_not_waiting_for_its_embargo_has_no_hold(
    newsroom: Newsroom, free: dict[str, Any]
) -> None:
    newsroom.put(later(9, embargoed_until="2026-03-02T00:00:00Z"), version="1")

    newsroom.put(free, version="2", at="2026-03-01T12:00:00Z")

    assert not newsroom.item.keys() & {"held", "hold_until"}


# ── Indexes ──────────────────────────────────────────────────────────────────────────────────────


def test_a_dated_article_is_listed_under_its_month_and_follows_its_date(newsroom: Newsroom) -> None:
    newsroom.put(a_story(published_at="2026-02-27T09:00:00Z"), version="1")
    [listed] = newsroom.query("by_feed", feed_month="courier#2026-02")
    assert listed["listing"].startswith("2026-02-27T09:00:00Z#")
    assert (listed["title"], listed["status"]) == ("Ferry returns to the harbour", "usable")

    newsroom.put(later(10, published_at="2026-03-01T09:00:00Z"), version="2")

    assert newsroom.query("by_feed", feed_month="courier#2026-02") == []
    assert len(newsroom.query("by_feed", feed_month="courier#2026-03")) == 1


def test_an_undated_article_stays_listed_under_its_first_arrival(newsroom: Newsroom) -> None:
    newsroom.put(undated(), at="2026-02-27T10:00:00Z", now="2026-02-27T10:00:05Z")
    newsroom.put(undated(title="New"), at="2026-03-05T10:00:00Z", now="2026-03-05T10:00:05Z")

    [listed] = newsroom.query("by_feed", feed_month="courier#2026-02")
    assert listed["listing"].startswith("2026-02-27T10:00:05")
    assert listed["title"] == "New"


def test_an_article_is_found_by_its_address_whatever_its_length(newsroom: Newsroom) -> None:
    address = "https://courier.example/" + "ä" * 330
    newsroom.put(a_story(url=address))

    [found] = newsroom.query("by_url", url_key=newsroom.item["url_key"])

    assert found["article_id"] == newsroom.item["article_id"]
    assert len(newsroom.item["url_key"]) == 26

    newsroom.mend(by_url=False)
    newsroom.put(a_story(url=address, title="Ferry is back"), at="2026-03-01T13:00:00Z")
    assert "url_key" not in newsroom.item


# ── Names of our own ─────────────────────────────────────────────────────────────────────────────


OUR_NAMES = {
    "article_id": "z" * 26,
    "feed": "wire",
    "order_key": "9",
    "content_hash": "-",
    "ttl": 1,
    "held": "1",
    "hold_until": "9999-01-01T00:00:00Z",
    "released_at": "1970-01-01T00:00:00Z",
    "first_ingested_at": {"S": "never"},
    "ingested_at": False,
    "previous_hash": ["-"],
    "url_key": 7,
    "feed_month": "wire#2026-03",
    "listing": "0",
    "rules": -1,
    "schema_version": "one",
    "upload": {"key": "incoming/wire/forged.json", "version": "0", "record": 99},
    "article": {"title": "Forged", "status": "canceled"},
    "_x": {"$set": {}},
    "pk": "a#b",
    "sk": None,
}


def test_a_document_that_carries_names_of_our_own_is_stored_as_one_without_them(
    newsroom: Newsroom,
) -> None:
    plain = newsroom.put(a_story())
    item = newsroom.item
    newsroom.cloud.empty()

    record = newsroom.put(OUR_NAMES | a_story())

    assert newsroom.item == item
    assert record.model_copy(update={"warnings": plain.warnings}) == plain


# ── Size ─────────────────────────────────────────────────────────────────────────────────────────


NOISE = base64.b64encode(random.Random(1).randbytes(400_000)).decode()  # noqa: S311 - no secret


def incompressible(characters: int) -> str:
    """Write a text that gzip cannot make smaller than three quarters."""
    noise = NOISE[:characters]
    return "\n".join(noise[place : place + 70] for place in range(0, characters, 71))


def test_an_article_too_large_for_an_item_is_rejected_and_nothing_is_written(
    newsroom: Newsroom,
) -> None:
    newsroom.put(later(9), version="1")
    before = newsroom.item

    record = newsroom.put(later(10, body_text=incompressible(420_000)), version="2")

    assert record.outcome == "rejected"
    assert [problem.code for problem in record.problems] == ["E_TOO_LARGE"]
    assert newsroom.item == before


def test_a_long_article_that_packs_well_is_stored(newsroom: Newsroom) -> None:
    text = "\n".join(f"Line {number}: the ferry returned." for number in range(12_000))

    assert newsroom.put(a_story(body_text=text)).outcome == "created"
    assert body_of(newsroom.item) == {"text": text}


def test_the_largest_legal_article_fits_an_item(newsroom: Newsroom) -> None:
    upload = {"key": f"incoming/{'f' * 63}/".ljust(1024, "k"), "version": "v" * 1024}
    largest = largest_legal(newsroom, **upload)

    newsroom.put({**largest, "updated_at": "2026-03-01T11:00:00Z"}, **upload)

    image = newsroom.image(newsroom.item["article_id"])
    assert image is not None
    assert image["article"]["M"]["modified_at"] == {"S": "2026-03-01T11:00:00Z"}
    assert 400_000 < item_size(image) <= 400 * 1024


def largest_legal(newsroom: Newsroom, **upload: str) -> dict[str, Any]:
    """Find the longest text that is taken beside more metadata than it leaves room for."""
    story = a_story(
        title="⛴" * 4_096,  # stands twice in the item
        tags=[f"{number:03}".ljust(200, "t") for number in range(350)],
        embargoed_until="2026-03-02T00:00:00Z",
    )
    fits, breaks = 300_000, 420_000
    while breaks - fits > 200:
        tried = (fits + breaks) // 2
        record = newsroom.put({**story, "body_text": incompressible(tried)}, **upload)
        fits, breaks = (fits, tried) if record.outcome == "rejected" else (tried, breaks)
    return {**story, "body_text": incompressible(fits)}
