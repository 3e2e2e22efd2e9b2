"""Each function, as it was built, starts under AWS's own runtime client and answers an event."""

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from articles.uploads.message import Upload, notice
from tests.aws.records import sqs_record, stream_record

from .deployment import Item, Stack
from .newsroom import article, only_record
from .runtime_api import started
from .tools import install

pytestmark = pytest.mark.e2e

ROUNDS = 3
BARE = "import boto3\n\n\ndef handler(event, context):\n    return event\n"
FUNCTIONS = ("ingest", "bulk", "publish", "release", "reconcile")


def built(stack: Stack, function: str) -> Path:
    return stack.service.folder / f".aws-sam/build/{function.capitalize()}Function"


def handler_of(function: str) -> str:
    return f"{'ingest' if function == 'bulk' else function}.handler"


@pytest.fixture(scope="module")
def client() -> Path:
    return install("runtime")


@pytest.fixture(scope="module")
def bare(client: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Give the CPU seconds of a handler that does nothing but load AWS's library."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "bare.py").write_text(BARE)
    costs = [cost_of_init(client, "bare.handler", folder, {}) for _ in range(ROUNDS)]
    return statistics.median(costs)


def messages(stack: Stack, function: str) -> tuple[Item, Callable[[], None]]:
    """Give an event for a function, and how to see that it was dealt with."""
    if function in ("release", "reconcile"):
        return {}, lambda: None
    key = f"incoming/example/by-{function}.json"
    bucket = stack.outputs["InboxBucket"]
    receipt = stack.upload(key, article(f"by-{function}"))
    stored_id = only_record(receipt)["article_id"]
    if function in ("ingest", "bulk"):
        message = notice(Upload(key, receipt["version"], run=7), bucket=bucket)
        event = {"Records": [sqs_record("1", message, queue="q")]}

        def is_read_again() -> None:
            assert stack.receipt(key, receipt["version"])["run"] == 7

        return event, is_read_again
    stack.event("ArticleCreated", stored_id)
    image = stack.client("dynamodb").get_item(
        TableName=stack.outputs["ArticlesTable"], Key={"article_id": {"S": stored_id}}
    )["Item"]
    event = {"Records": [stream_record(1, ["article_id"], None, image, table="t")]}

    def is_told_again() -> None:
        stack.until(lambda: stack.events(stored_id)[1:] or None, "second event")

    return event, is_told_again


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_and_answers(
    function: str, stack: Stack, client: Path, bare: float, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = stack.environment(function)
    event, see = messages(stack, function)

    with started(client, handler_of(function), built(stack, function), environment) as runtime:
        kind, answer = runtime.invoke(event)

        assert (kind, answer) == ("response", {"batchItemFailures": []} if event else None)
        assert runtime.invoke(event)[0] == "response", "and once more, when it is warm"
    see()

    costs = sorted(
        cost_of_init(client, handler_of(function), built(stack, function), environment)
        for _ in range(ROUNDS)
    )
    line = {
        "cold_start": function,
        "cpu_seconds": dict(zip(("min", "median", "max"), costs, strict=True)),
        "of_a_handler_that_only_loads_boto3": bare,
        "ratio": round(costs[1] / bare, 1),
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps(line)}\n")


def cost_of_init(client: Path, handler: str, folder: Path, environment: dict[str, str]) -> float:
    """Start a function; gives the CPU seconds that it has used when it asks for its first event."""
    with started(client, handler, folder, environment) as runtime:
        assert runtime.invoke({})[0] in ("response", "error")
        assert runtime.ready_after is not None
        return runtime.ready_after


def test_an_init_that_fails_is_reported(stack: Stack, client: Path, tmp_path: Path) -> None:
    for it in built(stack, "ingest").iterdir():
        if not it.name.startswith("pydantic"):
            (tmp_path / it.name).symlink_to(it)

    with started(client, "ingest.handler", tmp_path, stack.environment("ingest")) as runtime:
        kind, told = runtime.told()

    assert (kind, told["errorType"]) == ("init/error", "Runtime.ImportModuleError")
    assert "pydantic" in told["errorMessage"]


def test_a_setting_that_is_missing_fails_the_invocation(stack: Stack, client: Path) -> None:
    environment = stack.environment("ingest")
    del environment["RECEIPTS_TABLE"]

    with started(client, "ingest.handler", built(stack, "ingest"), environment) as runtime:
        kind, told = runtime.invoke({"Records": []})

    assert kind == "error"
    assert "receipts_table" in told["errorMessage"]
