"""The standard streams as commands rely on them: any text can be written, and a failure is told.

What cannot be written to stdout ends the command with a sentence, at once or, where it changes
something, once it is done; stderr is given up in silence, as nowhere is left to tell it.
"""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NoReturn, TextIO

from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import fail

if TYPE_CHECKING:
    from typing_extensions import Buffer

_OUTLIVES_OUTPUT = Event()
_faults: list[OSError] = []


def prepare() -> None:
    """Make the streams of this process so."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good
    if sys.stdout is None:
        fail("Standard output is closed; send it to a file, or to /dev/null.", FAILED)
    sys.stdout = _careful(sys.stdout, _stop)
    sys.stderr = _careful(sys.stderr, lambda _: None)


def outlive_output() -> None:
    """Have the command go on where its output cannot be written any more: it changes something."""
    _OUTLIVES_OUTPUT.set()


def is_output_lost() -> bool:
    """Tell whether some of the output could not be written, and somebody may miss it."""
    return bool(_faults)


def finish() -> None:
    """Write what is left; ends a command that has outlived its output, as that is no success."""
    sys.stdout.flush()
    if _faults:
        _fail(_faults.pop())


class _File(io.FileIO):
    """A file that is given up when it cannot be written."""

    def __init__(self, file: io.FileIO, on_fault: Callable[[OSError], None]) -> None:
        super().__init__(file.fileno(), "w", closefd=False)
        self._on_fault = on_fault

    def write(self, data: "Buffer", /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            # Whatever is left in a buffer would fail once more when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            self._on_fault(error)
        return memoryview(data).nbytes


def _careful(stream: TextIO, on_fault: Callable[[OSError], None]) -> TextIO:
    """Write a character that the encoding lacks as an escape."""
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    if not isinstance(stream, io.TextIOWrapper) or not isinstance(raw, io.FileIO):
        return stream  # it is in memory, or a console of Windows
    return io.TextIOWrapper(
        io.BufferedWriter(_File(raw, on_fault)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering or stream.write_through,
    )


def _stop(error: OSError) -> None:
    if not isinstance(error, BrokenPipeError):
        if not _OUTLIVES_OUTPUT.is_set():
            _fail(error)
        _faults.append(error)
    elif not _OUTLIVES_OUTPUT.is_set():
        # Not in silence: the exit code would tell of what nobody has seen, such as a rejection.
        fail("Nobody reads the output any more, so the rest of it is missing.", FAILED)


def _fail(error: OSError) -> NoReturn:
    fail(f"The output could not be written: {error.strerror}.", FAILED)
