"""The clock, and how the service writes times: UTC, RFC 3339."""

import time
from datetime import UTC, datetime


class Clock:
    """The clock that a function goes by; tests have their own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def format_instant(instant: datetime) -> str:
    """Write an instant as the model does: UTC, whole seconds, `Z` (N12)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def stamp(now: datetime) -> str:
    """Write when something was stored, in milliseconds: at equal order keys the later wins."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"
