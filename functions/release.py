"""The release function, once a minute: embargoes that are over, and uploads that never end.

It only takes the hold off; the stream announces the change like any other. A missed run heals
itself. Uploads in parts that are open for too long are counted, for an alarm.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from articles.aws import CONFIG
from articles.receipts_table import count_open
from articles.settings import ReleaseSettings
from articles.store import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

logger = Logger()
metrics = Metrics()

# The largest upload is through in less than half of it.
TOO_LONG = timedelta(hours=1)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(_: dict[str, Any], __: LambdaContext) -> None:
    now = datetime.now(UTC)
    released = [held.article_id for held in store().due(now) if store().release(held, now=now)]
    metrics.add_metric("Released", MetricUnit.Count, len(released))
    if released:
        logger.info("released", articles=released)
    stuck = count_open(dynamodb(), settings().receipts_table, since=now - TOO_LONG)
    metrics.add_metric("UploadsStuck", MetricUnit.Count, stuck)


@cache
def settings() -> ReleaseSettings:
    given = ReleaseSettings.from_env()
    metrics.set_default_dimensions(stage=given.stage)
    return given


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=CONFIG)


@cache
def store() -> Store:
    return Store(dynamodb(), settings().articles_table)
