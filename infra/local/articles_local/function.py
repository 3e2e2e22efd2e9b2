"""A Lambda function in this process, with its own module instance, environment and log."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .template import Json

DEFAULTS: Json = {"Environment": {"Variables": {}}, "MemorySize": 128, "Timeout": 3}  # Lambda's


@dataclass(frozen=True)
class Context:
    """The part of Lambda's context object that handlers and Powertools read."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    deadline: float

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class _Console(StringIO):
    """The stdout of all functions: a logger keeps and outlives the one it was created with."""

    log: TextIO

    def write(self, text: str) -> int:
        return self.log.write(text)


_console = _Console()


@dataclass(frozen=True)
class Function:
    """A loaded handler and its environment; `properties` are those of the template."""

    properties: Json
    handler: Callable[[Json, Context], Json | None]
    environment: dict[str, str]
    log: TextIO

    def invoke(self, event: Json) -> Json | None:
        """Call the handler, JSON in and out; None if it raised: the traceback is in the log."""
        with _inside(self.environment, self.log):
            try:
                answer = self.handler(json.loads(json.dumps(event)), self._context())
                return json.loads(json.dumps(answer)) or {}
            except Exception:  # noqa: BLE001 - Lambda retries after any exception
                traceback.print_exc(file=self.log)
                return None

    def _context(self) -> Context:
        name = self.properties["FunctionName"]
        return Context(
            function_name=name,
            invoked_function_arn=f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
            memory_limit_in_mb=self.properties["MemorySize"],
            aws_request_id=str(uuid4()),
            deadline=time.monotonic() + self.properties["Timeout"],
        )


def load(properties: Json, directory: Path, others: dict[str, str], log: TextIO) -> Function:
    """Import the function's module as a cold start does; `others` win over its own variables."""
    properties = DEFAULTS | properties
    variables = properties["Environment"]["Variables"]
    environment = {
        **{name: it if isinstance(it, str) else json.dumps(it) for name, it in variables.items()},
        **others,
        "AWS_LAMBDA_FUNCTION_NAME": properties["FunctionName"],
    }
    module, _, handler = properties["Handler"].rpartition(".")
    with _inside(environment, log), _modules_of(directory):
        loaded = _import_fresh(directory / f"{module}.py", f"{module}@{properties['FunctionName']}")
    return Function(properties, getattr(loaded, handler), environment, log)


def _import_fresh(path: Path, name: str) -> Any:  # noqa: ANN401 - whatever is in the module
    """Import a file under a separate `name`: functions with the same handler share no globals."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module at {path}")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)  # for dataclasses
    spec.loader.exec_module(module)
    return module


@contextmanager
def _modules_of(directory: Path) -> Iterator[None]:
    """Have modules imported from a folder which no function of another folder sees.

    Not from one on the path: those are modules of this program, too.
    """
    if str(directory) in sys.path:
        yield
        return
    names = {path.stem for path in directory.iterdir()}
    others = {name: it for name, it in sys.modules.items() if name.partition(".")[0] in names}
    _forget(others)
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        sys.path.remove(str(directory))
        _forget([name for name in sys.modules if name.partition(".")[0] in names])
        sys.modules.update(others)


def _forget(modules: Iterable[str]) -> None:
    for name in list(modules):
        del sys.modules[name]


@contextmanager
def _inside(environment: dict[str, str], log: TextIO) -> Iterator[None]:
    """Set the environment, without the caller's AWS settings, and send output to `log`."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(environment)
    _console.log = log
    try:
        with redirect_stdout(_console):
            yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
