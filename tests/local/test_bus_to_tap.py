import json

import pytest
from botocore.exceptions import ClientError

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws


def announce(aws: EmbeddedAws, headline: str) -> None:
    aws.client("events").put_events(
        Entries=[
            {
                "EventBusName": aws.outputs["EventBusName"],
                "Source": "articles",
                "DetailType": "ArticleCreated",
                "Detail": json.dumps({"headline": headline}),
            }
        ]
    )


def tap(aws: EmbeddedAws) -> Tap:
    return Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"])


def test_every_event_on_the_bus_is_read_once(aws: EmbeddedAws) -> None:
    with tap(aws) as tapped:
        for number in range(12):
            announce(aws, f"Story {number}")

        events = tapped.read()

        assert [it["detail"]["headline"] for it in events] == [f"Story {n}" for n in range(12)]
        assert events[0]["detail-type"] == "ArticleCreated"
        assert events[0]["source"] == "articles"
        assert events[0]["time"].endswith("Z")
        assert tapped.read() == []


def test_a_closed_tap_leaves_nothing_behind(aws: EmbeddedAws) -> None:
    queues = aws.client("sqs").list_queues()["QueueUrls"]

    with tap(aws):
        assert len(aws.client("sqs").list_queues()["QueueUrls"]) == len(queues) + 1

    assert aws.client("sqs").list_queues()["QueueUrls"] == queues
    rules = aws.client("events").list_rules(EventBusName=aws.outputs["EventBusName"])
    assert rules["Rules"] == []


def test_a_tap_that_cannot_be_made_leaves_nothing_behind(aws: EmbeddedAws) -> None:
    sqs, queues = aws.client("sqs"), aws.client("sqs").list_queues().get("QueueUrls")
    with pytest.raises(ClientError):
        Tap(aws.client("events"), sqs, "no-such-bus")
    assert sqs.list_queues().get("QueueUrls") == queues


def test_no_more_than_asked_for_is_read_of_a_busy_bus(aws: EmbeddedAws) -> None:
    with tap(aws) as tapped:
        for number in range(25):
            announce(aws, f"Story {number}")
        assert [len(tapped.read(10)) for _ in range(4)] == [10, 10, 5, 0]
