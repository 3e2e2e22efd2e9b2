"""A replay in the background, one at a time: what it would change, and what it has changed."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any, Literal, TypeVar

from articles.feeds import Feeds
from articles.uploads.listing import ObjectVersion
from articles_cli.replays import sending
from articles_cli.replays.replaying import Replay
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import Output
from articles_cli.terminal.waiting import Interrupted

SAMPLE = 100  # uploads that are read here, as of `articles replay`
ACCEPTED = ("accepted", "ignored")
TIMEOUT = 120  # seconds without progress
LINES = 50  # of a type that are shown
Item = TypeVar("Item")
State = Literal["looking", "ready", "sending", "done", "failed"]
Line = dict[str, Any]


class BusyError(Exception):
    """A replay is looked into or sent, and has to end first."""


class Lines(Output):
    """What the command would print as JSON lines: the first of each type, and how many there were.

    Uploads that were not accepted are a type of their own, as there may be few of them among many.
    """

    def __init__(self) -> None:
        super().__init__(as_json=True)
        self._lines: defaultdict[str, list[Line]] = defaultdict(list)
        self.counts: Counter[str] = Counter()

    def line(self, **members: Any) -> None:  # noqa: ANN401 - JSON
        kind = members["type"]
        if kind == "upload" and members["outcome"] not in ACCEPTED:
            kind = "undone"
        self.counts[kind] += 1
        if self.counts[kind] <= LINES:
            self._lines[kind].append(members)

    def of(self, kind: str) -> list[Line]:
        return list(self._lines[kind])

    def first(self, kind: str) -> Line | None:
        return next(iter(self.of(kind)), None)


@dataclass
class Job:
    """A replay of uploads; `what`, `done` and `total` say how far it is, `warnings` what failed."""

    service: Deployment
    versions: Sequence[ObjectVersion]
    command: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: State = "looking"
    what: str = ""
    done: int = 0
    total: int = 0
    warnings: list[str] = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)
    interrupted: Interrupted = field(default_factory=Interrupted)

    def __post_init__(self) -> None:
        self._replay = Replay(
            self.lines,
            self.service,
            self.versions,
            self.command,
            follow=self._follow,
            warn=self.warnings.append,
        )

    @property
    def is_moving(self) -> bool:
        return self.state in ("looking", "sending")

    def look(self, feeds: Feeds) -> None:
        """Find out what the replay would change; nothing is sent."""
        self._replay.look_up()
        self._replay.look_into(feeds, SAMPLE)
        self.state = "ready"

    def send(self) -> None:
        """Have the uploads read again, and wait until they are."""
        code = self._replay.send(
            sending.new_run(),
            per_second=sending.PER_SECOND,
            timeout=TIMEOUT,
            interrupted=self.interrupted,
        )
        self.state = "failed" if code == FAILED else "done"

    def _follow(
        self, items: Iterable[Item], what: str, *, total: int | None = None
    ) -> Iterator[Item]:
        length = len(items) if isinstance(items, Sequence) else 0
        self.what, self.done, self.total = what, 0, length if total is None else total
        for item in items:
            if self.interrupted.is_set():
                return
            yield item
            self.done += 1


class Replays:
    """The last replay, in a thread of its own."""

    def __init__(self, service: Deployment, feeds: Feeds) -> None:
        self._service, self._feeds = service, feeds
        self._job: Job | None = None
        self._thread: Thread | None = None
        self._lock = Lock()

    def look(self, versions: Sequence[ObjectVersion], command: str) -> Job:
        """Look into a replay; raises BusyError."""
        with self._lock:
            self._need_rest()
            self._job = job = Job(self._service, versions, command)
            self._start(job, lambda: job.look(self._feeds))
            return job

    def send(self, job: Job) -> None:
        """Send a replay that was looked into and is the last one; otherwise do nothing."""
        with self._lock:
            if job is self._job and job.state == "ready":
                job.state = "sending"
                self._start(job, job.send)

    def find(self, name: str) -> Job | None:
        return self._job if self._job and self._job.name == name else None

    def close(self) -> None:
        """Stop what is going on after its current step."""
        if self._job:
            self._job.interrupted.set()
        if self._thread:
            self._thread.join()

    def _need_rest(self) -> None:
        if self._job and self._job.is_moving:
            raise BusyError

    def _start(self, job: Job, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - told on the page: no other thread sees it
                job.warnings.append(f"{type(error).__name__}: {error}")
                job.state = "failed"

        self._thread = Thread(target=run, name="replay")
        self._thread.start()
