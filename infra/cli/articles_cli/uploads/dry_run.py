"""What would happen to a file, of any size: the code of the Lambda function, without AWS."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from io import BufferedReader
from pathlib import Path

from articles.feeds import Feed, Feeds
from articles.judging import Accepted, Refused, Verdicts, formats_of, judge
from articles.limits import Limits
from articles.metadata.shapes import Formats
from articles.problems import Problem, Rejected
from articles.records.compression import Decompressed, decompressed
from articles.records.framing import Framed
from articles.records.parts import frame_part
from articles.records.planning import frame_at_once, plan
from articles.storing.receipts import SHOWN, outcome_of
from articles.uploads.message import IGNORED_NAME, is_ignored_name

# Of the parts of a large file, the members that were unread most often are remembered.
MAX_UNREAD = 1_000


class DryRun:
    """Processes a file as if it were uploaded, and stores nothing.

    `name` is what it is called in the inbox, `received` when it was uploaded: now, unless said.
    `follow` sees its bytes go by, unpacked, and may end all by an exception; they are read twice if
    the file is large.

    Iterating gives a verdict for each record, once; after that the other members sum up. `problems`
    and `warnings` concern the file as a whole, `record_problems` are the first of its records;
    `unread` counts the records by member that nobody read.

    Raises OSError when the file cannot be read, or is changed meanwhile.
    """

    def __init__(
        self,
        path: Path,
        *,
        feed: str,
        feeds: Feeds,
        name: str | None = None,
        received: datetime | None = None,
        follow: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
    ) -> None:
        self._path, self._feed, self._feeds = path, feed, feeds
        self._name = path.name if name is None else name
        self._received, self._follow = received, follow
        self._limits = Limits()
        self.counts = Counter(accepted=0, rejected=0)
        self.problems: tuple[Problem, ...] = ()
        self.warnings: dict[Problem, None] = {}
        self.record_problems: list[Problem] = []
        self.unread: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Accepted | Refused]:
        """Judge the records one by one."""
        if is_ignored_name(self._name):
            return
        received = self._received or datetime.now(UTC)
        try:
            feed = self._feeds.admit(self._feed)
            for framed in self._framed(formats_of(feed)):
                yield from self._judged(framed, feed, received)
        except Rejected as rejected:
            self.problems = rejected.problems

    def finish(self) -> "DryRun":
        """Judge all records, and keep only the summary."""
        for _ in self:
            pass
        return self

    @property
    def outcome(self) -> str:
        if is_ignored_name(self._name):
            return "ignored"
        return outcome_of(rejected=self.counts["rejected"], records=self.counts.total())

    @property
    def cause(self) -> str | None:
        """Why a file is ignored, if it is."""
        return IGNORED_NAME if is_ignored_name(self._name) else None

    def _judged(
        self, framed: Framed, feed: Feed, received: datetime
    ) -> Iterator[Accepted | Refused]:
        verdicts = judge(framed, feed=feed, received=received)
        self.warnings |= dict.fromkeys(verdicts.warnings)
        yield from self._counted(verdicts)
        self.unread = Counter(dict((self.unread + verdicts.unread).most_common(MAX_UNREAD)))

    def _counted(self, verdicts: Verdicts) -> Iterator[Accepted | Refused]:
        for verdict in verdicts.records:
            if isinstance(verdict, Accepted):
                self.counts["accepted"] += 1
            else:
                self.counts["rejected"] += 1
                self.record_problems += verdict.problems[: SHOWN - len(self.record_problems)]
            yield verdict

    def _framed(self, formats: Formats) -> Iterator[Framed]:
        with self._path.open("rb") as file, _unchanged(file) as size:
            if size <= self._limits.max_inline_bytes:
                framed = frame_at_once(self._unpacked(file, size), self._limits, formats)
                if framed:
                    yield framed
                    return
            planned = plan(self._unpacked(file, size), self._limits, formats)
            self.warnings |= dict.fromkeys(planned.warnings)
            slices = _Slices(self._unpacked(file, size).pieces)
            for part in planned.parts:
                read = slices.reader(part.offset, part.length)
                yield frame_part(part, read, self._limits, formats)

    def _unpacked(self, file: BufferedReader, size: int) -> Decompressed:
        file.seek(0)
        unpacked = decompressed(file, name=self._name, size=size, limits=self._limits)
        return unpacked._replace(pieces=self._follow(unpacked.pieces))


@contextmanager
def _unchanged(file: BufferedReader) -> Iterator[int]:
    """Give the size of a file; raises OSError, whatever came of it, if it was changed meanwhile."""
    before = os.fstat(file.fileno())
    try:
        yield before.st_size
    finally:
        after = os.fstat(file.fileno())
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise OSError(errno.EAGAIN, "It was changed while it was read")


class _Slices:
    """Slices of a stream, in ascending order."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = bytearray()
        self._start = 0

    def reader(self, offset: int, length: int) -> Callable[[], bytes]:
        return partial(self._read, offset, length)

    def _read(self, offset: int, length: int) -> bytes:
        while self._start + len(self._buffer) < offset + length:
            self._forget(offset)
            self._buffer += next(self._pieces)
        self._forget(offset)
        return bytes(self._buffer[:length])

    def _forget(self, offset: int) -> None:
        """Drop the bytes before the slice."""
        count = min(offset - self._start, len(self._buffer))
        del self._buffer[:count]
        self._start += count
