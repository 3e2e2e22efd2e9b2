"""The clock, and how the service writes times: UTC, RFC 3339."""

import time
from datetime import UTC, datetime

SECONDS = len("2026-11-26T14:00:00")  # of an instant, up to its second


class Clock:
    """The clock that a function goes by; tests have their own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def format_instant(instant: datetime) -> str:
    """Write an instant as the model does: UTC, whole seconds, `Z` (N12)."""
    return f"{instant.astimezone(UTC).isoformat()[:SECONDS]}Z"


def stamp(now: datetime) -> str:
    """Write when something was stored, in milliseconds: at equal order keys the later wins."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"


def in_milliseconds(stamped: str) -> str:
    """Write a stamp of whole seconds, as there were once, like those of today: they compare."""
    return stamped if "." in stamped else f"{stamped.removesuffix('Z')}.000Z"
