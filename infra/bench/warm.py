"""The ingest function, warm, in this process: it processes the messages of both queues."""

import http.client
import json
import os
import resource
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import ingest
from articles.aws import Clients
from articles.settings import IngestSettings
from articles.storing.lookup import Lookup
from articles.storing.receipts import Receipt
from articles.uploads.message import Upload, notice

VERSION = "1"
CLIENTS = Clients()
ARN = "arn:aws:sqs:us-east-1:123456789012:"


@cache
def settings() -> IngestSettings:
    return IngestSettings.from_env()


def lookup() -> Lookup:
    names = settings()
    return Lookup(
        CLIENTS.dynamodb,
        CLIENTS.s3,
        articles=names.articles_table,
        receipts=names.receipts_table,
        archive=names.archive_bucket,
    )


class Failed(Exception):
    """The action to be measured failed."""


@dataclass(frozen=True)
class Context:
    """The part of Lambda's context that the handler and Powertools use."""

    function_name: str = "bench"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id: str = "1"

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


def take(name: str, after_each: Callable[[], object] = lambda: None) -> Receipt:
    """Ingest a sample with the bulk function, message by message, and return its receipt."""
    upload = Upload(f"incoming/bench/{name}", VERSION)
    messages = deque([notice(upload, bucket=settings().inbox_bucket)])
    while messages:
        _handle("bulk", messages.popleft())
        messages += _sent()
        after_each()
    receipt = lookup().receipt(upload.key, VERSION)
    if receipt is None or receipt.state != "done":
        raise Failed(f"{name}: the upload is not done")
    return receipt


def take_all(name: str, records: int, after_each: Callable[[], object] = lambda: None) -> None:
    """Ingest a sample; every record must be stored."""
    receipt = take(name, after_each)
    if receipt.counts != {"created": records}:
        raise Failed(f"{name}: the receipt counts {receipt.counts}")


def take_files(names: Iterable[str]) -> None:
    """Ingest small samples with the ingest function, in one batch."""
    inbox = settings().inbox_bucket
    uploads = (Upload(f"incoming/bench/{name}", VERSION) for name in names)
    _handle("uploads", *(notice(it, bucket=inbox) for it in uploads))


def endpoint() -> dict[str, Any]:
    """Ask the endpoint about itself: Services.told() says what it tells."""
    connection = http.client.HTTPConnection(os.environ["AWS_ENDPOINT_URL"].rpartition("/")[2])
    connection.request("GET", "/told")
    told: dict[str, Any] = json.load(connection.getresponse())
    return told


def peak_mib() -> float:
    """Return the peak memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _sent() -> Iterator[str]:
    url = settings().bulk_queue_url
    while found := CLIENTS.sqs.receive_message(QueueUrl=url).get("Messages"):
        yield from (message["Body"] for message in found)


def _handle(queue: str, *bodies: str) -> None:
    records = [
        {
            "messageId": str(number),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"{ARN}{queue}",
        }
        for number, body in enumerate(bodies)
    ]
    if ingest.handler({"Records": records}, Context())["batchItemFailures"]:
        raise Failed("a message failed")
