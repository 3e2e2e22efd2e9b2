"""The ingest function: uploads become stored articles and receipts.

Content is judged once: whatever is wrong with it stands in the receipt, and the message is done.
Errors of AWS are transient: the message comes again, and the last time the receipt says so.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from articles.aws import CONFIG, LONGEST_REQUEST_SECONDS
from articles.bulk_queue import BulkQueue
from articles.faults import told
from articles.feeds import Feeds
from articles.ingestion import Ingestion
from articles.limits import Limits
from articles.receipts import Receipt
from articles.receipts_table import Receipts
from articles.settings import IngestSettings
from articles.store import Store
from articles.upload import Inbox, Poison, Upload, announced
from articles.writing import Writer

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

logger = Logger()
metrics = Metrics()

# What the writes of one upload take beside: 2,000 of them, many at once.
WRITES_SECONDS = 5
WHOLE_PROCESSOR_MB = 1769  # a function of this size has one; a smaller one has its share

Message = dict[str, Any]


class OutOfTime(Exception):
    """The function's time is nearly over: the message comes again, untried."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401 - Powertools' type
    """Take a batch of notifications; the messages that must come again are named."""
    messages = event.get("Records") or []
    metrics.add_metric("Messages", MetricUnit.Count, len(messages))
    if not messages:  # nothing was sent, so nothing is to be sent again
        return {"batchItemFailures": []}
    crowd, others = in_turn(messages)
    begin = partial(
        take,
        ingestion(),
        crowd=frozenset(it["messageId"] for it in crowd),
        first=others[0]["messageId"],
    )
    # All messages failing is an answer like any other, not a reason to fail the function.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response({"Records": crowd + others}, begin, processor, context)


