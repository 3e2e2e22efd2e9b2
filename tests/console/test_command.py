"""`articles console`, as it is started and ended."""

import signal
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from articles_console.server import CUT_OFF
from articles_local import EmbeddedAws
from tests.cli.conftest import call, running


def test_it_prints_its_address_refuses_large_bodies_and_ends(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    with running("console", "--port", "0", TMPDIR=str(tmp_path), **aws.environment) as process:
        assert process.stdout
        address = urlsplit(process.stdout.readline().strip())
        assert address.hostname == "127.0.0.1"
        connection = HTTPConnection("127.0.0.1", address.port or 0, timeout=30)
        connection.request("GET", f"{address.path}?{address.query}")
        assert connection.getresponse().status == 200
        connection.close()
        connection.request("POST", "/files", headers={"Content-Length": str(CUT_OFF + 1)})
        assert connection.getresponse().status == 413
        connection.close()

        taken = call("console", "--port", address.port, **aws.environment)
        assert taken.code == 2
        assert f"Port {address.port} is in use; choose another with --port." in taken.err

        assert list(tmp_path.glob("articles-console-*"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == [], "what was dropped in is deleted at the end"


def test_a_stack_that_is_none_is_said(aws: EmbeddedAws) -> None:
    done = call("console", "--port", "0", "--stack", "none", **aws.environment)
    assert done.code == 3
    assert "There is no stack none" in done.err
