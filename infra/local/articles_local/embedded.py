"""The service of template.yaml in this process: moto holds its data, pumps run its functions."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self, TextIO

import boto3

from . import function, stack, template
from .mapping import Mapping
from .pumps import QueuePump, SchedulePump, StreamPump
from .server import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .template import Json

REGION = "us-east-1"
KEY = "embedded"  # any will do; it only must not be a real one
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}
PAUSE = 0.05  # seconds between two looks at what does not move


class EmbeddedAws:
    """A running copy of the service, from `with` to its end. It moves only in `pump` and `drain`.

    `environment` leads any process to it, `outputs` are the stack's; what functions print goes to
    the `log`. `variables` join the environment that the template gives to every function.
    """

    endpoint_url: str
    environment: dict[str, str]
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
    ) -> None:
        self._template, self._functions, self._stack = template, functions, stack
        self._parameters, self._log, self._port = parameters, log, port
        self._variables = variables or {}

    def __enter__(self) -> Self:
        made, played = template.read(self._template, self._parameters, REGION)
        with ExitStack() as opened:
            self.endpoint_url = opened.enter_context(serving(self._port))
            self.environment = {**ACCOUNT, "AWS_ENDPOINT_URL": self.endpoint_url}
            self.session = boto3.Session(KEY, KEY, region_name=REGION)
            self.outputs, played = stack.create(
                self.client("cloudformation"), self._stack, made, played, self._parameters
            )
            self._play(played)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def client(self, service: Any) -> Any:  # noqa: ANN401 - its name tells which client it is
        return self.session.client(service, endpoint_url=self.endpoint_url)

    def pump(self) -> bool:
        """Run the schedules that are due, take one batch of each source; tell if anything moved."""
        for schedule in self._schedules:
            schedule.run_when_due()
        moved = [pump.pump() for pump in self._pumps]
        return any(moved)

    def drain(self, timeout: float = 60, *, meanwhile: Callable[[], object] | None = None) -> None:
        """Pump until all is quiet, run each schedule once, and pump until all is quiet again.

        Quiet: queues are empty, nothing is in flight, streams are read to the end. After `timeout`
        seconds in which nothing moves it raises TimeoutError, which says what is left. `meanwhile`
        is called again and again, to take what comes out: moto's queues grow slow when they fill.
        """
        self._settle(timeout, meanwhile)
        for schedule in self._schedules:
            schedule.run()
        self._settle(timeout, meanwhile)

    def _settle(self, timeout: float, meanwhile: Callable[[], object] | None) -> None:
        moved_at = time.monotonic()
        while (moved := self.pump()) or self._waiting():
            if meanwhile:
                meanwhile()
            if moved:
                moved_at = time.monotonic()
            elif time.monotonic() > moved_at + timeout:
                raise TimeoutError(f"nothing moves any more: {self._waiting()}")
            else:
                time.sleep(PAUSE)

    def _waiting(self) -> dict[str, int]:
        return {pump.source: count for pump in self._pumps if (count := pump.waiting())}

    def _play(self, played: Json) -> None:
        stack.complete_buckets(self.client("s3"), played)
        functions = {
            name: function.load(it, self._functions, self.environment | self._variables, self._log)
            for name, it in played[template.FUNCTION].items()
        }
        self._pumps = [
            self._pump_for(Mapping(it, functions[it["Function"]]))
            for it in played[template.MAPPING].values()
        ]
        self._schedules = [
            SchedulePump(it["ScheduleExpression"], functions[it["Function"]])
            for it in played[template.SCHEDULE].values()
        ]

    def _pump_for(self, mapping: Mapping) -> QueuePump | StreamPump:
        if ":sqs:" in mapping.source:
            return QueuePump(mapping, self.client("sqs"))
        return StreamPump(mapping, self.client("dynamodbstreams"))
