"""The deployed stack: where it is, and what the commands read of it."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from articles_cli.options import ROOT
from articles_cli.output import fail

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

    from articles_local import Tap


@dataclass(frozen=True)
class Stack:
    """A stack of template.yaml by its outputs; `AWS_ENDPOINT_URL` alone leads to another AWS."""

    name: str
    outputs: dict[str, str]
    session: boto3.Session
    endpoint_url: str | None = None

    @cached_property
    def s3(self) -> "S3Client":
        return self.session.client("s3", endpoint_url=self.endpoint_url)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self.session.client("dynamodb", endpoint_url=self.endpoint_url)

    @cached_property
    def events(self) -> "EventBridgeClient":
        return self.session.client("events", endpoint_url=self.endpoint_url)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self.session.client("sqs", endpoint_url=self.endpoint_url)

    @property
    def inbox(self) -> str:
        return self.outputs["InboxBucket"]

    @property
    def archive(self) -> str:
        return self.outputs["ArchiveBucket"]

    @property
    def articles(self) -> str:
        return self.outputs["ArticlesTable"]

    @property
    def receipts(self) -> str:
        return self.outputs["ReceiptsTable"]


def find(name: str | None) -> Stack:
    """Find a deployed stack by its name; without one, the default of samconfig.toml."""
    name = name or default_name()
    session = boto3.Session()
    try:
        formation = session.client("cloudformation")
        stacks = formation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        fail(f"There is no stack {name} here: deploy it, or name another with --stack.", 3)
    outputs = {it["OutputKey"]: it["OutputValue"] for it in stacks[0].get("Outputs", [])}
    return Stack(name, outputs, session)


def tap_on(stack: Stack) -> "Tap":
    """Listen to the events of a stack, from now on."""
    # Imported on use: it brings moto and SAM, and most commands need neither.
    from articles_local import Tap

    return Tap(stack.events, stack.sqs, stack.outputs["EventBusName"])


def default_name() -> str:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    return str(config["default"]["deploy"]["parameters"]["stack_name"])
