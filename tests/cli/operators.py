"""What the commands of an operator ask AWS for, as an IAM policy would name it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from unittest.mock import patch

import boto3

from articles_cli import deployment
from articles_cli.deployment import Deployment
from tests.aws.expressions import Item

Grant = tuple[str, str]  # an action, and the resource in the words of infra/policies

# The action that allows an operation, where it has not the name of the operation itself.
ACTIONS = {
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjectsV2": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "SendMessageBatch": "sqs:SendMessage",
    "DeleteMessageBatch": "sqs:DeleteMessage",
    "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
# AWS asks for no permission.
FREE = {"GetCallerIdentity"}
OF_A_VERSION = {"s3:GetObject", "s3:DeleteObject"}


@dataclass
class Operator:
    """Records the requests of commands, and of nothing else in this process."""

    outputs: dict[str, str]
    machine: str
    requests: list[tuple[str, str, Item]] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Give the commands clients that are watched."""
        with (
            patch.object(deployment, "boto3", self._session),
            patch.object(deployment, "Deployment", self._with_machine),
        ):
            yield

    @cached_property
    def _session(self) -> boto3.Session:
        session = boto3.Session("embedded", "embedded", region_name="us-east-1")
        session.events.register("before-parameter-build", self._remember)
        return session

    def _with_machine(self, outputs: dict[str, str], *others: Any) -> Deployment:
        """Give a stack that has a state machine, which the embedded AWS does not create."""
        return Deployment(outputs | {"ReplayMachineArn": self.machine}, *others)

    @property
    def asked(self) -> set[Grant]:
        return {self._grant(*it) for it in self.requests if it[1] not in FREE}

    def _remember(self, params: Item, model: Any, **_: Any) -> None:
        service = str(model.service_model.endpoint_prefix)
        self.requests.append((service, model.name, dict(params)))

    def _grant(self, service: str, operation: str, asked: Item) -> Grant:
        action = ACTIONS.get(operation, f"{service}:{operation}")
        if "VersionId" in asked and action in OF_A_VERSION:
            action += "Version"
        return action, self._resource(service, asked)

    def _resource(self, service: str, asked: Item) -> str:
        place = f"arn:aws:{service}:REGION:ACCOUNT:"
        match service:
            case "s3":
                bucket = f"arn:aws:s3:::{self._word('Bucket', asked['Bucket'])}"
                return f"{bucket}/{asked['Key'].partition('/')[0]}/*" if "Key" in asked else bucket
            case "dynamodb":
                [table] = asked.get("RequestItems", [asked.get("TableName")])
                index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
                return f"{place}table/{self._word('Table', table)}{index}"
            case "sqs":
                return f"{place}{self._word('QueueUrl', asked['QueueUrl'])}"
            case "cloudformation":
                return f"{place}stack/STACK/*"
            case "events":
                [bus] = {entry["EventBusName"] for entry in asked["Entries"]}
                return f"{place}event-bus/{self._word('BusName', bus)}"
            case "states":
                return f"{place}stateMachine:REPLAY_MACHINE"
        raise AssertionError(f"a service that no policy is written for: {service}")

    def _word(self, kind: str, value: str) -> str:
        """Name an output of the stack as the policies do: InboxBucket is INBOX_BUCKET."""
        named = [it for it in self.outputs if self.outputs[it] == value and it.endswith(kind)]
        if kind == "QueueUrl" and not named:
            return "SUBSCRIBER_QUEUE"
        [output] = named
        name = re.sub(r"(Url|Name|Arn)$", "", output)
        return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
