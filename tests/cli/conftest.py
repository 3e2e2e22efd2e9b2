"""The command line as its users call it: in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
ARTICLES = [sys.executable, "-m", "articles_cli"]

Line = dict[str, Any]


class Done(NamedTuple):
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Line]:
        return [json.loads(line) for line in self.out.split("\n") if line]

    def of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line["type"] == kind]


Articles = Callable[..., Done]


def call(*arguments: object, **environment: str) -> Done:
    done = subprocess.run(
        [*ARTICLES, *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=clean_environment() | environment,
        timeout=90,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def clean_environment() -> dict[str, str]:
    """Give the environment without the AWS settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


# Longer than all tests of a module take together on a machine that is busy with other things.
OVERDUE = 600


@contextmanager
def running(*arguments: object, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command that goes on until Ctrl-C."""
    process = subprocess.Popen(
        [*ARTICLES, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environment() | {"PYTHONUNBUFFERED": "1"} | environment,
    )
    overdue = Timer(OVERDUE, process.kill)  # a test that waits for a line waits no longer
    overdue.start()
    try:
        yield process
    finally:
        overdue.cancel()
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def articles() -> Articles:
    return call


@pytest.fixture(scope="module")
def demo() -> Done:
    """What `make demo` runs, as JSON lines."""
    return call("run", "--json", "--feed", "example", "examples")


@pytest.fixture(scope="module")
def up() -> Iterator[dict[str, str]]:
    """Run `articles up`; give the environment that its exports make."""
    with running("up", "--port", "0") as process:
        assert process.stdout
        exports = {}
        while "Upload to" not in (line := process.stdout.readline()):
            assert process.poll() is None, process.communicate()
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                exports[name] = value
        yield exports
