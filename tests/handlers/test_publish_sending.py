"""How the publish function sends: requests and their limits, failures, poison, and the lag."""

import json
from collections.abc import Callable

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.newsroom import Newsroom, a_story, moment

from .messages import failures
from .stream import created, receipt_change, story_at, told

LAG = "UploadToEventSeconds"
HELD, LATER = "2026-03-02T00:00:00Z", "2026-03-02T00:01:00Z"
BAD = {"neither": "a title", "nor": "a text"}


def titles(cloud: Cloud) -> list[str]:
    """Give the titles of the events on the bus, and take them off it."""
    return [event["data"]["article"]["title"] for event in told(cloud)]


def given_up(cloud: Cloud) -> Item:
    """Give what the one message of the failure queue says."""
    [message] = cloud.messages("PublishFailureQueueUrl")
    said: Item = json.loads(message["Body"])
    return said


def test_requests_hold_ten_entries_at_most(newsroom: Newsroom, publish: Function) -> None:
    changes = [created(newsroom, number) for number in range(101)]

    assert failures(publish.invoke({"Records": changes})) == []

    sizes = [len(request) for request in newsroom.cloud.border.bus.requests]
    assert sizes == [*[10] * 10, 1]
    assert titles(newsroom.cloud) == [f"Story {number}" for number in range(101)]
    assert newsroom.cloud.metrics()["EventsSent"] == 101


def test_requests_stay_under_the_limit_of_the_bus(newsroom: Newsroom, publish: Function) -> None:
    changes = [created(newsroom, number, description="word " * 9_000) for number in range(10)]

    publish.invoke({"Records": changes})

    sizes = [
        sum(len(value.encode()) for entry in request for value in entry.values())
        for request in newsroom.cloud.border.bus.requests
    ]
    assert sum(sizes) > 300 * 1024
    assert max(sizes) < 256 * 1024
    assert len(told(newsroom.cloud)) == 10


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
    ours = [title for title in titles(newsroom.cloud) if title.startswith("At")]
    assert ours == ["At 8", "At 9", "At 10"]


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
    assert sorted(titles(newsroom.cloud)) == [f"Story {number}" for number in range(5)]


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
    assert titles(newsroom.cloud) == ["Story 1", "Story 2", "Story 3"]

    bus.accept()
    assert failures(publish.invoke({"Records": changes[1:]})) == []
    assert titles(newsroom.cloud) == ["Blocked", "Story 2", "Story 3", "Waits"]


def test_sequence_numbers_are_compared_by_value(newsroom: Newsroom, publish: Function) -> None:
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

    message = given_up(newsroom.cloud)
    assert message["subject"] == refused["Keys"]["article_id"]["S"]
    assert message["sequence"] == refused["SequenceNumber"]
    assert code in message["cause"]
    assert titles(newsroom.cloud) == ["Story 0", "Story 2"]
    assert newsroom.cloud.metrics()["EventsGivenUp"] == 1


def test_a_refused_request_does_not_stop_the_shard(newsroom: Newsroom, publish: Function) -> None:
    changes = [created(newsroom, number) for number in (1, 2)]
    newsroom.cloud.border.fail(
        "PutEvents", "ValidationException", concerns=lambda asked: "Story 1" in str(asked)
    )

    assert failures(publish.invoke({"Records": changes})) == []

    assert titles(newsroom.cloud) == ["Story 2"]
    assert len(newsroom.cloud.messages("PublishFailureQueueUrl")) == 1


def no_article(image: Item) -> None:
    image.clear()
    image |= {"article_id": {"S": "x"}, "status": {"S": "usable"}}


def another_schema(image: Item) -> None:
    no_article(image)
    image["article"] = {"N": "7"}


def broken_body(image: Item) -> None:
    image["body"] = {"B": "AAAA"}


def another_state(image: Item) -> None:
    image["state"] = {"S": "postponed"}


def no_run(image: Item) -> None:
    del image["run"]


def another_outcome(image: Item) -> None:
    image["records"]["L"][0]["M"]["outcome"] = {"S": "translated"}


@pytest.mark.parametrize(
    ("spoil", "image", "named"),
    [
        (no_article, "NewImage", ""),
        (another_schema, "NewImage", ""),
        (broken_body, "OldImage", ""),
        (another_state, "receipt", "state"),
        (no_run, "receipt", "run"),
        (another_outcome, "receipt", "records.0.outcome"),
    ],
)
def test_a_stream_record_that_is_not_ours_goes_to_the_failure_queue_and_the_shard_goes_on(
    newsroom: Newsroom, publish: Function, spoil: Callable[[Item], None], image: str, named: str
) -> None:
    if image == "receipt":
        newsroom.take([a_story(), BAD], version="1")
        poison, image, subject = receipt_change(newsroom), "NewImage", "incoming/courier/ferry.json"
    else:
        newsroom.put(story_at(9), version="1")
        subject = newsroom.item["article_id"]
        poison = newsroom.submit(story_at(10, title="Poisoned"), version="2")
    spoil(poison["dynamodb"][image])
    good = created(newsroom, 1)
    good["dynamodb"]["SequenceNumber"] = "9"

    assert failures(publish.invoke({"Records": [poison, good]})) == []

    message = given_up(newsroom.cloud)
    assert subject in message["subject"]
    assert message["sequence"] == poison["dynamodb"]["SequenceNumber"]
    assert message["cause"]
    assert named in message["cause"]
    assert titles(newsroom.cloud) == ["Story 1"]
    assert newsroom.cloud.metrics()["EventsGivenUp"] == 1


def test_what_cannot_be_given_up_comes_again(newsroom: Newsroom, publish: Function) -> None:
    change = created(newsroom, 1)
    newsroom.cloud.border.bus.refuse("Story 1", "MalformedDetail")
    newsroom.cloud.border.fail("SendMessage", "ServiceUnavailable", status=503)

    assert publish.invoke({"Records": [change]}) is None  # Lambda gives the whole batch again


def test_the_lag_from_upload_to_event_is_measured_once_it_is_sent(
    newsroom: Newsroom, publish: Function
) -> None:
    newsroom.cloud.clock.stand_still(moment("2026-03-01T12:01:30Z"))
    changes = [
        newsroom.submit(a_story(), at="2026-03-01T12:00:00Z"),
        newsroom.submit(story_at(10, title="New"), at="2026-03-01T12:01:00Z"),
    ]
    newsroom.cloud.border.bus.refuse("New", "InternalFailure")
    publish.invoke({"Records": changes})
    assert newsroom.cloud.measured(LAG) == [90]

    newsroom.cloud.border.bus.accept()
    newsroom.cloud.clock.stand_still(moment("2026-03-01T12:05:00Z"))
    publish.invoke({"Records": changes[1:]})

    assert newsroom.cloud.measured(LAG) == [90, 240]


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


def test_events_are_counted_by_stage_only(newsroom: Newsroom, publish: Function) -> None:
    hidden = newsroom.submit(story_at(9, status="withheld"))

    publish.invoke({"Records": [created(newsroom, 1), hidden, created(newsroom, 2)]})

    assert newsroom.cloud.metrics().keys() == {"EventsSent", "UploadToEventSeconds"}
    assert newsroom.cloud.metrics()["EventsSent"] == 2
    [emf] = [line for line in newsroom.cloud.logged() if "_aws" in line]
    [group] = emf["_aws"]["CloudWatchMetrics"]
    assert [sorted(dimensions) for dimensions in group["Dimensions"]] == [["service", "stage"]]
    assert "Story" not in newsroom.cloud.log.getvalue()
