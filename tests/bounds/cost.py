"""What one upload costs the service, from its bytes to its receipt: CPU, memory, records.

The code is that of the functions; S3, DynamoDB and SQS stand in memory, and a write of an article
takes no time, so what is measured is ours. Each upload has a process of its own, forked from one
that has imported and used everything: start-up is taken off.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from articles.bulk_queue import BulkQueue
from articles.feeds import Default, Feeds
from articles.ingestion import Ingestion
from articles.limits import Limits
from articles.receipts_table import Receipts
from articles.store import Store
from articles.upload import Inbox, Upload, announced
from articles.writing import Writer
from tests.faults.memory import DynamoDB, Memory

AT = datetime(2026, 3, 1, tzinfo=UTC)
MOST_CPU_SECONDS = 120


class Cost(NamedTuple):
    """CPU in seconds and memory in MiB of an upload; `outcome` is "killed" when time ran out."""

    seconds: float
    mib: float
    records: int
    outcome: str


class _Tables(DynamoDB):
    """DynamoDB that forgets articles at once."""

    def update_item(self, **asked: Any) -> dict[str, Any]:
        return super().update_item(**asked) if asked["TableName"] == "receipts" else {}


def cost(name: str, data: bytes) -> Cost:
    """Measure an upload of that file name in a process of its own."""
    return measured(lambda: _take(name, data))


def measured(act: Callable[[], tuple[int, str]]) -> Cost:
    """Measure what gives its number of records and its outcome."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _report(act, write)
    os.close(write)
    with os.fdopen(read) as told:
        found = told.read()
    os.waitpid(child, 0)
    return Cost(*json.loads(found)) if found else Cost(MOST_CPU_SECONDS, 0, 0, "killed")


def _report(act: Callable[[], tuple[int, str]], write: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    gc.freeze()
    before = _cpu()
    try:
        records, outcome = act()
    except Exception as error:  # noqa: BLE001 - told, and the process ends here
        records, outcome = 0, f"raised {error!r}"[:300]
    seconds = _cpu() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mib = peak / (1024**2 if sys.platform == "darwin" else 1024)
    os.write(write, json.dumps([seconds, mib, records, outcome]).encode())
    os._exit(0)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _take(name: str, data: bytes) -> tuple[int, str]:
    memory, faults = Memory(), list[BaseException]()
    memory.reset()
    key = f"incoming/bounds/{name}"
    version = memory.put(key, data, AT)
    aws = cast("Any", _Tables(memory))
    aws.exceptions = memory.client("dynamodb").exceptions
    aws.get_paginator = memory.client("dynamodb").get_paginator
    ingestion = Ingestion(
        limits=Limits(),
        feeds=Feeds(default=Default(open=True)),
        inbox=Inbox(memory.client("s3"), "inbox"),
        writer=Writer(Store(aws, "articles"), faults.append),
        receipts=Receipts(
            aws,
            memory.client("s3"),
            table="receipts",
            archive="archive",
            keep=timedelta(days=90),
            on_fault=faults.append,
        ),
        bulk_queue=BulkQueue(memory.client("sqs"), "bulk", inbox="inbox"),
        clock=lambda: AT,
    )
    receipt = ingestion.take(Upload(key, version, size=len(data)))
    while memory.sent:
        for upload in announced(memory.sent.pop(0)["MessageBody"], bucket="inbox"):
            receipt = ingestion.take(upload, is_bulk=True) or receipt
    if faults:
        raise faults[0]
    assert receipt
    return sum(receipt.counts.values()), str(receipt.outcome)
