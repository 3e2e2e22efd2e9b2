"""The spans of time that pages offer, back from now."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple


class Window(NamedTuple):
    """A span of time, and how long a bar of a plot of it lasts."""

    words: str
    length: timedelta
    step: timedelta

    def begin(self) -> datetime:
        return datetime.now(UTC) - self.length


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
WINDOWS = MappingProxyType(
    {
        "24h": Window("the last 24 hours", _DAY, _HOUR),
        "7d": Window("the last 7 days", 7 * _DAY, 6 * _HOUR),
        "30d": Window("the last 30 days", 30 * _DAY, _DAY),
        "365d": Window("the last year", 365 * _DAY, 7 * _DAY),
    }
)
