"""A clock for tests: it stands still, goes from call to call, or is that of a world."""

from collections.abc import Callable
from datetime import datetime

from articles.times import Clock


class TestClock(Clock):
    """Gives the times of a function; nobody sleeps."""

    __test__ = False

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now()

    def stand_still(self, at: datetime) -> None:
        """Let it be that time from now on."""
        self._now = lambda: at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def stopped(at: datetime) -> TestClock:
    return TestClock(lambda: at)
