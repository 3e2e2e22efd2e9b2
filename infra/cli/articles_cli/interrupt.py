"""Ctrl-C of commands that go on until they are ended."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Ended:
    """Whether Ctrl-C was pressed. No Event: the signal may come to who holds its lock."""

    _is_set: bool = False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set


@contextmanager
def until_interrupted() -> Iterator[Ended]:
    """Let Ctrl-C bring what is under way to its end.

    Python's own KeyboardInterrupt may come in the midst of anything, and is lost in a finalizer. A
    second Ctrl-C is that one.
    """
    ended = Ended()

    def end(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        ended.set()

    before = signal.signal(signal.SIGINT, end)
    try:
        yield ended
    finally:
        signal.signal(signal.SIGINT, before)
