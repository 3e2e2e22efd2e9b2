"""Dollars for a million articles of 4 KB, by what the functions ask of an AWS in memory.

Requests, write units, lines of logs and bytes that are kept are counted, in full batches; only how
long a function runs is worked out, from its measured CPU and what AWS takes to answer. Polls of
empty queues, alarms and what an uploader pays are left out. docs/costs.md has the tables.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from tests.aws import records, service
from tests.aws.clock import TestClock
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.aws.units import index_units, kept_bytes, table_units

from articles_scale import figures
from samples import article

MILLION, GB = 1_000_000, 1e9
# Dollars in us-east-1, as they were known in November 2026: compare them with AWS's pages.
S3_GET, S3_PUT, S3_GB_MONTH = 0.40 / MILLION, 5.00 / MILLION, 0.023
SQS_REQUEST = 0.40 / MILLION
INVOCATION, GB_SECOND = 0.20 / MILLION, 0.0000133334  # arm64
WRITE_UNIT, READ_UNIT = 0.625 / MILLION, 0.125 / MILLION  # on demand
TABLE_GB_MONTH, RECOVERY_GB_MONTH = 0.25, 0.20
EVENT = 1.00 / MILLION
LOGS_GB = 0.50
PROVISIONED_UNIT = 0.00065 / 3600 / 0.7  # a unit by the hour, of which 70 % are used
RARE_WRITE_UNIT, RARE_GB_MONTH = 1.25 * WRITE_UNIT, 0.4 * TABLE_GB_MONTH  # Standard-IA

# Seconds that ingest runs for an upload, the others for an article, of full batches.
SECONDS = {
    "IngestFunction": figures.file_seconds(),
    "BulkFunction": figures.article_seconds(),
    "PublishFunction": figures.event_seconds(),
}
BATCH = {"IngestFunction": 10, "BulkFunction": 1, "PublishFunction": 100}  # what mappings give
PLATFORM_LOG = 350  # bytes of an invocation: START, END and REPORT
LOG_LINE = 26  # bytes that are billed beside those of a line

OBJECTS, RECORDS = 100, 1000
DAYS = (30, 90, 400)
UPLOADED, DELAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1.25)


class Bill(NamedTuple):
    """What an article takes, on average: dollars for a million by part, requests, write units.

    `kept` is the bytes of its items, and of its entries in indexes: `articles`, `articles.by_url`.
    """

    dollars: dict[str, float]
    requests: dict[str, float]
    units: dict[str, float]
    kept: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.dollars.values())

    def stored(self, days: int, gb_month: float) -> float:
        """Say what the articles of so many days cost a month, if a million come each day."""
        stored = sum(size for name, size in self.kept.items() if name.startswith("articles"))
        recovered = self.kept["articles"]
        return days * MILLION / GB * (stored * gb_month + recovered * RECOVERY_GB_MONTH)


class Meter:
    """The functions of the template, and what AWS bills of what they do."""

    def __init__(self) -> None:
        self.cloud = Cloud()
        self.cloud.clock = TestClock(lambda: UPLOADED + DELAY)
        self.cloud.memory.hook = self._count
        self.requests: Counter[str] = Counter()
        self.invocations: Counter[str] = Counter()
        self._versions = self._uploads = 0

    def forget(self) -> None:
        """Keep what is stored, and count from here."""
        self.requests.clear()
        self.invocations.clear()
        self._uploads = 0
        self.cloud.border.clear()
        self.cloud.log.seek(0)
        self.cloud.log.truncate()
        for table in self.cloud.memory.tables.values():
            table.changes.clear()

    def upload(self, name: str, documents: Iterable[Item]) -> str:
        """Put a file; returns the message by which S3 tells of it."""
        self._versions += 1
        self._uploads += 1
        put = {"key": f"incoming/bench/2026/01/{name}", "version": f"{self._versions:032}"}
        data = "\n".join(map(json.dumps, documents)).encode()
        self.cloud.memory.put(put["key"], data, UPLOADED, put["version"])
        self.requests["SendMessage"] += 1
        told = {"size": len(data), "sequencer": f"{self._versions:018X}"}
        return json.dumps({"Records": [records.notice(put, "inbox", **told)]})

    def ingest(self, messages: Sequence[str]) -> None:
        """Have files ingested and announced, by whichever queues they go."""
        self._deliver("IngestFunction", messages, "uploads")
        while parts := self.cloud.all_messages("BulkQueueUrl"):
            self._deliver("BulkFunction", parts, "bulk")
        self._publish()

    def expire(self) -> None:
        """Have DynamoDB remove all articles, as if their feed had `retain_days`, which are over."""
        for item in self.cloud.memory.tables["articles"].items.values():
            item["ttl"] = {"N": f"{UPLOADED.timestamp():.0f}"}
        self.cloud.memory.expire(self.cloud.clock.now())
        self._publish()

    def _publish(self) -> None:
        for name, table in self.cloud.memory.tables.items():
            done = 0
            while done < (end := len(table.changes)):  # what expired leaves a tombstone
                changes, done = service.changes(name, table, done, end), end
                for batch in _batches("PublishFunction", changes):
                    self._invoke("PublishFunction", batch)

    def _deliver(self, function: str, messages: Sequence[str], queue: str) -> None:
        for batch in _batches(function, messages):
            self.requests.update(ReceiveMessage=1, DeleteMessageBatch=1)
            sent = [records.sqs_record(str(n), it, queue=queue) for n, it in enumerate(batch)]
            self._invoke(function, sent)

    def _invoke(self, function: str, batch: Sequence[Item]) -> None:
        self.invocations[function] += 1
        answer = self.cloud.function(function).invoke({"Records": batch})
        if answer != {"batchItemFailures": []}:
            raise RuntimeError(f"{function}: {answer}")

    def _count(self, phase: str, operation: str, asked: Item) -> Any:  # noqa: ANN401 - JSON
        self.requests[operation] += phase == "before"
        return self.cloud.border(phase, operation, asked)

    def bill(self, articles: int) -> Bill:
        """Say what each of so many articles took."""
        units = self._units()
        counts = (self._dollars(units, articles), self.requests, units, self._kept())
        dollars, *others = ({n: it / articles for n, it in of.items()} for of in counts)
        return Bill({part: it * MILLION for part, it in dollars.items()}, *others)

    def _dollars(self, units: Counter[str], articles: int) -> dict[str, float]:
        asked, log = self.requests, self.cloud.log.getvalue()
        queued = sum(n for operation, n in asked.items() if "Message" in operation)
        put = asked["PutObject"] + asked["UploadFileobj"]
        lines = log.count("\n") * LOG_LINE + self.invocations.total() * PLATFORM_LOG
        run = {name: self._running(name, articles) for name in self.invocations}
        publish = run.pop("PublishFunction")
        return {
            "reading the file (S3)": asked["GetObject"] * S3_GET + put * S3_PUT,
            "queues (SQS)": queued * SQS_REQUEST,
            "ingest (Lambda)": sum(run.values()),
            "article (DynamoDB)": units["articles"] * WRITE_UNIT,
            **{
                f"its entry in `{index}`": units[f"articles.{index}"] * WRITE_UNIT
                for index in ("by_feed", "by_url")
            },
            "receipt (DynamoDB)": sum(n for name, n in units.items() if "receipts" in name)
            * WRITE_UNIT
            + (asked["GetItem"] + asked["Query"]) * READ_UNIT,
            "publish (Lambda)": publish,
            "event (EventBridge)": len(self.cloud.border.bus.entries) * EVENT,
            "logs (CloudWatch)": (len(log.encode()) + lines) / GB * LOGS_GB,
        }

    def _running(self, function: str, articles: int) -> float:
        gigabytes: float = service.properties(function)["MemorySize"] / 1024
        seconds = SECONDS[function] * (self._uploads if function == "IngestFunction" else articles)
        return self.invocations[function] * INVOCATION + gigabytes * seconds * GB_SECOND

    def _units(self) -> Counter[str]:
        """Count the units of all writes; each must have changed something."""
        units: Counter[str] = Counter()
        for name, table in self.cloud.memory.tables.items():
            for old, new in table.changes:
                if new:
                    units[name] += table_units(old, new)
                    for index, of in table.indexes.items():
                        units[f"{name}.{index}"] += index_units(old, new, of, table.keys)
        writes = self.requests["UpdateItem"] + self.requests["PutItem"]
        tables = self.cloud.memory.tables.values()
        changes = sum(new is not None for it in tables for _, new in it.changes)
        if writes != changes:
            raise RuntimeError(f"{writes} writes made {changes} changes")
        return units

    def _kept(self) -> dict[str, int]:
        return {
            ".".join(filter(None, (name, index))): size
            for name, table in self.cloud.memory.tables.items()
            for index, size in kept_bytes(table).items()
        }


def _batches(function: str, records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    size = BATCH[function]
    return (records[first : first + size] for first in range(0, len(records), size))


def documents(count: int) -> list[Item]:
    """Give different articles of 4 KB."""
    return [{**_article(it), "id": f"bench-{it:08}"} for it in range(count)]


@cache
def _article(seed: int) -> Item:
    return article(3600, seed)


def one_per_object(meter: Meter) -> Bill:
    return _ingest(meter, [[it] for it in documents(OBJECTS)])


def ndjson(meter: Meter) -> Bill:
    return _ingest(meter, [documents(RECORDS)])


def repeated(meter: Meter) -> Bill:
    """The same objects once more, by the same names."""
    one_per_object(meter)
    meter.forget()
    return one_per_object(meter)


def expired(meter: Meter) -> Bill:
    """The same objects, at the end of their retention."""
    one_per_object(meter)
    meter.forget()
    meter.expire()
    return meter.bill(OBJECTS)


def _ingest(meter: Meter, files: list[list[Item]]) -> Bill:
    meter.ingest([meter.upload(f"{n:08}.ndjson", of) for n, of in enumerate(files)])
    return meter.bill(sum(map(len, files)))


WAYS: dict[str, Callable[[Meter], Bill]] = {
    "one per object": one_per_object,
    "NDJSON": ndjson,
    "one per object, unchanged": repeated,
    "expired": expired,
}


def measured() -> dict[str, Bill]:
    return {name: way(Meter()) for name, way in WAYS.items()}


def tables(bills: dict[str, Bill]) -> str:
    """Write the tables of docs/costs.md."""
    new = [bills[name] for name in ("one per object", "NDJSON")]
    parts = {it: [of.dollars[it] for of in bills.values()] for it in new[0].dollars}
    totals = [of.total for of in bills.values()]
    choices = {
        "as it is": [it.total for it in new],
        "`by_url = false`": [it.total - it.dollars["its entry in `by_url`"] for it in new],
        "provisioned units, 70 % used": [_at(it, PROVISIONED_UNIT) for it in new],
        "`TableClass=STANDARD_INFREQUENT_ACCESS`": [_at(it, RARE_WRITE_UNIT) for it in new],
    }
    months = {
        name: [new[0].stored(days, price) for days in DAYS]
        for name, price in (("Standard", TABLE_GB_MONTH), ("infrequent access", RARE_GB_MONTH))
    }
    return "\n".join(
        (
            *_table("a million articles", WAYS, {**parts, "**sum**": totals}),
            *_table("choice", [*WAYS][:2], choices),
            *_table("kept for", [f"{it} days" for it in DAYS], months),
        )
    )


def _at(bill: Bill, unit: float) -> float:
    """Say what a million articles cost where a write unit of the articles table costs that."""
    written = sum(n for name, n in bill.units.items() if name.startswith("articles"))
    return bill.total + written * (unit - WRITE_UNIT) * MILLION


def _table(corner: str, columns: Iterable[str], rows: dict[str, list[float]]) -> Iterator[str]:
    yield " | ".join((f"| {corner}", *columns)) + " |"
    yield "|---" * (len([*columns]) + 1) + "|"
    for name, values in rows.items():
        yield " | ".join((f"| {name}", *(f"{it:.2f}" for it in values))) + " |"
    yield ""


if __name__ == "__main__":
    if sys.argv[1:] == ["--tables"]:
        sys.stdout.write(tables(measured()))
    else:
        sys.stdout.write(json.dumps({name: it._asdict() for name, it in measured().items()}))
