"""CPU milliseconds of a new interpreter, less those of an empty one: `cold.py <rounds>`.

`ingest`, `release` and `publish` are the functions as Lambda starts them; `… clients` is the peer
of each, which only creates the same clients with boto3. None is ended in order: a function is not,
and tidying up what was loaded would count as a part of its start. `modules` counts the modules of
ours that release and publish load, and `parsers` what they load of shapes and native parsers.
"""

import json
import subprocess
import sys
from collections.abc import Callable

from rounds import by_turns, children_seconds

FUNCTIONS = ("ingest", "release", "publish")
NATIVE = {"nh3", "selectolax", "can_ada", "pyromark"}
START = "import {0}; {0}.built()"
RECORDING = """
import botocore.session
made, create = [], botocore.session.Session.create_client
botocore.session.Session.create_client = lambda self, name, *args, **options: (
    made.append(name), create(self, name, *args, **options))[1]
"""


def main() -> None:
    starts = {name: START.format(name) for name in FUNCTIONS}
    clients = {name: _printed(f"{RECORDING}{code}; print(*made)") for name, code in starts.items()}
    peers = {
        f"{name} clients": f"import boto3; [boto3.client(it) for it in {made}]"
        for name, made in clients.items()
    }
    codes = {"empty": "pass", **starts, **peers}
    times = by_turns(int(sys.argv[1]), **{name: _starting(code) for name, code in codes.items()})
    empty = times.pop("empty")
    found: dict[str, list[float]] = {
        name: [used - off for used, off in zip(rounds, empty, strict=True)]
        for name, rounds in times.items()
    }
    small = [_printed(f"{starts[it]}; import sys; print(*sys.modules)") for it in FUNCTIONS[1:]]
    found["modules"] = [max(sum(map(_is_ours, it)) for it in small)]
    found["parsers"] = [max(sum(map(_is_parser, it)) for it in small)]
    sys.stdout.write(json.dumps(found))


def _starting(code: str) -> Callable[[], float]:
    def cpu_ms() -> float:
        before = children_seconds()
        ended = f"{code}; import os; os._exit(0)"
        subprocess.run([sys.executable, "-c", ended], check=True)  # noqa: S603 - the code above
        return (children_seconds() - before) * 1000

    return cpu_ms


def _printed(code: str) -> list[str]:
    return subprocess.check_output([sys.executable, "-c", code], text=True).split()  # noqa: S603


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in {"articles", *FUNCTIONS}


def _is_parser(module: str) -> bool:
    return module in NATIVE or module.startswith("articles.metadata.shapes")


if __name__ == "__main__":
    main()
