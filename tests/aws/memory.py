"""S3, DynamoDB, SQS and EventBridge in memory: the few operations that the service uses.

A second AWS beside moto, of a few pages, fast enough for a hundred thousand deliveries;
test_memory.py holds it to moto. Every call passes `hook` before and after, where a test makes its
faults; with a `guard`, what AWS refuses for its size or form is refused.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import ClientError

from .expressions import Condition, Item, copied, updated

# Called with a phase ("before" or "after"), an operation and its parameters. It may raise; what it
# gives before an operation is the answer, and the operation is not carried out.
Hook = Callable[[str, str, Item], Any]


class Index(NamedTuple):
    """An index: its keys, and what it holds beside the table's."""

    keys: tuple[str, ...]
    projected: tuple[str, ...] = ()


# Those of the template.
KEYS = {"articles": ("article_id",), "receipts": ("key", "version")}
INDEXES = {
    "articles": {
        "by_feed": Index(("feed_month", "listing"), ("title", "status", "hold_until")),
        "by_url": Index(("url_key",)),
        "by_due": Index(("held", "hold_until"), ("order_key",)),
    },
    "receipts": {
        "by_attention": Index(("feed", "attention"), ("state", "outcome", "uploaded_at", "report")),
        "by_open": Index(("open", "opened_at")),
    },
}


class Guard(Protocol):
    """What AWS refuses: raises ClientError."""

    def request(self, operation: str, asked: Item) -> None: ...
    def item(self, operation: str, table: str, item: Item) -> None: ...


class ConditionalCheckFailedException(ClientError):
    """As DynamoDB's client has it, with the old item in the answer."""


def error(code: str, operation: str, message: str = "") -> ClientError:
    kind = ConditionalCheckFailedException if code.startswith("ConditionalCheck") else ClientError
    return kind({"Error": {"Code": code, "Message": message or code}}, operation)


@dataclass(frozen=True)
class Object:
    """One version of an object."""

    body: bytes
    uploaded_at: datetime

    @property
    def etag(self) -> str:
        return hashlib.md5(self.body, usedforsecurity=False).hexdigest()


@dataclass
class Memory:
    """All of AWS that the service sees."""

    hook: Hook = lambda *_: None
    guard: Guard | None = None
    objects: dict[tuple[str, str, str], Object] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)  # the version of a key of the inbox
    tables: dict[str, "Table"] = field(default_factory=dict)
    sent: list[Item] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)  # receipt handles of messages
    entries: list[Item] = field(default_factory=list)
    skew: timedelta = timedelta()
    _versions: int = 0

    def now(self) -> datetime:
        """Give the time of the functions' clock, which may be wrong."""
        return datetime.now(UTC) + self.skew

    def put(self, key: str, data: bytes, at: datetime, version: str | None = None) -> str:
        """Put an object version that was uploaded at a time; gives its version."""
        name = version or f"v{self._versions:06}"
        self._versions += 1
        self.objects["inbox", key, name] = Object(data, at)
        self.latest[key] = name
        return name

    def forget(self, key: str, version: str) -> None:
        """Delete an object version."""
        del self.objects["inbox", key, version]
        if self.latest.get(key) == version:
            del self.latest[key]

    def expire(self, now: datetime) -> None:
        """Remove the articles whose TTL is over."""
        self.tables["articles"].expire(now)

    def report(self, key: str) -> bytes:
        return self.objects["archive", key, "null"].body

    def reset(self) -> None:
        """Forget everything, and let no hook be left."""
        self.hook = lambda *_: None
        self.skew = timedelta()
        self._versions = 0
        self.objects.clear()
        self.latest.clear()
        self.sent.clear()
        self.deleted.clear()
        self.entries.clear()
        self.tables = {name: Table(KEYS[name], INDEXES[name]) for name in KEYS}

    def client(self, service: str, **_: Any) -> Any:
        clients = {"s3": S3, "dynamodb": DynamoDB, "sqs": Sqs, "events": Events}
        return _Client(clients[service](self), self)


