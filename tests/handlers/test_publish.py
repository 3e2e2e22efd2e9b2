"""The publish function: what the tables' streams tell becomes events on the bus."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from articles.storing.items import to_item
from articles.uploads.message import Upload
from articles_local.function import Function
from tests.aws.cloud import Announcements, Cloud
from tests.aws.expressions import Item
from tests.aws.records import stream_record
from tests.newsroom import Newsroom, a_story, moment

from .messages import failures

LAG = "UploadToEventSeconds"
HELD, LATER = "2026-03-02T00:00:00Z", "2026-03-02T00:01:00Z"
BAD = {"neither": "a title", "nor": "a text"}


@pytest.fixture
def publish(cloud: Cloud) -> Function:
    return cloud.function("PublishFunction")


def told(cloud: Cloud) -> list[dict[str, Any]]:
    """Give the events on the bus, and take them off it."""
    events = cloud.border.bus.events
    cloud.border.bus.entries.clear()
    return events


def story_at(hour: int, **changes: Any) -> dict[str, Any]:
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)


def created(newsroom: Newsroom, number: int, **changes: Any) -> Item:
    """ArticlesTable a new article; gives its stream record."""
    story = a_story(id=f"other-{number}", title=f"Story {number}", url=None, **changes)
    record = newsroom.put(story, key=f"incoming/courier/{number}.json")
    return newsroom.record(None, newsroom.image(record.article_id or ""))


# ── What a change means ──────────────────────────────────────────────────────────────────────────


def test_an_article_that_is_visible_for_the_first_time_is_announced(
    newsroom: Newsroom, publish: Function
) -> None:
    change = newsroom.submit(a_story(section="Harbour"), sequencer="0055AE")

    assert failures(publish.invoke({"Records": [change]})) == []

    [entry] = newsroom.cloud.border.bus.entries
    assert entry["EventBusName"] == newsroom.cloud.outputs["EventBusName"]
    assert (entry["Source"], entry["DetailType"]) == ("articles", "ArticleCreated")
    [event] = told(newsroom.cloud)
    item = newsroom.item
    assert event["specversion"] == "1.0"
    assert event["type"] == "ArticleCreated"
    assert event["source"] == "/articles/test/feeds/courier"
    assert event["subject"] == item["article_id"]
    assert event["time"] == item["ingested_at"]
    assert event["dataschema"] == "urn:articles:ArticleCreated:1"
    assert event["data"]["id"] == item["article_id"]
    assert event["data"]["feed"] == "courier"
    assert event["data"]["order_key"] == item["order_key"]
    assert event["data"]["article"]["section"] == "Harbour"
    assert event["data"]["upload"]["key"] == "incoming/courier/ferry.json"
    assert event["data"]["stored"]["table"] == newsroom.cloud.outputs["ArticlesTable"]
    assert "body_text" not in event["data"]["article"]


# What is stored one after the other, and the events of it: type, and what changed or the reason.
# All transitions are in tests/unit/test_transitions.py.
TRANSITIONS = {
    "body": (
        [story_at(9), story_at(9, body_text="The ferry sank.", version="2")],
        [("ArticleCreated", None), ("ArticleUpdated", ["body_text", "version", "word_count"])],
    ),
    "body removed": (
        [story_at(9), story_at(9, body_text=None, version="2")],
        [("ArticleCreated", None), ("ArticleUpdated", ["body_text", "version", "word_count"])],
    ),
    "only times moved": ([story_at(9), story_at(10)], [("ArticleCreated", None)]),
    "withheld, then back, then killed": (
        [
            story_at(9),
            story_at(10, status="withheld"),
            story_at(11),
            story_at(12, status="canceled"),
        ],
        [
            ("ArticleCreated", None),
            ("ArticleWithdrawn", "withheld"),
            ("ArticleUpdated", None),
            ("ArticleWithdrawn", "canceled"),
        ],
    ),
    "draft, then published": (
        [story_at(9, status="withheld"), story_at(10)],
        [("ArticleCreated", None)],
    ),
    "embargo first": ([story_at(9, embargoed_until=HELD)], []),
}


def essence(event: dict[str, Any]) -> tuple[str, Any]:
    return event["type"], event["data"].get("changed") or event["data"].get("reason")


@pytest.mark.parametrize("case", TRANSITIONS)
def test_each_transition_has_its_event(newsroom: Newsroom, publish: Function, case: str) -> None:
    stories, expected = TRANSITIONS[case]
    changes = [newsroom.submit(story, version=str(n)) for n, story in enumerate(stories)]

    for change in changes:
        assert failures(publish.invoke({"Records": [change]})) == []

    assert [essence(event) for event in told(newsroom.cloud)] == expected


def test_a_withdrawal_does_not_tell_what_was_withdrawn(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.put(story_at(9), version="1")
    change = newsroom.submit(story_at(10, title="Libel", status="canceled"), version="2")

    publish.invoke({"Records": [change]})

    [event] = told(newsroom.cloud)
    assert event["dataschema"] == "urn:articles:ArticleWithdrawn:1"
    assert "Libel" not in json.dumps(event)
    assert "Ferry" not in json.dumps(event)


def test_an_embargo_that_ends_is_a_creation_or_an_update(
    newsroom: Newsroom, publish: Function
) -> None:
    fresh = newsroom.submit(story_at(9, embargoed_until=HELD), version="1")
    opened = newsroom.release(HELD)
    shut = newsroom.submit(story_at(10, embargoed_until="2026-03-03T00:00:00Z"), version="2")
    reopened = newsroom.release("2026-03-03T00:00:00Z")

    publish.invoke({"Records": [fresh, opened, shut, reopened]})

    events = told(newsroom.cloud)
    assert [essence(event) for event in events] == [
        ("ArticleCreated", None),
        ("ArticleWithdrawn", "embargoed"),
        ("ArticleUpdated", None),
    ]
    # Under one order key the later time wins: subscribers must not end with the withdrawal.
    withdrawn, updated = events[1:]
    assert withdrawn["data"]["order_key"] == updated["data"]["order_key"]
    assert withdrawn["time"] < updated["time"]
    assert withdrawn["id"] != updated["id"]


def test_what_an_operator_deleted_is_no_event(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(a_story())
    image = newsroom.image(newsroom.item["article_id"])

    assert failures(publish.invoke({"Records": [newsroom.record(image, None)]})) == []

    assert newsroom.cloud.border.asked("PutEvents") == []


# ── What DynamoDB removes at the end of its TTL ──────────────────────────────────────────────────

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


def test_a_newer_version_is_stored_over_the_tombstone(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    publish.invoke({"Records": [newsroom.expire(MARCH_31)]})
    told(newsroom.cloud)
    at = "2026-04-02T12:00:00Z"

    change = newsroom.submit(a_story(updated_at=at), at=at, version="newer", key=BRIEF)
    publish.invoke({"Records": [change]})

    assert [essence(event) for event in told(newsroom.cloud)] == [("ArticleUpdated", None)]
    assert newsroom.item["article"]["title"] == a_story()["title"]


def test_a_version_that_is_newer_than_what_expired_stays(
    newsroom: Newsroom, publish: Function
) -> None:
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


def test_the_story_of_an_expiry_from_the_stream_itself(
    newsroom: Newsroom, announced_since: Announcements
) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    newsroom.expire(MARCH_31)

    events = [*announced_since.read(), *announced_since.read()]  # the tombstone is a change, too

    assert [essence(event) for event in events] == [
        ("ArticleCreated", None),
        ("ArticleWithdrawn", "expired"),
    ]


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


def test_an_expiry_that_is_given_again_is_told_with_the_same_id(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.put(story_at(9), key=BRIEF)
    removed = newsroom.expire(MARCH_31)

    for _ in range(2):
        publish.invoke({"Records": [removed]})

    first, again = told(newsroom.cloud)
    assert first == again


def test_a_stream_record_given_again_has_the_same_event_id(
    newsroom: Newsroom, publish: Function
) -> None:
    first = newsroom.submit(story_at(9), version="1")
    second = newsroom.submit(story_at(10, title="New"), version="2")

    for _ in range(2):
        publish.invoke({"Records": [first, second]})

    events = told(newsroom.cloud)
    assert events[:2] == events[2:]
    assert events[0]["id"] != events[1]["id"]


def test_the_bodies_of_both_images_are_compared(newsroom: Newsroom, publish: Function) -> None:
    newsroom.put(story_at(9), version="1")
    change = newsroom.submit(story_at(10, body_html="<p>The ferry <b>sank</b>.</p>"), version="2")
    assert isinstance(change["dynamodb"]["NewImage"]["body"]["B"], str)  # as Lambda gives it

    publish.invoke({"Records": [change]})

    [event] = told(newsroom.cloud)
    assert event["data"]["changed"] == ["body_html", "modified_at"]


def test_an_event_that_would_be_too_large_names_what_it_omits(
    newsroom: Newsroom, publish: Function
) -> None:
    images = [
        {"url": f"https://courier.example/{n}.jpg", "caption": "⛴ " * 400} for n in range(100)
    ]
    change = newsroom.submit(a_story(images=images, tags=["harbour"]))

    publish.invoke({"Records": [change]})

    [entry] = newsroom.cloud.border.bus.entries
    assert len(entry["Detail"].encode()) < 64 * 1024
    [event] = told(newsroom.cloud)
    assert event["data"]["omitted"] == ["images"]
    assert event["data"]["article"]["tags"] == [{"name": "harbour"}]


# ── Receipts ─────────────────────────────────────────────────────────────────────────────────────


def receipt_change(newsroom: Newsroom) -> Item:
    """Write the stream record of the one receipt of the table."""
    [image] = newsroom.cloud.images("ReceiptsTable")
    return stream_record(1, ["key", "version"], None, image, table="receipts")


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        ([a_story(id="1"), a_story(id="2")], "accepted"),
        ([a_story(id="1"), BAD], "partial"),
        (BAD, "rejected"),
        (b"{", "rejected"),
    ],
)
def test_an_upload_with_more_to_tell_than_one_article_is_announced(
    newsroom: Newsroom, publish: Function, file: Any, outcome: str
) -> None:
    receipt = newsroom.take(file, version="1")

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [event] = told(newsroom.cloud)
    assert event["type"] == "UploadProcessed"
    assert event["source"] == "/articles/test/feeds/courier"
    assert event["subject"] == "incoming/courier/ferry.json"
    data = event["data"]
    assert (data["key"], data["version"], data["feed"]) == (receipt.key, "1", "courier")
    assert (data["state"], data["outcome"]) == ("done", outcome)
    assert data.get("counts", {}) == receipt.counts
    assert newsroom.cloud.report(data["report"])["outcome"] == outcome
    assert data["report_bucket"] == newsroom.cloud.outputs["ArchiveBucket"]


@pytest.mark.parametrize("is_gone", [True, False])
def test_an_upload_whose_article_says_it_all_is_not_announced(
    newsroom: Newsroom, publish: Function, *, is_gone: bool
) -> None:
    newsroom.take(a_story(), is_gone=is_gone)

    publish.invoke({"Records": [receipt_change(newsroom)]})

    assert told(newsroom.cloud) == []


def test_an_upload_that_failed_is_announced_with_its_cause(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.ingestion.give_up(
        Upload("incoming/courier/a.json", "1"), cause="AccessDenied", is_over=True
    )

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [event] = told(newsroom.cloud)
    assert (event["data"]["state"], event["data"]["cause"]) == ("failed", "AccessDenied")


def test_the_event_of_a_hopeless_upload_is_bounded(newsroom: Newsroom, publish: Function) -> None:
    newsroom.take([BAD] * 1_000)

    publish.invoke({"Records": [receipt_change(newsroom)]})

    [entry] = newsroom.cloud.border.bus.entries
    assert len(entry["Detail"].encode()) < 64 * 1024
    data = told(newsroom.cloud)[0]["data"]
    assert [problem["record"] for problem in data["problems"]] == [*range(20)]
    assert data["omitted"] == ["problems", "warnings"]


# ── How it is sent ───────────────────────────────────────────────────────────────────────────────


def test_requests_hold_ten_entries_at_most(newsroom: Newsroom, publish: Function) -> None:
    changes = [created(newsroom, number) for number in range(23)]

    publish.invoke({"Records": changes})

    assert [len(request) for request in newsroom.cloud.border.bus.requests] == [10, 10, 3]
    assert [event["data"]["article"]["title"] for event in told(newsroom.cloud)] == [
        f"Story {number}" for number in range(23)
    ]


def test_requests_stay_under_the_smallest_limit_of_the_bus(
    newsroom: Newsroom, publish: Function
) -> None:
    changes = [created(newsroom, number, description="word " * 9_000) for number in range(10)]

    publish.invoke({"Records": changes})

    sizes = [
        sum(len(value.encode()) for entry in request for value in entry.values())
        for request in newsroom.cloud.border.bus.requests
    ]
    assert sum(sizes) > 300 * 1024
    assert max(sizes) < 256 * 1024
    assert len(told(newsroom.cloud)) == 10


@pytest.mark.parametrize("size", [99, 100, 101])
def test_a_full_batch_is_sent_once(newsroom: Newsroom, publish: Function, size: int) -> None:
    changes = [created(newsroom, number) for number in range(size)]

    assert failures(publish.invoke({"Records": changes})) == []

    assert len(told(newsroom.cloud)) == size
    assert newsroom.cloud.metrics()["EventsSent"] == size


def test_events_of_one_article_never_share_a_request(newsroom: Newsroom, publish: Function) -> None:
    changes = [
        newsroom.submit(story_at(hour, title=f"At {hour}"), version=str(hour))
        for hour in (8, 9, 10)
    ]
    changes.insert(1, created(newsroom, 7))

    publish.invoke({"Records": changes})

    for request in newsroom.cloud.border.bus.requests:
        subjects = [json.loads(entry["Detail"])["subject"] for entry in request]
        assert len(set(subjects)) == len(subjects)
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert [title for title in titles if title.startswith("At")] == ["At 8", "At 9", "At 10"]


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure"])
def test_entries_that_failed_are_sent_again_in_the_same_invocation(
    newsroom: Newsroom, publish: Function, code: str
) -> None:
    changes = [created(newsroom, number) for number in range(5)]
    newsroom.cloud.border.bus.refuse("Story 1", code, times=1)
    newsroom.cloud.border.bus.refuse("Story 3", code, times=1)

    assert failures(publish.invoke({"Records": changes})) == []

    requests = newsroom.cloud.border.bus.requests
    assert [len(request) for request in requests] == [5, 2]
    assert newsroom.cloud.clock.slept == [0.2]
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert sorted(titles) == [f"Story {number}" for number in range(5)]


def test_what_still_fails_is_reported_and_its_articles_later_events_wait(
    newsroom: Newsroom, publish: Function
) -> None:
    changes = [
        created(newsroom, 1),
        newsroom.submit(story_at(8, title="Blocked"), version="1"),
        created(newsroom, 2),
        newsroom.submit(story_at(9, title="Waits"), version="2"),
        created(newsroom, 3),
    ]
    bus = newsroom.cloud.border.bus
    bus.refuse("Blocked", "ThrottlingException")

    answer = publish.invoke({"Records": changes})

    assert failures(answer) == ["2"]
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert titles == ["Story 1", "Story 2", "Story 3"]

    bus.accept()
    assert failures(publish.invoke({"Records": changes[1:]})) == []
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert titles.index("Blocked") < titles.index("Waits")


def test_the_lowest_sequence_number_is_found_by_its_value(
    newsroom: Newsroom, publish: Function
) -> None:
    changes = [created(newsroom, number) for number in range(3)]
    numbers = ["9", "10", "100000000000000000000000000000000000001"]
    for change, number in zip(changes, numbers, strict=True):
        change["dynamodb"]["SequenceNumber"] = number
    newsroom.cloud.border.fail("PutEvents", "InternalException", status=500)

    assert failures(publish.invoke({"Records": changes})) == ["9"]


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "AccessDeniedException", "ResourceNotFoundException"]
)
def test_when_the_bus_cannot_be_reached_all_comes_again(
    newsroom: Newsroom, publish: Function, code: str
) -> None:
    changes = [created(newsroom, number) for number in range(12)]
    newsroom.cloud.border.fail("PutEvents", code, times=2)

    assert failures(publish.invoke({"Records": changes})) == ["1"]
    assert failures(publish.invoke({"Records": changes})) == []

    assert len(told(newsroom.cloud)) == 12
    assert newsroom.cloud.messages("PublishFailureQueueUrl") == []


@pytest.mark.parametrize("code", ["MalformedDetail", "SomethingUnheardOfException"])
def test_an_event_refused_for_good_goes_to_the_failure_queue_and_the_shard_goes_on(
    newsroom: Newsroom, publish: Function, code: str
) -> None:
    changes = [created(newsroom, number) for number in range(3)]
    refused = changes[1]["dynamodb"]
    newsroom.cloud.border.bus.refuse("Story 1", code)

    assert failures(publish.invoke({"Records": changes})) == []

    [message] = [json.loads(it["Body"]) for it in newsroom.cloud.messages("PublishFailureQueueUrl")]
    assert message["subject"] == refused["Keys"]["article_id"]["S"]
    assert message["sequence"] == refused["SequenceNumber"]
    assert code in message["cause"]
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert titles == ["Story 0", "Story 2"]
    assert newsroom.cloud.metrics()["EventsGivenUp"] == 1


POISON = {
    "no article": {"article_id": {"S": "x"}},
    "another schema": {"article_id": {"S": "x"}, "status": {"S": "usable"}, "article": {"N": "7"}},
    "broken body": {"body": {"B": "AAAA"}},
}


@pytest.mark.parametrize("case", POISON)
def test_a_stream_record_that_is_not_ours_goes_to_the_failure_queue_and_the_shard_goes_on(
    newsroom: Newsroom, publish: Function, case: str
) -> None:
    good = created(newsroom, 1)
    newsroom.put(story_at(9), version="1")
    poison = newsroom.submit(story_at(10, title="Poisoned"), version="2")
    if case == "broken body":
        poison["dynamodb"]["OldImage"] |= POISON[case]
    else:
        poison["dynamodb"]["NewImage"] = POISON[case] | (
            {"status": {"S": "usable"}} if case == "no article" else {}
        )

    assert failures(publish.invoke({"Records": [poison, good]})) == []

    [message] = [json.loads(it["Body"]) for it in newsroom.cloud.messages("PublishFailureQueueUrl")]
    assert message["sequence"] == poison["dynamodb"]["SequenceNumber"]
    assert message["cause"]
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert titles == ["Story 1"]
    assert newsroom.cloud.metrics()["EventsGivenUp"] == 1


@pytest.mark.parametrize(
    ("case", "named"), [("state", "state"), ("run", "run"), ("outcome", "records.0.outcome")]
)
def test_a_receipt_that_is_not_ours_goes_to_the_failure_queue_and_what_is_behind_it_is_announced(
    newsroom: Newsroom, publish: Function, case: str, named: str
) -> None:
    newsroom.take([a_story(), BAD], version="1")
    poison = receipt_change(newsroom)
    image = poison["dynamodb"]["NewImage"]
    match case:
        case "state":
            image["state"] = {"S": "postponed"}
        case "run":
            del image["run"]
        case "outcome":
            image["records"]["L"][0]["M"]["outcome"] = {"S": "translated"}
    good = created(newsroom, 1)
    good["dynamodb"]["SequenceNumber"] = "2"

    assert failures(publish.invoke({"Records": [poison, good]})) == []

    [message] = [json.loads(it["Body"]) for it in newsroom.cloud.messages("PublishFailureQueueUrl")]
    assert message["sequence"] == poison["dynamodb"]["SequenceNumber"]
    assert json.loads(message["subject"])["key"] == {"S": "incoming/courier/ferry.json"}
    assert named in message["cause"]
    titles = [event["data"]["article"]["title"] for event in told(newsroom.cloud)]
    assert titles == ["Story 1"]
    assert newsroom.cloud.metrics()["EventsGivenUp"] == 1


def test_what_cannot_be_given_up_comes_again(newsroom: Newsroom, publish: Function) -> None:
    change = created(newsroom, 1)
    newsroom.cloud.border.bus.refuse("Story 1", "MalformedDetail")
    newsroom.cloud.border.fail("SendMessage", "ServiceUnavailable", status=503)

    assert publish.invoke({"Records": [change]}) is None  # Lambda gives the whole batch again


def test_the_time_from_an_upload_to_its_event_is_measured(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.cloud.clock.stand_still(moment("2026-03-01T12:01:30Z"))
    changes = [
        newsroom.submit(a_story(), at="2026-03-01T12:00:00Z"),
        newsroom.submit(story_at(10, title="New"), at="2026-03-01T12:01:00Z"),
    ]

    publish.invoke({"Records": changes})

    assert newsroom.cloud.measured(LAG) == [90, 30]


def test_what_waited_for_something_else_than_the_service_is_not_measured(
    newsroom: Newsroom, publish: Function
) -> None:
    changes = [
        newsroom.submit(a_story(embargoed_until=HELD)),  # no event
        newsroom.release(HELD),
        newsroom.submit(story_at(9, title="Read anew", embargoed_until=HELD), run=1, now=LATER),
    ]

    publish.invoke({"Records": changes})

    assert len(told(newsroom.cloud)) == 2
    assert newsroom.cloud.measured(LAG) == []


def test_an_event_that_was_not_sent_is_measured_when_it_is(
    newsroom: Newsroom, publish: Function
) -> None:
    change = newsroom.submit(a_story())
    newsroom.cloud.clock.stand_still(moment("2026-03-01T12:05:00Z"))
    newsroom.cloud.border.bus.refuse("Ferry", "InternalFailure")
    publish.invoke({"Records": [change]})
    assert newsroom.cloud.measured(LAG) == []

    newsroom.cloud.border.bus.accept()
    publish.invoke({"Records": [change]})

    assert newsroom.cloud.measured(LAG) == [300]


def test_events_are_counted_by_stage_only(newsroom: Newsroom, publish: Function) -> None:
    hidden = newsroom.submit(story_at(9, status="withheld"))

    publish.invoke({"Records": [created(newsroom, 1), hidden, created(newsroom, 2)]})

    assert newsroom.cloud.metrics().keys() == {"EventsSent", "UploadToEventSeconds"}
    assert newsroom.cloud.metrics()["EventsSent"] == 2
    [emf] = [line for line in newsroom.cloud.logged() if "_aws" in line]
    [group] = emf["_aws"]["CloudWatchMetrics"]
    assert [sorted(dimensions) for dimensions in group["Dimensions"]] == [["service", "stage"]]
    assert "Story" not in newsroom.cloud.log.getvalue()


def test_a_function_without_its_configuration_names_all_that_is_missing(cloud: Cloud) -> None:
    publish = cloud.function("PublishFunction", EVENT_BUS=None, PUBLISH_FAILURE_QUEUE_URL=None)

    assert publish.invoke({"Records": []}) is None

    log = cloud.log.getvalue().lower()
    assert "event_bus" in log
    assert "publish_failure_queue_url" in log


def test_a_request_refused_for_good_does_not_stop_the_shard(
    newsroom: Newsroom, publish: Function
) -> None:
    changes = [created(newsroom, number) for number in (1, 2)]
    newsroom.cloud.border.fail(
        "PutEvents",
        "ValidationException",
        concerns=lambda asked: any("Story 1" in entry["Detail"] for entry in asked["Entries"]),
    )

    assert failures(publish.invoke({"Records": changes})) == []

    assert [event["data"]["article"]["title"] for event in told(newsroom.cloud)] == ["Story 2"]
    assert len(newsroom.cloud.messages("PublishFailureQueueUrl")) == 1
