"""Runs a script of this folder in a separate process, with its own endpoint."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    # tests has the AWS in memory, on which cost.py counts.
    "PYTHONPATH": os.pathsep.join(str(ROOT / it) for it in ("functions", "infra/local", ".")),
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "STAGE": "bench",
    "INBOX_BUCKET": "inbox",
    "ARCHIVE_BUCKET": "archive",
    "ARTICLES_TABLE": "articles",
    "RECEIPTS_TABLE": "receipts",
    "UPLOADS_QUEUE_URL": "http://127.0.0.1/123456789012/uploads",
    "BULK_QUEUE_URL": "http://127.0.0.1/123456789012/bulk",
    "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1/123456789012/dead",
    "MAX_RECEIVES": "5",
    "KEEP_RECEIPTS_DAYS": "90",
    "FEEDS_FILE": "feeds.toml",
    "POWERTOOLS_METRICS_NAMESPACE": "bench",
    "POWERTOOLS_SERVICE_NAME": "ingest",
}


def measured(script: str, *arguments: str, latency_ms: int = 0) -> dict[str, Any]:
    """Run a script and return its figures: the last line that it prints, after the log."""
    with _endpoint(latency_ms) as address:
        process = subprocess.run(  # noqa: S603 - a script of this folder
            [sys.executable, HERE / script, *arguments],
            env=ENVIRONMENT | {"AWS_ENDPOINT_URL": address},
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
    if process.returncode:
        raise SystemExit(f"{script} {' '.join(arguments)} failed.\n{process.stdout}")
    found: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return found


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
