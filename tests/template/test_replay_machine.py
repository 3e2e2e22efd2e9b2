"""The state machine that replays millions of uploads: its very definition, run by moto.

Moto's interpreter lacks a JSONata evaluator, which the tests plug in (jsonata-python). Its parser
knows children of the type STANDARD only, and wants a fraction as percentage.
"""

import copy
import json
import re
import time
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
from tests.aws.iam import Request, allows, arn, superfluous
from tests.aws.roles import Names, Roles

from .stack import Stack

INBOX, ARCHIVE, REGION = "inbox", "archive", "us-east-1"
CHILDREN = ("DescribeExecution", "StopExecution")
TASKS = {
    "s3:listObjectsV2": ["s3:ListBucket"],
    "s3:listObjectVersions": ["s3:ListBucketVersions"],
    "s3:putObject": [  # the results, in parts
        "s3:PutObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:AbortMultipartUpload",
    ],
    "sqs:sendMessage": ["sqs:SendMessage"],
}
ROLE = "arn:aws:iam::123456789012:role/replay"
# What a listing or an address would write in another way, and keys that begin like another.
NAMES = ["a", "a/deeper one", "a.json", "Übung+東京", '100%?x=1&y"s', "it's"]
PATIENCE = 400  # looks: forty seconds
ATTEMPTS = 3  # seen once: a thread of moto that never ended, on Python 3.13


def definition(stack: Stack, values: dict[str, str], *, page: int) -> str:
    """Return the definition with its substitutions made, as moto reads it.

    `page` is the number of versions to list at once.
    """
    machine = stack.properties("ReplayStateMachine")
    assert machine["DefinitionSubstitutions"].keys() == values.keys()
    definition = copy.deepcopy(machine["Definition"])
    each = definition["States"]["EachObject"]
    each["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = "STANDARD"
    each["ToleratedFailurePercentage"] = 100.0
    text = json.dumps(definition).replace(r"\"MaxKeys\": 100", rf"\"MaxKeys\": {page}")
    return re.sub(r"\$\{(\w+)}", lambda it: values[it[1]], text)


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
        return str(self.s3.put_object(Bucket=INBOX, Key=key, Body=body)["VersionId"])

    def run(self, prefix: str, run: int, *, page: int = 100) -> dict[str, Any]:
        """Run the machine to its end."""
        values = {"Partition": "aws", "Inbox": INBOX, "Archive": ARCHIVE}
        values["UploadsQueueUrl"] = self.queue
        machine = self.states.create_state_machine(
            name="replay", definition=definition(self.stack, values, page=page), roleArn=ROLE
        )["stateMachineArn"]
        for _ in range(ATTEMPTS):
            execution = self.states.start_execution(
                stateMachineArn=machine, input=json.dumps({"prefix": prefix, "run": run})
            )["executionArn"]
            if found := self._end(execution):
                return found
            self.sqs.purge_queue(QueueUrl=self.queue)
        pytest.fail("the machine does not end")

    def _end(self, execution: str) -> dict[str, Any] | None:
        """Wait until an execution has ended; None if it does not."""
        for _ in range(PATIENCE):
            found: dict[str, Any] = self.states.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.1)  # moto runs it in threads of this process
        return None

    @property
    def sent(self) -> list[Upload]:
        def receive() -> list[Any]:
            received = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            return list(received.get("Messages", []))

        messages = [it for some in iter(receive, []) for it in some]
        return [upload for it in messages for upload in announced(it["Body"], bucket=INBOX)]


@pytest.fixture
def world(stack: Stack) -> Iterator[World]:
    def evaluate(expression: str) -> Any:
        return Jsonata(expression).evaluate(None)

    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        patch.object(moto_jsonata, "_eval_jsonata", evaluate),
    ):
        yield World(stack)


def test_each_version_of_each_object_under_the_prefix_is_announced_once(world: World) -> None:
    keys = [f"incoming/courier/{name}" for name in NAMES]
    put = {(key, world.put(key, b"{}" * n)): 2 * n for key in keys for n in (1, 2)}
    world.put("incoming/other/1.json")

    done = world.run("incoming/courier/", 1764)

    assert done["status"] == "SUCCEEDED", done
    sent = world.sent
    assert len(sent) == len(put)
    assert {(it.key, it.version): it.size for it in sent} == put
    assert {it.run for it in sent} == {1764}
    output = json.loads(done["output"])
    assert (output["prefix"], output["run"]) == ("incoming/courier/", 1764)
    assert output["sent"]["ResultWriterDetails"]["Key"].startswith("reports/_replays/")


def test_an_object_of_more_versions_than_a_page_is_sent_whole(world: World) -> None:
    versions = {world.put("incoming/a.json") for _ in range(3)}
    world.put("incoming/a.json-b")

    done = world.run("incoming/a.json", 3, page=2)

    assert done["status"] == "SUCCEEDED", done
    sent = world.sent
    assert {it.version for it in sent if it.key == "incoming/a.json"} == versions
    assert len(sent) == 4


def walked(node: Any) -> Iterator[dict[str, Any]]:
    """Yield each object of a definition."""
    if isinstance(node, dict):
        yield node
    for it in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walked(it)


def asked(names: Names) -> Iterator[Request]:
    """Name what the states ask for with the machine's role, by AWS's pages on each kind."""
    machine = names.stack.properties("ReplayStateMachine")
    values = names.resolved(machine["DefinitionSubstitutions"])
    for state in walked(machine["Definition"]):
        if state.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            itself = names.arn("ReplayStateMachine")
            children = f"{itself.replace(':stateMachine:', ':execution:')}:1"
            yield Request("states:StartExecution", itself)
            yield from (Request(f"states:{it}", children) for it in CHILDREN)
        elif "Resource" in state:
            task = state["Resource"].rpartition(":::")[2].removeprefix("aws-sdk:")
            given = json.dumps(state.get("Arguments") or state["Parameters"])
            [(place, value)] = [(it, values[it]) for it in values if f"${{{it}}}" in given]
            if place == "UploadsQueueUrl":
                yield from (Request(it, arn("sqs", value)) for it in TASKS[task])
                continue
            prefix = "/reports/_replays/1" if place == "Archive" else ""
            yield from (Request(it, f"arn:aws:s3:::{value}{prefix}") for it in TASKS[task])


def test_the_machine_may_do_exactly_what_its_states_do(stack: Stack) -> None:
    values = stack.values({"Stage": "dev", "ReplayMachine": "true"})
    names = Names(stack.given(**values), values)
    allowed, needed = Roles(names).allowed("ReplayRole"), list(asked(names))

    assert [it for it in needed if not allows(allowed, it)] == []
    assert superfluous(allowed, needed) == []
