"""What a function logs and counts; an exception is logged without the document that it met."""

import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

Handler = Callable[[dict[str, Any], Any], Any]

TEXT_LOGGED = 200
# What Powertools repeats in every line, a fifth of the bill for logs; the log group says it.
_SAID_BY_GROUP = ("function_arn", "function_memory_size")


class Telemetry:
    """The log and the metrics of one function; their names come from Powertools' variables."""

    def __init__(self, *, stage: str) -> None:
        self.logger = Logger()
        # Not the metrics that all functions of a process share: a laptop runs three in one.
        self._metrics = EphemeralMetrics()
        self._metrics.set_default_dimensions(stage=stage)

    def observed(self, handle: Handler) -> Handler:
        """Return a handler whose log lines name the request, and whose metrics leave at its end."""

        def handle_tersely(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - any handler
            self.logger.remove_keys(_SAID_BY_GROUP)
            return handle(event, context)

        measured = self._metrics.log_metrics(handle_tersely)
        observed: Handler = self.logger.inject_lambda_context(measured)
        return observed

    def count(self, metric: str, number: int = 1) -> None:
        self._metrics.add_metric(metric, MetricUnit.Count, number)

    def took(self, metric: str, duration: timedelta) -> None:
        self._metrics.add_metric(metric, MetricUnit.Seconds, duration.total_seconds())

    def on_fault(self, fault: BaseException) -> None:
        """Alert the operator about a bug that one record hit."""
        self.count("InternalErrors")
        self.logger.error("internal error", extra=as_log_fields(fault))


def as_log_fields(fault: BaseException) -> dict[str, Any]:
    """Return the members of a log line; an error may quote what it met, so its text is cut."""
    frames = traceback.extract_tb(fault.__traceback__)
    return {
        "fault": type(fault).__name__,
        "cause": str(fault)[:TEXT_LOGGED],
        "raised_in": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
