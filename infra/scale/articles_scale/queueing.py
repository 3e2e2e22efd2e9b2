"""The queues and streams of the stack, simulated: where articles wait, how long, what is given up.

Times are in seconds. Capacities are those of a steady load: what DynamoDB saves up for a burst is
left out, and so are cold starts. A file has one article; files move in batches, so that hours take
seconds.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from itertools import cycle
from math import ceil, inf
from typing import Any, NamedTuple

from simpy import Container, Environment, Event, Store
from simpy.events import Timeout

Steps = Generator[Event, Any, None]
STREAM_BATCH = 100


class Reader(NamedTuple):
    """The function of a queue: how many run at once, how long one works on a file."""

    at_once: int
    seconds: float
    visibility: float
    batch: int = 1


@dataclass(frozen=True)
class Setup:
    """How the stack is set, and what its tables and its bus take in a second."""

    uploads: Reader
    bulk: Reader
    strikes: int
    table_articles: float = inf
    feed_articles: float = inf  # of the one feed, whose month by_feed lists
    lanes: int = 1  # shards of the stream, times ParallelizationFactor
    event_seconds: float = 0  # of publish, for an article
    patience: float = 0  # how long a request to DynamoDB is repeated before it has failed
    retry: float = 60  # between two attempts to publish
    stores: Callable[[float], bool] = lambda _: True  # whether DynamoDB answers at a time
    announces: Callable[[float], bool] = lambda _: True  # whether EventBridge does


@dataclass(eq=False)
class Batch:
    """Files that came together."""

    files: int
    since: float
    is_replay: bool = False
    received: int = 0


class Moment(NamedTuple):
    """How the service stands: files in the queues, articles, ages in seconds."""

    at: float
    uploads: int
    bulk: int
    dead_letters: int
    stored: int
    unannounced: int
    oldest_upload: float  # of those that are no replay
    oldest_change: float


class Pace:
    """What takes so many articles in a second, first come, first served."""

    def __init__(self, env: Environment, per_second: float) -> None:
        self._env, self._seconds, self._free = env, 1 / per_second, 0.0

    @property
    def wait(self) -> float:
        """How long whoever comes now must wait."""
        return max(self._free - self._env.now, 0)

    def take(self, count: int) -> None:
        self._free = max(self._free, self._env.now) + count * self._seconds


class Queue:
    """An SQS queue: what is given out is hidden, and comes again unless it is deleted."""

    def __init__(self, env: Environment) -> None:
        visible = Store(env)
        self.get, self.show = visible.get, visible.put
        self.files = 0  # also those that are hidden
        self.new: dict[Batch, None] = {}  # those that are no replay

    def put(self, batch: Batch) -> None:
        self.files += batch.files
        if not batch.is_replay:
            self.new[batch] = None
        self.show(batch)

    def delete(self, batch: Batch) -> None:
        self.files -= batch.files
        self.new.pop(batch, None)


class Lane:
    """Changes that are announced in their order, by one publish function at a time."""

    def __init__(self, env: Environment) -> None:
        self.new = Container(env)
        self._changes: deque[tuple[float, int]] = deque()

    def put(self, count: int, now: float) -> None:
        self._changes.append((now, count))
        self.new.put(count)

    def announced(self, count: int) -> None:
        while count:
            since, there = self._changes.popleft()
            if there > count:
                self._changes.appendleft((since, there - count))
            count -= min(there, count)

    @property
    def unannounced(self) -> int:
        return sum(count for _, count in self._changes)

    def age(self, now: float) -> float:
        return now - self._changes[0][0] if self._changes else 0


class Simulation:
    """The service, from the queue of uploads to the bus."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.env = setup, Environment()
        self.uploads, self.bulk = Queue(self.env), Queue(self.env)
        self.done: list[tuple[float, Batch]] = []  # when, and what
        self._dead_letters = self._stored = 0
        self._paces = [Pace(self.env, it) for it in (setup.table_articles, setup.feed_articles)]
        self._lanes = [Lane(self.env) for _ in range(setup.lanes)]
        self._lane = cycle(self._lanes)  # articles are spread evenly over the shards
        for queue, reader in ((self.uploads, setup.uploads), (self.bulk, setup.bulk)):
            for _ in range(reader.at_once):
                self.env.process(self._read(queue, reader))
        for lane in self._lanes:
            self.env.process(self._publish(lane))

    def run(self, arrivals: Iterable[Batch], *, until: int, every: int = 60) -> list[Moment]:
        """Send files, each batch at its time; gives how the service stands after each interval."""
        self.env.process(self._send(arrivals))
        moments = []
        for end in range(every, until + 1, every):
            self.env.run(end - 0.001)  # what comes at the end belongs to the next interval
            moments.append(self._look(end - every))
        return moments

    def _send(self, arrivals: Iterable[Batch]) -> Steps:
        for batch in arrivals:
            yield self._rest(batch.since - self.env.now)
            self.uploads.put(batch)

    def _read(self, queue: Queue, reader: Reader) -> Steps:
        """Be one of the functions of a queue."""
        while True:
            batch: Batch = yield queue.get()
            visible_again = self.env.now + reader.visibility
            batch.received += 1
            if is_last := batch.received == self.setup.strikes:
                self._isolate(queue, batch, reader)
            yield self._rest(batch.files * reader.seconds)
            if (yield from self._is_stored(batch)):
                self.done.append((self.env.now, batch))
            elif is_last:
                self._dead_letters += batch.files
            else:
                self.env.process(self._show_again(queue, batch, visible_again))
                continue
            queue.delete(batch)

    def _isolate(self, queue: Queue, batch: Batch, reader: Reader) -> None:
        """Leave one file of each call, for its last attempt; the bulk queue tries the others."""
        others = batch.files - ceil(batch.files / reader.batch)
        batch.files -= others
        queue.files -= others
        if others:
            self.bulk.put(Batch(others, batch.since, batch.is_replay))

    def _show_again(self, queue: Queue, batch: Batch, at: float) -> Steps:
        yield self._rest(at - self.env.now)
        queue.show(batch)

    def _is_stored(self, batch: Batch) -> Generator[Event, Any, bool]:
        """Write the articles of a batch, one after the other, as far as each is not refused."""
        wait, patience = max(it.wait for it in self._paces), self.setup.patience * batch.files
        if wait > patience or not self.setup.stores(self.env.now):
            yield self._rest(patience)
            return False
        for pace in self._paces:
            pace.take(batch.files)
        yield self._rest(wait)
        self._stored += batch.files
        next(self._lane).put(batch.files, self.env.now)
        return True

    def _publish(self, lane: Lane) -> Steps:
        """Announce the changes of a lane; what fails is announced first, before what follows."""
        while True:
            yield lane.new.get(1)
            count = 1 + min(STREAM_BATCH - 1, round(lane.new.level))
            if count > 1:
                yield lane.new.get(count - 1)
            yield self._rest(count * self.setup.event_seconds)
            while not self.setup.announces(self.env.now):
                yield self._rest(self.setup.retry)
            lane.announced(count)

    def _look(self, at: float) -> Moment:
        now = self.env.now
        new = (*self.uploads.new, *self.bulk.new)
        oldest = min((it.since for it in new), default=now)
        return Moment(
            at,
            self.uploads.files,
            self.bulk.files,
            self._dead_letters,
            self._stored,
            sum(lane.unannounced for lane in self._lanes),
            now - oldest,
            max(lane.age(now) for lane in self._lanes),
        )

    def _rest(self, seconds: float) -> Timeout:
        return self.env.timeout(max(seconds, 0))
