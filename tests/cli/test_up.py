"""`articles up`: the service as an endpoint, what it keeps, and who talks to it."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import boto3

from .conftest import (
    OVERDUE,
    ROOT,
    Articles,
    Line,
    clean_environment,
    running,
)


def test_up_serves_other_processes_until_ctrl_c(articles: Articles, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('{"title": "Good", "id": "g", "text": "Six."}')
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / ".feeds.toml").write_text('[default]\nopen = true\nlanguage = "pl"\n')
    with running("up", "--port", "0", "--feeds", str(tmp_path / ".feeds.toml")) as process:
        said = introduction(process)
        exports = exported(said)
        done = articles("put", tmp_path, "--wait", "--no-validate", **exports)
        same = articles("diff", "--json", **exports)  # goes by the feeds of the service, too
        bus, table = re.findall(r"the (?:bus|table) (\S+?)(?:,|$)", said, re.MULTILINE)
        key, secret = exports["AWS_ACCESS_KEY_ID"], exports["AWS_SECRET_ACCESS_KEY"]
        session = boto3.Session(key, secret, region_name=exports["AWS_REGION"])
        url = exports["AWS_ENDPOINT_URL"]
        assert session.client("events", endpoint_url=url).describe_event_bus(Name=bus)["Name"]
        [item] = session.client("dynamodb", endpoint_url=url).scan(TableName=table)["Items"]
        assert item["title"] == {"S": "Good"}
        outputs = session.client("cloudformation", endpoint_url=url).describe_stacks()["Stacks"]
        assert not [it for it in outputs[0]["Outputs"] if it["OutputKey"].startswith("Local")]
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0

    assert "\nunset AWS_PROFILE " in said
    assert sorted(told.splitlines()) == [
        "Stopped; its data is gone.",
        "incoming/default/bad.json: rejected",
        "incoming/default/good.json: accepted (1 created)",
    ]
    assert exports.keys() >= {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    place = f"on this machine, at {url.removeprefix('http://')}"
    left_out = f"{tmp_path}: left out 1 hidden (.feeds.toml)\n"
    assert (done.code, done.err) == (1, f"{left_out}Stack articles-dev (stage dev) {place}\n")
    assert [it["outcome"] for it in done.of("receipt")] == ["rejected", "accepted"]
    assert (same.code, same.of("differences")[0]["read"]) == (0, 2)


def test_the_first_ten_minutes_of_a_subscriber_go_as_the_page_says(articles: Articles) -> None:
    page = (ROOT / "docs/subscribing.md").read_text(encoding="utf-8")
    on_a_laptop = page.partition("## On your laptop")[2].partition("\n## ")[0]
    up, put, search = re.findall(
        r"^\.venv/bin/(?:articles|python) (.*)$", on_a_laptop, re.MULTILINE
    )
    with running(*up.split(), "--port", "0") as process:
        exports = exported(said := introduction(process))
        # Some SDKs go where it says.
        assert re.search(rf"#   QueueUrl {exports['AWS_ENDPOINT_URL']}", said)
        assert articles(*put.split(), **exports).code == 1  # as it says
        until("two votes", lambda: python(*search.split(), **exports))
        assert "Nothing was found" in python(search.split()[0], "mill", **exports)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def until(found: str, look: Callable[[], str]) -> None:
    """Look again and again: events take a moment to arrive."""
    late = time.monotonic() + OVERDUE
    while found not in (seen := look()):
        assert time.monotonic() < late, seen
        time.sleep(0.2)


def python(*arguments: str, **environment: str) -> str:
    """Run a script; gives what it prints, errors included."""
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=ROOT,
        env=clean_environment() | environment,
    )
    return done.stdout


def introduction(process: "subprocess.Popen[str]") -> str:
    """Read what `up` prints when it is ready."""
    assert process.stdout
    said = ""
    while "# Try:" not in said:
        assert process.poll() is None, process.communicate()
        said += process.stdout.readline()
    return said


def exported(said: str) -> dict[str, str]:
    return dict(re.findall(r"^export (\w+)=(.*)$", said, re.MULTILINE))


def test_what_up_keeps_outlives_a_kill_and_belongs_to_one_process(
    articles: Articles, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    keeping = ("up", "--port", "0", "--quiet", "--keep", kept)
    seen: list[list[Line]] = []
    for end in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
        with running(*keeping) as process:
            exports = exported(said := introduction(process))
            goes_on = re.search(r"# Going on with .*/kept: (\d+) articles, saved 20", said)
            assert bool(goes_on) == bool(seen)
            if end == signal.SIGKILL:
                session = boto3.Session("x", "x", region_name="us-east-1")
                ssm = session.client("ssm", endpoint_url=exports["AWS_ENDPOINT_URL"])
                ssm.put_parameter(Name="mine", Value="cannot be saved", Type="String")
                articles("put", "examples/articles", "--wait", "--feed", "example", **exports)
                kept_at = (kept / "state").stat().st_mtime_ns
                articles("put", "LICENSE", "--no-validate", **exports)  # so that it is saved again
                until("now", partial(saved_since, kept / "state", kept_at))
                assert "Another `articles up`" in articles(*keeping).err
            seen.append(articles("list", "--feed", "example", **exports).lines)
            process.send_signal(end)
            _, told = process.communicate(timeout=60)
            lost = f"{kept}: ssm: cannot be saved, and will be empty when you start again.\n"
            killed = end == signal.SIGKILL
            ended = (-end, lost) if killed else (0, f"Saved to {kept}.\n")
            assert (process.returncode, told) == ended

    assert seen[0] == seen[1] == seen[2] != []
    assert goes_on
    assert int(goes_on[1]) >= len(seen[0])


def saved_since(state: Path, before: int) -> str:
    return "now" if state.stat().st_mtime_ns > before else "not yet"


def test_a_subscriber_whose_imports_are_missing_is_told_what_to_do(
    articles: Articles, tmp_path: Path
) -> None:
    kit = tmp_path / "kit"
    shutil.copytree(ROOT / "examples/subscriber", kit)
    app = kit / "function/app.py"
    app.write_text(f"import nowhere_to_be_found\n{app.read_text()}")

    done = articles("up", "--port", "0", "--subscriber", kit)

    assert done.code == 2
    assert "nowhere_to_be_found" in done.err
    assert "install it there" in done.err
    assert "Traceback" not in done.err


def test_a_port_that_is_taken_is_wrong_usage(articles: Articles) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = articles("up", "--port", port)

    assert done.code == 2
    choose = "choose another with --port; 0 takes a free one."
    assert done.err == f"Port {port} is already in use: {choose}\n"
