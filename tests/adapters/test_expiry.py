"""What expired leaves a tombstone, whatever has been stored between the removal and it."""

from datetime import timedelta

import pytest

from articles.storing.items import Item, from_item
from articles.storing.mending import Mending
from articles.storing.putting_back import put_back
from articles.storing.tombstones import Expiry, expired
from tests.aws.clock import stopped
from tests.newsroom import Newsroom, body_of, moment

from .stories import later

WIRE = "incoming/wire/ferry.json"  # kept for 30 days; its kills are for good
LATE = {"at": "2026-03-20T12:00:00Z", "key": WIRE}
NOW = moment("2026-03-31T12:00:02Z")


@pytest.fixture
def expiry(newsroom: Newsroom) -> Expiry:
    aws, table = newsroom.cloud.clients.dynamodb, newsroom.cloud.outputs["ArticlesTable"]
    return Expiry(aws, table, timedelta(days=430), stopped(NOW))


def removed(newsroom: Newsroom) -> Item:
    """Remove the one item, as DynamoDB does; gives what it was."""
    [image] = newsroom.cloud.images("ArticlesTable")
    newsroom.cloud.clients.dynamodb.delete_item(
        TableName=newsroom.cloud.outputs["ArticlesTable"], Key={"article_id": image["article_id"]}
    )
    return from_item(image)


def revived(newsroom: Newsroom) -> None:
    """Bring the article to a later generation: a kill is taken back, and the story read again."""
    newsroom.put(later(9), key=WIRE, version="story")
    newsroom.put(later(10, status="canceled"), key=WIRE, version="kill")
    mending = Mending(newsroom.cloud.clients.dynamodb, newsroom.cloud.outputs["ArticlesTable"])
    article_id, now = newsroom.item["article_id"], moment("2026-03-02T12:00:00Z")
    assert mending.revive(article_id, by="ida", reason="a mistake", now=now)
    assert newsroom.put(later(9), key=WIRE, version="story", run=1).outcome == "updated"


def test_what_is_newer_and_came_before_the_tombstone_takes_on_its_generation(
    newsroom: Newsroom, expiry: Expiry
) -> None:
    revived(newsroom)
    before = removed(newsroom)
    newsroom.put(later(11), **LATE)

    expiry.entomb(expired(before))

    item = newsroom.item
    assert item["status"] == "usable"
    assert item["order_key"][:4] == before["order_key"][:4] == "0001"
    assert item["spared"] == before["spared"]
    assert body_of(item)["text"] == later(11)["body_text"]


@pytest.mark.parametrize("lift", [0, 9])
def test_what_expired_is_not_back_if_a_copy_was_put_back_before_its_tombstone(
    newsroom: Newsroom, expiry: Expiry, lift: int
) -> None:
    """The copy is of the time before its feed was read again, and had an end of retention."""
    newsroom.put(later(9), key=WIRE)
    expiring = removed(newsroom)
    older = {name: value for name, value in expiring.items() if name != "ttl"}
    put_back(expiry.dynamodb, expiry.table, older, lift=lift)

    for _ in range(2):  # publish may be called twice
        expiry.entomb(expired(expiring | {"order_key": "0001" + expiring["order_key"][4:]}))

    item = newsroom.item
    assert (item["status"], item["article"], item["ttl"] > NOW.timestamp()) == ("expired", {}, True)
    assert int(item["order_key"][:4]) == max(1, lift)


def test_a_removal_stays_whatever_expired_before_it(newsroom: Newsroom, expiry: Expiry) -> None:
    newsroom.put(later(9), key=WIRE)
    expiring = removed(newsroom)
    put_back(expiry.dynamodb, expiry.table, expiring)
    mending, key = Mending(expiry.dynamodb, expiry.table), expiring["article_id"]
    mending.remove(key, feed="wire", by="ida", reason="a wish", now=NOW)

    expiry.entomb(expired(expiring | {"order_key": "0001" + expiring["order_key"][4:]}))

    assert newsroom.item["status"] == "removed"


def test_after_the_tombstone_the_kill_that_was_taken_back_does_not_kill(
    newsroom: Newsroom, expiry: Expiry
) -> None:
    revived(newsroom)
    expiry.entomb(expired(removed(newsroom)))

    record = newsroom.put(later(10, status="canceled"), key=WIRE, version="kill")

    assert (record.outcome, newsroom.item["status"]) == ("expired", "expired")


def test_what_is_newer_beats_the_tombstone_in_its_generation(
    newsroom: Newsroom, expiry: Expiry
) -> None:
    revived(newsroom)
    expiry.entomb(expired(removed(newsroom)))

    record = newsroom.put(later(11), **LATE)

    assert record.outcome == "updated"
    assert newsroom.item["order_key"].startswith("0001#")
    assert newsroom.item["status"] == "usable"
