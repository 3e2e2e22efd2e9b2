"""The stack as the SAM CLI builds and deploys it, and what its users see of it."""

import json
import os
import platform
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
from boto3.dynamodb.types import TypeDeserializer

from articles_local import Tap

from .ministack import MiniStack
from .tools import ROOT, run

PATIENCE = 60  # seconds; an upload takes about two
STACK = "articles-dev"  # samconfig.toml says so
KIT = "examples/subscriber"

Seen = TypeVar("Seen")


def deploy(sam: Path, folder: Path) -> None:
    """Run what docs tell an operator to run, on a copy of what is deployed: two tests may meet.

    Then the same for the kit of a subscriber, whose code is in part a link.
    """
    source = folder / "source"
    for part in ("functions", "infra/build", "infra/cli", "infra/reader", KIT):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, source / part, symlinks=True, ignore=ignored)
    for file in ("template.yaml", "samconfig.toml", "infra/events/registry.yaml"):
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, source / file)
    _drop_metric_math(source / "template.yaml")
    settings = folder / "sam"  # else it asks PyPI once a week whether there is a newer one
    settings.mkdir()
    (settings / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    env = os.environ | {
        "PATH": f"{sam}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(settings),
        "VENV": str(ROOT / ".venv"),
    }
    architecture = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    experiment = "Stage=dev DeletionProtection=false"  # these replace all that samconfig.toml says
    parameters = ["--parameter-overrides", f"{experiment} Architecture={architecture}"]
    quiet = ["--no-confirm-changeset", "--no-progressbar"]
    for application in (source, source / KIT):
        run([sam / "sam", "build", *parameters], cwd=application, env=env)
        run([sam / "sam", "deploy", *quiet, *parameters], cwd=application, env=env)


def _drop_metric_math(template: Path) -> None:
    """Take out the alarms over several metrics: MiniStack refuses a stack that has one."""
    blocks = template.read_text(encoding="utf-8").split("\n\n")
    math = [
        it for it in blocks if "Type: AWS::CloudWatch::Alarm\n" in it and "\n      Metrics:\n" in it
    ]
    assert math
    on_dashboard = [f"${{{it.partition(':')[0].strip()}.Arn}}" for it in math]
    kept = "\n\n".join(it for it in blocks if it not in math).splitlines(keepends=True)
    lines = [line for line in kept if not any(it in line for it in on_dashboard)]
    template.write_text("".join(lines), encoding="utf-8")


class Stack:
    """A deployed stack: its buckets, tables and queues, and a subscriber on its bus."""

    def __init__(self, server: MiniStack) -> None:
        session = boto3.Session()  # not the default one: it would keep these credentials
        self._server = server
        self._s3 = session.client("s3")
        self._dynamodb = session.client("dynamodb")
        self._sqs = session.client("sqs")
        self._lambda: Any = session.client("lambda")
        described = session.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        self._outputs = {it["OutputKey"]: it["OutputValue"] for it in described["Outputs"]}
        self._mend_mappings()
        self._tap = Tap(session.client("events"), self._sqs, self._outputs["EventBusName"])
        self._events: list[dict[str, Any]] = []

    def upload(self, key: str, body: bytes) -> dict[str, Any]:
        """Put a file into the inbox; return its receipt as soon as it is there."""
        put = self._s3.put_object(Bucket=self._outputs["InboxBucket"], Key=key, Body=body)
        found = {"key": key, "version": put["VersionId"]}
        return self.until(lambda: self._item("ReceiptsTable", found), f"receipt of {key}")

    def article(self, article_id: str) -> dict[str, Any]:
        found = self._item("ArticlesTable", {"article_id": article_id})
        assert found, f"article {article_id} is not stored"
        return found

    def event(self, kind: str, subject: str) -> dict[str, Any]:
        """Wait for an event, and return it as the bus delivers it."""

        def look() -> dict[str, Any] | None:
            seen = self.events(subject)
            return next((it for it in seen if it["detail-type"] == kind), None)

        return self.until(look, f"{kind} of {subject}")

    def events(self, subject: str) -> list[dict[str, Any]]:
        """Return what has come about an article or a key, in its order of arrival."""
        self._events += self._tap.read()
        return [it for it in self._events if it["detail"]["subject"] == subject]

    def report(self, key: str) -> Any:
        found = self._s3.get_object(Bucket=self._outputs["ArchiveBucket"], Key=key)
        return json.loads(found["Body"].read())

    def invoke(self, function: str) -> None:
        """Run a function as its schedule would."""
        answer = self._lambda.invoke(FunctionName=f"articles-{function}-dev", Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read().decode()

    def waiting(self, queue: str) -> int:
        """Count the messages that a queue holds, by the name of its output."""
        asked = self._sqs.get_queue_attributes(
            QueueUrl=self._outputs[queue], AttributeNames=["ApproximateNumberOfMessages"]
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

    def _item(self, table: str, key: dict[str, str]) -> dict[str, Any] | None:
        found = self._dynamodb.get_item(
            TableName=self._outputs[table],
            Key={name: {"S": value} for name, value in key.items()},
            ConsistentRead=True,
        ).get("Item")
        read = TypeDeserializer().deserialize
        return {name: read(value) for name, value in found.items()} if found else None

    def _mend_mappings(self) -> None:
        """Make numbers of MaximumConcurrency: MiniStack keeps a parameter's text, and stumbles."""
        for mapping in self._lambda.list_event_source_mappings()["EventSourceMappings"]:
            if scaling := mapping.get("ScalingConfig"):
                self._lambda.update_event_source_mapping(
                    UUID=mapping["UUID"],
                    ScalingConfig={"MaximumConcurrency": int(scaling["MaximumConcurrency"])},
                )