def in_turn(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """Put a batch in an order in which no message is given up because of its neighbours.

    What came most often goes first; at every second strike those that came equally often change
    their order, so that one that kills the function never keeps back the same others. On its last
    strike a message must be tried, and with nothing before it; so there can be only one such in a
    batch. The others, which are given first, are a crowd.
    """
    numbered = [(received(it), number, it) for number, it in enumerate(messages)]
    numbered.sort(key=lambda it: (-it[0], -it[1] if it[0] % 2 == 0 else it[1]))
    ordered = [message for _, _, message in numbered]
    last = sum(count >= settings().max_receives for count, _, _ in numbered)
    return ordered[1:last], ordered[:1] + ordered[max(1, last) :]


def take(
    here: Ingestion,
    record: SQSRecord,
    lambda_context: LambdaContext,
    *,
    crowd: frozenset[str],
    first: str,
) -> None:
    """Take one message; to return acknowledges it, to raise has it given again."""
    try:
        uploads = announced(record.body, bucket=settings().inbox_bucket)
    except Poison as poison:
        bury(record.body, cause=str(poison), queue=settings().dead_letter_queue_url)
        acknowledge(record)
        return
    is_bulk = queue_name(record.event_source_arn) == queue_name(settings().bulk_queue_url)
    strikes = received(record.raw_event)
    if record.message_id in crowd:
        act = partial(isolate, here, is_late=is_too_late(lambda_context))
    # More time than the first message of a batch has, none will ever have.
    elif record.message_id != first and is_too_late(lambda_context):
        metrics.add_metric("OutOfTime", MetricUnit.Count, 1)
        raise OutOfTime
    else:
        is_last = strikes >= settings().max_receives
        act = partial(attempt, here, is_bulk=is_bulk, is_last=is_last)
    errors: list[Exception] = []
    for upload in uploads:
        try:
            act(upload)
        except Exception as error:  # noqa: BLE001 - those behind it are tried all the same
            errors.append(error)
    if errors:
        raise errors[0]
    if strikes > 1 and not is_bulk:
        acknowledge(record)


def is_too_late(context: LambdaContext) -> bool:
    """Tell whether an upload that is begun now might not be done in time."""
    needed = seconds_for_one(settings(), context.memory_limit_in_mb)
    return context.get_remaining_time_in_millis() < needed * 1000


def seconds_for_one(limits: Limits, memory_mb: int) -> float:
    """Give what an upload may need: its processor time and its writes, or one hung request."""
    share = min(1, memory_mb / WHOLE_PROCESSOR_MB)
    return max(limits.processor_seconds / share + WRITES_SECONDS, LONGEST_REQUEST_SECONDS)


def attempt(here: Ingestion, upload: Upload, *, is_bulk: bool, is_last: bool) -> None:
    """Deal with one upload of a message; what fails for the last time is told its uploader."""
    try:
        if is_last:  # told first: who is killed can tell nothing, and success mends it
            cause = "The last attempt ran out of time or memory."
            here.give_up(upload, cause=cause, is_over=False)
        report(here.take(upload, is_bulk=is_bulk))
    except Exception as error:
        facts = {"key": upload.key, "version": upload.version, **told(error)}
        logger.error("upload failed", extra=facts)
        if is_last:
            here.give_up(upload, cause=str(error), is_over=True)
        raise


def isolate(here: Ingestion, upload: Upload, *, is_late: bool) -> None:
    """Send an upload where it has no neighbours: the batches of the bulk queue are of one."""
    try:
        here.bulk_queue.put_off(upload)
    except Exception as error:
        here.give_up(upload, cause=str(error), is_over=True)
        raise
    if not (is_late or upload.part):
        with suppress(ClientError, BotoCoreError):  # it was sent: bulk will tell of it
            here.tell_of_waiting(upload)
    metrics.add_metric("Isolated", MetricUnit.Count, 1)
    logger.warning("isolated", extra={"key": upload.key, "version": upload.version})


def acknowledge(record: SQSRecord) -> None:
    """Delete a message at once: until its batch is done, a neighbour may kill the function."""
    with suppress(ClientError, BotoCoreError):  # then it is deleted with its batch
        sqs().delete_message(
            QueueUrl=settings().uploads_queue_url, ReceiptHandle=record.receipt_handle
        )


def received(message: Message) -> int:
    """Tell how often a message was given to a function, this time included."""
    return int(message["attributes"]["ApproximateReceiveCount"])


def report(receipt: Receipt | None) -> None:
    """Log an upload as one line of facts, and count its records by outcome."""
    if receipt is None:
        return
    facts: dict[str, Any] = receipt.model_dump(include={"key", "version", "feed"})
    if receipt.state != "done":  # a part more; of an upload that failed, it may be a redriven one
        parts = receipt.plan.parts if receipt.plan else None
        logger.info("in progress", extra={**facts, "parts": parts, "done": len(receipt.done)})
        return
    metrics.add_metric(f"Uploads{str(receipt.outcome).capitalize()}", MetricUnit.Count, 1)
    for outcome, count in receipt.counts.items():
        metrics.add_metric(outcome.capitalize(), MetricUnit.Count, count)
    facts |= {"outcome": receipt.outcome, "counts": receipt.counts}
    logger.info("ingested", extra=facts)


def on_fault(fault: BaseException) -> None:
    """Alarm the operator about a bug of ours on one record."""
    metrics.add_metric("InternalErrors", MetricUnit.Count, 1)
    logger.error("internal error", extra=told(fault))


def bury(body: str, *, cause: str, queue: str) -> None:
    """Send what is no notification to the dead letters at once: trying again changes nothing."""
    metrics.add_metric("Poison", MetricUnit.Count, 1)
    logger.error("poison message", cause=cause)
    sqs().send_message(
        QueueUrl=queue,
        MessageBody=body,
        MessageAttributes={"cause": {"DataType": "String", "StringValue": cause[:200]}},
    )


def queue_name(address: str) -> str:
    """Name the queue of an ARN or a URL."""
    return address.replace("/", ":").rpartition(":")[2]


@cache
def settings() -> IngestSettings:
    return IngestSettings.from_env()


@cache
def ingestion() -> Ingestion:
    """Build the function's collaborators once; nothing happens at import."""
    given = settings()
    metrics.set_default_dimensions(stage=given.stage)
    s3, dynamodb = boto3.client("s3", config=CONFIG), boto3.client("dynamodb", config=CONFIG)
    return Ingestion(
        limits=given,
        feeds=Feeds.load(given.feeds_file),
        inbox=Inbox(s3, given.inbox_bucket),
        writer=Writer(Store(dynamodb, given.articles_table), on_fault, given.writes_at_once),
        receipts=Receipts(
            dynamodb,
            s3,
            table=given.receipts_table,
            archive=given.archive_bucket,
            keep=timedelta(days=given.keep_receipts_days),
            on_fault=on_fault,
        ),
        bulk_queue=BulkQueue(sqs(), given.bulk_queue_url, inbox=given.inbox_bucket),
    )


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=CONFIG)
