"""The stack of template.yaml in moto, in this process, and its functions as Lambda runs them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from articles.storing.items import from_item
from articles_local import limits, stack, template
from articles_local.function import Function, load

from .border import Border

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
PARAMETERS = {"Stage": "test"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

Item = dict[str, Any]


@dataclass
class Cloud:
    """A stack for the tests of a module; each test begins with `empty`."""

    session: boto3.Session
    border: Border
    outputs: dict[str, str]
    functions: dict[str, Any]
    log: StringIO = field(default_factory=StringIO)
    _loaded: dict[str, Function] = field(default_factory=dict)

    def empty(self) -> None:
        """Take out all data, messages, faults and log lines: no test meets another's.

        What is in the inbox stays: nothing reads there but by an exact version.
        """
        for table, keys in (
            ("ArticlesTable", ["article_id"]),
            ("ReceiptsTable", ["key", "version"]),
        ):
            self.empty_table(table, *keys)
        self._empty_archive()
        for queue in ("BulkQueueUrl", "DeadLetterQueueUrl", "PublishFailureQueueUrl"):
            while self.messages(queue):
                pass
        self.border.clear()
        self.log.seek(0)
        self.log.truncate()

    def empty_table(self, table: str, *keys: str) -> None:
        name, dynamodb = self.outputs[table], self.client("dynamodb")
        for item in dynamodb.scan(TableName=name)["Items"]:
            dynamodb.delete_item(TableName=name, Key={key: item[key] for key in keys})

    def client(self, service: Any) -> Any:
        return client(service)

    def variables(self, name: str) -> dict[str, str]:
        """Give the environment that the template gives to a function.

        Writes follow one another: a test counts on the order of the requests.
        """
        variables: dict[str, str] = self.functions[name]["Environment"]["Variables"]
        return {**variables, "WRITES_AT_ONCE": "1"}

    def function(self, name: str, **environment: str | None) -> Function:
        """Load a function of the template, once; None takes a variable out of its environment."""
        if (wanted := f"{name} {environment}") not in self._loaded:
            self._loaded[wanted] = self._load(name, environment)
        return self._loaded[wanted]

    def _load(self, name: str, environment: dict[str, str | None]) -> Function:
        properties = json.loads(json.dumps(self.functions[name]))
        variables = {**self.variables(name), **environment}
        properties["Environment"]["Variables"] = {k: v for k, v in variables.items() if v}
        aws = {**CREDENTIALS, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}
        return load(properties, ROOT / "functions", aws, self.log)

    def logged(self) -> list[dict[str, Any]]:
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

    def upload(self, key: str, body: bytes | str | Any) -> Item:
        """Put an object into the inbox; gives its key, version and etag."""
        data = body if isinstance(body, (bytes, str)) else dumped(body)
        put = self.client("s3").put_object(Bucket=self.outputs["InboxBucket"], Key=key, Body=data)
        return {"key": key, "version": put["VersionId"], "etag": put["ETag"].strip('"')}

    def articles(self) -> list[Item]:
        return self._all("ArticlesTable")

    def receipts(self) -> list[Item]:
        return self._all("ReceiptsTable")

    def report(self, key: str) -> Item:
        answer = self.client("s3").get_object(Bucket=self.outputs["ArchiveBucket"], Key=key)
        report: Item = json.loads(answer["Body"].read())
        return report

    def messages(self, queue: str) -> list[Item]:
        """Take the messages of a queue out of it."""
        url, sqs = self.outputs[queue], self.client("sqs")
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        messages: list[Item] = answer.get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def _empty_archive(self) -> None:
        s3, bucket = self.client("s3"), self.outputs["ArchiveBucket"]
        for found in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])

    def _all(self, table: str) -> list[Item]:
        items = self.client("dynamodb").scan(TableName=self.outputs[table])["Items"]
        return [from_item(item) for item in items]


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@cache
def watched() -> tuple[boto3.Session, Border]:
    """Make the one session of these tests: botocore reads its models only once."""
    session = boto3.Session("test", "test", region_name=REGION)
    border = Border()
    border.watch(session)
    return session, border


@cache
def client(service: Any) -> Any:
    session, _ = watched()
    return session.client(service)


@cache
def translated() -> tuple[template.Json, template.Json]:
    return template.read(ROOT / "template.yaml", PARAMETERS, REGION)


@contextmanager
def in_process() -> Iterator[Cloud]:
    session, border = watched()
    made, played = translated()
    with mock_aws(), limits.enforced():
        outputs, resolved = stack.create(
            client("cloudformation"), "articles-test", made, played, PARAMETERS
        )
        stack.complete_buckets(client("s3"), resolved)
        border.clear()
        yield Cloud(session, border, outputs, resolved[template.FUNCTION])
