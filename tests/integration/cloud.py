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

from articles.store import from_item
from articles_local import function, stack, template

from .border import Border

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
PARAMETERS = {"Stage": "test"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

Item = dict[str, Any]


@dataclass
class Cloud:
    """A stack of its own for each test: no test meets what another has left."""

    session: boto3.Session
    border: Border
    outputs: dict[str, str]
    functions: dict[str, Any]
    log: StringIO = field(default_factory=StringIO)

    def client(self, service: Any) -> Any:
        return self.session.client(service)

    def variables(self, name: str) -> dict[str, str]:
        """Give the environment that the template gives to a function."""
        variables: dict[str, str] = self.functions[name]["Environment"]["Variables"]
        return dict(variables)

    def function(self, name: str, **environment: str | None) -> function.Function:
        """Load a function of the template; None takes a variable out of its environment."""
        properties = json.loads(json.dumps(self.functions[name]))
        variables = {**self.variables(name), **environment}
        properties["Environment"]["Variables"] = {k: v for k, v in variables.items() if v}
        aws = {**CREDENTIALS, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}
        return function.load(properties, ROOT / "functions", aws, self.log)

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
        answer = self.client("sqs").receive_message(
            QueueUrl=self.outputs[queue], MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        messages: list[Item] = answer.get("Messages", [])
        return messages

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
def translated() -> tuple[template.Json, template.Json]:
    return template.read(ROOT / "template.yaml", PARAMETERS, REGION)


@contextmanager
def in_process() -> Iterator[Cloud]:
    session, border = watched()
    made, played = translated()
    with mock_aws():
        outputs, resolved = stack.create(
            session.client("cloudformation"), "articles-test", made, played, PARAMETERS
        )
        stack.complete_buckets(session.client("s3"), resolved)
        border.clear()
        yield Cloud(session, border, outputs, resolved[template.FUNCTION])
