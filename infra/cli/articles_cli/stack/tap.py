"""What a subscriber gets: events of a bus, through its own rule and queue."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

Json = dict[str, Any]

EVERYTHING = MappingProxyType({"source": [{"prefix": ""}]})


class Tap:
    """Listens to a bus that the clients can reach, from its creation to `close`.

    `pattern` selects the events; `rule` is the ARN of its rule.
    """

    def __init__(
        self,
        events: EventBridgeClient,
        sqs: SQSClient,
        bus: str,
        pattern: Mapping[str, object] = EVERYTHING,
    ) -> None:
        self._events, self._sqs, self._bus = events, sqs, bus
        self._name = f"articles-tap-{uuid4().hex[:12]}"
        with ExitStack() as undo:
            self._create(pattern, undo)
            self._undo = undo.pop_all()

    def _create(self, pattern: Mapping[str, object], undo: ExitStack) -> None:
        events, sqs, bus = self._events, self._sqs, self._bus
        self._url = sqs.create_queue(QueueName=self._name)["QueueUrl"]
        undo.callback(sqs.delete_queue, QueueUrl=self._url)
        attributes = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": _policy(arn)})
        self.rule = events.put_rule(
            Name=self._name, EventBusName=bus, EventPattern=json.dumps(dict(pattern))
        )["RuleArn"]
        undo.callback(events.delete_rule, Name=self._name, EventBusName=bus)
        events.put_targets(
            Rule=self._name,
            EventBusName=bus,
            Targets=[{"Id": "tap", "Arn": arn}],
        )
        undo.callback(events.remove_targets, Rule=self._name, EventBusName=bus, Ids=["tap"])

    def read(self, most: int = sys.maxsize) -> list[Json]:
        """Return the events since the last call, as EventBridge delivers them.

        On a busy bus more may come as fast as they are read: after `most`, the rest is for later.
        """
        events: list[Json] = []
        while len(events) < most and (
            messages := self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=0
            ).get("Messages")
        ):
            events += [json.loads(it["Body"]) for it in messages]
            self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": it["ReceiptHandle"]}
                    for n, it in enumerate(messages)
                ],
            )
        return events

    def close(self) -> None:
        """Remove the rule and the queue: each is tried, whatever becomes of the other."""
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _policy(queue: str) -> str:
    """Allow the rules of this account to send to the queue."""
    account = queue.split(":")[4]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
