"""What one upload costs the service, from its bytes to its receipt: CPU, memory, records.

The code is that of the functions; S3, DynamoDB and SQS stand in memory, and a write of an article
takes no time, so what is measured is ours. Each upload has a process of its own, forked from one
that has imported and used everything: start-up is taken off.
"""

import gc
import gzip
import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import Any, NamedTuple, cast

from backports import zstd

from articles.feeds import Default, Feeds
from articles.ingestion import Ingestion
from articles.limits import Limits
from articles.storing.articles_table import ArticlesTable
from articles.storing.receipts_table import Receipts
from articles.storing.writing import Writer
from articles.uploads.bulk_queue import BulkQueue
from articles.uploads.inbox import Inbox
from articles.uploads.message import Upload, announced
from tests.aws.clock import stopped
from tests.aws.memory import S3, DynamoDB, Memory, Object

AT = datetime(2026, 3, 1, tzinfo=UTC)
MOST_CPU_SECONDS = 120


class Cost(NamedTuple):
    """CPU in seconds and memory in MiB of an upload; `outcome` is "killed" when time ran out."""

    seconds: float
    mib: float
    records: int
    outcome: str

    @property
    def is_fault(self) -> bool:
        return self.outcome.startswith(("raised", "killed"))


class _Tables(DynamoDB):
    """DynamoDB that forgets articles at once, and what a stream would tell."""

    def update_item(self, **asked: Any) -> dict[str, Any]:
        if asked["TableName"] != "receipts":
            return {}
        answer = super().update_item(**asked)
        self.memory.tables["receipts"].changes.clear()
        return answer


class _Archive(S3):
    """S3 that takes a report as it comes, and lets it go."""

    def upload_fileobj(self, file: Any, *_: Any, **__: Any) -> None:
        while file.read(65_536):
            pass


class _Spooled(dict[tuple[str, str, str], Object]):
    """Objects on disk: reports are S3's to keep, and not memory of the function's."""

    def __init__(self) -> None:
        super().__init__()
        self._file = TemporaryFile()  # noqa: SIM115 - it ends with its process
        self._places: dict[tuple[str, str, str], tuple[int, int]] = {}

    def __setitem__(self, name: tuple[str, str, str], held: Object) -> None:
        self._places[name] = (self._file.seek(0, os.SEEK_END), len(held.body))
        self._file.write(held.body)
        super().__setitem__(name, Object(b"", held.uploaded_at))

    def get(self, name: Any, default: Any = None) -> Any:
        if name not in self:
            return default
        start, length = self._places[name]
        self._file.seek(start)
        return Object(self._file.read(length), super().__getitem__(name).uploaded_at)


def warm_up() -> None:
    """Import and use what an upload may need; what a process does once is not an upload's cost."""
    for name, pack in (("a.json", bytes), ("a.gz", gzip.compress), ("a.zst", zstd.compress)):
        _take(name, pack(b'{"title": "a", "language": "en-GB", "text": "b", "html": "<p>c"}'))
    _take("a.json", b"[" + b"0," * Limits().part_records + b"0]")  # in parts


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
    memory.objects = _Spooled()
    key = f"incoming/bounds/{name}"
    version = memory.put(key, data, AT)
    aws = cast("Any", _Tables(memory))
    aws.exceptions = memory.client("dynamodb").exceptions
    aws.get_paginator = memory.client("dynamodb").get_paginator
    ingestion = Ingestion(
        limits=Limits(),
        feeds=lambda: Feeds(default=Default(open=True)),
        inbox=Inbox(memory.client("s3"), "inbox"),
        writer=Writer(ArticlesTable(aws, "articles"), faults.append),
        receipts=Receipts(
            aws,
            cast("Any", _Archive(memory)),
            table="receipts",
            archive="archive",
            keep=timedelta(days=90),
            on_fault=faults.append,
        ),
        bulk_queue=BulkQueue(memory.client("sqs"), "bulk", inbox="inbox"),
        on_fault=faults.append,
        clock=stopped(AT),
    )
    receipt = ingestion.ingest(Upload(key, version, size=len(data)))
    while memory.sent:
        for upload in announced(memory.sent.pop(0)["MessageBody"], bucket="inbox"):
            receipt = ingestion.ingest(upload, is_bulk=True) or receipt
    if faults:
        raise faults[0]
    assert receipt
    return sum(receipt.counts.values()), str(receipt.outcome)
