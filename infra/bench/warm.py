"""The ingest function, warm, in this process: it takes the messages of the bulk queue in turn."""

import http.client
import os
import resource
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import ingest
from articles.aws import Clients
from articles.settings import IngestSettings
from articles.storing.items import from_item, to_item
from articles.storing.receipts import Receipt, from_receipt_item
from articles.uploads.message import Upload, notice

VERSION = "1"
CLIENTS = Clients()
ARN = "arn:aws:sqs:us-east-1:123456789012:bulk"


@cache
def settings() -> IngestSettings:
    return IngestSettings.from_env()


def receipt_of(upload: Upload) -> Receipt:
    key = to_item({"key": upload.key, "version": VERSION})
    answer = CLIENTS.dynamodb.get_item(TableName=settings().receipts_table, Key=key)
    return from_receipt_item(from_item(answer["Item"]))


class WentWrong(Exception):
    """What was to be measured did not happen."""


@dataclass(frozen=True)
class Context:
    """What the handler and Powertools ask of Lambda."""

    function_name: str = "bench"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id: str = "1"

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


def take(name: str, after_each: Callable[[], object] = lambda: None) -> Receipt:
    """Ingest a sample the bulk way, message by message, and give its receipt."""
    upload = Upload(f"incoming/bench/{name}", VERSION)
    messages = deque([notice(upload, bucket=settings().inbox_bucket)])
    while messages:
        answer = ingest.handler(_event(messages.popleft()), Context())
        if answer["batchItemFailures"]:
            raise WentWrong(f"{name}: a message was not taken")
        messages += _sent()
        after_each()
    receipt = receipt_of(upload)
    if receipt.state != "done":
        raise WentWrong(f"{name}: the upload is not done")
    return receipt


def take_all(name: str, records: int, after_each: Callable[[], object] = lambda: None) -> None:
    """Ingest a sample of which every record must be stored."""
    receipt = take(name, after_each)
    if receipt.counts != {"created": records}:
        raise WentWrong(f"{name}: the receipt counts {receipt.counts}")


def requests() -> int:
    """Ask the endpoint how many requests it has had."""
    connection = http.client.HTTPConnection(os.environ["AWS_ENDPOINT_URL"].rpartition("/")[2])
    connection.request("GET", "/requests")
    return int(connection.getresponse().read())


def peak_mib() -> float:
    """Give the most memory that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _sent() -> Iterator[str]:
    url = settings().bulk_queue_url
    while found := CLIENTS.sqs.receive_message(QueueUrl=url).get("Messages"):
        yield from (message["Body"] for message in found)


def _event(body: str) -> dict[str, Any]:
    message = {
        "messageId": "1",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
    }
    return {"Records": [message]}
