"""The pollers: queue to handler, stream to handler, schedule to handler; and DynamoDB's TTL.

`pump` makes one pass and returns whether there was progress; `waiting` counts what is left.
"""

from __future__ import annotations

import base64
import json
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from .server import lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moto.dynamodb.models.table import StreamShard, Table
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef, MessageTypeDef

    from .function import Function
    from .mapping import Mapping
    from .template import Json

LONGEST_RECEIVE = 10
KEPT_CHANGES = 1000
RATES = {"minute": 60, "hour": 3600, "day": 86400}
BY_TTL = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


class QueuePump:
    """Passes messages to a function. The queue itself counts attempts and moves dead letters."""

    def __init__(self, mapping: Mapping, sqs: SQSClient) -> None:
        self._mapping, self.sqs, self.source = mapping, sqs, mapping.source
        _, _, _, region, account, name = self.source.split(":")
        self.queue = sqs_backends[account][region].get_queue(name)
        self.url = sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def pump(self) -> bool:
        """Pass on one batch; an empty queue is not asked, as most are, most of the time."""
        with lock:
            if not self.queue.messages:
                return False
        messages = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=min(self._mapping.properties.get("BatchSize", 10), LONGEST_RECEIVE),
            MessageSystemAttributeNames=["All"],
            WaitTimeSeconds=0,
        ).get("Messages", [])
        if messages:
            records = {it["MessageId"]: self._record(it) for it in messages}
            self.settle(messages, self._mapping.failures(records))
        return bool(messages)

    def waiting(self) -> int:
        with lock:
            return len(self.queue._messages)  # noqa: SLF001 - also those that nobody may see

    def _record(self, message: MessageTypeDef) -> Json:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.source,
            "awsRegion": self.source.split(":")[3],
        }

    def settle(self, messages: list[MessageTypeDef], failed: set[str]) -> None:
        """Delete what the function has taken, and have the rest come again."""
        for it in messages:
            if it["MessageId"] in failed:
                # Retry at once: nobody at a laptop wants to wait for the template's timeout. A
                # function that died may have deleted the message itself.
                with suppress(self.sqs.exceptions.ReceiptHandleIsInvalid):
                    self.sqs.change_message_visibility(
                        QueueUrl=self.url, ReceiptHandle=it["ReceiptHandle"], VisibilityTimeout=0
                    )
        done: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": it["MessageId"], "ReceiptHandle": it["ReceiptHandle"]}
            for it in messages
            if it["MessageId"] not in failed
        ]
        if done:
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=done)


class StreamPump:
    """Passes a table's changes to a function, oldest first; one that fails blocks the rest."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping, self.source = mapping, mapping.source
        *_, region, account, stream = self.source.split(":", 5)
        table = dynamodb_backends[account][region].get_table(stream.split("/")[1])
        self.shard = cast("StreamShard", table.stream_shard)  # moto never has another
        self.read = self.shard.starting_sequence_number - 1  # the number of the last change
        self._failed = set[str]()

    @property
    def name(self) -> str:
        return f"{self.source} {self._mapping.function.properties['FunctionName']}"

    def pump(self) -> bool:
        with lock:
            begin = self.read + 1 - self.shard.starting_sequence_number
            changes = self.shard.items[begin : begin + self.batch_size]
        page = [self._record(it.record) for it in changes]
        records = {it["dynamodb"]["SequenceNumber"]: it for it in page}
        wanted = {number: it for number, it in records.items() if self._mapping.wants(it)}
        self._failed = self._mapping.failures(wanted) if wanted else set()
        done = min(map([*records].index, self._failed), default=len(records))
        self.advance(done)
        return done > 0

    @property
    def batch_size(self) -> int:
        return int(self._mapping.properties.get("BatchSize", 100))

    def advance(self, done: int) -> None:
        """Remember that so many more changes were taken."""
        self.read += done

    def waiting(self) -> int:
        return len(self._failed)

    def _record(self, record: Json) -> Json:
        """Write what moto has as it appears in a function's event."""
        plain: Json = json.loads(json.dumps(record, default=_plain))
        if by := plain.pop("userIdentity", None):  # spelt as the API does, not as Lambda
            plain["userIdentity"] = {"type": by["Type"], "principalId": by["PrincipalId"]}
        return {**plain, "eventSourceARN": self.source}


class Changes:
    """Gives what changes in a table, from now on."""

    def __init__(self, shard: StreamShard) -> None:
        self._shard, self._read = shard, shard.starting_sequence_number + len(shard.items)

    def read(self) -> list[tuple[Json | None, Json | None]]:
        """Return the items before and after each change since the last call, as DynamoDB does."""
        with lock:
            begin = max(0, self._read - self._shard.starting_sequence_number)
            changes = [it.record["dynamodb"] for it in self._shard.items[begin:]]
            self._read = self._shard.starting_sequence_number + len(self._shard.items)
        return [(it.get("OldImage"), it.get("NewImage")) for it in changes]


def forget_old_changes(readers: Iterable[StreamPump]) -> None:
    """Drop the changes that all have read, but for the last; AWS does so after a day."""
    read: dict[StreamShard, int] = {}
    for it in readers:
        read[it.shard] = min(it.read, read.get(it.shard, it.read))
    with lock:
        for shard, last in read.items():
            old = last + 1 - shard.starting_sequence_number - KEPT_CHANGES
            if old >= KEPT_CHANGES:  # rarely: the others are moved
                del shard.items[:old]
                shard.starting_sequence_number += old


class Periodic(ABC):
    """What happens at a fixed rate."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._due = time.monotonic() + seconds

    def hurry(self) -> None:
        self._due = time.monotonic()

    def run_when_due(self) -> None:
        if time.monotonic() >= self._due:
            self.run()

    def run(self) -> None:
        self._due = time.monotonic() + self._seconds
        self._run()

    @abstractmethod
    def _run(self) -> None: ...


class ExpiryPump(Periodic):
    """Removes the items whose TTL is over, which moto never does; their streams say by whom."""

    def __init__(self) -> None:
        super().__init__(RATES["minute"])

    def _run(self) -> None:
        with lock:
            for backend in dynamodb_backends[DEFAULT_ACCOUNT_ID].values():
                for table in backend.tables.values():
                    _expire(table)


def _expire(table: Table) -> None:
    name, now = table.ttl.get("AttributeName") or "", time.time()
    for item in table.all_items():
        due = item.attrs.get(name)
        if due is not None and due.type == "N" and float(due.value) < now:
            table.delete_item(item.hash_key, item.range_key)
            if table.stream_shard:
                table.stream_shard.items[-1].record["userIdentity"] = BY_TTL


class SchedulePump(Periodic):
    """Calls a function at a fixed rate."""

    def __init__(self, expression: str, function: Function) -> None:
        self._function = function
        count, unit = expression.removeprefix("rate(").removesuffix(")").split()
        super().__init__(int(count) * RATES[unit.removesuffix("s")])

    def _run(self) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._function.invoke(
            {"source": "aws.events", "detail-type": "Scheduled Event", "time": now, "detail": {}}
        )


def _plain(value: bytes | datetime) -> str | float:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()
    return base64.b64encode(value).decode()
