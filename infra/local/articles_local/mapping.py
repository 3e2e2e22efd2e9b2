"""What Lambda gives to a function from a queue or stream, and what it gives again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern

if TYPE_CHECKING:
    from .function import Function
    from .template import Json


@dataclass(frozen=True)
class Mapping:
    """An event source mapping: the template's properties of it, and the function it calls."""

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
        """Tell whether a filter lets the record through; without filters all pass."""
        return not self.filters or any(it.matches_event(record) for it in self.filters)

    def failures(self, records: dict[str, Json]) -> set[str]:
        """Invoke the function; return the identifiers of the records to give again.

        As in Lambda, that is all when the function raised, or named one that it was not given.
        """
        answer = self.function.invoke({"Records": list(records.values())})
        if answer is None:
            return set(records)
        if "ReportBatchItemFailures" not in self.properties.get("FunctionResponseTypes", []):
            return set()
        failed = {it["itemIdentifier"] for it in answer.get("batchItemFailures", [])}
        return failed if failed <= records.keys() else set(records)
