"""What a subscriber gets: every event of a bus, through a rule and a queue of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Self
from uuid import uuid4

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

    from .template import Json

EVERYTHING = {"source": [{"prefix": ""}]}


class Tap:
    """Listens from its making to its `close`. A real bus would also need a policy on the queue."""

    def __init__(self, events: EventBridgeClient, sqs: SQSClient, bus: str) -> None:
        self._events, self._sqs, self._bus = events, sqs, bus
        self._name = f"articles-tap-{uuid4().hex[:12]}"
        self._url = sqs.create_queue(QueueName=self._name)["QueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        events.put_rule(Name=self._name, EventBusName=bus, EventPattern=json.dumps(EVERYTHING))
        events.put_targets(
            Rule=self._name,
            EventBusName=bus,
            Targets=[{"Id": "tap", "Arn": asked["Attributes"]["QueueArn"]}],
        )

    def read(self) -> list[Json]:
        """Return what has come since the last call, in the form in which EventBridge delivers."""
        events: list[Json] = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            events += [json.loads(it["Body"]) for it in messages]
            for it in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=it["ReceiptHandle"])
        return events

    def close(self) -> None:
        self._events.remove_targets(Rule=self._name, EventBusName=self._bus, Ids=["tap"])
        self._events.delete_rule(Name=self._name, EventBusName=self._bus)
        self._sqs.delete_queue(QueueUrl=self._url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
