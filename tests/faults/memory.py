"""S3, DynamoDB and SQS in memory: the few operations that the service uses, as AWS has them.

A second store beside moto, of a page, fast enough for a hundred thousand deliveries. What an
expression means is worked out from its text, so a change of the condition changes what happens;
test_memory.py holds it to moto. Every call passes `border` before and after, where a history makes
its faults.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
Hook = Callable[[str, str, Item], None]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[()<>=,]|[:#]?\w+)")


class ConditionalCheckFailedException(ClientError):
    """As DynamoDB's client has it, with the old item in the answer."""


def error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


@dataclass(frozen=True)
class Object:
    """One version of an object."""

    body: bytes
    uploaded_at: datetime


@dataclass
class Memory:
    """All of AWS that the service sees; `hook(phase, operation, parameters)` may raise."""

    hook: Hook = lambda *_: None
    objects: dict[tuple[str, str, str], Object] = field(default_factory=dict)
    tables: dict[str, "Table"] = field(default_factory=dict)
    sent: list[Item] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)  # receipt handles of messages
    entries: list[Item] = field(default_factory=list)
    skew: timedelta = timedelta()

    def now(self) -> datetime:
        """Give the time of the functions' clock, which may be wrong."""
        return datetime.now(UTC) + self.skew

    def put(self, key: str, data: bytes, at: datetime) -> str:
        """Put an object version that was uploaded at a time; gives its version."""
        version = f"v{len(self.objects):06}"
        self.objects["inbox", key, version] = Object(data, at)
        return version

    def forget(self, key: str, version: str) -> None:
        """Delete an object version."""
        del self.objects["inbox", key, version]

    def report(self, key: str) -> bytes:
        return self.objects["archive", key, "null"].body

    def reset(self) -> None:
        """Forget everything, and let no hook be left."""
        self.hook = lambda *_: None
        self.skew = timedelta()
        self.objects.clear()
        self.sent.clear()
        self.deleted.clear()
        self.entries.clear()
        self.tables = {"articles": Table(("article_id",)), "receipts": Table(("key", "version"))}

    def client(self, service: str, **_: Any) -> Any:
        clients = {"s3": S3, "dynamodb": DynamoDB, "sqs": Sqs, "events": Events}
        return _Bordered(clients[service](self), self)


