"""What Lambda passes to a function from a queue or stream, and what it retries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern

from .event_bus import matches_event

if TYPE_CHECKING:
    from .function import Function
    from .template import Json


@dataclass(frozen=True)
class Mapping:
    """An event source mapping: its properties in the template, and the function it calls."""

    properties: Json
    function: Function

    @property
    def source(self) -> str:
        return str(self.properties["EventSourceArn"])

    @cached_property
    def filters(self) -> list[EventPattern]:
        written = self.properties.get("FilterCriteria", {}).get("Filters", [])
        return [EventPattern.load(it["Pattern"]) for it in written]

    def wants(self, record: Any) -> bool:  # noqa: ANN401 - any JSON
        """Return whether a filter matches the record; without filters, all match."""
        return not self.filters or any(
            matches_event(EventPattern.matches_event, it, record) for it in self.filters
        )

    def failures(self, records: dict[str, Json]) -> set[str]:
        """Invoke the function; return the identifiers of the records to retry.

        As in Lambda, all are retried if the function raised, or returned an unknown identifier.
        """
        answer = self.function.invoke({"Records": list(records.values())})
        if answer is None:
            return set(records)
        if "ReportBatchItemFailures" not in self.properties.get("FunctionResponseTypes", []):
            return set()
        failed = {it["itemIdentifier"] for it in answer.get("batchItemFailures", [])}
        return failed if failed <= records.keys() else set(records)
