"""Waiting: for a moment, or until Ctrl-C."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

SECONDS = 0.5


def pause() -> None:
    """Wait a moment before polling again."""
    time.sleep(SECONDS)


def rest(seconds: float) -> None:
    """Wait so that what is sent does not come faster than it should."""
    time.sleep(max(0.0, seconds))


@dataclass
class Interrupted:
    """Whether Ctrl-C was pressed.

    Not a threading.Event: the handler may interrupt code that holds its lock.
    """

    _is_set: bool = False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set


@contextmanager
def until_interrupted() -> Iterator[Interrupted]:
    """Let a command finish its current step after Ctrl-C, or a `kill`.

    Python's own KeyboardInterrupt may be raised anywhere, and is lost in a finalizer. A second
    Ctrl-C raises it.
    """
    interrupted = Interrupted()

    def interrupt(*_: object) -> None:
        restore()
        interrupted.set()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {it: signal.signal(it, interrupt) for it in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        restore()
