"""Ctrl-C of commands that go on until they are ended."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


@contextmanager
def until_interrupted() -> Iterator[Event]:
    """Give an event that Ctrl-C sets: what is under way is brought to its end.

    Python's own KeyboardInterrupt may come in the midst of anything, and is lost in a finalizer. A
    second Ctrl-C is that one.
    """
    ended = Event()

    def end(*_: object) -> None:
        ended.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, end)
    try:
        yield ended
    finally:
        signal.signal(signal.SIGINT, before)
