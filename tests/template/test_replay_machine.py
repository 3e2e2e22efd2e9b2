"""The state machine that replays millions of uploads: its very definition, run by moto.

Moto's interpreter lacks a JSONata evaluator, which the tests plug in (jsonata-python). Its parser
knows children of the type STANDARD only, and wants a fraction as percentage.
"""

import copy
import json
import re
import time
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


PATIENCE = 800  # looks: forty seconds
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
        version = self.s3.put_object(Bucket=INBOX, Key=key, Body=body)["VersionId"]
        return str(version)

    def run(self, prefix: str, run: int, *, page: int = 100) -> dict[str, Any]:
        """Run the machine to its end."""
        values = {
            "Partition": "aws",
            "Inbox": INBOX,
            "Archive": ARCHIVE,
            "UploadsQueueUrl": self.queue,
        }
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
            time.sleep(0.05)  # moto runs it in threads of this process
        return None

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
    keys = [f"incoming/courier/{number} {name}.json" for number in range(1) for name in NAMES]
    put = {(key, world.put(key, b"{}" * n)): 2 * n for key in keys for n in (1, 2)}
    world.put("incoming/other/1.json")

    done = world.run("incoming/courier/", 1764)

    assert done["status"] == "SUCCEEDED", done
    sent = world.sent
    assert len(sent) == 2 * len(NAMES)
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


def test_without_its_parameter_there_is_no_machine(stack: Stack) -> None:
    for name in ("ReplayStateMachine", "ReplayRole", "ReplayPolicy"):
        assert stack.resources[name]["Condition"] == "HasReplayMachine"
    assert stack.template["Conditions"]["HasReplayMachine"] == {
        "Fn::Equals": [{"Ref": "ReplayMachine"}, "true"]
    }
    assert stack.template["Parameters"]["ReplayMachine"]["Default"] == "false"
