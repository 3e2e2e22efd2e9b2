"""What DynamoDB removes at the end of its TTL: it is told, and leaves a tombstone."""

from datetime import UTC, datetime, timedelta

import pytest

from articles.storing.items import to_item
from articles_local.function import Function
from tests.newsroom import Newsroom, a_story

from .messages import failures
from .stream import created, essence, story_at, told

BRIEF = "incoming/brief/ferry.json"  # a feed that keeps articles for 30 days
MARCH_31 = "2026-03-31T12:00:01Z"  # 30 days after NOON


def test_what_expires_is_told_and_leaves_a_tombstone(newsroom: Newsroom, publish: Function) -> None:
    first = newsroom.submit(story_at(9), key=BRIEF)
    stored = newsroom.item

    publish.invoke({"Records": [first, newsroom.expire(MARCH_31)]})

    created, withdrawn = told(newsroom.cloud)
    assert essence(withdrawn) == ("ArticleWithdrawn", "expired")
    assert withdrawn["data"]["order_key"] == created["data"]["order_key"]
    assert created["time"] < withdrawn["time"] == "2026-03-31T12:00:00.000Z"
    left = newsroom.item
    assert (left["status"], left["article"], left.get("body")) == ("expired", {}, None)
    kept = "order_key feed upload first_ingested_at released_at feed_month listing"
    assert all(left[name] == stored[name] for name in kept.split())


@pytest.mark.parametrize(
    "fields", [{"status": "withheld"}, {"embargoed_until": "2027-01-01T00:00Z"}]
)
def test_what_nobody_could_see_leaves_a_tombstone_all_the_same(
    newsroom: Newsroom, publish: Function, fields: dict[str, str]
) -> None:
    newsroom.put(story_at(9, **fields), key=BRIEF)

    publish.invoke({"Records": [newsroom.expire(MARCH_31)]})

    assert told(newsroom.cloud) == []
    assert newsroom.item["status"] == "expired"


@pytest.mark.parametrize("run", [0, 1_800_000_000])
def test_an_older_version_that_is_read_again_does_not_come_back(
    newsroom: Newsroom, publish: Function, run: int
) -> None:
    late = {"at": "2026-03-20T12:00:00Z", "version": "older", "key": BRIEF}  # within its own TTL
    newsroom.put(story_at(10, title="Newer"), key=BRIEF)
    newsroom.put(story_at(9), **late)
    publish.invoke({"Records": [newsroom.expire(MARCH_31)]})
    told(newsroom.cloud)

    record = newsroom.put(story_at(9), now="2026-04-01T00:00:00Z", run=run, **late)

    assert (record.outcome, record.title) == ("expired", None)
    assert newsroom.item["status"] == "expired"


