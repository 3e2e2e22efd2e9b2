"""Hours of trouble at about a million articles a day, simulated; docs/scale.md shows them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

from articles_scale import figures
from articles_scale.figures import DAY, stack
from articles_scale.queueing import Batch, Moment, Reader, Setup, Simulation

HOUR = 3600
BEGIN = HOUR // 2  # of the trouble
LIVE = 1_000_000 / DAY  # files of one article, a second
MONTH = 30_000_000
TOGETHER = 100  # files that move as one at most
STATE_MACHINE = 200  # files a second: it sends so many at once (template.yaml), each in about one


@dataclass(frozen=True)
class Scenario:
    """What happens, for how many hours, and how the service stands in it, however it is set."""

    title: str
    hours: int
    lines: dict[str, Callable[[int], list[Moment]]]


def deployed(
    *,
    uploads_at_once: int | None = None,
    spread: int = 1,
    table_units: int = figures.NEW_TABLE_UNITS,
    stores: Callable[[float], bool] = lambda _: True,
    announces: Callable[[float], bool] = lambda _: True,
) -> Setup:
    """Return the stack as the template sets it, with a new table and all articles in one feed."""
    uploads_at_once = uploads_at_once or stack().uploads_at_once
    seconds = figures.file_seconds()
    return Setup(
        Reader(uploads_at_once, seconds, stack().uploads_visibility, stack().batch),
        Reader(stack().bulk_at_once, seconds, stack().bulk_visibility),
        strikes=stack().strikes,
        table_articles=table_units / figures.ITEM_UNITS,
        feed_articles=figures.PARTITION_UNITS * spread,
        lanes=stack().publish_at_once * table_units // figures.PARTITION_UNITS,
        event_seconds=figures.event_seconds(),
        patience=figures.PATIENCE,
        stores=stores,
        announces=announces,
    )


def files(rate: float, begin: int, end: float, *, is_replay: bool = False) -> Iterator[Batch]:
    """Send so many files a second, from one time to another."""
    together = min(TOGETHER, 10 * round(rate)) or stack().batch
    for first in range(0, round(rate * (end - begin)), together):
        last_came = begin + (first + together) / rate
        yield Batch(together, last_came, is_replay=is_replay)


def played(setup: Setup, hours: int, *others: Iterable[Batch], live: float = LIVE) -> list[Moment]:
    """Have others send files beside the live ones; gives some hundred moments."""
    arrivals = merge(files(live, 0, hours * HOUR), *others, key=lambda it: it.since)
    every = 60 * (1 + hours // 10)
    return Simulation(setup).run(arrivals, until=hours * HOUR, every=every)


def burst(setup: Setup) -> Callable[[int], list[Moment]]:
    """Have 900,000 files come within ten minutes, in one feed."""
    return lambda hours: played(setup, hours, files(1_500, BEGIN, BEGIN + 600))


def outage(setup: Setup, live: float = LIVE) -> Callable[[int], list[Moment]]:
    return lambda hours: played(setup, hours, live=live)


def replay(per_second: float) -> Callable[[int], list[Moment]]:
    """Read a month again, in files of one article, beside what is uploaded."""
    end = BEGIN + MONTH / per_second
    return lambda hours: played(deployed(), hours, files(per_second, BEGIN, end, is_replay=True))


def is_over(at: float) -> bool:
    return not BEGIN <= at < BEGIN + HOUR


SCENARIOS = (
    Scenario(
        "900,000 files in ten minutes",
        2,
        {
            "as deployed": burst(deployed()),
            "MaximumConcurrency=30": burst(deployed(uploads_at_once=30)),
            "MaximumConcurrency=60": burst(deployed(uploads_at_once=60)),
            "60, spread = 2, warm table": burst(
                deployed(uploads_at_once=60, spread=2, table_units=8_000)
            ),
        },
    ),
    Scenario(
        "An hour without …",
        4,
        {
            "DynamoDB": outage(deployed(stores=is_over)),
            "DynamoDB, at 100,000 a day": outage(deployed(stores=is_over), LIVE / 10),
            "EventBridge": outage(deployed(announces=is_over)),
        },
    ),
    Scenario(
        "A month is read again",
        48,
        {
            "by the state machine": replay(STATE_MACHINE),
            "all at once": replay(MONTH / 600),
        },
    ),
)
