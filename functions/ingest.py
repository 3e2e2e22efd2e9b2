"""The ingest function: uploads become stored articles and receipts.

Content is judged once: the receipt says what is wrong with it, and the message is done. Errors of
AWS are transient: the message is received again; after the last attempt the receipt says so.
"""

from datetime import timedelta
from functools import cache, partial
from typing import Any

from articles.loading import for_good

with for_good():
    from articles.aws import Clients
    from articles.batches import Batches
    from articles.feeds import Feeds
    from articles.ingestion import Ingestion
    from articles.logs import Handler, Telemetry
    from articles.metadata import shapes
    from articles.settings import IngestSettings
    from articles.storing.articles_table import ArticlesTable
    from articles.storing.latest_uploads import LatestUploads
    from articles.storing.receipts_table import Receipts
    from articles.storing.writing import Writer
    from articles.times import Clock
    from articles.uploads.bulk_queue import BulkQueue
    from articles.uploads.inbox import Inbox


def build(settings: IngestSettings, clients: Clients, clock: Clock) -> Handler:
    """Put the function together: its handler takes a batch of an SQS queue."""
    telemetry = Telemetry(stage=settings.stage)
    table = ArticlesTable(clients.dynamodb, settings.articles_table)
    ingestion = Ingestion(
        limits=settings,
        feeds=cache(partial(Feeds.load, settings.feeds_file, shapes=shapes.NAMES)),
        inbox=Inbox(clients.s3, settings.inbox_bucket),
        writer=Writer(table, telemetry.on_fault, settings.writes_at_once),
        receipts=Receipts(
            clients.dynamodb,
            clients.s3,
            table=settings.receipts_table,
            archive=settings.archive_bucket,
            keep=timedelta(days=settings.keep_receipts_days),
            on_fault=telemetry.on_fault,
        ),
        bulk_queue=BulkQueue(clients.sqs, settings.bulk_queue_url, inbox=settings.inbox_bucket),
        on_fault=telemetry.on_fault,
        clock=clock,
    )
    latest = LatestUploads(clients.dynamodb, settings.receipts_table)
    batches = Batches(settings, ingestion, latest, clients.sqs, telemetry)
    return telemetry.observed(batches.handle)


@cache
@for_good()
def built() -> Handler:
    return build(IngestSettings.from_env(), Clients(), Clock())


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own types
    """Take a batch of notifications; gives the messages that must come again."""
    return built()(event, context)
