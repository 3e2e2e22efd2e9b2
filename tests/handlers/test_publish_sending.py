"""How the publish function sends: requests and their limits, failures, poison, and the lag."""

import json

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.newsroom import Newsroom, a_story, moment

from .messages import failures
from .stream import created, receipt_change, story_at, told

LAG = "UploadToEventSeconds"
HELD, LATER = "2026-03-02T00:00:00Z", "2026-03-02T00:01:00Z"
BAD = {"neither": "a title", "nor": "a text"}


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
