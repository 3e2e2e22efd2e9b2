"""The world's AWS as others have built it: moto in this process, or MiniStack over HTTP.

The same histories run on them as on memory.py, so that no promise rests on one emulator. Reads and
writes of S3 and DynamoDB are theirs; queues and the bus are the world's own. What a table's stream
would tell is read back after each write.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.config import Config
from moto import mock_aws

from tests.aws.expressions import Item
from tests.aws.memory import INDEXES, KEYS, Hook, Table
from tests.e2e.ministack import running
from tests.e2e.tools import install

BUCKETS = ("inbox", "archive")


@dataclass
class Emulated:
    """An emulator behind the same face as Memory."""

    endpoint: str | None = None
    hook: Hook = lambda *_: None
    tables: dict[str, Table] = field(default_factory=dict)
    sent: list[Item] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)  # receipt handles of messages
    entries: list[Item] = field(default_factory=list)
    skew: timedelta = timedelta()
    _uploaded_at: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._plain = self._session()  # what the world itself asks passes no hook
        self._session_of_functions = self._session()
        events = self._session_of_functions.events
        events.register("before-parameter-build", self._remember)
        events.register("before-call", self._before)
        events.register("after-call", self._after)

    def client(self, service: str, **_: Any) -> Any:
        return self._client(self._session_of_functions, service)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    def put(self, key: str, data: bytes, at: datetime) -> str:
        """Put an object version that was uploaded at a time; gives its version."""
        answer = self._client(self._plain, "s3").put_object(Bucket="inbox", Key=key, Body=data)
        version: str = answer["VersionId"]
        self._uploaded_at[version] = at
        return version

    def forget(self, key: str, version: str) -> None:
        self._client(self._plain, "s3").delete_object(Bucket="inbox", Key=key, VersionId=version)

    def expire(self, now: datetime) -> None:
        """Remove the articles whose TTL is over: no emulator does it by itself."""
        table, plain = self.tables["articles"], self._client(self._plain, "dynamodb")
        before = dict(table.items)
        table.expire(now)
        for place in before.keys() - table.items.keys():
            key = {"article_id": before[place]["article_id"]}
            plain.delete_item(TableName="articles", Key=key)

    def report(self, key: str) -> bytes:
        found = self._client(self._plain, "s3").get_object(Bucket="archive", Key=key)
        body: bytes = found["Body"].read()
        return body

    def create(self) -> "Emulated":
        """Make the buckets and tables."""
        s3, dynamodb = (self._client(self._plain, it) for it in ("s3", "dynamodb"))
        for bucket in BUCKETS:
            s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket="inbox", VersioningConfiguration={"Status": "Enabled"})
        for table, keys in KEYS.items():
            indexes = INDEXES[table]
            named = {*keys, *(key for it in indexes.values() for key in it.keys)}
            dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=_schema(keys),
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": name,
                        "KeySchema": _schema(it.keys),
                        "Projection": _projection(it.projected),
                    }
                    for name, it in indexes.items()
                ],
                AttributeDefinitions=[
                    {"AttributeName": it, "AttributeType": "S"} for it in sorted(named)
                ],
            )
        self.reset()
        return self

    def reset(self) -> None:
        """Forget everything but the inbox, whose versions nobody reads by chance."""
        self.hook, self.skew = lambda *_: None, timedelta()
        self.sent.clear()
        self.deleted.clear()
        self.entries.clear()
        s3, dynamodb = (self._client(self._plain, it) for it in ("s3", "dynamodb"))
        for found in s3.list_objects_v2(Bucket="archive").get("Contents", []):
            s3.delete_object(Bucket="archive", Key=found["Key"])
        for name, keys in KEYS.items():
            for item in dynamodb.scan(TableName=name, ConsistentRead=True)["Items"]:
                dynamodb.delete_item(TableName=name, Key={it: item[it] for it in keys})
            self.tables[name] = Table(keys)

    def _session(self) -> boto3.Session:
        return boto3.Session("test", "test", region_name="us-east-1")

    def _client(self, session: boto3.Session, service: Any) -> Any:
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return session.client(service, endpoint_url=self.endpoint, config=config)

    def _remember(self, params: Item, context: Item, **_: Any) -> None:
        context["asked"] = params

    def _before(self, model: Any, context: Item, **_: Any) -> Any:
        asked = context.get("asked", {})
        self.hook("before", model.name, asked)
        if model.name in ("SendMessage", "SendMessageBatch"):
            entries = asked.get("Entries", [asked])
            self.sent += [{"QueueUrl": asked["QueueUrl"], **entry} for entry in entries]
            return SimpleNamespace(status_code=200), {"ResponseMetadata": {}}
        if model.name == "DeleteMessage":
            self.deleted.add(asked["ReceiptHandle"])
            return SimpleNamespace(status_code=200), {"ResponseMetadata": {}}
        if model.name == "PutEvents":
            self.entries += asked["Entries"]
            answers = [{"EventId": "1"} for _ in asked["Entries"]]
            return SimpleNamespace(status_code=200), {"FailedEntryCount": 0, "Entries": answers}
        return None

    def _after(self, model: Any, context: Item, parsed: Item, **_: Any) -> None:
        asked = context.get("asked", {})
        if model.name == "GetObject" and asked.get("VersionId") in self._uploaded_at:
            parsed["LastModified"] = self._uploaded_at[asked["VersionId"]]
            if "Range" in asked and "ContentRange" not in parsed:
                _cut(parsed, asked["Range"])
        if model.name in ("PutItem", "UpdateItem") and "Error" not in parsed:
            self._read_back(asked)
        self.hook("after", model.name, asked)

    def _read_back(self, asked: Item) -> None:
        table = self.tables[asked["TableName"]]
        key = {name: (asked.get("Key") or asked["Item"])[name] for name in table.keys}
        item = self._client(self._plain, "dynamodb").get_item(
            TableName=asked["TableName"], Key=key, ConsistentRead=True
        )["Item"]
        table.write(table.place(key), item)


def _cut(parsed: Item, wanted: str) -> None:
    """Give the range that was asked for: of a version, MiniStack 1.5 gives all bytes."""
    first, last = map(int, wanted.removeprefix("bytes=").split("-"))
    body = parsed["Body"].read()[first : last + 1]
    parsed |= {"Body": BytesIO(body), "ContentLength": len(body)}


def _schema(names: Any) -> list[Any]:
    return [
        {"AttributeName": name, "KeyType": kind}
        for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]


def _projection(names: tuple[str, ...]) -> Any:
    if not names:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(names)}


@contextmanager
def in_moto() -> Iterator[Emulated]:
    with mock_aws():
        yield Emulated().create()


@contextmanager
def in_ministack() -> Iterator[Emulated]:
    """Run MiniStack in a process of its own; it is installed on first use."""
    for name in [it for it in os.environ if it.startswith("AWS_")]:
        del os.environ[name]
    with (
        TemporaryDirectory(prefix="articles-faults-") as folder,
        running(install("ministack") / "ministack", Path(folder)) as server,
    ):
        yield Emulated(server.url).create()
