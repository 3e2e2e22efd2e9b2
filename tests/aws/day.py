"""Hours of the service, minute by minute, with the metrics that it and AWS send.

Messages wait in queues, mappings and the schedule call the functions, and may be switched off. Of
AWS's own metrics there are those that follow from that: invocations and errors of the functions,
lengths and ages of the queues, and the age of what publish reads of the streams.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from articles.uploads.message import Upload, notice

from . import service
from .alarms import Metrics, alarms, is_on, metric
from .cloud import Cloud
from .records import sqs_record

START = datetime(2026, 3, 1, tzinfo=UTC)
QUEUES = ("UploadsQueue", "BulkQueue", "DeadLetterQueue", "PublishFailureQueue")
READERS = {"UploadsQueue": ("IngestFunction", 10), "BulkQueue": ("BulkFunction", 1)}
STRIKES = 5
STREAM_BATCH = 100
WARM_UP = 10  # minutes before the first look at the alarms: the longest heartbeat


@dataclass(eq=False)
class Message:
    body: str
    sent: int
    received: int = 0
    hidden_until: int = 0


@dataclass
class Stream:
    """How far publish has read the changes of a table, and in which minute each change was.

    A batch that failed is given again as it was: what came later is not in it.
    """

    read: int = 0
    end: int = 0
    minutes: list[int] = field(default_factory=list)


@dataclass
class Day:
    """The service from a midnight on; `off` names the functions that nothing calls.

    `reconciles` is whether its schedule is on: every hour here.
    """

    cloud: Cloud
    settings: dict[str, str]
    metrics: Metrics = field(default_factory=Metrics)
    off: set[str] = field(default_factory=set)
    rang: dict[str, int] = field(default_factory=dict)
    logged: list[dict[str, Any]] = field(default_factory=list)
    reconciles: bool = False
    calls: int = 1_000_000  # that a function can be given in a minute
    minute: int = -1

    def __post_init__(self) -> None:
        self.queues: dict[str, list[Message]] = {name: [] for name in QUEUES}
        self._streams = {name: Stream() for name in self.cloud.memory.tables}

    def upload(
        self, key: str, stories: Any, *, seconds_ago: int = 0, notified: bool = True
    ) -> None:
        """Put a file into the inbox, and the notification of it into the queue."""
        data = json.dumps(stories).encode()
        version = self.cloud.memory.put(key, data, self.now - timedelta(seconds=seconds_ago))
        if not notified:
            return
        upload = Upload(key, version, etag="e", sequencer=f"{self.minute:018X}", size=len(data))
        self.queues["UploadsQueue"].append(Message(notice(upload, bucket="inbox"), self.minute))

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=self.minute)

    def begin(self) -> None:
        """Begin the next minute: what is uploaded now is uploaded then."""
        self.minute += 1
        self.cloud.clock.stand_still(self.now)

    def end(self) -> None:
        """Have the functions called, collect the metrics of the minute, look at the alarms."""
        for queue, (function, batch) in READERS.items():
            if function not in self.off:
                self._read(queue, function, batch)
            self._collect_sent()
        if "ReleaseFunction" not in self.off:
            self._invoke("ReleaseFunction", {})
        for name in self._streams:
            self._publish(name)
            self._collect_sent()
        if self.reconciles and self.minute % 60 == 0:
            self._invoke("ReconcileFunction", {})
        self._collect()
        for name, alarm in alarms().items() if self.minute >= WARM_UP else ():
            if name not in self.rang and is_on(alarm, self.metrics, self.minute):
                self.rang[name] = self.minute

    def _read(self, queue: str, function: str, batch: int) -> None:
        """Give the messages that are visible to a function; what it does not take waits again."""
        waiting, letters = self.queues[queue], self.queues["DeadLetterQueue"]
        visible = [it for it in waiting if it.hidden_until <= self.minute]
        for first in range(0, len(visible), batch)[: self.calls]:
            given = visible[first : first + batch]
            for it in given:
                it.received += 1
                it.hidden_until = self.minute + 6
            name = queue.removesuffix("Queue").lower()
            records = [
                sqs_record(str(n), it.body, received=it.received, queue=name)
                for n, it in enumerate(given)
            ]
            answer = self._invoke(function, {"Records": records})
            if answer is None:
                failed = {*range(len(given))}
            else:
                failed = {int(it["itemIdentifier"]) for it in answer["batchItemFailures"]}
            for n, it in enumerate(given):
                if n not in failed or it.received >= STRIKES:
                    waiting.remove(it)
                    letters += [it] if n in failed else []

    def _publish(self, name: str) -> None:
        """Give what is new in a stream to publish; what it does not take blocks the rest."""
        stream, table = self._streams[name], self.cloud.memory.tables[name]
        stream.minutes += [self.minute] * (len(table.changes) - len(stream.minutes))
        while stream.read < len(table.changes):
            if stream.read == stream.end:
                stream.end = min(stream.read + STREAM_BATCH, len(table.changes))
            failed: list[int] = []
            if records := service.changes(name, table, stream.read, stream.end):
                answer = self._invoke("PublishFunction", {"Records": records})
                refused = records[:1] if answer is None else answer["batchItemFailures"]
                failed = [_sequence_number(it) for it in refused]
                age = metric("AWS/Lambda IteratorAge", FunctionName="PublishFunction")
                waited = self.minute - stream.minutes[stream.end - 1]
                self.metrics.add(age, self.minute, 60_000 * waited)
            stream.read = min(failed, default=stream.end)
            if failed:
                return

    def _invoke(self, function: str, event: Any) -> dict[str, Any] | None:
        answer = self.cloud.function(function, **self.settings).invoke(event)
        self.metrics.add(metric("AWS/Lambda Invocations", FunctionName=function), self.minute, 1)
        failed = metric("AWS/Lambda Errors", FunctionName=function)
        self.metrics.add(failed, self.minute, answer is None)
        return answer

    def _collect_sent(self) -> None:
        """Put what the functions have sent into the queues."""
        for queue in QUEUES:
            url = self.cloud.outputs[f"{queue}Url"]
            for it in self.cloud.memory.sent:
                if it["QueueUrl"] == url:
                    self.queues[queue].append(Message(it["MessageBody"], self.minute))
        self.cloud.memory.sent.clear()

    def _collect(self) -> None:
        for line in self.cloud.log.getvalue().splitlines():
            if '"_aws"' in line:
                self.metrics.add_printed(json.loads(line), self.minute)
            elif line.startswith("{"):  # no traceback
                self.logged.append(json.loads(line))
        self.cloud.log.seek(0)
        self.cloud.log.truncate()
        self.cloud.border.requests.clear()
        for queue, waiting in self.queues.items():
            visible = sum(it.hidden_until <= self.minute for it in waiting)
            length = metric("AWS/SQS ApproximateNumberOfMessagesVisible", QueueName=queue)
            hidden = metric("AWS/SQS ApproximateNumberOfMessagesNotVisible", QueueName=queue)
            age = metric("AWS/SQS ApproximateAgeOfOldestMessage", QueueName=queue)
            self.metrics.add(length, self.minute, visible)
            self.metrics.add(hidden, self.minute, len(waiting) - visible)
            oldest = max((self.minute - it.sent for it in waiting), default=0)
            self.metrics.add(age, self.minute, 60 * oldest)


def _sequence_number(told: dict[str, Any]) -> int:
    """Read the place in its stream of a record, or of a failure."""
    return int(told["dynamodb"]["SequenceNumber"] if "dynamodb" in told else told["itemIdentifier"])


def a_day(cloud: Cloud, feeds: Path, text: str, **settings: str) -> Day:
    """Deploy the service with a feeds file; nothing has been uploaded."""
    feeds.write_text(text)
    return Day(cloud, {"FEEDS_FILE": str(feeds), **settings})
