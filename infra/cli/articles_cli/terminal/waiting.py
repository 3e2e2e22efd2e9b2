"""Waiting: for a moment, or until Ctrl-C."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


def endings() -> list[signal.Signals]:
    """Give the signals that end a process in order: of `kill`, and of a terminal that is closed.

    Under `nohup`, which ignores the latter, it stays ignored.
    """
    known = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    return [it for it in known if signal.getsignal(it) != signal.SIG_IGN]


@contextmanager
def until_interrupted(says: str = "") -> Iterator[Interrupted]:
    """Let a command finish its current step after Ctrl-C, a `kill`, or with a closed terminal.

    Python's own KeyboardInterrupt may be raised anywhere, and is lost in a finalizer. A second
    Ctrl-C raises it. Where a step may take long, a command `says` at once that it has heard.
    """
    interrupted = Interrupted()

    def interrupt(*_: object) -> None:
        restore()
        interrupted.set()
        if says:
            with suppress(OSError, ValueError):  # not by the stream: it may be in use just now
                os.write(sys.stderr.fileno(), f"\n{says}\n".encode())

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {it: signal.signal(it, interrupt) for it in (signal.SIGINT, *endings())}
    try:
        yield interrupted
    finally:
        restore()
