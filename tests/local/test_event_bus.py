"""What a rule's target gets, and for which events, as EventBridge documents it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.envelopes import EventBridgeEnvelope
from moto.events.models import EventPattern

from articles_local import EmbeddedAws, Tap, limits

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
