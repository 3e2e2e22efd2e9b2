"""The ingest function: uploads become stored articles and receipts.

Content is judged once: whatever is wrong with it stands in the receipt, and the message is done.
Errors of AWS are transient: the message comes again, and the last time the receipt says so.
"""

from datetime import timedelta
from functools import cache, partial
from typing import Any

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
from articles.feeds import Feeds
from articles.ingestion import Ingestion
from articles.receipts import Receipt, Receipts
from articles.settings import IngestSettings
from articles.store import Store
from articles.upload import Inbox, Poison, announced

logger = Logger()
metrics = Metrics()

# A message is begun only with this much time left; an upload within the limits needs less.
TIME_FOR_ONE_MS = 20_000


class OutOfTime(Exception):
    """The function's time is nearly over: the message comes again, untried."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401 - Powertools' type
    """Take a batch of notifications; the messages that must come again are named."""
    metrics.add_metric("Messages", MetricUnit.Count, len(event.get("Records") or ()))
    if not event.get("Records"):  # nothing was sent, so nothing is to be sent again
        return {"batchItemFailures": []}
    # All messages failing is an answer like any other, not a reason to fail the function.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, partial(take, ingestion()), processor, context)


def take(here: Ingestion, record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Take one message; to return acknowledges it, to raise has it given again."""
    if lambda_context.get_remaining_time_in_millis() < TIME_FOR_ONE_MS:
        metrics.add_metric("OutOfTime", MetricUnit.Count, 1)
        raise OutOfTime
    try:
        uploads = announced(record.body, bucket=here.settings.inbox_bucket)
    except Poison as poison:
        bury(record.body, cause=str(poison), queue=here.settings.dead_letter_queue_url)
        return
    is_last = int(record.attributes.approximate_receive_count) >= here.settings.max_receives
    for upload in uploads:
        try:
            if is_last:  # told first: who is killed can tell nothing, and success mends it
                here.give_up(upload, cause="The last attempt ran out of time or memory.")
            report(here.take(upload))
        except Exception as error:
            logger.exception("upload failed", key=upload.key, version=upload.version)
            if is_last:
                here.give_up(upload, cause=str(error))
            raise


def report(receipt: Receipt) -> None:
    """Log an upload as one line of facts, and count its records by outcome."""
    metrics.add_metric(f"Uploads{receipt.outcome.capitalize()}", MetricUnit.Count, 1)
    for outcome, count in receipt.counts.items():
        metrics.add_metric(outcome.capitalize(), MetricUnit.Count, count)
    told = {"key", "version", "feed", "outcome", "counts"}
    logger.info("ingested", **receipt.model_dump(include=told))


def on_fault(fault: BaseException) -> None:
    """Alarm the operator about a bug of ours on one record."""
    metrics.add_metric("InternalErrors", MetricUnit.Count, 1)
    logger.error("internal error", exc_info=fault)


def bury(body: str, *, cause: str, queue: str) -> None:
    """Send what is no notification to the dead letters at once: trying again changes nothing."""
    metrics.add_metric("Poison", MetricUnit.Count, 1)
    logger.error("poison message", cause=cause)
    boto3.client("sqs", config=CONFIG).send_message(
        QueueUrl=queue,
        MessageBody=body,
        MessageAttributes={"cause": {"DataType": "String", "StringValue": cause[:200]}},
    )


@cache
def ingestion() -> Ingestion:
    """Build the function's collaborators once; nothing happens at import."""
    settings = IngestSettings.from_env()
    metrics.set_default_dimensions(stage=settings.stage)
    s3, dynamodb = boto3.client("s3", config=CONFIG), boto3.client("dynamodb", config=CONFIG)
    return Ingestion(
        settings=settings,
        feeds=Feeds.load(settings.feeds_file),
        inbox=Inbox(s3, settings.inbox_bucket),
        store=Store(dynamodb, settings.articles_table),
        receipts=Receipts(
            dynamodb,
            s3,
            table=settings.receipts_table,
            archive=settings.archive_bucket,
            keep=timedelta(days=settings.keep_receipts_days),
        ),
        on_fault=on_fault,
    )
