"""Random histories: everything that delivery may do, at once; a seed gives the same one again.

A third of all deliveries are repeats, in any order; processes die at any call, calls fail with and
without effect, time runs out, clocks are wrong, dead letters are redriven, publish dies, too. Once
all is quiet, the tables must be those of the same uploads delivered once, one after the other.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError

from articles_cli.local.invariants import OF_THE_WAY, without
from tests.aws.expressions import Item

from .judge import Verdict, judge
from .paths import BAD, FAR, NOON, a_story
from .world import ALL_THE_TIME, Crash, Message, World

Empty = Callable[[], World]

TRANSIENT = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "InternalServerError",
    "SlowDown",
    "AccessDenied",
)
# Of 25 seeds, those that together take every branch of the functions that all of them take.
TELLING = (0, 2, 3, 9, 14, 17, 18, 24)
# How likely a call is to fail, and a process to die, at one of its points.
ERROR_RATE, CRASH_RATE = 0.03, 0.02


@dataclass
class Weather:
    """A hook that makes calls fail and processes die, by chance."""

    random: Random
    errors: int = 0
    crashes: int = 0
    is_fair: bool = False

    def __call__(self, phase: str, operation: str, _parameters: Item) -> None:
        if self.is_fair:
            return
        if self.random.random() < CRASH_RATE:
            self.crashes += 1
            raise Crash
        if self.random.random() < ERROR_RATE:
            self.errors += 1
            # After the call, it was carried out, and only its answer is lost.
            code = self.random.choice(TRANSIENT) if phase == "before" else "RequestTimeout"
            raise failing(code, operation)


def failing(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"asked for {code}"}}, operation)


@dataclass
class History:
    """What became of one seed."""

    seed: int
    deliveries: int = 0
    repeats: int = 0
    errors: int = 0
    crashes: int = 0
    verdict: Verdict = field(default_factory=Verdict)


def play(empty: Empty, seed: int, *, uploads: int = 16) -> History:
    """Play the history of a seed, and judge it."""
    random = Random(seed)  # noqa: S311 - the same again, not a secret
    files = [some_file(random, number) for number in range(uploads)]
    expected = undisturbed(empty, files)
    history = History(seed)
    world = empty()
    weather = Weather(random)
    world.aws.hook = weather
    left = list(files)
    while left or random.random() < 0.9:
        step(world, random, left, history)
    weather.is_fair = True
    world.remaining_ms, world.aws.skew = ALL_THE_TIME, timedelta()
    history.deliveries += len(world.waiting)
    world.drain()
    world.redrive()
    world.drain()
    world.release()
    world.drain()
    history.errors, history.crashes = weather.errors, weather.crashes
    history.verdict = judge(world)
    found = articles(world)
    if found != expected:
        history.verdict.diverged.append(_difference(found, expected))
    winners = {_named(it): (it.get("title"), it["status"]) for it in found.values()}
    if winners != (right := strongest(files)):
        history.verdict.diverged.append(f"{winners} won, and not {right}")
    _replay(world, history)
    return history


def step(world: World, random: Random, left: list[Any], history: History) -> None:
    """Do one of the things that may happen at any time."""
    chance = random.random()
    world.aws.skew = timedelta(days=random.choice((-1, 0, 0, 1)))
    world.remaining_ms = random.choice((ALL_THE_TIME, ALL_THE_TIME, 10_000))
    if chance < 0.25 and left:
        key, file, at = left.pop(0)
        world.upload(key, file, at=at, told=random.choice((1, 1, 2)))
    elif chance < 0.35 and world.told:  # S3 tells again, or an operator replays
        world.tell_again(random.choice(world.told), run=random.choice((0, 0, 1, 2)))
        history.repeats += 1
    elif chance < 0.75 and world.waiting:
        queue = random.choice(world.waiting).queue
        there = [it for it in world.waiting if it.queue == queue]
        size = 1 if queue == "bulk" else 10
        batch = random.sample(there, min(len(there), random.randint(1, size)))
        if random.random() < 0.15:  # SQS forgets that it was acknowledged
            world.waiting += [Message(it.queue, it.body) for it in batch]
            history.repeats += len(batch)
        history.deliveries += len(batch)
        world.deliver(batch)
    elif chance < 0.95:
        world.publish(limit=random.randint(1, 10))
    elif chance < 0.97:
        world.release()
    else:
        world.redrive()


def some_file(random: Random, number: int, *, is_local: bool = False) -> tuple[str, Any, Any]:
    """Make an upload: a key, a file, and when it was uploaded."""
    at = NOON + timedelta(minutes=random.randint(0, 300))
    key = f"incoming/{random.choice(('courier', 'wire'))}/{random.randint(0, 3)}.json"
    story = partial(_story, random, number, is_local=is_local)
    kind = random.random()
    if kind < 0.05:
        return key, _kill(random), at
    if kind < 0.7:
        return key, story(), at
    if kind < 0.8:
        return key, [story(), BAD, story()], at
    if kind < 0.87:  # more records than a part holds
        return key, [story() for _ in range(random.randint(4, 8))], at
    if kind < 0.9:  # more bytes than a record may have
        return key, [story() | {"padding": "x" * 6_000} for _ in range(random.randint(4, 8))], at
    return key, random.choice((b"{", b"", b"\xff", json.dumps(BAD).encode())), at


def _story(random: Random, number: int, *, is_local: bool) -> dict[str, Any]:
    hour = random.randint(0, 17)  # after noon, some are later than their uploads
    zone = "" if is_local else "Z"
    changes: dict[str, Any] = {
        "id": f"story-{random.randint(0, 4)}",
        "title": f"Title {number}.{random.randint(0, 2)}",
        "updated_at": f"2026-03-01T{hour:02}:00:00{zone}" if random.random() < 0.8 else None,
        "section": random.choice((None, "City", "Sport")),
        "published_at": random.choice(
            (None, f"2025-03-01T09:00:00{zone}", f"2026-03-01T11:00:00{zone}")
        ),
    }
    status = random.random()
    if status < 0.1:
        changes["status"] = random.choice(("withheld", "canceled"))
    elif status < 0.15:
        changes["embargoed_until"] = FAR
    return a_story(**changes)


def _kill(random: Random) -> dict[str, Any]:
    """Write a kill of a wire: it holds for good, whatever comes after it."""
    number = random.randint(0, 4)
    return {"uri": f"story-{number}", "headline": f"Kill {number}", "pubstatus": "canceled"}


Name = tuple[str, str]  # of an article: its feed, and its id in the source
Rank = tuple[Any, ...]


def rank(record: Item, at: datetime, sequencer: int, place: int, zone: tzinfo = UTC) -> Rank:
    """Rank a version without the code that decides it: a model.

    A kill before everything, then the time of modification, where there is one that is no more than
    ten minutes after the upload, else that of the upload; then the time of upload, its sequencer,
    and the place in the file. `zone` is that of times without one.
    """
    uploaded = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    time, written = uploaded, record.get("updated_at") or record.get("versioncreated")
    if written:
        modified = datetime.fromisoformat(written)
        modified = (modified if modified.tzinfo else modified.replace(tzinfo=zone)).astimezone(UTC)
        if modified - at <= timedelta(minutes=10):
            time = f"{modified:%Y-%m-%dT%H:%M:%SZ}"
    return ("uri" in record, time, uploaded, sequencer, place)


def versions(files: list[Any]) -> Iterator[tuple[Name, Item, tuple[datetime, int, int]]]:
    """Give each version of each article: its name, the record, and its place."""
    for sequencer, (key, file, at) in enumerate(files):
        records = [] if isinstance(file, bytes) else file if isinstance(file, list) else [file]
        for place, record in enumerate(records):
            if record is not BAD:
                name = (key.split("/")[1], record.get("id") or record["uri"])
                yield name, record, (at, sequencer, place)


def strongest(
    files: list[Any], zone: tzinfo = UTC, spared: Mapping[Name, Rank] = MappingProxyType({})
) -> dict[Name, tuple[str, str]]:
    """Say which version of each article must win; none does that is a kill and was spared."""
    best: dict[Name, tuple[Rank, tuple[str, str]]] = {}
    for name, record, place in versions(files):
        ranked = rank(record, *place, zone)
        is_spared = ranked[0] and ranked <= spared.get(name, ())
        if not is_spared and (name not in best or best[name][0] < ranked):
            best[name] = (ranked, _told_of(record))
    return {name: won for name, (_, won) in best.items()}


def _told_of(record: Item) -> tuple[str, str]:
    """Give what is stored of a record: title and status."""
    status = record.get("status") or record.get("pubstatus") or "usable"
    return (record.get("title") or record["headline"], status)


def _named(item: Item) -> tuple[str, str]:
    return item["feed"], item["article"]["source_id"]


def undisturbed(empty: Empty, files: list[Any], feeds: Path | None = None) -> dict[str, Item]:
    """Deliver each upload once, one after the other; gives the articles."""
    world = empty()
    if feeds:
        world.functions.mend(feeds)
    for key, file, at in files:
        world.upload(key, file, at=at)
    world.drain()
    return articles(world)


def articles(world: World) -> dict[str, Item]:
    """Give the articles without what tells of the way: an emulator names versions by chance."""
    found = {}
    for name, item in world.items().items():
        origin = without(item["upload"], frozenset({"version"}))
        found[name] = {**without(item, OF_THE_WAY), "upload": origin}
    return found


def _replay(world: World, history: History) -> None:
    """Deliver every upload once more: nothing new may be emitted, or stored.

    An operator's replay has a higher run, and tells anew what became of an upload; no more.
    """
    before, told_before = articles(world), world.receipts()
    for run in (0, 3):
        events = len(world.events())
        for message in world.told:
            world.tell_again(message, run=run)
        history.deliveries += len(world.told)
        history.repeats += len(world.told)
        world.drain()
        new = {it["type"] for it in world.events()[events:]} - (
            {"UploadProcessed"} if run else set()
        )
        if new:
            history.verdict.diverged.append(f"a replay under run {run} emitted {new}")
        if before != articles(world):
            history.verdict.diverged.append("a replay changed articles")
        if not run and told_before != world.receipts():
            history.verdict.diverged.append("a redelivery changed a receipt")
    history.verdict.lost_events += judge(world).lost_events


def _difference(found: dict[str, Item], expected: dict[str, Item]) -> str:
    names = [name for name in found | expected if found.get(name) != expected.get(name)]
    return f"{len(names)} articles differ, {names[0]}: {found.get(names[0])}"
