"""MiniStack as a process of its own: an emulated AWS at a free port of the loopback interface."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

LOOPBACK = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True)
class MiniStack:
    url: str
    log_file: Path

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment of its clients: no credentials, settings or proxy of anybody."""
        return _without_aws() | {
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
            "NO_PROXY": LOOPBACK,
        }

    def log(self) -> str:
        """Give the end of what it, and the functions in it, have written."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")[-6000:]


@contextmanager
def running(program: Path, folder: Path) -> Iterator[MiniStack]:
    """Run MiniStack; whatever it writes lies in the folder."""
    port = _free_port()
    server = MiniStack(f"http://{LOOPBACK}:{port}", folder / "ministack.log")
    env = _without_aws() | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,  # stands in the URLs of queues
        "IOT_MTLS_ENABLED": "0",  # or it listens on one more port, at every interface
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",  # it would clear containers away
        "TMPDIR": str(folder),
    }
    with server.log_file.open("wb") as log:
        process = subprocess.Popen(
            [program], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _without_aws() -> dict[str, str]:
    return {name: it for name, it in os.environ.items() if not name.startswith("AWS_")}


def _wait(server: MiniStack, process: subprocess.Popen[bytes]) -> None:
    ask = build_opener(ProxyHandler({})).open
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with ask(f"{server.url}/_ministack/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"MiniStack did not start:\n{server.log()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