class _Bordered:
    """A client whose every call passes the hook before and after."""

    def __init__(self, client: Any, memory: Memory) -> None:
        self._client, self._memory = client, memory
        self.exceptions = SimpleNamespace(
            ConditionalCheckFailedException=ConditionalCheckFailedException
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = "".join(part.capitalize() for part in name.split("_"))
        act = getattr(self._client, name)

        def call(*arguments: Any, **parameters: Any) -> Any:
            self._memory.hook("before", operation, parameters)
            try:
                answer = act(*arguments, **parameters)
            except ClientError:
                self._memory.hook("after", operation, parameters)
                raise
            self._memory.hook("after", operation, parameters)
            return answer

        return call

    def get_paginator(self, name: str) -> Any:
        return SimpleNamespace(paginate=lambda **asked: [getattr(self, name)(**asked)])


@dataclass
class S3:
    """GetObject by version and range, PutObject."""

    memory: Memory

    def get_object(self, **asked: Any) -> Item:
        place = (asked["Bucket"], asked["Key"], asked.get("VersionId", "null"))
        found = self.memory.objects.get(place)
        if found is None:
            raise error("NoSuchVersion" if "VersionId" in asked else "NoSuchKey", "GetObject")
        body = found.body
        if "Range" in asked:
            first, last = asked["Range"].removeprefix("bytes=").split("-")
            body = body[int(first) : int(last) + 1]
        return {
            "Body": BytesIO(body),
            "ContentLength": len(body),
            "LastModified": found.uploaded_at,
        }

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
    """Items by key, and the stream of their changes."""

    keys: tuple[str, ...]
    items: dict[tuple[str, ...], Item] = field(default_factory=dict)
    changes: list[tuple[Item | None, Item | None]] = field(default_factory=list)

    def place(self, item: Item) -> tuple[str, ...]:
        return tuple(item[name]["S"] for name in self.keys)

    def write(self, place: tuple[str, ...], item: Item) -> None:
        old = self.items.get(place)
        self.items[place] = item
        if old != item:
            self.changes.append((deepcopy(old), deepcopy(item)))


@dataclass
class DynamoDB:
    """UpdateItem, PutItem, GetItem, Query."""

    memory: Memory

    def get_item(self, **asked: Any) -> Item:
        table = self.memory.tables[asked["TableName"]]
        item = table.items.get(table.place(asked["Key"]))
        return {"Item": deepcopy(item)} if item else {}

    def put_item(self, **asked: Any) -> Item:
        table = self.memory.tables[asked["TableName"]]
        place = table.place(asked["Item"])
        _check(asked, table.items.get(place), "PutItem")
        table.write(place, deepcopy(asked["Item"]))
        return {}

    def update_item(self, **asked: Any) -> Item:
        table = self.memory.tables[asked["TableName"]]
        place = table.place(asked["Key"])
        old = table.items.get(place)
        _check(asked, old, "UpdateItem")
        new = _updated(asked, deepcopy(old) if old else dict(asked["Key"]))
        table.write(place, new)
        answers = {"ALL_OLD": old, "ALL_NEW": new}
        answer = answers.get(asked.get("ReturnValues", "NONE"))
        return {"Attributes": deepcopy(answer)} if answer else {}

    def query(self, **asked: Any) -> Item:
        """Find by the key condition alone: what an index holds is what has its attributes."""
        table = self.memory.tables[asked["TableName"]]
        text = asked["KeyConditionExpression"]
        items = (table.items[place] for place in sorted(table.items))
        found = [deepcopy(it) for it in items if _Condition(asked, it).holds(text)]
        return {"Items": found, "Count": len(found)}


def _check(asked: Item, item: Item | None, operation: str) -> None:
    text = asked.get("ConditionExpression")
    if text and not _Condition(asked, item or {}).holds(text):
        answer: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        if asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item:
            answer["Item"] = deepcopy(item)
        raise ConditionalCheckFailedException(answer, operation)


class _Condition:
    """A condition as DynamoDB evaluates it: OR over AND over comparisons and functions."""

    def __init__(self, asked: Item, item: Item) -> None:
        self._asked, self._item = asked, item
        self._tokens: list[str] = []

    def holds(self, text: str) -> bool:
        self._tokens = _TOKEN.findall(text)
        result = self._any()
        assert not self._tokens, text
        return result

    def _any(self) -> bool:
        result = self._all()
        while self._next_is("OR"):
            result = self._all() or result
        return result

    def _all(self) -> bool:
        result = self._one()
        while self._next_is("AND"):
            result = self._one() and result
        return result

    def _one(self) -> bool:
        token = self._tokens.pop(0)
        if token == "(":
            result = self._any()
            assert self._tokens.pop(0) == ")"
            return result
        if token.startswith("attribute_"):
            assert self._tokens.pop(0) == "("
            there = _name(self._asked, self._tokens.pop(0)) in self._item
            assert self._tokens.pop(0) == ")"
            return there == (token == "attribute_exists")
        if token == "begins_with":
            _, name, _, start, _ = (self._tokens.pop(0) for _ in range(5))
            held = self._value(name) or {"S": ""}
            return bool(held["S"].startswith(self._value(start)["S"]))
        left, sign, right = self._value(token), self._tokens.pop(0), self._value()
        return _compare(left, sign, right)

    def _value(self, token: str | None = None) -> Any:
        token = token or self._tokens.pop(0)
        if token.startswith(":"):
            return self._asked["ExpressionAttributeValues"][token]
        return self._item.get(_name(self._asked, token))

    def _next_is(self, word: str) -> bool:
        if self._tokens and self._tokens[0] == word:
            self._tokens.pop(0)
            return True
        return False


def _compare(left: Item | None, sign: str, right: Item | None) -> bool:
    """Compare two attribute values; with one that is not there nothing compares but `<>`."""
    if left is None or right is None:
        return sign == "<>"
    one, other = _comparable(left), _comparable(right)
    return {
        "=": one == other,
        "<>": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[sign]


def _comparable(value: Item) -> tuple[str, Any]:
    [(kind, held)] = value.items()
    return kind, int(held) if kind == "N" else held.encode()


def _name(asked: Item, token: str) -> str:
    name: str = asked.get("ExpressionAttributeNames", {}).get(token, token)
    return name


def _updated(asked: Item, item: Item) -> Item:
    """Carry out SET, REMOVE and ADD; every value is that of before the update."""
    before, values = dict(item), asked.get("ExpressionAttributeValues", {})
    for clause, name, value in _actions(asked["UpdateExpression"]):
        target = _name(asked, name)
        if clause == "REMOVE":
            item.pop(target, None)
        elif clause == "ADD":
            held = before.get(target, {}).get("NS", [])
            item[target] = {"NS": sorted({*held, *values[value]["NS"]}, key=int)}
        elif value.startswith("if_not_exists"):
            other, default = value.removeprefix("if_not_exists(").rstrip(")").split(", ")
            item[target] = before.get(_name(asked, other), values[default])
        else:
            item[target] = values[value]
    return item


def _actions(text: str) -> Iterator[tuple[str, str, str]]:
    """Give clause, name and value of each action of an update expression."""
    parts = re.split(r"\s*\b(SET|REMOVE|ADD)\b\s*", text)[1:]
    for clause, actions in zip(parts[::2], parts[1::2], strict=True):
        for action in re.split(r",\s*(?![^(]*\))", actions.strip()):
            name, _, value = action.partition(" = " if clause == "SET" else " ")
            yield clause, name.strip(), value.strip()
