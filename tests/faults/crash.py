"""Crash points: the process dies before and after each call to AWS, on every path, once and twice.

Each path is first played undisturbed; then again for each point at which a process could die, after
which all that waits is delivered again. In the same way, each call fails: without effect, or only
its answer is lost.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.aws.expressions import Item
from tests.aws.memory import error

from .judge import State, judge, state
from .paths import PATHS, Path
from .world import Crash, World

Empty = Callable[[], World]


@dataclass
class Countdown:
    """A hook that ends the process at some points; each call has one before it and one after.

    With `is_error`, the call fails instead, and the process lives.
    """

    points: tuple[int, ...]
    is_error: bool = False
    seen: int = 0

    def __call__(self, phase: str, operation: str, _parameters: Item) -> None:
        here = self.seen
        self.seen += 1
        if here not in self.points:
            return
        if self.is_error:
            raise error("InternalServerError" if phase == "before" else "RequestTimeout", operation)
        raise Crash


@dataclass(frozen=True)
class End:
    """What a path came to: its state, the events it sent, and what is wrong with them."""

    state: State
    events: list[str]
    faults: list[str]


@dataclass
class Tally:
    """How many crashes were survived, what was lost, and how many events came again."""

    of: int = 0
    survived: int = 0
    lost: int = 0
    repeats: int = 0
    most_repeats: int = 0  # of one event in one history
    failures: list[str] = field(default_factory=list)


def crash_points(
    empty: Empty,
    *,
    pairs: bool,
    paths: tuple[Path, ...] = PATHS,
    is_error: bool = False,
    every: int = 1,
) -> Tally:
    """Crash everywhere, or at every n-th point; singly or in pairs; or have a call fail."""
    tally = Tally()
    kind = " --error" * is_error
    for path in paths:
        undisturbed, points = play(empty, path, ())
        for crashes in _choices(range(every - 1, points, every), pairs=pairs):
            end, _ = play(empty, path, crashes, is_error=is_error)
            faults = compare(undisturbed, end, crashes=len(crashes))
            tally.of += 1
            tally.survived += not faults
            tally.lost += len(set(undisturbed.events) - set(end.events))
            tally.repeats += len(end.events) - len(set(end.events))
            most = max(Counter(end.events).values(), default=1)
            tally.most_repeats = max(tally.most_repeats, most - 1)
            again = f"crash_points --path {path.name!r} --crash {' '.join(map(str, crashes))}{kind}"
            tally.failures += [f"{again}: {it}" for it in faults]
    return tally


def play(
    empty: Empty, path: Path, crashes: tuple[int, ...], *, is_error: bool = False
) -> tuple[End, int]:
    """Play a path with crashes at some points; gives what it came to and how many points it has."""
    world = empty()
    path.before(world)
    world.drain()
    countdown = Countdown(crashes, is_error)
    world.aws.hook = countdown
    path.act(world)
    world.drain()
    world.aws.hook = lambda *_: None
    faults = judge(world).faults + [f"dead: {letter.body}" for letter in world.dead]
    return End(state(world), [event["id"] for event in world.events()], faults), countdown.seen


def compare(undisturbed: End, end: End, *, crashes: int) -> list[str]:
    """Say in what a history with crashes differs from the same without."""
    faults = list(end.faults)
    if end.state.articles != undisturbed.state.articles:
        faults.append("other articles are stored")
    if end.state.receipts != undisturbed.state.receipts:
        faults.append("the receipts say something else")
    if end.state.reports != undisturbed.state.reports:
        faults.append("the reports say something else")
    if set(end.events) != set(undisturbed.events):
        faults.append("other events were sent")
    repeats = Counter(end.events) - Counter(undisturbed.events)
    if repeats and max(repeats.values()) > crashes:
        faults.append(f"an event was sent {max(repeats.values())} times more")
    return faults


def _choices(points: range, *, pairs: bool) -> Iterator[tuple[int, ...]]:
    for first in points:
        if not pairs:
            yield (first,)
            continue
        # The second may come at any point of what is done again after the first.
        for second in range(first + 1, first + 1 + points.stop):
            yield (first, second)
