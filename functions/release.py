"""The release function, once a minute: embargoes that are over.

It only takes the hold off; the stream announces the change like any other. A missed run heals
itself.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from articles.aws import CONFIG
from articles.settings import ReleaseSettings
from articles.store import Store

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def handler(_: dict[str, Any], __: LambdaContext) -> None:
    now = datetime.now(UTC)
    released = [held.article_id for held in store().due(now) if store().release(held, now=now)]
    metrics.add_metric("Released", MetricUnit.Count, len(released))
    if released:
        logger.info("released", articles=released)


@cache
def store() -> Store:
    settings = ReleaseSettings.from_env()
    metrics.set_default_dimensions(stage=settings.stage)
    return Store(boto3.client("dynamodb", config=CONFIG), settings.articles_table)
