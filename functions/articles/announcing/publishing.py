"""From a batch of a table's stream to events on the bus.

What can never be announced goes to a queue for the operator.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from articles.announcing.announcer import Announced, Announcer, Outgoing
from articles.announcing.events import Event
from articles.announcing.transitions import article_event, expired_event, upload_event
from articles.logs import Telemetry, as_log_fields
from articles.settings import PublishSettings
from articles.storing.items import Item, from_item
from articles.storing.receipts import CAUSE_SHOWN, from_receipt_item
from articles.storing.tombstones import EXPIRED, Expiry, expired, is_tombstone
from articles.times import Clock
from articles.versions.order import is_same_version, upload_time

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

StreamRecord = dict[str, Any]
# By whom a stream record says that DynamoDB itself removed the item: at the end of its TTL.
_TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


@dataclass(frozen=True)
class Publisher:
    """Publishes the events of a stream's batches."""

    settings: PublishSettings
    announcer: Announcer
    expiry: Expiry
    sqs: "SQSClient"
    clock: Clock
    telemetry: Telemetry

    def handle(self, event: dict[str, Any], _: object) -> dict[str, Any]:
        """Announce a batch of one shard; returns the first record that must be retried."""
        unsent = self._publish(event["Records"])
        return {"batchItemFailures": [{"itemIdentifier": min(unsent, key=int)}] if unsent else []}

    def _publish(self, records: Sequence[StreamRecord]) -> Sequence[str]:
        """Announce records; returns the sequence numbers of those that could not be sent now."""
        outgoing, unread = self._read(records)
        announced = self.announcer.send(outgoing)
        for refused in announced.refused:
            self._give_up(refused.outgoing.sequence, refused.outgoing.event.subject, refused.cause)
        sent = len(outgoing) - len(announced.unsent) - len(announced.refused)
        self._measure(outgoing, announced)  # first: a hundred values are written out at once
        self.telemetry.count("EventsSent", sent)
        unsent = [outgoing.sequence for outgoing in announced.unsent] + unread
        self.telemetry.logger.info("published", sent=sent, unsent=len(unsent), records=len(records))
        if announced.faults:
            self.telemetry.logger.warning("EventBridge failed", causes=announced.faults)
        return unsent

    def _measure(self, outgoing: Sequence[Outgoing], announced: Announced) -> None:
        """Tell how long it took from each upload to its event."""
        kept_back = {it.sequence for it in announced.unsent}
        kept_back |= {it.outgoing.sequence for it in announced.refused}
        now = self.clock.now()
        for it in outgoing:
            if it.uploaded_at and it.sequence not in kept_back:
                self.telemetry.took("UploadToEventSeconds", now - it.uploaded_at)

    def _read(self, records: Sequence[StreamRecord]) -> tuple[list[Outgoing], list[str]]:
        """Return the events of records, and the first that AWS keeps from being read, if any.

        What follows that one waits with it: its article may have a later record.
        """
        outgoing: list[Outgoing] = []
        for record in records:
            try:
                found = self._outgoing(record)
            except (BotoCoreError, ClientError) as error:
                self.telemetry.logger.warning("AWS failed", extra=as_log_fields(error))
                return outgoing, [record["dynamodb"]["SequenceNumber"]]
            if found:
                outgoing.append(found)
        return outgoing, []

    def _outgoing(self, record: StreamRecord) -> Outgoing | None:
        change = record["dynamodb"]
        try:
            old, new = (_image(change.get(name)) for name in ("OldImage", "NewImage"))
            event = self._event(record, old, new)
            is_article = event is not None and "article_id" in change["Keys"]
            uploaded_at = _uploaded_at(old, new) if is_article else None
        except (BotoCoreError, ClientError):
            raise
        except Exception as error:  # noqa: BLE001 - a poison record must not stop its shard
            self.telemetry.logger.error("unreadable stream record", extra=as_log_fields(error))
            cause = f"{type(error).__name__}: {error}"[:CAUSE_SHOWN]
            self._give_up(change["SequenceNumber"], json.dumps(change.get("Keys")), cause)
            return None
        return Outgoing(change["SequenceNumber"], event, uploaded_at) if event else None

    def _event(self, record: StreamRecord, old: Item | None, new: Item | None) -> Event | None:
        settings = self.settings
        if "article_id" in record["dynamodb"]["Keys"]:
            if old and record.get("userIdentity") == _TTL:
                return self._expired(old)
            return article_event(old, new, stage=settings.stage, table=settings.articles_table)
        before = from_receipt_item(old) if old else None
        if new is None:
            return None
        receipt, bucket = from_receipt_item(new), settings.archive_bucket
        return upload_event(before, receipt, stage=settings.stage, archive=bucket)

    def _expired(self, removed: Item) -> Event | None:
        """Leave a tombstone before anything is told: what is told must not come back."""
        if removed["status"] == EXPIRED:
            return None
        self.expiry.entomb(expired(removed))
        return expired_event(removed, stage=self.settings.stage)

    def _give_up(self, sequence: str, subject: str, cause: str) -> None:
        """Send what can never be announced to the failure queue, which raises an alarm."""
        message = {"v": 1, "sequence": sequence, "subject": subject, "cause": cause}
        self.sqs.send_message(
            QueueUrl=self.settings.publish_failure_queue_url, MessageBody=json.dumps(message)
        )
        self.telemetry.count("EventsGivenUp")


def _uploaded_at(old: Item | None, new: Item | None) -> datetime | None:
    """Return when the upload that made a change was put.

    None where something else made it: the end of an embargo, a replay, an operator.
    """
    if new is None or "run" in new or is_tombstone(new):
        return None
    is_same = old is not None and is_same_version(old["order_key"], new["order_key"])
    return None if is_same else upload_time(new["order_key"])


def _image(image: dict[str, Any] | None) -> dict[str, Any] | None:
    """Read a stream image; Lambda gives binaries as base64 (only `body` is one)."""
    if image is None:
        return None
    packed = image.get("body", {}).get("B")
    if isinstance(packed, str):
        image = {**image, "body": {"B": base64.b64decode(packed)}}
    return from_item(image)
