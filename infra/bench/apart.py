"""Runs a script of this folder in a separate process, with its own endpoint."""

import json
import math
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rounds import say

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = ROOT / os.environ.get("TOOLS", ".tools")
# cost.py counts in the AWS of tests
CODE = (ROOT / "functions", ROOT / "infra" / "local", ROOT / "infra" / "scale", ROOT)
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "STAGE": "bench",
    "EVENT_BUS": "bus",
    "INBOX_BUCKET": "inbox",
    "ARCHIVE_BUCKET": "archive",
    "ARTICLES_TABLE": "articles",
    "RECEIPTS_TABLE": "receipts",
    "UPLOADS_QUEUE_URL": "http://127.0.0.1/123456789012/uploads",
    "BULK_QUEUE_URL": "http://127.0.0.1/123456789012/bulk",
    "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1/123456789012/dead",
    "PUBLISH_FAILURE_QUEUE_URL": "http://127.0.0.1/123456789012/failures",
    "MAX_RECEIVES": "5",
    "KEEP_RECEIPTS_DAYS": "90",
    "KEEP_UPLOADS_DAYS": "90",
    "KEEP_OVERWRITTEN_DAYS": "30",
    "FEEDS_FILE": "feeds.toml",
    "POWERTOOLS_METRICS_NAMESPACE": "bench",
    "POWERTOOLS_SERVICE_NAME": "bench",
}


class NotMeasured(Exception):
    """A figure cannot be had on this machine, or what measures it failed; the text says why."""


def tools(name: str) -> Path:
    """Return the packages of a virtual environment beside the project's own."""
    base = str(TOOLS / name)
    packages = Path(sysconfig.get_path("platlib", vars={"base": base, "platbase": base}))
    if not packages.exists():
        raise NotMeasured("`make bench` installs what this needs")
    return packages


def measured(
    script: str, *arguments: object, latency_ms: int = 0, packages: Path | None = None
) -> dict[str, Any]:
    """Run a script and return its figures: the last line that it prints, after the log.

    It may import what is in the folder `packages`.
    """
    path = os.pathsep.join(str(it) for it in (*CODE, packages) if it)
    with _endpoint(latency_ms) as address:
        environment = ENVIRONMENT | {"PYTHONPATH": path, "AWS_ENDPOINT_URL": address}
        command = (sys.executable, HERE / script, *arguments)
        output = printed(script, command, env=environment)
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def printed(
    name: str,
    command: Iterable[object],
    *,
    codes: tuple[int, ...] = (0,),
    within: float = math.inf,
    env: dict[str, str] | None = None,
) -> str:
    """Run a command in the project's folder, say every half minute that it runs, and return stdout.

    Raises NotMeasured for another exit code, and if it takes longer than `within` seconds.
    """
    with subprocess.Popen(  # noqa: S603 - a program of this project
        [str(it) for it in command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            output = _awaited(name, process, within)
        except BaseException:  # an interrupt, too
            process.kill()
            raise
    if process.returncode not in codes:
        sys.stderr.write(output[-2000:])
        raise NotMeasured(f"{name} ended with {process.returncode}")
    return output


def _awaited(name: str, process: subprocess.Popen[str], within: float) -> str:
    start = time.monotonic()
    while (passed := time.monotonic() - start) <= within:
        try:
            return process.communicate(timeout=30)[0]
        except subprocess.TimeoutExpired:
            say(f"{name} has run for {passed + 30:.0f} s")
    raise NotMeasured(f"{name} takes over {within:.0f} s")


@contextmanager
def _endpoint(latency_ms: int) -> Iterator[str]:
    with subprocess.Popen(  # noqa: S603 - a script of this folder
        [sys.executable, HERE / "endpoint.py", str(latency_ms)],
        stdin=subprocess.PIPE,  # the endpoint ends when this process does
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout  # noqa: S101 - it is a pipe
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