def test_an_older_version_that_came_before_the_tombstone_is_replaced_by_it(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.put(story_at(10, title="Newer"), key=BRIEF)
    removed = newsroom.expire(MARCH_31)
    back = newsroom.submit(
        story_at(9), at="2026-03-20T12:00:00Z", now=MARCH_31, version="older", key=BRIEF
    )

    replaced = newsroom.change(lambda: publish.invoke({"Records": [removed]}))
    publish.invoke({"Records": [back, replaced]})

    assert newsroom.item["status"] == "expired"
    events = told(newsroom.cloud)
    assert [essence(it) for it in events] == [
        ("ArticleWithdrawn", "expired"),
        ("ArticleCreated", None),  # subscribers drop it: its order key is lower
        ("ArticleWithdrawn", "expired"),
    ]
    assert events[0] == events[2]
    assert events[1]["data"]["order_key"] < events[0]["data"]["order_key"]


def test_a_newer_version_replaces_the_tombstone(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    publish.invoke({"Records": [newsroom.expire(MARCH_31)]})
    told(newsroom.cloud)
    at = "2026-04-02T12:00:00Z"

    change = newsroom.submit(a_story(updated_at=at), at=at, version="newer", key=BRIEF)
    publish.invoke({"Records": [change]})

    assert [essence(event) for event in told(newsroom.cloud)] == [("ArticleUpdated", None)]
    assert newsroom.item["article"]["title"] == a_story()["title"]


def test_a_version_newer_than_what_expired_stays(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    removed = newsroom.expire(MARCH_31)
    at = "2026-04-02T12:00:00Z"
    newer = newsroom.submit(a_story(updated_at=at), at=at, version="newer", key=BRIEF)

    publish.invoke({"Records": [removed, newer]})

    assert newsroom.item["status"] == "usable"
    assert [essence(it) for it in told(newsroom.cloud)] == [
        ("ArticleWithdrawn", "expired"),
        ("ArticleCreated", None),  # there was no tombstone yet
    ]


@pytest.mark.parametrize(
    ("hour", "status", "left"),
    [
        (10, "usable", "usable"),
        (10, "withheld", "withheld"),
        (8, "usable", "expired"),
        (8, "canceled", "expired"),  # the kill that was taken back
        (12, "canceled", "canceled"),
    ],
)
def test_what_came_before_the_tombstone_of_a_later_generation_is_lifted_to_it_or_replaced(
    newsroom: Newsroom, publish: Function, hour: int, status: str, left: str
) -> None:
    wire = {"key": "incoming/wire/ferry.json"}  # kills are for good, and it expires as well
    newsroom.put(story_at(9), **wire)
    table = newsroom.cloud.memory.tables["articles"]
    [stored] = table.items.values()
    revived = {"key": "incoming/wire/kill.json", "version": "v9", "record": 0, "reason": "mistake"}
    notes = to_item({"spared": "9#2026-03-01T11", "revived": revived})
    stored |= {"order_key": {"S": "0001" + stored["order_key"]["S"][4:]}, **notes}
    removed = newsroom.expire(MARCH_31)
    at = {"at": "2026-03-20T12:00:00Z", "now": "2026-03-31T12:00:02Z", **wire}
    came = newsroom.submit(story_at(hour, status=status), **at)

    changed = newsroom.change(lambda: publish.invoke({"Records": [removed]}))
    publish.invoke({"Records": [came, changed]})

    item = newsroom.item
    assert item["status"] == left
    assert (item["order_key"][:5], item["spared"]) == ("0001#", "9#2026-03-01T11")
    assert item["revived"] == revived
    last = max(told(newsroom.cloud), key=lambda it: (it["data"]["order_key"], it["time"]))
    visible = essence(last) == ("ArticleUpdated", None)
    assert visible == (left == "usable")
    assert not visible or last["data"]["order_key"] == item["order_key"]


def test_a_tombstone_outlives_every_upload_that_could_be_read_again(newsroom: Newsroom) -> None:
    settings = {"KEEP_UPLOADS_DAYS": "100", "KEEP_OVERWRITTEN_DAYS": "20"}
    publish = newsroom.cloud.function("PublishFunction", **settings)
    newsroom.put(story_at(9), key=BRIEF)

    publish.invoke({"Records": [newsroom.expire(MARCH_31)]})

    left_for = datetime.fromtimestamp(newsroom.item["ttl"], UTC) - newsroom.cloud.memory.now()
    assert left_for > timedelta(days=100 + 20)


def test_a_tombstone_that_expires_leaves_nothing(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    publish.invoke({"Records": [newsroom.expire(MARCH_31)]})
    told(newsroom.cloud)

    publish.invoke({"Records": [newsroom.expire("2099-01-01T00:00:00Z")]})

    assert told(newsroom.cloud) == []
    assert newsroom.cloud.articles() == []


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "AccessDeniedException"]
)
def test_without_its_tombstone_an_expiry_is_not_told_and_what_follows_waits(
    newsroom: Newsroom, publish: Function, code: str
) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    removed = newsroom.expire(MARCH_31)
    before, after = created(newsroom, 1), created(newsroom, 2)
    before["dynamodb"]["SequenceNumber"] = "0"
    newsroom.cloud.border.fail("PutItem", code, times=1, concerns=lambda it: "articles" in str(it))

    answer = publish.invoke({"Records": [before, removed, after]})

    assert failures(answer) == [removed["dynamodb"]["SequenceNumber"]]
    assert [essence(it) for it in told(newsroom.cloud)] == [("ArticleCreated", None)]
    assert failures(publish.invoke({"Records": [removed, after]})) == []
    assert [essence(it) for it in told(newsroom.cloud)] == [
        ("ArticleWithdrawn", "expired"),
        ("ArticleCreated", None),
    ]


def test_an_expiry_given_again_is_told_with_its_id(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    removed = newsroom.expire(MARCH_31)

    for _ in range(2):
        publish.invoke({"Records": [removed]})

    first, again = told(newsroom.cloud)
    assert first == again
