"""The command line: called in this process, or started as its users start it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache, partial
from io import StringIO
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3
import pytest
import typer.main

from articles_cli.main import main
from articles_cli.stack.deployment import default_name
from articles_cli.terminal import waiting
from articles_cli.terminal.waiting import endings
from articles_local import EmbeddedAws
from tests.aws.border import Border

ROOT = Path(__file__).parents[2]
ARTICLES = [sys.executable, "-m", "articles_cli"]

Line = dict[str, Any]


class Done(NamedTuple):
    """What a command printed, and its exit code."""

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
    """Call the command in this process."""
    out, err = StringIO(), StringIO()
    before = {it: signal.getsignal(it) for it in endings()}
    with (
        patch.dict(os.environ, clean_environment() | environment, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
        chdir(ROOT),
        pytest.raises(SystemExit) as ended,
    ):
        main([str(it) for it in arguments])
    for number, handler in before.items():
        signal.signal(number, handler)
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def start(*arguments: object, **environment: str) -> Done:
    """Run the command in a separate process."""
    done = subprocess.run(
        [*ARTICLES, *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=clean_environment() | environment,
        timeout=OVERDUE,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def clean_environment() -> dict[str, str]:
    """Return the environment without the AWS settings of whoever runs the tests."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "ARTICLES_"))
    }


OVERDUE = 300  # seconds; also on a machine that is busy with other things


@contextmanager
def running(*arguments: object, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command until Ctrl-C, in a separate process."""
    process = subprocess.Popen(
        [*ARTICLES, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environment() | {"PYTHONUNBUFFERED": "1"} | environment,
    )
    overdue = Timer(OVERDUE, process.kill)  # so that no test waits for a line for ever
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


def embedded(*, keep_events_days: str = "0", **variables: str) -> EmbeddedAws:
    """Make the service, as the commands look for it; it moves only when it is pumped."""
    return EmbeddedAws(
        template=ROOT / "template.yaml",
        functions=ROOT / "functions",
        stack=default_name(),
        parameters={"Stage": "dev", "KeepEventsDays": keep_events_days},
        log=StringIO(),
        variables={"WRITES_AT_ONCE": "1"} | variables,
    )


@pytest.fixture(scope="session")
def articles() -> Articles:
    return call


@pytest.fixture(scope="module", autouse=True)
def _made_once() -> Iterator[None]:
    """Make the parser and each client once for all commands of a module, not for each command."""
    made: dict[tuple[Any, ...], Any] = {}
    make: Callable[..., Any] = boto3.client

    def client(service: str, **options: Any) -> Any:
        where = sorted(it for it in os.environ.items() if it[0].startswith("AWS_"))
        asked = (boto3.DEFAULT_SESSION, service, *where, *options.items())
        if asked not in made:
            made[asked] = make(service, **options)
        return made[asked]

    with (
        patch.object(boto3, "client", client),
        patch.object(typer.main, "get_command", cache(typer.main.get_command)),
    ):
        yield


@pytest.fixture(scope="module")
def border() -> Iterator[Border]:
    """The border that functions and commands of this process cross on their way to the service."""
    session = boto3.Session("embedded", "embedded", region_name="us-east-1")
    with Border(has_bus_behind=True).crossed(session) as border:
        yield border


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with embedded() as running:
        running.drain()
        yield running


def feeds_file(text: str) -> Callable[..., Path]:
    """Make the fixture `feeds` of a module: the feeds file of its service."""

    @pytest.fixture(scope="module")
    def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
        path = tmp_path_factory.mktemp("feeds") / "feeds.toml"
        path.write_text(text)
        return path

    return feeds


def service_with_feeds(**given: str) -> Callable[..., Iterator[EmbeddedAws]]:
    """Make the fixture `aws` of a module: a service that goes by its `feeds`."""

    @pytest.fixture(scope="module")
    def aws(feeds: Path) -> Iterator[EmbeddedAws]:
        with embedded(FEEDS_FILE=str(feeds), **given) as running:
            running.drain()
            yield running

    return aws


@pytest.fixture(scope="module")
def no_schedule() -> Iterator[None]:
    """Have no schedule run, however long the tests take, but when one says so."""
    with patch("articles_local.pumps.Periodic.run_when_due"):
        yield


@pytest.fixture(scope="module")
def deployed(aws: EmbeddedAws) -> Iterator[Articles]:
    """The command, for the running service; while a command waits, the service moves."""
    with patch.object(waiting, "pause", aws.pump):
        yield partial(call, **aws.environment)