class _Client:
    """A client whose every call passes the guard, and the hook before and after."""

    def __init__(self, service: Any, memory: Memory) -> None:
        self._service, self._memory = service, memory
        self.exceptions = SimpleNamespace(
            ConditionalCheckFailedException=ConditionalCheckFailedException
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = "".join(part.capitalize() for part in name.split("_"))
        act = getattr(self._service, name)

        def call(*arguments: Any, **parameters: Any) -> Any:
            memory = self._memory
            if memory.guard:
                memory.guard.request(operation, parameters)
            asked = parameters
            if arguments:  # of a transfer: the file, the bucket and the key
                asked = {"Bucket": arguments[1], "Key": arguments[2]}
            answer = memory.hook("before", operation, asked)
            if answer is not None:
                return answer
            try:
                answer = act(*arguments, **parameters)
            except ClientError:
                memory.hook("after", operation, asked)
                raise
            memory.hook("after", operation, asked)
            return answer

        return call

    def get_paginator(self, name: str) -> Any:
        return SimpleNamespace(paginate=lambda **asked: [getattr(self, name)(**asked)])


@dataclass
class S3:
    """GetObject by version, ETag and range, PutObject, ListObjectVersions of the inbox."""

    memory: Memory

    def get_object(self, **asked: Any) -> Item:
        latest = self.memory.latest.get(asked["Key"], "null")
        version = asked.get("VersionId", latest if asked["Bucket"] == "inbox" else "null")
        found = self.memory.objects.get((asked["Bucket"], asked["Key"], version))
        if found is None:
            raise error("NoSuchVersion" if "VersionId" in asked else "NoSuchKey", "GetObject")
        if "IfMatch" in asked and asked["IfMatch"].strip('"') != found.etag:
            raise error("PreconditionFailed", "GetObject")
        body = found.body
        if "Range" in asked:
            first, last = asked["Range"].removeprefix("bytes=").split("-")
            body = body[int(first) : int(last) + 1]
        return {
            "Body": BytesIO(body),
            "ContentLength": len(body),
            "LastModified": found.uploaded_at,
        }

    def list_object_versions(self, **asked: Any) -> Item:
        """List by key, the latest version of each first, all on one page."""
        there = [
            (key, version, it)
            for (bucket, key, version), it in self.memory.objects.items()
            if bucket == asked["Bucket"] and key.startswith(asked["Prefix"])
        ]
        listed = [
            {
                "Key": key,
                "VersionId": version,
                "ETag": f'"{it.etag}"',
                "Size": len(it.body),
                "LastModified": it.uploaded_at,
                "IsLatest": self.memory.latest.get(key) == version,
            }
            for key, version, it in reversed(there)
        ]
        return {"Versions": sorted(listed, key=lambda it: it["Key"].encode())}

    def put_object(self, **asked: Any) -> Item:
        place = (asked["Bucket"], asked["Key"], "null")
        if asked.get("IfNoneMatch") == "*" and place in self.memory.objects:
            raise error("PreconditionFailed", "PutObject")
        body = asked["Body"]
        data = body.encode() if isinstance(body, str) else bytes(body)
        self.memory.objects[place] = Object(data, datetime.now(UTC))
        return {}

    def upload_fileobj(self, file: Any, bucket: str, key: str, **_: Any) -> None:
        data = b"".join(iter(lambda: file.read(65536), b""))
        self.put_object(Bucket=bucket, Key=key, Body=data)


@dataclass
class Sqs:
    """SendMessage and its batch, DeleteMessage."""

    memory: Memory

    def send_message(self, **asked: Any) -> Item:
        self.memory.sent.append(asked)
        return {}

    def delete_message(self, **asked: Any) -> Item:
        self.memory.deleted.add(asked["ReceiptHandle"])
        return {}

    def send_message_batch(self, **asked: Any) -> Item:
        for entry in asked["Entries"]:
            self.memory.sent.append({"QueueUrl": asked["QueueUrl"], **entry})
        return {}


@dataclass
class Events:
    """PutEvents."""

    memory: Memory

    def put_events(self, **asked: Any) -> Item:
        self.memory.entries += asked["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in asked["Entries"]]}


@dataclass
class Table:
    """Items by key, and the stream of their changes; no item is ever changed in place."""

    keys: tuple[str, ...]
    indexes: dict[str, Index] = field(default_factory=dict)
    items: dict[tuple[str, ...], Item] = field(default_factory=dict)
    changes: list[tuple[Item | None, Item | None]] = field(default_factory=list)

    def place(self, item: Item) -> tuple[str, ...]:
        return tuple(item[name]["S"] for name in self.keys)

    def write(self, place: tuple[str, ...], item: Item) -> None:
        old = self.items.get(place)
        self.items[place] = item
        if old != item:
            self.changes.append((old, item))

    def expire(self, now: datetime) -> None:
        """Remove what is past its TTL, as DynamoDB does; nothing else ever removes an item."""
        for place, item in sorted(self.items.items()):
            if "ttl" in item and int(item["ttl"]["N"]) < now.timestamp():
                self.changes.append((self.items.pop(place), None))

    def listed(self, index: str | None, partition: Item | None = None) -> list[Item]:
        """Give the items of the table, of an index, or of one partition, in their order: copies."""
        there = [*self.items.values()]
        if partition is not None:
            [(name, value)] = partition.items()
            there = [it for it in there if it.get(name) == value]
        if index is None:
            return [copied(it) for it in sorted(there, key=self.place)]
        keys, projected = self.indexes[index]
        names = {*self.keys, *keys, *projected}
        there = [it for it in there if it.keys() >= set(keys)]
        there.sort(key=lambda it: [it[name]["S"].encode() for name in (*keys, *self.keys)])
        return [copied({name: it[name] for name in it.keys() & names}) for it in there]


@dataclass
class DynamoDB:
    """UpdateItem, PutItem, GetItem, BatchGetItem, Query."""

    memory: Memory

    def get_item(self, **asked: Any) -> Item:
        table = self.memory.tables[asked["TableName"]]
        item = table.items.get(table.place(asked["Key"]))
        return {"Item": copied(item)} if item else {}

    def batch_get_item(self, **asked: Any) -> Item:
        found = {
            name: [
                item["Item"]
                for key in one["Keys"]
                if (item := self.get_item(TableName=name, Key=key))
            ]
            for name, one in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def put_item(self, **asked: Any) -> Item:
        table = self.memory.tables[asked["TableName"]]
        place = table.place(asked["Item"])
        self._guard("PutItem", asked, asked["Item"])
        _check(asked, table.items.get(place), "PutItem")
        table.write(place, copied(asked["Item"]))
        return {}

    def update_item(self, **asked: Any) -> Item:
        table = self.memory.tables[asked["TableName"]]
        place = table.place(asked["Key"])
        old = table.items.get(place)
        _check(asked, old, "UpdateItem")
        new = updated(asked, dict(old or asked["Key"]))
        self._guard("UpdateItem", asked, new)
        table.write(place, new)
        answers = {"ALL_OLD": old, "ALL_NEW": new}
        answer = answers.get(asked.get("ReturnValues", "NONE"))
        return {"Attributes": copied(answer)} if answer else {}

    def query(self, **asked: Any) -> Item:
        """Find by the key condition alone."""
        table = self.memory.tables[asked["TableName"]]
        text = asked["KeyConditionExpression"]
        index = asked.get("IndexName")
        name = (table.indexes[index].keys if index else table.keys)[0]
        value = re.search(rf"(?:{name}|#\w+) = (:\w+)", text)
        assert value
        partition = {name: asked["ExpressionAttributeValues"][value[1]]}
        items = table.listed(index, partition)
        found = [it for it in items if Condition(asked, it).holds(text)]
        is_count = asked.get("Select") == "COUNT"
        return {"Count": len(found), **({} if is_count else {"Items": found})}

    def _guard(self, operation: str, asked: Item, item: Item) -> None:
        if self.memory.guard:
            self.memory.guard.item(operation, asked["TableName"], item)


def _check(asked: Item, item: Item | None, operation: str) -> None:
    text = asked.get("ConditionExpression")
    if text and not Condition(asked, item or {}).holds(text):
        answer: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        if asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item:
            answer["Item"] = copied(item)
        raise ConditionalCheckFailedException(answer, operation)
