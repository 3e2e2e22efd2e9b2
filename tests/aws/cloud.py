"""The service of template.yaml on an AWS in memory: what a test puts in, and what it finds."""

import json
from io import StringIO
from types import SimpleNamespace
from typing import Any

from articles.storing.items import from_item
from articles_local.function import Function
from tests.aws.clock import TestClock

from . import service
from .border import Border
from .expressions import Item
from .limits import Limits
from .memory import Memory
from .records import dumped

OUTPUTS = {
    **{it: service.RESOURCES[it] for it in service.RESOURCES if it.endswith(("Bucket", "Table"))},
    **{f"{it}Url": service.RESOURCES[it] for it in service.RESOURCES if it.endswith("Queue")},
    "EventBusName": service.RESOURCES["Bus"],
}


class Cloud:
    """The functions, their clients and what they have stored, sent and printed."""

    def __init__(self) -> None:
        self.border = Border()
        self.memory = Memory()
        self.memory.reset()
        self.clock = TestClock(lambda: self.memory.now())  # noqa: PLW0108 - of now, not of then
        self.memory.hook, self.memory.guard = self.border, Limits()
        services = ("s3", "dynamodb", "sqs", "events")
        self.clients = SimpleNamespace(**{it: self.memory.client(it) for it in services})
        self.outputs = dict(OUTPUTS)
        self.log = StringIO()
        self._built: dict[str, Function] = {}

    def empty(self) -> None:
        """Take out all data, messages, faults and log lines, but for what is in the inbox."""
        for table in self.memory.tables.values():
            table.items.clear()
        for place in [it for it in self.memory.objects if it[0] == "archive"]:
            del self.memory.objects[place]
        self.memory.sent.clear()
        self.border.clear()
        self.clock.slept.clear()
        self.log.seek(0)
        self.log.truncate()

    def forget(self) -> None:
        """Take out everything, and what the tables' streams would tell."""
        self.empty()
        self.memory.objects.clear()
        for table in self.memory.tables.values():
            table.changes.clear()

    def function(self, name: str, **environment: str | None) -> Function:
        """Build a function of the template; None takes a variable out of its environment.

        Writes follow one another: a test counts on the order of the requests.
        """
        if (wanted := f"{name} {environment}") not in self._built:
            self._built[wanted] = self._build(name, {"WRITES_AT_ONCE": "1", **environment})
        return self._built[wanted]

    def _build(self, name: str, environment: dict[str, str | None]) -> Function:
        variables = {**service.variables(name), **environment}
        settings = {it: value for it, value in variables.items() if value is not None}
        built: list[Any] = []

        def handler(event: Item, context: Any) -> Item | None:
            if not built:  # a cold start
                built.append(service.build(name, settings, self.clients, self.clock))
            answer: Item | None = built[0](event, context)
            return answer

        return Function(service.properties(name), handler, settings, self.log)

    # ── What a test puts in ──────────────────────────────────────────────────────────────────────

    def upload(self, key: str, body: bytes | str | Any) -> Item:
        """Put an object into the inbox; gives its key, version and etag."""
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
        data = dumped(body).encode() if data is None else data
        at = self.memory.now().replace(microsecond=0)
        version = self.memory.put(key, data, at)
        etag = self.memory.objects["inbox", key, version].etag
        return {"key": key, "version": version, "etag": etag}

    # ── What it finds ────────────────────────────────────────────────────────────────────────────

    def logged(self) -> list[Item]:
        """Give what the functions printed; every line must be a JSON object."""
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        assert all(isinstance(line, dict) for line in lines)
        return lines

    def metrics(self) -> dict[str, float]:
        """Sum up the metrics that the functions printed."""
        sums: dict[str, float] = {}
        for line in self.logged():
            for group in line.get("_aws", {}).get("CloudWatchMetrics", []):
                for metric in group["Metrics"]:
                    name = metric["Name"]
                    sums[name] = sums.get(name, 0) + sum(line[name])
        return sums

    def measured(self, metric: str) -> list[float]:
        """Give the values of a metric, also of a function that then failed."""
        lines = [it for it in self.log.getvalue().splitlines() if '"_aws"' in it]
        return [value for line in lines for value in json.loads(line).get(metric, [])]

    def articles(self) -> list[Item]:
        return [from_item(it) for it in self.images("ArticlesTable")]

    def receipts(self) -> list[Item]:
        return [from_item(it) for it in self.images("ReceiptsTable")]

    def images(self, table: str) -> list[Item]:
        """Give the items of a table as DynamoDB has them."""
        return self.memory.tables[self.outputs[table]].listed(None)

    def indexed(self, table: str, index: str, **where: str) -> list[Item]:
        """Find items by the partition of an index."""
        [(name, value)] = where.items()
        answer = self.clients.dynamodb.query(
            TableName=self.outputs[table],
            IndexName=index,
            KeyConditionExpression="#name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        return [from_item(item) for item in answer["Items"]]

    def report(self, key: str) -> Item:
        report: Item = json.loads(self.memory.report(key))
        return report

    def messages(self, queue: str) -> list[Item]:
        """Take messages of a queue out of it, ten at most."""
        url = self.outputs[queue]
        taken = [it for it in self.memory.sent if it["QueueUrl"] == url][:10]
        self.memory.sent[:] = [it for it in self.memory.sent if not any(it is t for t in taken)]
        return [
            {
                "Body": it["MessageBody"],
                "MessageAttributes": it.get("MessageAttributes", {}),
                "Attributes": {"MessageGroupId": it.get("MessageGroupId")},
            }
            for it in taken
        ]

    def all_messages(self, queue: str) -> list[str]:
        """Take all messages of a queue out of it; gives their bodies."""
        found: list[str] = []
        while taken := self.messages(queue):
            found += [message["Body"] for message in taken]
        return found


class Announcements:
    """What publish makes of the tables' streams, which the template's own mappings filter."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._read = cloud, dict.fromkeys(cloud.memory.tables, 0)

    def begin(self) -> "Announcements":
        """Forget what was before."""
        self.read()
        return self

    def read(self) -> list[Item]:
        """Announce what is new; gives the events."""
        publish, bus = self._cloud.function("PublishFunction"), self._cloud.border.bus
        for name, table in self._cloud.memory.tables.items():
            first, self._read[name] = self._read[name], len(table.changes)
            if records := service.changes(name, table, first, len(table.changes)):
                assert publish.invoke({"Records": records}) == {"batchItemFailures": []}
        events = bus.events
        bus.entries.clear()
        return events

    def uploads(self) -> list[tuple[str, str]]:
        """Announce what is new; gives what is told of uploads: their states and outcomes."""
        told = [it["data"] for it in self.read() if it["type"] == "UploadProcessed"]
        return [(data["state"], data["outcome"]) for data in told]
