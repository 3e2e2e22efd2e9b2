import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws

ROOT = Path(__file__).parents[2]

Told = Callable[[str], list[dict[str, Any]]]


def embedded(log: StringIO, **parameters: str) -> EmbeddedAws:
    """Make the service of the real template with the functions of these tests."""
    return EmbeddedAws(
        template=ROOT / "template.yaml",
        functions=Path(__file__).parent / "functions",
        stack="articles-test",
        parameters={"Stage": "test", **parameters},
        log=log,
    )


@pytest.fixture(scope="module")
def log() -> StringIO:
    return StringIO()


@pytest.fixture(scope="module")
def aws(log: StringIO) -> Iterator[EmbeddedAws]:
    with embedded(log) as running:
        running.drain()  # the message with which S3 tests its queue
        yield running


@pytest.fixture
def told(log: StringIO) -> Told:
    """Give what a function has told of its invocations since the test began."""
    begin = len(log.getvalue())

    def invocations(function: str) -> list[dict[str, Any]]:
        lines = [it for it in log.getvalue()[begin:].splitlines() if it.startswith("{")]
        all_told = [json.loads(it) for it in lines]
        return [it for it in all_told if it.get("function") == f"articles-{function}-test"]

    return invocations


@pytest.fixture
def tap(aws: EmbeddedAws) -> Iterator[Tap]:
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tapped:
        yield tapped
