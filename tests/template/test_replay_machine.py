"""The state machine that replays millions of uploads: its very definition, run by moto.

Moto's interpreter lacks a JSONata evaluator, which the tests plug in (jsonata-python). Its parser
knows children of the type STANDARD only, and wants a fraction as percentage.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from jsonata import Jsonata  # type: ignore[import-untyped]
from moto import mock_aws
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata

from articles.uploads.message import Upload, announced

from .stack import Stack, target

INBOX, ARCHIVE, REGION = "inbox", "archive", "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/replay"
NAMES = [
    "a b",
    "a+b",
    "Übung",
    "100%",
    "q?x=1&y",
    'quoted "x"',
    "a/deeper/one",
    "it's",
    "a",
    "東京",
]


def definition(stack: Stack, **values: str) -> str:
    """Return the definition with its substitutions made, as moto reads it."""
    machine = stack.properties("ReplayStateMachine")
    assert machine["DefinitionSubstitutions"].keys() == values.keys()
    states = machine["Definition"]["States"]["EachObject"]
    states["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = "STANDARD"
    states["ToleratedFailurePercentage"] = 100.0
    return re.sub(r"\$\{(\w+)}", lambda it: values[it[1]], json.dumps(machine["Definition"]))


@dataclass
class World:
    """An inbox, a queue, and the machine between them."""

    stack: Stack
    s3: Any = field(default_factory=lambda: boto3.client("s3", REGION))
    sqs: Any = field(default_factory=lambda: boto3.client("sqs", REGION))
    states: Any = field(default_factory=lambda: boto3.client("stepfunctions", REGION))

    def __post_init__(self) -> None:
        for bucket in (INBOX, ARCHIVE):
            self.s3.create_bucket(Bucket=bucket)
        self.s3.put_bucket_versioning(Bucket=INBOX, VersioningConfiguration={"Status": "Enabled"})
        self.queue = self.sqs.create_queue(QueueName="uploads")["QueueUrl"]

    def put(self, key: str, body: bytes = b"{}") -> str:
        version = self.s3.put_object(Bucket=INBOX, Key=key, Body=body)["VersionId"]
        return str(version)

    def run(self, prefix: str, run: int, **changes: str) -> dict[str, Any]:
        """Run the machine to its end."""
        values = {
            "Partition": "aws",
            "Inbox": INBOX,
            "Archive": ARCHIVE,
            "UploadsQueueUrl": self.queue,
        }
        machine = self.states.create_state_machine(
            name="replay", definition=definition(self.stack, **values | changes), roleArn=ROLE
        )["stateMachineArn"]
        execution = self.states.start_execution(
            stateMachineArn=machine, input=json.dumps({"prefix": prefix, "run": run})
        )["executionArn"]
        while True:
            found: dict[str, Any] = self.states.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                return found

    @property
    def sent(self) -> list[Upload]:
        uploads = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for it in messages:
                uploads += announced(it["Body"], bucket=INBOX)
        return uploads


@pytest.fixture
def world(stack: Stack) -> Iterator[World]:
    def evaluate(expression: str) -> Any:
        return Jsonata(expression).evaluate(None)

    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        patch.object(moto_jsonata, "_eval_jsonata", evaluate),
    ):
        yield World(stack)


def test_each_version_of_each_object_under_the_prefix_is_announced(world: World) -> None:
    keys = [f"incoming/courier/{number} {name}.json" for number in range(3) for name in NAMES]
    put = {(key, world.put(key, b"{}" * n)): 2 * n for key in keys for n in (1, 2)}
    world.put("incoming/other/1.json")

    done = world.run("incoming/courier/", 1764)

    assert done["status"] == "SUCCEEDED", done
    sent = world.sent
    assert len(sent) == 60
    assert {(it.key, it.version): it.size for it in sent} == put
    assert {it.run for it in sent} == {1764}
    output = json.loads(done["output"])
    assert (output["prefix"], output["run"]) == ("incoming/courier/", 1764)
    assert output["sent"]["ResultWriterDetails"]["Key"].startswith("reports/_replays/")


def test_no_key_that_begins_like_another_is_sent_for_it(world: World) -> None:
    for key in ("incoming/a", "incoming/a.json", "incoming/a/b"):
        world.put(key)

    world.run("incoming/", 2)

    assert Counter(it.key for it in world.sent) == {
        "incoming/a": 1,
        "incoming/a.json": 1,
        "incoming/a/b": 1,
    }
