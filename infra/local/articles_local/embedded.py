"""Stacks in this process, the service's first: moto stores data, pumps run functions."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from . import stack as stacks
from . import template as templates
from .chaos import Chaos, ChaoticQueue, ChaoticStream
from .function import load
from .keeping import Kept
from .mapping import Mapping
from .pumps import (
    Changes,
    ExpiryPump,
    Periodic,
    QueuePump,
    SchedulePump,
    StreamPump,
    forget_old_changes,
)
from .server import lock, serving, traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .function import Function
    from .template import Json

REGION = "us-east-1"
KEY = "embedded"  # any value that is not a real key
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}
PAUSE = 0.05  # seconds between polls while nothing moves


class EmbeddedAws:
    """A copy of the service that runs inside `with`; it moves only in `pump` and `drain`.

    `deploy` puts stacks of others beside it.

    `environment` lets any process use it; `outputs` are the stack's; `functions` has every function
    by its name. Their output goes to `log`. `variables` are added to the environment that the
    template gives every function, or replace them there. `keep` is a folder whose state it goes on
    with, and in which `save` keeps its own; what it cannot go on with raises KeptError. `chaos`
    disturbs it while it is at work.
    """

    endpoint_url: str
    environment: dict[str, str]
    functions: dict[str, Function]
    outputs: dict[str, str]
    session: boto3.Session

    def __init__(
        self,
        *,
        template: Path,
        functions: Path,
        stack: str,
        parameters: dict[str, str],
        log: TextIO,
        port: int = 0,
        variables: dict[str, str] | None = None,
        keep: Path | None = None,
        chaos: Chaos | None = None,
    ) -> None:
        self._template, self._functions, self._stack = template, functions, stack
        self._parameters, self._log, self._port = parameters, log, port
        self._variables = variables or {}
        self._keep, self._saved_writes = keep, -1
        self._chaos = chaos or Chaos((), seed=0)
        self.kept_at: datetime | None = None
        self.kept_stacks: set[str] = set()
        self._stacks: list[str] = []
        self._read: dict[str, int] = {}
        self.functions = {}
        self._clients: dict[str, Any] = {}
        self._pumps: list[QueuePump | StreamPump] = []
        self._schedules: list[Periodic] = [ExpiryPump()]

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            if self._keep:
                self._kept = opened.enter_context(Kept(self._keep))
            self.endpoint_url = opened.enter_context(serving(self._port))
            self.environment = {**ACCOUNT, "AWS_ENDPOINT_URL": self.endpoint_url}
            self.session = boto3.Session(KEY, KEY, region_name=REGION)
            if self._keep:
                self._load()
            self.outputs = self.deploy(
                template=self._template,
                functions=self._functions,
                stack=self._stack,
                parameters=self._parameters,
            )
            if self._keep:  # what came due meanwhile happens in the first `pump`
                for schedule in self._schedules:
                    schedule.hurry()
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def client(self, service: Any) -> Any:  # noqa: ANN401 - the type depends on the name
        if service not in self._clients:  # one takes as long as twenty requests
            client = self.session.client(service, endpoint_url=self.endpoint_url)
            self._clients[service] = client
        return self._clients[service]

    def deploy(
        self,
        *,
        template: Path,
        stack: str,
        parameters: dict[str, str],
        functions: Path | None = None,
    ) -> dict[str, str]:
        """Add a stack, whose functions are in `functions`, or where its template has their code.

        Returns its outputs. Raises TemplateError, also where a rule sends events to a function.
        One of the `kept_stacks` goes on with what it was.
        """
        created, emulated = templates.read(template, parameters, REGION)
        outputs, emulated = stacks.create(
            self.client("cloudformation"),
            stack,
            created,
            emulated,
            parameters,
            is_kept=stack in self.kept_stacks,
        )
        self.kept_stacks.discard(stack)
        self._stacks.append(stack)
        self._emulate(emulated, functions)
        return outputs

    def pump(self) -> bool:
        """Run due schedules and take one batch from each source; returns whether anything moved."""
        for schedule in self._schedules:
            schedule.run_when_due()
        moved = [pump.pump() for pump in self._chaos.shuffled(self._pumps)]
        forget_old_changes(self._streams)
        return any(moved)

    def drain(self, timeout: float = 60, *, meanwhile: Callable[[], object] | None = None) -> None:
        """Pump until idle, run each schedule and DynamoDB's TTL once, and pump until idle again.

        Idle: queues are empty, nothing is in flight, streams are read to the end. Raises
        TimeoutError, which says what is left, after `timeout` seconds without progress.
        `meanwhile` is called after each step, to consume output: full queues of moto are slow.
        """
        self._settle(timeout, meanwhile)
        for schedule in self._schedules:
            schedule.run()
        self._settle(timeout, meanwhile)

    def save(self) -> set[str]:
        """Keep the state, and return the services that could not be kept, once.

        Raises OSError or KeptError, after which the state that was kept before still is.
        """
        with lock:
            before = set(self._kept.left_out)
            read = {it.name: it.read for it in self._streams}
            self._kept.save({"read": read, "stacks": [*self._stacks, *self.kept_stacks]})
            self._saved_writes = traffic.writes
            return self._kept.left_out - before

    def save_when_due(self) -> set[str]:
        """Keep the state if it has changed, every few seconds; returns as `save` does."""
        if self._kept.is_due and self._saved_writes != traffic.writes:
            return self.save()
        return set()

    @property
    def _streams(self) -> list[StreamPump]:
        return [it for it in self._pumps if isinstance(it, StreamPump)]

    def _load(self) -> None:
        kept, self.kept_at = self._kept.load(), self._kept.saved_at
        self._read, self.kept_stacks = kept.get("read", {}), set(kept.get("stacks", []))

    def changes(self, table: str) -> Changes:
        """Listen to what changes in a table that has a stream."""
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].stream_shard
        if shard is None:
            raise ValueError(f"{table} has no stream")
        return Changes(shard)

    def date(self, bucket: str, versions: Iterable[tuple[str, str]], first: datetime) -> None:
        """Say that versions (key, version) of objects were uploaded one second after the other."""
        keys = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_bucket(bucket).keys
        with lock:
            for second, (key, version) in enumerate(versions):
                [found] = [it for it in keys.getlist(key) if it.version_id == version]
                found.last_modified = first.replace(tzinfo=None) + timedelta(seconds=second)

    def count(self, table: str) -> int:
        """Count the items of a table, also while a function writes to it."""
        with lock:
            return len(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table])

    def tell_again(self) -> None:
        """Deliver again some of the messages that functions have taken, long after that."""
        for pump in self._pumps:
            if isinstance(pump, ChaoticQueue):
                pump.tell_again()

    def _settle(self, timeout: float, meanwhile: Callable[[], object] | None) -> None:
        moved_at = time.monotonic()
        while (moved := self.pump()) or self._waiting():
            if meanwhile:
                meanwhile()
            if moved:
                moved_at = time.monotonic()
            elif time.monotonic() > moved_at + timeout:
                raise TimeoutError(f"no progress; messages left: {self._waiting()}")
            else:
                time.sleep(PAUSE)

    def _waiting(self) -> dict[str, int]:
        return {pump.source: count for pump in self._pumps if (count := pump.waiting())}

    def _emulate(self, emulated: Json, folder: Path | None) -> None:
        stacks.complete_buckets(self.client("s3"), emulated)
        stacks.complete_tables(self.client("dynamodb"), emulated)
        variables = self.environment | self._variables
        functions = {}
        for name, it in emulated[templates.FUNCTION].items():
            properties, code = {"FunctionName": name, **it}, folder or Path(it["Folder"])
            start = partial(load, properties, code, variables, self._log)
            functions[name] = self._chaos.mortal(start(), start)
        self.functions |= {it.properties["FunctionName"]: it for it in functions.values()}
        self._pumps += [
            self._pump_for(Mapping(it, functions[it["Function"]]))
            for it in emulated[templates.MAPPING].values()
            if str(it.get("Enabled")).lower() != "false"  # an output of moto is a text
        ]
        self._schedules += [
            SchedulePump(it["ScheduleExpression"], functions[it["Function"]])
            for it in emulated[templates.RULE].values()
            if "ScheduleExpression" in it and it.get("State") != "DISABLED"
        ]

    def _pump_for(self, mapping: Mapping) -> QueuePump | StreamPump:
        if ":sqs:" in mapping.source:
            return ChaoticQueue(mapping, self.client("sqs"), self._chaos)
        pump = ChaoticStream(mapping, self._chaos)
        pump.read = self._read.get(pump.name, pump.read)
        return pump
