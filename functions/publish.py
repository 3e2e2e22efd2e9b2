"""The publish function: what the tables' streams tell becomes events on the bus.

The stream is the outbox: nothing is announced that was not stored, and nothing stored is forgotten.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from articles.announcer import Announcer, Outgoing
from articles.aws import CONFIG
from articles.events import Event, article_event, upload_event
from articles.faults import told
from articles.receipts import CAUSE_SHOWN, from_receipt_item
from articles.settings import PublishSettings
from articles.store import from_item

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

logger = Logger()
metrics = Metrics()

StreamRecord = dict[str, Any]


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Announce a batch of one shard; name the first record that must be given again, if any."""
    unsent = publisher().publish(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": min(unsent, key=int)}] if unsent else []}


@cache
def publisher() -> "Publisher":
    settings = PublishSettings.from_env()
    metrics.set_default_dimensions(stage=settings.stage)
    announcer = Announcer(boto3.client("events", config=CONFIG), settings.event_bus)
    return Publisher(settings, announcer, boto3.client("sqs", config=CONFIG))


@dataclass(frozen=True)
class Publisher:
    settings: PublishSettings
    announcer: Announcer
    sqs: "SQSClient"

    def publish(self, records: Sequence[StreamRecord]) -> Sequence[str]:
        """Announce what a batch means; give the sequence numbers that could not be sent now."""
        outgoing = [found for record in records if (found := self._outgoing(record))]
        announced = self.announcer.send(outgoing)
        for refused in announced.refused:
            self._give_up(refused.outgoing.sequence, refused.outgoing.event.subject, refused.cause)
        sent = len(outgoing) - len(announced.unsent) - len(announced.refused)
        metrics.add_metric("EventsSent", MetricUnit.Count, sent)
        unsent = [outgoing.sequence for outgoing in announced.unsent]
        logger.info("published", sent=sent, unsent=len(unsent), records=len(records))
        if announced.faults:
            logger.warning("EventBridge failed", causes=announced.faults)
        return unsent

    def _outgoing(self, record: StreamRecord) -> Outgoing | None:
        change = record["dynamodb"]
        try:
            event = self._event(record)
        except Exception as error:  # noqa: BLE001 - a poison record must not stop its shard
            logger.error("not a record of ours", extra=told(error))
            cause = f"{type(error).__name__}: {error}"[:CAUSE_SHOWN]
            self._give_up(change["SequenceNumber"], json.dumps(change.get("Keys")), cause)
            return None
        return Outgoing(change["SequenceNumber"], event) if event else None

    def _event(self, record: StreamRecord) -> Event | None:
        change, settings = record["dynamodb"], self.settings
        old, new = (_image(change.get(name)) for name in ("OldImage", "NewImage"))
        if "article_id" in change["Keys"]:
            return article_event(old, new, stage=settings.stage, table=settings.articles_table)
        before = from_receipt_item(old) if old else None
        return upload_event(before, from_receipt_item(new), stage=settings.stage) if new else None

    def _give_up(self, sequence: str, subject: str, cause: str) -> None:
        """Put what can never be announced where an operator finds it, and an alarm rings."""
        message = {"v": 1, "sequence": sequence, "subject": subject, "cause": cause}
        self.sqs.send_message(
            QueueUrl=self.settings.publish_failure_queue_url, MessageBody=json.dumps(message)
        )
        metrics.add_metric("EventsGivenUp", MetricUnit.Count, 1)


def _image(image: dict[str, Any] | None) -> dict[str, Any] | None:
    """Read a stream image; Lambda gives binaries as base64 (only `body` is one)."""
    if image is None:
        return None
    packed = image.get("body", {}).get("B")
    if isinstance(packed, str):
        image = {**image, "body": {"B": base64.b64decode(packed)}}
    return from_item(image)
