"""What a rule's target gets, and for which events, as EventBridge documents it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.envelopes import EventBridgeEnvelope
from moto.events.models import EventPattern

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws, limits

from .bus import ENVELOPE, send

Json = dict[str, Any]

FERRY: Any = {
    "tags": [
        {"name": "Ferry", "scheme": "desk", "code": "f"},
        {"name": "Business", "scheme": "iptc", "code": "04000000", "labels": ["trade", "money"]},
        {"name": "Strike"},
    ],
    "crew": [[{"first": "Ida", "last": "Krohn"}], [{"first": "Anna", "last": "Lund"}]],
    "section": "Harbour",
    "changed": ["title", "body_text"],
    "images": [],
    "place": {"town": "Husum"},
    "words": 420,
    "note": None,
}
EXISTS, ABSENT = [{"exists": True}], [{"exists": False}]
LONG = [{"numeric": [">", 400]}]


@pytest.fixture(autouse=True)
def as_here() -> Iterator[None]:
    with limits.enforced():
        yield


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"tags": {"name": ["Business"]}}, True),
        ({"tags": {"name": ["Sports"]}}, False),
        ({"tags": {"labels": ["money"]}}, True),
        ({"tags": {"name": ["Business"], "code": ["04000000"]}}, True),
        ({"tags": {"name": ["Ferry"], "code": ["04000000"]}}, False),
        ({"tags": {"name": ["Ferry", "Strike"]}, "changed": ["title"]}, True),
        ({"tags": {"name": [{"prefix": "Bus"}], "scheme": [{"anything-but": "desk"}]}}, True),
        ({"tags": {"name": ["Strike"], "scheme": [{"anything-but": "desk"}]}}, False),
        ({"crew": {"first": ["Anna"]}}, True),
        ({"crew": {"first": ["Anna"], "last": ["Lund"]}}, True),
        ({"crew": {"first": ["Anna"], "last": ["Krohn"]}}, False),
        ({"tags": {"$or": [{"name": ["Sports"]}, {"code": ["f"]}]}}, True),
        ({"tags": {"name": ["Strike"], "$or": [{"code": ["f"]}, {"scheme": ["iptc"]}]}}, False),
        ({"section": ["Harbour"], "$or": [{"words": LONG}, {"note": EXISTS}]}, True),
        ({"tags": {"code": EXISTS}}, True),
        ({"tags": {"role": ABSENT}}, True),
        ({"tags": {"code": ABSENT}}, False),
        ({"tags": EXISTS}, False),  # a list of objects has no value of its own
        ({"place": EXISTS}, False),
        ({"images": ABSENT}, True),
        ({"note": [None]}, True),
        ({"changed": [{"anything-but": "title"}]}, True),  # one of them is another
    ],
    ids=lambda it: json.dumps(it) if isinstance(it, dict) else None,
)
def test_a_pattern_looks_into_lists_of_objects(pattern: Json, *, matches: bool) -> None:
    assert EventPattern.load(json.dumps(pattern)).matches_event(FERRY) is matches


def test_a_queue_gets_the_envelope_of_eventbridge(aws: EmbeddedAws, tap: Tap) -> None:
    detail: Json = {
        "title": "How <id>, <time> and <detail> are written",
        "tags": [{"name": "<source>"}],
    }

    send(aws, **detail)

    [event] = tap.read()
    assert event.keys() == ENVELOPE
    assert event["detail"] == detail
    assert (event["account"], event["region"]) == ("123456789012", "us-east-1")
    assert datetime.fromisoformat(event["time"]).tzinfo == UTC
    assert parse(event=event, model=dict[str, Any], envelope=EventBridgeEnvelope) == detail


def test_without_days_to_keep_events_there_is_no_archive(aws: EmbeddedAws) -> None:
    assert aws.client("events").list_archives()["Archives"] == []


def test_a_rule_that_is_switched_off_gets_nothing(aws: EmbeddedAws, tap: Tap) -> None:
    rule = {"Name": tap.rule.rpartition("/")[2], "EventBusName": aws.outputs["EventBusName"]}
    aws.client("events").disable_rule(**rule)
    send(aws, number=1)
    aws.client("events").enable_rule(**rule)
    send(aws, number=2)

    assert [it["detail"] for it in tap.read()] == [{"number": 2}]


@pytest.mark.parametrize(("section", "matches"), [("Harbour", True), ("Sports", False)])
def test_a_pattern_can_be_tried_on_an_event(
    aws: EmbeddedAws, section: str, *, matches: bool
) -> None:
    envelope = dict.fromkeys(ENVELOPE, "") | {"resources": [], "detail": FERRY}
    answer = aws.client("events").test_event_pattern(
        EventPattern=json.dumps({"detail": {"section": [section]}}), Event=json.dumps(envelope)
    )
    assert answer["Result"] is matches


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "as it was"])
def test_dead_letters_can_be_moved_back(aws: EmbeddedAws, *, is_named: bool) -> None:
    sqs = aws.client("sqs")
    urls = [sqs.create_queue(QueueName=f"{name}-{is_named}")["QueueUrl"] for name in ("q", "dead")]
    arns = [
        sqs.get_queue_attributes(QueueUrl=it, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for it in urls
    ]
    redrive = json.dumps({"deadLetterTargetArn": arns[1], "maxReceiveCount": 5})
    sqs.set_queue_attributes(QueueUrl=urls[0], Attributes={"RedrivePolicy": redrive})
    for number in range(12):
        sqs.send_message(QueueUrl=urls[1], MessageBody=str(number))

    to = {"DestinationArn": arns[0]} if is_named else {}
    sqs.start_message_move_task(SourceArn=arns[1], **to)

    bodies: list[str] = []
    while found := sqs.receive_message(QueueUrl=urls[0], MaxNumberOfMessages=10).get("Messages"):
        bodies += [it["Body"] for it in found]
    assert sorted(bodies, key=int) == [str(number) for number in range(12)]
    assert "Messages" not in sqs.receive_message(QueueUrl=urls[1])


def test_a_target_that_is_gone_keeps_nobody_else_from_the_event(aws: EmbeddedAws, tap: Tap) -> None:
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as gone:
        url = aws.client("sqs").get_queue_url(QueueName=gone.rule.rpartition("/")[2])["QueueUrl"]
        aws.client("sqs").delete_queue(QueueUrl=url)
        send(aws, number=1)
        assert [it["detail"] for it in tap.read()] == [{"number": 1}]
        aws.client("sqs").create_queue(QueueName=gone.rule.rpartition("/")[2])
