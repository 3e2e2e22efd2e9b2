"""Batches of messages: no upload is given up because of its neighbours.

See docs/decisions/0009-no-upload-hurts-its-neighbours.md.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from articles.aws import LONGEST_REQUEST_SECONDS
from articles.ingestion import Ingestion
from articles.limits import Limits
from articles.logs import Telemetry, as_log_fields
from articles.settings import IngestSettings
from articles.storing.latest_uploads import LatestUploads
from articles.storing.receipts import Receipt
from articles.uploads.message import Poison, Upload, announced

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_sqs.client import SQSClient

# The writes of one upload: up to 2,000, many at once.
WRITES_SECONDS = 5
WHOLE_PROCESSOR_MB = 1769  # a function of this size has one; a smaller one has its share

Message = dict[str, Any]


@dataclass(frozen=True)
class Batches:
    """Works through the batches of the two queues of uploads."""

    settings: IngestSettings
    ingestion: Ingestion
    latest: LatestUploads
    sqs: "SQSClient"
    telemetry: Telemetry

    def handle(self, event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        """Take a batch of notifications; returns the messages that must be retried.

        All of them failing is an answer like any other, not a reason to fail the function.
        """
        messages = event.get("Records") or []
        self.telemetry.count("Messages", len(messages))
        crowd, others = in_turn(messages, self.settings.max_receives)
        failed = [
            {"itemIdentifier": it["messageId"]}
            for place, it in enumerate(crowd + others)
            if not self._is_done(
                it, context, is_crowd=place < len(crowd), is_first=place == len(crowd)
            )
        ]
        return {"batchItemFailures": failed}

    def _is_done(
        self, message: Message, context: "LambdaContext", *, is_crowd: bool, is_first: bool
    ) -> bool:
        """Take one message; whatever happens to it, those behind it are taken all the same."""
        try:
            return self._consume(message, context, is_crowd=is_crowd, is_first=is_first)
        except Exception as error:  # noqa: BLE001 - AWS does not take poison, or it is our bug
            facts = {"message_id": message["messageId"], **as_log_fields(error)}
            self.telemetry.logger.error("message failed", extra=facts)
            return False

    def _consume(
        self, message: Message, context: "LambdaContext", *, is_crowd: bool, is_first: bool
    ) -> bool:
        """Take one message; False has it retried."""
        is_bulk = queue_name(message["eventSourceARN"]) == queue_name(self.settings.bulk_queue_url)
        try:
            uploads = announced(message["body"], bucket=self.settings.inbox_bucket)
        except Poison as poison:
            self._bury(message["body"], cause=str(poison))
            if not is_bulk:
                self._acknowledge(message)
            return True
        receives = received(message)
        is_last = receives >= self.settings.max_receives
        # More time than the first message of a batch has, none will ever have.
        is_late = not is_first and self._is_too_late(context)
        if is_late and not is_crowd:  # received again, untried
            self.telemetry.count("OutOfTime")
            return False
        is_done = True
        for upload in uploads:
            try:
                if is_crowd:
                    self._isolate(upload, is_late=is_late)
                    continue
                if is_last:  # written first: a killed process reports nothing, success overwrites
                    cause = "The last attempt ran out of time or memory."
                    self.ingestion.give_up(upload, cause=cause, is_over=False)
                receipt = self.ingestion.ingest(upload, is_bulk=is_bulk)
                self._report(receipt)
                self._note_upload(receipt)
            except Exception as error:  # noqa: BLE001 - those behind it are tried all the same
                self._note_failure(upload, error, is_last=is_last)
                is_done = False
        if is_done and receives > 1 and not is_bulk:
            self._acknowledge(message)
        return is_done

    def _report(self, receipt: Receipt | None) -> None:
        """Log an upload as one line of facts, and count its records by outcome."""
        if receipt is None:
            return
        facts: dict[str, Any] = receipt.model_dump(include={"key", "version", "feed"})
        # One more part is stored; of an upload that failed, the part may have been redriven.
        if receipt.state != "done":
            parts = receipt.plan.parts if receipt.plan else None
            self.telemetry.logger.info(
                "in progress", extra={**facts, "parts": parts, "done": len(receipt.done)}
            )
            return
        self.telemetry.count(f"Uploads{str(receipt.outcome).capitalize()}")
        for outcome, count in receipt.counts.items():
            self.telemetry.count(outcome.capitalize(), count)
        facts |= {"outcome": receipt.outcome, "counts": receipt.counts}
        if error := receipt.first_error:
            facts["code"] = error
        if lag := receipt.lag:
            facts["seconds"] = lag.total_seconds()
        self.telemetry.logger.info("ingested", extra=facts)

    def _note_upload(self, receipt: Receipt | None) -> None:
        """Note that a watched feed is alive; a replay is no sign of life."""
        if receipt is None or receipt.run or receipt.uploaded_at is None:
            return
        feed = self.ingestion.feeds().find(receipt.feed)
        if feed is None or feed.profile.silence_hours is None:
            return
        try:
            self.latest.note(receipt.feed, datetime.fromisoformat(receipt.uploaded_at))
        except (ClientError, BotoCoreError) as error:  # the next upload is noted
            self.telemetry.logger.warning("upload not noted", extra=as_log_fields(error))

    def _isolate(self, upload: Upload, *, is_late: bool) -> None:
        """Send an upload where it has no neighbours: the batches of the bulk queue are of one."""
        self.ingestion.bulk_queue.defer(upload)
        if not (is_late or upload.part):
            with suppress(ClientError, BotoCoreError):  # it was sent: bulk will write its receipt
                self.ingestion.note_deferred(upload)
        self.telemetry.count("Isolated")
        self.telemetry.logger.warning(
            "isolated", extra={"key": upload.key, "version": upload.version}
        )

    def _note_failure(self, upload: Upload, error: Exception, *, is_last: bool) -> None:
        """Log what failed; after the last attempt the receipt says why."""
        facts = {"key": upload.key, "version": upload.version}
        self.telemetry.logger.error("upload failed", extra={**facts, **as_log_fields(error)})
        if not is_last:
            return
        try:
            self.ingestion.give_up(upload, cause=str(error), is_over=True)
        except Exception as lost:  # noqa: BLE001 - the message goes to the dead letters anyway
            self.telemetry.logger.error(
                "failure not written", extra={**facts, **as_log_fields(lost)}
            )

    def _acknowledge(self, message: Message) -> None:
        """Delete a message at once: until its batch is done, a neighbour may kill the function."""
        with suppress(ClientError, BotoCoreError):  # then it is deleted with its batch
            self.sqs.delete_message(
                QueueUrl=self.settings.uploads_queue_url, ReceiptHandle=message["receiptHandle"]
            )

    def _bury(self, body: str, *, cause: str) -> None:
        """Send what is not a notification to the dead letters: retrying cannot help."""
        self.telemetry.count("Poison")
        self.telemetry.logger.error("poison message", cause=cause)
        self.sqs.send_message(
            QueueUrl=self.settings.dead_letter_queue_url,
            MessageBody=body,
            MessageAttributes={"cause": {"DataType": "String", "StringValue": cause[:200]}},
        )

    def _is_too_late(self, context: "LambdaContext") -> bool:
        """Whether an upload that is begun now might not be done in time."""
        needed = seconds_for_one(self.settings, context.memory_limit_in_mb)
        return context.get_remaining_time_in_millis() < needed * 1000


def in_turn(messages: Sequence[Message], max_receives: int) -> tuple[list[Message], list[Message]]:
    """Put a batch in an order in which no message is given up because of its neighbours.

    What was received most often goes first; at every second receive, messages that were received
    equally often change their order, so that one that kills the function never blocks the same
    others. On its last receive a message must be tried, with nothing before it: only one of a batch
    can be. The others, which are returned first, are a crowd, and go to the bulk queue.
    """
    numbered = [(received(it), number, it) for number, it in enumerate(messages)]
    numbered.sort(key=lambda it: (-it[0], -it[1] if it[0] % 2 == 0 else it[1]))
    ordered = [message for _, _, message in numbered]
    last = sum(count >= max_receives for count, _, _ in numbered)
    return ordered[1:last], ordered[:1] + ordered[max(1, last) :]


def seconds_for_one(limits: Limits, memory_mb: int) -> float:
    """What an upload may need: its processor time and its writes, or one hung request."""
    share = min(1, memory_mb / WHOLE_PROCESSOR_MB)
    return max(limits.processor_seconds / share + WRITES_SECONDS, LONGEST_REQUEST_SECONDS)


def received(message: Message) -> int:
    """How often a message was received, this time included."""
    return int(message["attributes"]["ApproximateReceiveCount"])


def queue_name(address: str) -> str:
    """Name the queue of an ARN or a URL."""
    return address.replace("/", ":").rpartition(":")[2]
