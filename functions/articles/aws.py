"""How we talk to AWS: with time limits of our own, so that one hung socket is a transient error.

botocore's default would wait as long as a function may run; with these limits a request that is
never answered takes less time than ingest keeps for an upload.

Nothing is built or checked for each request that AWS does not need, or checks itself.
"""

from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

CONNECTIONS = 32
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS, _PAUSES_SECONDS = 2, 5, 3, 3
CONFIG = Config(
    max_pool_connections=CONNECTIONS,
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    user_agent="article-ingest",  # botocore's own is put together anew for each request
)
# The first attempt is our own: first_attempt.py. DynamoDB refuses what botocore would, which need
# not check it; S3 would not: without a key, GetObject lists a bucket.
AFTER_THE_FIRST = CONFIG.merge(
    Config(
        parameter_validation=False,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS - 1},
    )
)
LONGEST_REQUEST_SECONDS = _ATTEMPTS * (_CONNECT_SECONDS + _READ_SECONDS) + _PAUSES_SECONDS


class Clients:
    """The clients of a function; each is made on first use, as making one costs a cold start."""

    @cached_property
    def s3(self) -> "S3Client":
        return boto3.client("s3", config=CONFIG)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        from articles.first_attempt import hasten

        return hasten(boto3.client("dynamodb", config=AFTER_THE_FIRST))

    @cached_property
    def sqs(self) -> "SQSClient":
        return boto3.client("sqs", config=CONFIG)

    @cached_property
    def events(self) -> "EventBridgeClient":
        return boto3.client("events", config=CONFIG)
