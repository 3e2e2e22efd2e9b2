"""AWS's own runtime client on a function as it was built, at a Runtime API on the loopback.

The protocol is that of Lambda: the client asks for the next invocation, and posts its response or
error, or that its initialization failed.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from .ministack import LOOPBACK

PREFIX = "/2018-06-01/runtime/"
PATIENCE = 60  # seconds; a cold start takes one or two
ARN = "arn:aws:lambda:us-east-1:000000000000:function:it"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Runtime:
    """The Runtime API as one function sees it; `posted` is what the function has told."""

    address: str
    events: Queue[Any] = field(default_factory=Queue)
    posted: Queue[tuple[str, Any]] = field(default_factory=Queue)
    ready_after: float | None = None  # CPU seconds, once it has asked for an invocation
    process: "subprocess.Popen[bytes] | None" = None

    def invoke(self, event: Any) -> tuple[str, Any]:
        """Give an event to the function; returns `response` or `error`, and what it says."""
        self.events.put(event)
        return self.told()

    def told(self) -> tuple[str, Any]:
        try:
            return self.posted.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError("the function said nothing") from None

    def note_ready(self) -> None:
        if self.ready_after is None and self.process:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
            user, system = stat.rpartition(")")[2].split()[11:13]
            self.ready_after = (int(user) + int(system)) / TICKS


@contextmanager
def started(
    client: Path, handler: str, folder: Path, environment: dict[str, str]
) -> Iterator[Runtime]:
    """Start a function by its handler in the folder of its code, as Lambda does."""
    runtime = Runtime("")

    class Api(_Api):
        served = runtime

    with ThreadingHTTPServer((LOOPBACK, 0), Api) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        runtime.address = f"{LOOPBACK}:{server.server_port}"
        aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        runtime.process = subprocess.Popen(
            [client / "python", "-m", "awslambdaric", handler],
            cwd=folder,
            env=aws
            | environment
            | {
                "AWS_LAMBDA_RUNTIME_API": runtime.address,
                "AWS_LAMBDA_FUNCTION_NAME": handler,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_REGION": "us-east-1",
                "LAMBDA_TASK_ROOT": str(folder),
                "NO_PROXY": LOOPBACK,
                "PYTHONDONTWRITEBYTECODE": "1",  # a function cannot write where its code is
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield runtime
        finally:
            runtime.process.kill()
            runtime.process.wait()
            runtime.events.put(None)
            server.shutdown()


class _Api(BaseHTTPRequestHandler):
    served: Runtime

    def do_GET(self) -> None:
        assert self.path == f"{PREFIX}invocation/next"
        self.served.note_ready()
        body = json.dumps(self.served.events.get()).encode()
        deadline = int((time.time() + PATIENCE) * 1000)
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        what = self.path.removeprefix(PREFIX)
        kind = "init/error" if what == "init/error" else what.rpartition("/")[2]
        self.served.posted.put((kind, json.loads(body or b"null")))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
