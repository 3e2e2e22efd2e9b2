"""The stack as the SAM CLI builds and deploys it, and what its users see of it."""

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
from boto3.dynamodb.types import TypeDeserializer

from articles_cli.stack.deployment import default_name
from articles_cli.stack.tap import Tap

from .ministack import MiniStack
from .tools import copied, run, sam_environment

PATIENCE = 120  # seconds; an upload takes about two, on a machine that does nothing else
STACK = "articles-dev"  # samconfig.toml says so
KIT = "examples/subscriber"
EXPERIMENT = {"Stage": "dev", "DeletionProtection": "false"}  # what samconfig.toml says
FEEDS = "\n[feeds.drill]\nkills = true\n"

Item = dict[str, Any]
Seen = TypeVar("Seen")


class Application:
    """A SAM application, as an operator builds, deploys and deletes it with the SAM CLI."""

    def __init__(self, sam: Path, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self._sam = sam / "sam"
        self._env = env

    def build(self) -> None:
        self._run("build", *_overrides())

    def deploy(self, **parameters: str) -> None:
        """Deploy what was built last; raises where the stack cannot be made or changed."""
        quiet = ("--no-confirm-changeset", "--no-progressbar")
        self._run("deploy", *quiet, *_overrides(**parameters))

    def delete(self) -> None:
        """Delete the stack as `sam delete` does, which then stumbles over MiniStack's addresses."""
        cloudformation, name = boto3.client("cloudformation"), default_name(self.folder)
        cloudformation.delete_stack(StackName=name)
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": PATIENCE})

    def _run(self, *arguments: str) -> None:
        run([self._sam, *arguments], cwd=self.folder, env=self._env)


def applications(sam: Path, folder: Path) -> tuple[Application, Application]:
    """Give the service and the kit of a subscriber, whose code is in part a link."""
    parts = ("functions", "infra/build", "infra/cli", "infra/reader", KIT)
    files = ("template.yaml", "samconfig.toml", "infra/events/registry.yaml")
    source = copied(folder / "source", *parts, *files)
    drop_metric_math(source / "template.yaml")
    with (source / "functions/feeds.toml").open("a", encoding="utf-8") as feeds:
        feeds.write(FEEDS)
    env = os.environ | sam_environment(folder, sam)
    return Application(sam, source, env), Application(sam, source / KIT, env)


def _overrides(**parameters: str) -> tuple[str, ...]:
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    given = {**EXPERIMENT, "Architecture": machine, **parameters}
    return "--parameter-overrides", " ".join(f"{name}={value}" for name, value in given.items())


def drop_metric_math(template: Path) -> None:
    """Take out the alarms over several metrics: MiniStack refuses a stack that has one."""
    blocks = template.read_text(encoding="utf-8").split("\n\n")
    alarms = [it for it in blocks if "Type: AWS::CloudWatch::Alarm\n" in it]
    math = [it for it in alarms if "\n      Metrics:\n" in it]
    assert math
    on_dashboard = [f"${{{it.partition(':')[0].strip()}.Arn}}" for it in math]
    kept = "\n\n".join(it for it in blocks if it not in math).splitlines(keepends=True)
    lines = [line for line in kept if not any(it in line for it in on_dashboard)]
    template.write_text("".join(lines), encoding="utf-8")


class Stack:
    """A deployed stack: its buckets, tables and queues, and a subscriber on its bus."""

    def __init__(self, server: MiniStack, service: Application, kit: Application) -> None:
        session = boto3.Session()  # not the default one: it would keep these credentials
        self.service, self.kit = service, kit
        self.client: Callable[[Any], Any] = session.client
        self._server = server
        self._events: list[Item] = []
        self.look_up()

    def look_up(self) -> None:
        """Find the stack, and listen to its bus: after it has been made, or made again."""
        described = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        self.outputs = {it["OutputKey"]: it["OutputValue"] for it in described["Outputs"]}
        self.mend_mappings()
        self._tap = Tap(self.client("events"), self.client("sqs"), self.outputs["EventBusName"])

    def put(self, key: str, body: bytes) -> str:
        """Put a file into the inbox; gives its version."""
        bucket = self.outputs["InboxBucket"]
        put = self.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return str(put["VersionId"])

    def upload(self, key: str, body: bytes) -> Item:
        """Put a file into the inbox; gives its receipt as soon as it is final."""
        return self.receipt(key, self.put(key, body))

    def receipt(self, key: str, version: str, *, state: str = "done") -> Item:
        """Wait for a receipt of a state."""

        def look() -> Item | None:
            found = self._item("ReceiptsTable", {"key": key, "version": version})
            return found if found and found["state"] == state else None

        return self.until(look, f"receipt of {key} that says {state}")

    def article(self, article_id: str) -> Item:
        found = self._item("ArticlesTable", {"article_id": article_id})
        assert found, f"article {article_id} is not stored"
        return found

    def items(self, table: str) -> list[Item]:
        """Give all of a table, by its name or that of its output."""
        pages = self.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.outputs.get(table, table), ConsistentRead=True)
        return [_plain(it) for page in found for it in page["Items"]]

    def delete(self, table: str, *items: Item) -> None:
        """Delete items of a table by hand."""
        names = {"ArticlesTable": ["article_id"], "ReceiptsTable": ["key", "version"]}[table]
        for item in items:
            key = {name: {"S": item[name]} for name in names}
            self.client("dynamodb").delete_item(TableName=self.outputs[table], Key=key)

    def event(self, kind: str, subject: str) -> Item:
        """Wait for an event, and return it as the bus delivers it."""

        def look() -> Item | None:
            seen = self.events(subject)
            return next((it for it in seen if it["detail-type"] == kind), None)

        return self.until(look, f"{kind} of {subject}")

    def events(self, subject: str | None = None) -> list[Item]:
        """Return what has come about an article or a key, or all, in its order of arrival."""
        self._events += self._tap.read()
        return [it for it in self._events if subject in (None, it["detail"]["subject"])]

    def report(self, key: str) -> Any:
        bucket = self.outputs["ArchiveBucket"]
        found = self.client("s3").get_object(Bucket=bucket, Key=key)
        return json.loads(found["Body"].read())

    def invoke(self, function: str) -> None:
        """Run a function as its schedule would."""
        name = f"articles-{function}-dev"
        answer = self.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read().decode()

    def environment(self, function: str) -> dict[str, str]:
        """Give the environment variables of a function."""
        name = f"articles-{function}-dev"
        found = self.client("lambda").get_function_configuration(FunctionName=name)
        variables: dict[str, str] = found["Environment"]["Variables"]
        return variables

    def waiting(self, queue: str) -> int:
        """Count the messages that a queue holds, by the name of its output."""
        asked = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs[queue], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(asked["Attributes"]["ApproximateNumberOfMessages"])

    def until(self, look: Callable[[], Seen | None], what: str) -> Seen:
        """Look again and again until there is something to see."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if (seen := look()) is not None:
                return seen
            time.sleep(0.1)
        raise AssertionError(f"no {what} in {PATIENCE} s; MiniStack says:\n{self._server.log()}")

    def mend_mappings(self) -> None:
        """Make numbers of MaximumConcurrency: MiniStack keeps a parameter's text, and stumbles."""
        mappings = self.client("lambda")
        for mapping in mappings.list_event_source_mappings()["EventSourceMappings"]:
            if scaling := mapping.get("ScalingConfig"):
                mappings.update_event_source_mapping(
                    UUID=mapping["UUID"],
                    ScalingConfig={"MaximumConcurrency": int(scaling["MaximumConcurrency"])},
                )

    def _item(self, table: str, key: dict[str, str]) -> Item | None:
        of_it = {name: {"S": value} for name, value in key.items()}
        found = self.client("dynamodb").get_item(
            TableName=self.outputs[table], Key=of_it, ConsistentRead=True
        )
        return _plain(found["Item"]) if "Item" in found else None


def _plain(item: Item) -> Item:
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}
