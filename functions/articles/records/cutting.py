"""Records, grouped into the parts of a large upload as they come."""

from dataclasses import replace
from typing import NamedTuple

from articles.limits import Limits
from articles.problems import Problem, Rejected
from articles.records.framing import nothing
from articles.refs import Part
from articles.values import Document


class Plan(NamedTuple):
    """The parts of an upload, the number of their records, and warnings that no part gives."""

    parts: list[Part]
    records: int
    warnings: tuple[Problem, ...] = ()


class Cutter:
    """Groups records into parts as they come."""

    def __init__(self, limits: Limits, like: Part) -> None:
        self._limits, self._like = limits, like
        self._start = self._end = self._before = self._count = 0
        self._parts: list[Part] = []
        self.records = 0

    def add(self, start: int, end: int, *, before: int, records: int = 1) -> None:
        """Add the line or item of the bytes `[start, end)`; `before` is how many precede it."""
        if not records:
            return
        is_too_long = end - start > self._limits.max_record_bytes
        is_full = self._count + records > self._limits.part_records
        if is_full or is_too_long or end - self._start > self._limits.part_bytes:
            self._close()
        if not self._count:
            self._start, self._before = start, before
        self._end = end
        self._count += records
        self.records += records
        self._limits.check("max_records", self.records)
        if is_too_long:
            self._close()

    def plan(self, member: str | None = None, defaults: Document | None = None) -> Plan:
        """Return the parts, with what their envelope says for all of them."""
        self._close()
        if not self._parts:
            raise Rejected(nothing())
        parts = [replace(it, member=member, defaults=defaults or {}) for it in self._parts]
        return Plan(parts, self.records)

    def _close(self) -> None:
        if self._count:
            part = replace(
                self._like,
                number=len(self._parts) + 1,
                offset=self._start,
                length=self._end - self._start,
                first=self.records - self._count,
                count=self._count,
                before=self._before,
            )
            self._parts.append(part)
        self._count = 0
