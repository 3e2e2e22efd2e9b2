"""No upload costs more than its size allows: `make bounds`, or `python -m tests.bounds --every 20`.

Each family of uploads is made at two sizes, and the costliest and the fastest growing of them at
four, from 64 KiB to 4 MiB. One JSON line a figure: the worst, and the input that it was. What comes
near its bound is measured again, and on a slow or busy machine (`slowness`) scaled by what a plain
article costs just then.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from articles.limits import MIB, SECONDS_PER_MIB

from .cost import warm_up
from .measured import (
    PLANNED,
    PLANS,
    SCREENED,
    SIZES,
    Measured,
    all_families,
    measure,
    plan_of,
    slowness,
)

MAX_EXPONENT, MAX_MIB = 1.15, 300
PLAN_SECONDS = 300  # what the bulk function has


def main() -> int:
    """Measure all families, or every n-th; the exit code tells whether all bounds hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.bounds", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="of texts and members, every n-th")
    parser.add_argument(
        "--worst", type=int, default=16, help="so many of each kind are measured on"
    )
    parser.add_argument(
        "--enough", type=float, default=30, help="seconds after which none larger is"
    )
    parser.add_argument("--only", default="", help="families whose name holds this")
    asked = parser.parse_args()
    chosen = _chosen(asked)
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=warm_up) as pool:
        screened = dict(zip(chosen, _measured(pool, chosen, SCREENED), strict=True))
        worst = {
            it
            for key in KEYS
            for it in sorted(chosen, key=lambda it: key(screened[it]))[-asked.worst :]
        }
        grown = list(_measured(pool, sorted(worst), SIZES, asked.enough))
        plans = dict(pool.map(plan_of, PLANS))
        slow = pool.submit(slowness).result()
    sys.stdout.write(json.dumps({"figure": "slowness", "value": round(slow, 2)}) + "\n")
    return 0 if all([*_told([*screened.values(), *grown]), _told_of(plans)]) else 1


KEYS: tuple[Callable[[Measured], float], ...] = (
    lambda it: it.beside_records(SCREENED[-1]),
    lambda it: it.growth,
    lambda it: it.costs[SCREENED[-1]].mib,
)


def _told(measured: list[Measured]) -> Iterator[bool]:
    small = [(it.beside_records(s), it.name, s) for it in measured for s in it.costs if s < MIB]
    large = [
        (it.beside_records(s) / (s / MIB), it.name, s)
        for it in measured
        for s in it.costs
        if s >= MIB
    ]
    yield _tell("cpu_below_1_mib", *max(small), target=SECONDS_PER_MIB)
    yield _tell("cpu_per_mib", *max(large), target=SECONDS_PER_MIB)
    memory = [(cost.mib, it.name, size) for it in measured for size, cost in it.costs.items()]
    yield _tell("memory_mib", *max(memory), target=MAX_MIB)
    exponents = [(it.exponent, it.name, max(it.costs)) for it in measured]
    yield _tell("exponent", *max(exponents), target=MAX_EXPONENT)
    raised = [it.name for it in measured for c in it.costs.values() if c.is_fault]
    yield _tell("faults", len(raised), raised[0] if raised else "none", 0, target=0)


def _told_of(plans: dict[str, float]) -> bool:
    name, seconds = max(plans.items(), key=lambda it: it[1])
    return _tell("plan_seconds_of_2_gib", seconds, name, PLANNED, target=PLAN_SECONDS)


def _tell(figure: str, value: float, name: str, size: int, *, target: float) -> bool:
    is_met = value <= target
    of = f"{name} at {size:,} bytes" if size else name
    told = {"figure": figure, "value": round(value, 3), "of": of, "target": target, "met": is_met}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    return is_met


def _chosen(asked: argparse.Namespace) -> list[int]:
    return [
        index
        for index, it in enumerate(all_families())
        if asked.only in it.name and (it.is_always or index % asked.every == 0)
    ]


def _measured(
    pool: ProcessPoolExecutor,
    indexes: Iterable[int],
    sizes: tuple[int, ...],
    enough: float = math.inf,
) -> Iterator[Measured]:
    wanted = [(index, sizes, enough) for index in indexes]
    return pool.map(measure, wanted, chunksize=max(1, min(50, len(wanted) // 8)))


if __name__ == "__main__":
    sys.exit(main())
