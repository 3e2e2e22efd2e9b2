"""Repairs: what operators do, among the deliveries of random histories.

For a while the feeds have a wrong time zone; then they are mended, and everything is replayed.
Meanwhile, uploads are replayed one by one, kills are taken back, and articles are removed. In the
end, the tables must be those of a stack that had the right zone from the start, but for what was
removed, and for the kills that were taken back; and another replay changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from articles.versions.order import KILL, rank_of, rest_of
from tests.aws.expressions import Item

from .histories import (
    Empty,
    History,
    Name,
    Rank,
    Weather,
    articles,
    rank,
    some_file,
    step,
    strongest,
    undisturbed,
)
from .judge import judge
from .world import ALL_THE_TIME, World

WRONG, RIGHT = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
LAST_RUN = 1_000
# Of 25 seeds, those that together take every branch of the functions that all of them take.
TELLING = (0, 2, 8, 9, 11, 14, 15, 16, 17, 19, 23, 24)
ME: dict[str, str] = {"by": "me", "reason": "a mistake"}


@contextmanager
def feeds() -> Iterator[dict[ZoneInfo, Path]]:
    """Write the feeds of both zones."""
    with TemporaryDirectory(prefix="articles-feeds-") as folder:
        found = {}
        for zone in (WRONG, RIGHT):
            found[zone] = Path(folder) / f"{zone.key.replace('/', '-')}.toml"
            found[zone].write_text(f'[default]\nopen = true\ntimezone = "{zone.key}"\n')
        yield found


@dataclass
class Operator:
    """Somebody who repairs, and a model of what came of it: `removed`, and kills taken back."""

    files: list[Any]
    names: dict[str, Name]
    right: Path
    run: int = 0
    removed: set[Name] = field(default_factory=set)
    spared: dict[Name, Rank] = field(default_factory=lambda: defaultdict(tuple))

    def act(self, world: World, random: Random) -> None:
        """Do one of the things that may be done at any time."""
        chance, items = random.random(), list(world.items().values())
        if chance < 0.1:
            world.functions.mend(self.right)
        elif chance < 0.5 and world.told:
            self.run += 1
            world.tell_again(random.choice(world.told), run=self.run)
        elif chance < 0.9 and (ended := [it for it in items if _is_ended(it)]):
            self._revive(world, random.choice(ended))
        elif chance > 0.95 and items:
            self._remove(world, random.choice(items))

    def expected(self) -> dict[Name, Any]:
        """Say what must be stored in the end: title and status."""
        won = strongest(self.files, RIGHT, self.spared)
        return {name: it for name, it in won.items() if name not in self.removed}

    def _revive(self, world: World, item: Item) -> None:
        now = world.aws.now()
        world.operate(lambda it: it.revive(item["article_id"], **ME, now=now))
        name = self.names[item["article_id"]]
        self.removed.discard(name)
        if rank_of(rest_of(item["order_key"])) == KILL:
            self.spared[name] = self._rank(item)

    def _remove(self, world: World, item: Item) -> None:
        name, now = self.names[item["article_id"]], world.aws.now()
        world.operate(lambda it: it.remove(item["article_id"], feed=item["feed"], **ME, now=now))
        self.removed.add(name)

    def _rank(self, item: Item) -> Rank:
        """Rank what is stored, by the file that it came from."""
        number, place = int(item["upload"]["sequencer"], 16) - 1, item["upload"]["record"]
        _, file, at = self.files[number]
        record = file[place] if isinstance(file, list) else file
        return rank(record, at, number, place, zone=RIGHT)


def _is_ended(item: Item) -> bool:
    return rank_of(rest_of(item["order_key"])) in (KILL, "A")


def play(empty: Empty, seed: int, zones: dict[ZoneInfo, Path], *, uploads: int = 14) -> History:
    """Play the history of a seed, and judge it."""
    random = Random(seed)  # noqa: S311 - the same again, not a secret
    files = [some_file(random, number, is_local=True) for number in range(uploads)]
    never_wrong = undisturbed(empty, files, zones[RIGHT])
    history = History(seed)
    world = empty()
    world.functions.mend(zones[WRONG])
    names = {it: (item["feed"], item["article"]["source_id"]) for it, item in never_wrong.items()}
    operator = Operator(files, names, zones[RIGHT])
    weather = Weather(random)
    world.aws.hook = weather
    left = list(files)
    while left or random.random() < 0.9:
        if random.random() < 0.15:
            operator.act(world, random)
        else:
            step(world, random, left, history)
    weather.is_fair = True
    world.remaining_ms, world.aws.skew = ALL_THE_TIME, timedelta()
    world.functions.mend(zones[RIGHT])
    world.drain()
    world.redrive()
    world.drain()
    _replay_all(world, random, LAST_RUN)
    world.release()
    world.drain()
    history.deliveries += 2 * len(world.told)
    history.errors, history.crashes = weather.errors, weather.crashes
    history.verdict = judge(world)
    history.verdict.diverged += _differences(world, operator, never_wrong)
    before, events = articles(world), _article_events(world)
    _replay_all(world, random, 2 * LAST_RUN)
    if articles(world) != before:
        history.verdict.diverged.append("a second replay changed articles")
    if _article_events(world) != events:
        history.verdict.diverged.append("a second replay emitted events")
    history.verdict.untrue_receipts += judge(world).untrue_receipts
    return history


def _replay_all(world: World, random: Random, run: int) -> None:
    """Replay everything in two passes, as the command does: then no reading under old rules wins.

    In the first, a version may lose to one that is read again only after it.
    """
    for message in random.sample(world.told, len(world.told)):
        world.tell_again(message, run=run)
    world.drain()
    counts = {place: receipt.get("counts", {}) for place, receipt in world.receipts().items()}
    if any(receipt.get("stored") for receipt in world.receipts().values()):
        for message in random.sample(world.told, len(world.told)):
            if counts[message.place].keys() & {"superseded", "unchanged"}:
                world.tell_again(message, run=run + 1)
    world.drain()


def _article_events(world: World) -> int:
    return sum(event["type"] != "UploadProcessed" for event in world.events())


def _differences(world: World, operator: Operator, never_wrong: dict[str, Item]) -> Iterator[str]:
    """Compare with the model, and with a stack that had the right zone from the start."""
    found, expected = world.items(), operator.expected()
    for article_id, name in operator.names.items():
        item = found.get(article_id, {})
        if name in operator.removed:
            if item.get("status") != "removed" or item["article"]:
                yield f"{name} was removed, and is {item.get('status')}"
            continue
        if name not in expected:  # of a kill that was taken back there is nothing else
            if item.get("status") == "usable":
                yield f"{name} came from nothing"
            continue
        won = (item.get("title"), item.get("status"))
        if won != expected[name]:
            yield f"{name}: {won} won, and not {expected[name]}: {item.get('order_key')}"
        elif name not in operator.spared:
            there, right = _compared(item), _compared(never_wrong[article_id])
            if there != right:
                yield f"{name}: {there}, and not {right}"


def _compared(item: Item) -> Item:
    """Give what does not depend on the way, nor on what an emulator calls versions."""
    upload = {it: item["upload"][it] for it in ("key", "record")}
    same = {it: item[it] for it in ("content_hash", "status", "article")}
    return {**same, "rest": rest_of(item["order_key"]), **upload}
