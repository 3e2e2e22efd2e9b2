"""Uploads that are slow, or kill their function, among others that are neither, by Lambda's clock.

An invocation has so many seconds; each upload takes its own, and whoever is at work when they are
over is killed, with all of the batch. What is not done comes again, in company or in the same
batch: nobody may be given up because of whom it came with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.aws.expressions import Item

from .judge import judge
from .paths import NOON, a_story
from .world import Crash, Message, World

Empty = Callable[[], World]

SECONDS = {"uploads": 60, "bulk": 300}  # as the template has them
BATCH = {"uploads": 10, "bulk": 1}
# What an upload may cost that is within its bound, in a function of the template's memory.
WITHIN_ITS_BOUND = 20
MOST_KILLERS = 4


@dataclass
class Lambda:
    """A hook that lets time pass while an upload is at work, and kills at the end of it."""

    world: World
    seconds: dict[str, float] = field(default_factory=dict)  # by key; without end: it crashes

    def __call__(self, phase: str, operation: str, asked: Item) -> None:
        if (phase, operation) == ("after", "GetObject"):
            self.world.remaining_ms -= 1000 * self.seconds.get(asked["Key"], 0)
        if self.world.remaining_ms <= 0:
            raise Crash


@dataclass
class Tally:
    """How many batches were delivered, and what was found wrong."""

    batches: int = 0
    killers: int = 0
    most_strikes: int = 0  # of a message that is innocent
    failures: list[str] = field(default_factory=list)


def play_all(empty: Empty, batches: int) -> Tally:
    """Play one company of uploads after the other, until so many batches were delivered."""
    tally, seed = Tally(), 0
    while tally.batches < batches:
        play(empty, seed, tally)
        seed += 1
    return tally


def play(empty: Empty, seed: int, tally: Tally) -> None:
    """Play the uploads of a seed to their end."""
    random = Random(seed)  # noqa: S311 - the same again, not a secret
    world = empty()
    clock = world.aws.hook = Lambda(world)
    killers = {
        _upload(world, clock, random, kills=True) for _ in range(random.randint(0, MOST_KILLERS))
    }
    innocents = {_upload(world, clock, random) for _ in range(random.randint(1, 16))}
    random.shuffle(world.waiting)
    keeps_company = random.random() < 0.5
    most: dict[str, int] = {}
    while world.waiting:
        batch = _batch(world, random, keeps_company=keeps_company)
        world.remaining_ms = 1000 * SECONDS[batch[0].queue]
        tally.batches += 1
        world.deliver(batch)
        for message in batch:
            most[message.key] = max(most.get(message.key, 0), message.received)
    world.aws.hook = lambda *_: None
    while world.publish():
        pass
    tally.killers += len(killers)
    tally.most_strikes = max([tally.most_strikes, *(most[key] for key in innocents)])
    tally.failures += [f"neighbours --seed {seed}: {it}" for it in _wrong(world, innocents)]


def _upload(world: World, clock: Lambda, random: Random, *, kills: bool = False) -> str:
    key = f"incoming/{random.choice(('courier', 'wire'))}/{len(clock.seconds)}.json"
    honest = (0.1, 0.1, 0.1, 2, WITHIN_ITS_BOUND)
    clock.seconds[key] = random.choice((70, 400, float("inf")) if kills else honest)
    world.upload(key, a_story(id=key, title=key), at=NOON)
    return key


def _batch(world: World, random: Random, *, keeps_company: bool) -> list[Message]:
    """Take some messages of one queue: those that came together before, or any."""
    queue = random.choice([it.queue for it in world.waiting])
    there = [it for it in world.waiting if it.queue == queue]
    size = min(len(there), BATCH[queue])
    return there[:size] if keeps_company else random.sample(there, random.randint(1, size))


def _wrong(world: World, innocents: set[str]) -> list[str]:
    """Say which innocent upload was given up or not told of, and who died without a word."""
    told = {key: receipt["state"] for (key, _), receipt in world.receipts().items()}
    dead = {message.key for message in world.dead}
    faults = [f"{key} is a dead letter" for key in sorted(innocents & dead)]
    faults += [f"{key} is {told.get(key)}" for key in innocents if told.get(key) != "done"]
    faults += [f"{key} died and is {told.get(key)}" for key in dead if told.get(key) != "failed"]
    stored = {item["article"]["source_id"] for item in world.items().values()}
    return faults + [f"{key} is not stored" for key in innocents - stored] + judge(world).faults
