"""Interleavings: two and three handlers at work at once, in every order of their calls to AWS.

Each handler runs in a thread of its own that waits before every call until it is let go; so a
schedule, a list of numbers of handlers, decides alone what happens. An upload of four calls (read,
write, report, receipt) gives 70 schedules of two and 34,650 of three.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from threading import Semaphore, Thread, get_ident
from typing import Any

from tests.aws.expressions import Item

from .judge import judge
from .paths import MANY, NOON, a_story
from .world import Crash, Message, World

CALLS = 4
PATIENCE = 30  # seconds
Empty = Callable[[], World]
Schedule = tuple[int, ...]


@dataclass
class Tally:
    """How many schedules there are, how many were played, and what was violated."""

    of: int = 0
    exhausted: int = 0
    violations: list[str] = field(default_factory=list)

    def exhaust(
        self,
        calls: Sequence[int],
        play: Callable[[Schedule], list[str]],
        again: str,
        every: int = 1,
    ) -> None:
        """Play all schedules of handlers that make so many calls, or every n-th."""
        for number, schedule in enumerate(schedules(calls)):
            self.of += 1
            if number % every:
                continue
            self.exhausted += 1
            command = f"interleavings --schedule {''.join(map(str, schedule))} {again}"
            self.violations += [f"{command}: {it}" for it in play(schedule)]


class Gate:
    """Lets the calls of some threads pass in the order of a schedule."""

    def __init__(self, handlers: Sequence[Callable[[], object]]) -> None:
        self._handlers = handlers
        self._turns = [Semaphore(0) for _ in handlers]
        self._arrived = Semaphore(0)
        self._number: dict[int, int] = {}
        self._errors: list[BaseException] = []
        self._ended: set[int] = set()

    def __call__(self, phase: str, _operation: str, _parameters: Item) -> None:
        if phase == "before":
            self._arrived.release()
            self._turns[self._number[get_ident()]].acquire()

    def play(self, schedule: Schedule) -> None:
        """Run the handlers to their ends, one call at a time."""
        threads = [
            Thread(target=self._run, args=(n,), daemon=True) for n in range(len(self._handlers))
        ]
        for thread in threads:  # each goes on to its first call
            thread.start()
            self._wait(schedule)
        # What a schedule has too few calls for is done one after the other; who meets its own work
        # makes fewer calls, or more.
        rest = [number for number in range(len(threads)) for _ in range(len(schedule))]
        for number in (*schedule, *rest):
            if number in self._ended:
                continue
            self._turns[number].release()
            self._wait(schedule)
        for thread in threads:
            thread.join(PATIENCE)
        if self._errors:
            raise self._errors[0]

    def _wait(self, schedule: Schedule) -> None:
        if not self._arrived.acquire(timeout=PATIENCE):
            raise AssertionError(f"{schedule}: a handler neither ends nor calls")

    def _run(self, number: int) -> None:
        self._number[get_ident()] = number
        try:
            self._handlers[number]()
        except BaseException as error:  # noqa: BLE001 - told by play
            self._errors.append(error)
        self._ended.add(number)
        self._arrived.release()


def schedules(calls: Sequence[int]) -> Iterator[Schedule]:
    """Give every order of the calls of some handlers, each of which has so many."""

    def place(free: tuple[int, ...], handler: int) -> Iterator[dict[int, int]]:
        if handler == len(calls):
            yield {}
            return
        for chosen in combinations(free, calls[handler]):
            left = tuple(it for it in free if it not in chosen)
            for others in place(left, handler + 1):
                yield dict.fromkeys(chosen, handler) | others

    for placed in place(tuple(range(sum(calls))), 0):
        yield tuple(placed[n] for n in range(sum(calls)))


def version(hour: int, **changes: Any) -> dict[str, Any]:
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)


# What may meet: an upload, and the place of its article's final state among the others.
OLDER = version(8, title="Older")
EQUAL = version(9, title="Equal")
NEWER = version(10, title="Newer")
NEWEST = version(11, title="Newest")
WITHHELD = version(10, title="Withheld", status="withheld")
SAME = version(9, title="Equal", description=None)
OTHER = version(9, id="other", title="Other article")

PAIRS = (
    (OLDER, NEWER),
    (NEWER, OLDER),
    (EQUAL, SAME),
    (EQUAL, version(9, title="Equal, but otherwise")),
    (NEWER, WITHHELD),
    (OLDER, OTHER),
    (WITHHELD, NEWEST),
    (OLDER, OLDER),  # one message, delivered twice at once
)
TRIPLE = (OLDER, NEWER, NEWEST)
# And while a newer version comes; each is of one object, so that its title tells it.
REPEATED = (OLDER, OLDER, NEWER)


def play(empty: Empty, stories: Sequence[Item], schedule: Schedule) -> list[str]:
    """Have uploads meet in the order of a schedule; gives what was violated."""
    world = empty()
    # Twice in its file, so that there is a report: four calls. The same story is the same upload.
    uploaded = {
        id(story): _upload(world, number, [story, story])
        for number, story in enumerate(stories)
        if not any(story is it for it in stories[:number])
    }
    messages = [replace(uploaded[id(story)]) for story in stories]
    failed: list[list[Message]] = []
    handlers = [lambda it=it: failed.append(world.invoke([it])) for it in messages]
    _meet(world, handlers, schedule)
    world.waiting.clear()
    world.drain()
    faults = judge(world).faults + ["a message failed" for it in failed if it]
    faults += [
        f"a receipt is {it['state']}" for it in world.receipts().values() if it["state"] != "done"
    ]
    strongest = {story["id"]: _strongest(stories, story["id"]) for story in stories}
    stored = {item["article"]["source_id"]: item["title"] for item in world.items().values()}
    return [*faults, *([f"{stored} is stored"] if stored != strongest else [])]


def interleave(empty: Empty, sets: Sequence[Sequence[Item]], *, every: int = 1) -> Tally:
    """Play all schedules of each set of uploads, or every n-th."""
    tally = Tally()
    for stories in sets:
        titles = " ".join(repr(story["title"]) for story in stories)
        met = partial(play, empty, stories)
        tally.exhaust([CALLS] * len(stories), met, f"--titles {titles}", every)
    return tally


@dataclass(frozen=True)
class Meeting:
    """Deliveries of one upload in parts that meet: which, and how many calls each makes."""

    name: str
    calls: tuple[int, ...]
    messages: Callable[[World, Message, list[Message]], list[Message]]


def _replay(world: World, told: Message) -> Message:
    world.tell_again(told, run=1)
    return replace(world.waiting.pop(), queue="bulk")


# The parts are stored, but not yet counted: a read, the count, and to sum up five calls more.
MEETINGS = (
    Meeting("both parts", (7, 7), lambda _world, _told, parts: parts),
    Meeting("a part twice", (7, 7), lambda _world, _told, parts: [parts[1], replace(parts[1])]),
    Meeting(
        "the last part and a replay",
        (7, 4),
        lambda world, told, parts: [parts[1], _replay(world, told)],
    ),
)


def play_parts(empty: Empty, meeting: Meeting, schedule: Schedule) -> list[str]:
    """Have deliveries of parts meet in the order of a schedule; gives what was violated."""
    world = empty()
    told = world.upload("incoming/courier/a.json", MANY[:4], at=NOON)
    world.deliver([told])
    world.deliver(world.waiting[:])
    parts = world.waiting[:]
    world.aws.hook = _before_it_counts
    for part in parts:
        assert world.invoke([part]) == [part]
    world.aws.hook = lambda *_: None
    world.waiting = []
    if meeting.name != "both parts":
        assert world.invoke([parts[0]]) == []
    messages = meeting.messages(world, told, parts)
    handlers = [lambda it=it: world.waiting.extend(world.invoke([it])) for it in messages]
    _meet(world, handlers, schedule)
    world.collect()
    world.drain()
    [receipt] = world.receipts().values()
    report = world.report(receipt) or {}
    is_replay = "replay" in meeting.name
    # A replay tells what it has stored itself: nothing, as the parts were.
    counts = {"unchanged" if is_replay else "created": 4}
    expected = (int(is_replay), "done", "accepted", counts, 4)
    found = (
        *(receipt.get(it) for it in ("run", "state", "outcome", "counts")),
        len(report["records"]),
    )
    faults = judge(world).faults + [f"{len(world.dead)} are dead"] * bool(world.dead)
    return [*faults, *([f"{found} is told"] if found != expected else [])]


def _before_it_counts(phase: str, operation: str, asked: Item) -> None:
    if (phase, operation, asked.get("TableName")) == ("before", "UpdateItem", "receipts"):
        raise Crash


def interleave_parts(empty: Empty, *, every: int = 1) -> Tally:
    """Play all schedules of all meetings of parts, or every n-th."""
    tally = Tally()
    for it in MEETINGS:
        tally.exhaust(it.calls, partial(play_parts, empty, it), f"--meeting {it.name!r}", every)
    return tally


@dataclass(frozen=True)
class Repair:
    """An operator at work while an upload comes: how many calls each makes, and what must be.

    `before` are versions that are stored, `act` what the operator does, `title` is what must be
    stored in the end, after the uploads are read again; None, if nothing may be.
    """

    name: str
    calls: tuple[int, int]
    before: Sequence[Item]
    meets: Item
    act: Callable[[World, str], None]
    title: str | None


def _revived(world: World, article_id: str) -> None:
    world.operate(lambda it: it.revive(article_id, by="me", reason="why", now=world.aws.now()))


def _removed(world: World, article_id: str) -> None:
    world.operate(
        lambda it: it.remove(article_id, feed="courier", by="me", reason="why", now=world.aws.now())
    )


KILL = {"uri": "ferry", "headline": "Kill", "pubstatus": "canceled"}
REPAIRS = (
    Repair("a revival and a newer version", (2, 4), (OLDER, KILL), NEWER, _revived, "Newer"),
    Repair("a revival and the kill again", (2, 4), (OLDER, KILL), KILL, _revived, "Older"),
    Repair("a removal and a newer version", (2, 4), (OLDER,), NEWER, _removed, None),
    Repair("a removal and a kill", (2, 4), (OLDER,), KILL, _removed, None),
)


def play_repair(empty: Empty, repair: Repair, schedule: Schedule) -> list[str]:
    """Have an operator and an upload meet in the order of a schedule; gives what was violated."""
    world = empty()
    told = [_upload(world, number, it) for number, it in enumerate(repair.before)]
    world.drain()
    [article_id] = world.items()
    known = [it for it, story in zip(told, repair.before, strict=True) if story is repair.meets]
    message = replace(known[0]) if known else _upload(world, len(told), repair.meets)
    failed: list[Message] = []
    act = partial(repair.act, world, article_id)
    _meet(world, [act, lambda: failed.extend(world.invoke([message]))], schedule)
    world.waiting.clear()
    for it in (*told, message):
        world.tell_again(it, run=1)
    world.drain()
    [item] = world.items().values()
    faults = judge(world).faults + ["a message failed" for _ in failed]
    is_right = item["title"] == repair.title if repair.title else item["status"] == "removed"
    return [*faults, *([] if is_right else [f"{item.get('title')}, {item['status']} is stored"])]


def interleave_repairs(empty: Empty) -> Tally:
    """Play all schedules of all repairs."""
    tally = Tally()
    for it in REPAIRS:
        tally.exhaust(it.calls, partial(play_repair, empty, it), f"--repair {it.name!r}")
    return tally


def _upload(world: World, number: int, file: Any) -> Message:
    return world.upload(f"incoming/courier/{number}.json", file, at=NOON)


def _meet(world: World, handlers: Sequence[Callable[[], object]], schedule: Schedule) -> None:
    gate = Gate(handlers)
    world.aws.hook = gate
    gate.play(schedule)
    world.aws.hook = lambda *_: None


def _strongest(stories: Sequence[Item], source_id: str) -> str:
    """Name the version that must win: by time, then by upload, the later of which came later."""
    ours = [(story["updated_at"], n) for n, story in enumerate(stories) if story["id"] == source_id]
    title: str = stories[max(ours)[1]]["title"]
    return title
