"""The pollers: queue to handler, stream to handler, schedule to handler.

`pump` makes one pass and returns whether there was progress; `waiting` counts what is left.
"""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_dynamodbstreams.type_defs import RecordTypeDef
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef, MessageTypeDef

    from .function import Function
    from .mapping import Mapping
    from .template import Json

LONGEST_RECEIVE = 10
RATES = {"minute": 60, "hour": 3600, "day": 86400}


class QueuePump:
    """Passes messages to a function. The queue itself counts attempts and moves dead letters."""

    def __init__(self, mapping: Mapping, sqs: SQSClient) -> None:
        self._mapping, self._sqs, self.source = mapping, sqs, mapping.source
        self._url = sqs.get_queue_url(QueueName=self.source.rpartition(":")[2])["QueueUrl"]

    def pump(self) -> bool:
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._mapping.properties["BatchSize"], LONGEST_RECEIVE),
            MessageSystemAttributeNames=["All"],
            WaitTimeSeconds=0,
        ).get("Messages", [])
        if messages:
            records = {it["MessageId"]: self._record(it) for it in messages}
            self._settle(messages, self._mapping.failures(records))
        return bool(messages)

    def waiting(self) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])
        counts = [it for it in answer["Attributes"].items() if "NumberOfMessages" in it[0]]
        return sum(int(count) for _, count in counts)

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

    def _settle(self, messages: list[MessageTypeDef], failed: set[str]) -> None:
        for it in messages:
            if it["MessageId"] in failed:
                # Retry at once: nobody at a laptop wants to wait for the template's timeout.
                self._sqs.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=it["ReceiptHandle"], VisibilityTimeout=0
                )
        done: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": it["MessageId"], "ReceiptHandle": it["ReceiptHandle"]}
            for it in messages
            if it["MessageId"] not in failed
        ]
        if done:
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=done)


class StreamPump:
    """Passes a table's changes to a function, oldest first; one that fails blocks the rest."""

    def __init__(self, mapping: Mapping, streams: DynamoDBStreamsClient) -> None:
        self._mapping, self._streams, self.source = mapping, streams, mapping.source
        stream = streams.describe_stream(StreamArn=self.source)["StreamDescription"]
        self._shard = stream["Shards"][0]["ShardId"]  # moto never has another
        self._iterator = self._open(ShardIteratorType="TRIM_HORIZON")
        self._failed: set[str] = set()

    def pump(self) -> bool:
        page = self._streams.get_records(
            ShardIterator=self._iterator, Limit=self._mapping.properties["BatchSize"]
        )
        records = {it["dynamodb"]["SequenceNumber"]: self._record(it) for it in page["Records"]}
        wanted = {number: it for number, it in records.items() if self._mapping.wants(it)}
        self._failed = self._mapping.failures(wanted) if wanted else set()
        self._iterator = page["NextShardIterator"]
        if self._failed:
            lowest = min(self._failed, key=int)
            self._iterator = self._open(
                ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=lowest
            )
        return bool(records) and next(iter(records)) not in self._failed

    def waiting(self) -> int:
        return len(self._failed)

    def _open(self, **position: Any) -> str:  # noqa: ANN401 - arguments of the call
        return self._streams.get_shard_iterator(
            StreamArn=self.source, ShardId=self._shard, **position
        )["ShardIterator"]

    def _record(self, record: RecordTypeDef) -> Json:
        """Write what boto3 has parsed as it appears in a function's event."""
        plain: Json = json.loads(json.dumps(record, default=_plain))
        return {**plain, "eventSourceARN": self.source}


class SchedulePump:
    """Calls a function at a fixed rate."""

    def __init__(self, expression: str, function: Function) -> None:
        self._function = function
        count, unit = expression.removeprefix("rate(").removesuffix(")").split()
        self._seconds = int(count) * RATES[unit.removesuffix("s")]
        self._due = time.monotonic() + self._seconds

    def run_when_due(self) -> None:
        if time.monotonic() >= self._due:
            self.run()

    def run(self) -> None:
        self._due = time.monotonic() + self._seconds
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._function.invoke(
            {"source": "aws.events", "detail-type": "Scheduled Event", "time": now, "detail": {}}
        )


def _plain(value: bytes | datetime) -> str | float:
    return value.timestamp() if isinstance(value, datetime) else base64.b64encode(value).decode()
