"""The ingest function: uploads become stored articles and receipts.

Content is judged once: whatever is wrong with it stands in the receipt, and the message is done.
Errors of AWS are transient: the message comes again, and the last time the receipt says so.
"""

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

from articles.aws import CONFIG
from articles.bulk_queue import BulkQueue
from articles.faults import told
from articles.feeds import Feeds
from articles.ingestion import Ingestion
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

# A message is begun only with this much time left; an upload within the limits needs less.
TIME_FOR_ONE_MS = 30_000


class OutOfTime(Exception):
    """The function's time is nearly over: the message comes again, untried."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401 - Powertools' type
    """Take a batch of notifications; the messages that must come again are named."""
    metrics.add_metric("Messages", MetricUnit.Count, len(event.get("Records") or ()))
    if not event.get("Records"):  # nothing was sent, so nothing is to be sent again
        return {"batchItemFailures": []}
    if int(event["Records"][0]["attributes"]["ApproximateReceiveCount"]) % 2 == 0:
        # A message that kills the function must not keep back the same others every time.
        event = {"Records": event["Records"][::-1]}
    # All messages failing is an answer like any other, not a reason to fail the function.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, partial(take, ingestion()), processor, context)


def take(here: Ingestion, record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Take one message; to return acknowledges it, to raise has it given again."""
    if lambda_context.get_remaining_time_in_millis() < TIME_FOR_ONE_MS:
        metrics.add_metric("OutOfTime", MetricUnit.Count, 1)
        raise OutOfTime
    try:
        uploads = announced(record.body, bucket=settings().inbox_bucket)
    except Poison as poison:
        bury(record.body, cause=str(poison), queue=settings().dead_letter_queue_url)
        return
    is_last = int(record.attributes.approximate_receive_count) >= settings().max_receives
    is_bulk = queue_name(record.event_source_arn) == queue_name(settings().bulk_queue_url)
    errors: list[Exception] = []
    for upload in uploads:
        try:
            attempt(here, upload, is_bulk=is_bulk, is_last=is_last)
        except Exception as error:  # noqa: BLE001 - those behind it are tried all the same
            errors.append(error)
    if errors:
        raise errors[0]


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
        ),
        bulk_queue=BulkQueue(sqs(), given.bulk_queue_url, inbox=given.inbox_bucket),
    )


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=CONFIG)
