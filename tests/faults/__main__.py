"""`make faults`: play all fault figures, and print one JSON line for each.

A failure is printed with the command that plays it again:
`python -m tests.faults histories --seed 7`, `python -m tests.faults crash_points --path update
--crash 3 9`, `python -m tests.faults interleavings --schedule 00111010 --titles Older Newer`.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from tests.aws.memory import Memory

from . import crash, histories, interleave, neighbours, permutations, repairs
from .emulated import in_ministack, in_moto
from .judge import Verdict
from .paths import PATHS
from .world import Aws, World, worlds

Empty = Callable[[], World]
Play = Callable[..., histories.History]
# The longest first.
FIGURES = (
    *("repairs", "histories", "crash_points", "interleavings", "mutants", "kills", "permutations"),
    "neighbours",
)


def main() -> int:
    """Play the figures that are asked for; the exit code tells whether every promise held."""
    asked = _asked()
    if len(asked.figures) == 1:
        return 0 if _played(asked.figures[0], asked) else 1
    options = [it for it in sys.argv[1:] if it not in FIGURES]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # a figure is a process
        codes = list(pool.map(lambda name: _run("tests.faults", name, *options), asked.figures))
    return max(codes)


def _played(name: str, asked: argparse.Namespace) -> bool:
    """Play one figure; tell whether its promise held."""
    in_memory = {
        "crash_points": crash_points,
        "permutations": all_permutations,
        "interleavings": interleavings,
        "neighbours": all_neighbours,
    }
    if name in in_memory:
        with worlds() as empty:
            return in_memory[name](empty, asked)
    if name == "repairs":
        return all_repairs(asked)
    # The others are programs: one kills, the other changes the code.
    return random_histories(asked) if name == "histories" else not _run(f"tests.faults.{name}")


def _run(module: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode


def crash_points(empty: Empty, asked: argparse.Namespace) -> bool:
    """Crash at every point, and at every two; or where it is asked for."""
    paths = [it for it in PATHS if asked.path in (None, it.name)]
    if asked.crash:
        [path] = paths
        undisturbed, _ = crash.play(empty, path, ())
        end, _ = crash.play(empty, path, tuple(asked.crash), is_error=asked.error)
        return _say(crash.compare(undisturbed, end, crashes=len(asked.crash)))
    failures: list[str] = []
    told: dict[str, Any] = {}
    for kind in ("singles", "pairs", "errors"):
        tally = crash.crash_points(
            empty, pairs=kind == "pairs", paths=tuple(paths), is_error=kind == "errors"
        )
        told[kind] = {name: getattr(tally, name) for name in ("survived", "of", "most_repeats")}
        told["lost"] = told.get("lost", 0) + tally.lost
        told["repeats"] = told.get("repeats", 0) + tally.repeats
        failures += tally.failures
    told |= {
        name: sum(told[it][name] for it in ("singles", "pairs")) for name in ("survived", "of")
    }
    _tell("crash_points", **told)
    return _say(failures)


def all_permutations(empty: Empty, _asked: argparse.Namespace) -> bool:
    """Play all orders of arrival of some sets of versions."""
    tally = permutations.permute(empty)
    _tell("permutations", of=tally.of, diverged=len(tally.diverged))
    return _say(tally.diverged)


def interleavings(empty: Empty, asked: argparse.Namespace) -> bool:
    """Play all schedules of two and of three handlers."""
    if asked.repair:
        [repair] = [it for it in interleave.REPAIRS if it.name == asked.repair]
        return _say(interleave.play_repair(empty, repair, tuple(map(int, asked.schedule))))
    if asked.meeting:
        [meeting] = [it for it in interleave.MEETINGS if it.name == asked.meeting]
        return _say(interleave.play_parts(empty, meeting, tuple(map(int, asked.schedule))))
    if asked.schedule:
        known = {it["title"]: it for pair in (*interleave.PAIRS, interleave.TRIPLE) for it in pair}
        stories = [known[title] for title in asked.titles]
        return _say(interleave.play(empty, stories, tuple(map(int, asked.schedule))))
    pairs = interleave.interleave(empty, interleave.PAIRS)
    sets = (interleave.TRIPLE, interleave.REPEATED)
    triples = interleave.interleave(empty, sets, every=asked.every)
    parts = interleave.interleave_parts(empty)
    repaired = interleave.interleave_repairs(empty)
    played = (pairs, triples, parts, repaired)
    violations = [it for tally in played for it in tally.violations]
    _tell(
        "interleavings",
        exhausted=sum(tally.exhausted for tally in played),
        of=sum(tally.of for tally in played),
        of_two=pairs.of // len(interleave.PAIRS),
        of_three=triples.of // len(sets),
        of_parts=parts.of,
        of_repairs=repaired.of,
        violations=len(violations),
    )
    return _say(violations)


def all_neighbours(empty: Empty, asked: argparse.Namespace) -> bool:
    """Play slow uploads and killers among innocents; or those of a seed."""
    tally = neighbours.Tally()
    if asked.seed is None:
        tally = neighbours.play_all(empty, asked.batches)
    else:
        neighbours.play(empty, asked.seed, tally)
    told = {name: getattr(tally, name) for name in ("batches", "killers", "most_strikes")}
    _tell("neighbours", **told, given_up=len(tally.failures))
    return _say(tally.failures)


def all_repairs(asked: argparse.Namespace) -> bool:
    """Play seeded histories in which operators repair: in memory, and some in moto."""
    counts = {"memory": asked.seeds, "moto": asked.moto}
    with repairs.feeds() as zones:
        sums, failures = _summed("repairs", asked, counts, partial(repairs.play, zones=zones))
    names = ("seeds", "deliveries", "errors", "crashes", *vars(Verdict()))
    _tell("repairs", **{name: sums[name] for name in names})
    return _say(failures)


def random_histories(asked: argparse.Namespace) -> bool:
    """Play seeded histories: most in memory, some in moto and in MiniStack."""
    counts = {"memory": asked.seeds, "moto": asked.moto, "ministack": asked.ministack}
    sums, failures = _summed("histories", asked, counts, histories.play)
    _tell(
        "histories",
        deliveries=sums["deliveries"],
        seeds=asked.seeds,
        in_moto=sums["moto"],
        in_ministack=sums["ministack"],
        repeats=round(sums["repeats"] / max(1, sums["deliveries"]), 3),
        crashes=sums["crashes"],
        diverged=sums["diverged"],
    )
    _tell("errors_injected", value=sums["errors"])
    for name in ("lost_events", "stale_overwrites", "events_not_stored", "untrue_receipts"):
        _tell(name, value=sums[name])
    return _say(failures)


def _summed(
    figure: str, asked: argparse.Namespace, counts: dict[str, int], play: Play
) -> tuple[Counter[str], list[str]]:
    """Play so many seeds in each AWS, or the one that is asked for; gives sums, and what failed."""
    sums: Counter[str] = Counter()
    failures: list[str] = []
    first = asked.seed or 0
    for aws, count in counts.items():
        last = first + (count if asked.seed is None else min(count, 1))
        for history in _histories(aws, range(first, last), play):
            sums.update(seeds=1, **{aws: history.deliveries})
            for name in ("deliveries", "repeats", "errors", "crashes"):
                sums[name] += getattr(history, name)
            again = f"{figure} --seed {history.seed} (in {aws})"
            for kind, found in vars(history.verdict).items():
                sums[kind] += len(found)
                failures += [f"{again}: {kind}: {it}" for it in found]
    return sums, failures


def _histories(aws: str, seeds: range, play: Play) -> Iterator[histories.History]:
    """Play seeds in one of the three; one that is not asked for is not started."""
    made: dict[str, Callable[[], AbstractContextManager[Aws]]] = {
        "memory": lambda: nullcontext(Memory()),
        "moto": in_moto,
        "ministack": in_ministack,
    }
    if seeds:
        with made[aws]() as there, worlds(there) as empty:
            for seed in seeds:
                yield play(empty, seed)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("figures", nargs="*", default=FIGURES, help=", ".join(FIGURES))
    parser.add_argument("--seed", type=int, help="play the history of one seed")
    parser.add_argument("--seeds", type=int, default=2_000, help="how many histories in memory")
    parser.add_argument("--moto", type=int, default=50, help="how many of them in moto, too")
    parser.add_argument("--ministack", type=int, default=10, help="and in MiniStack")
    parser.add_argument(
        "--every", type=int, default=1, help="of three handlers, every n-th schedule"
    )
    parser.add_argument("--batches", type=int, default=10_000, help="how many with killers in them")
    parser.add_argument("--path", help="the path of a crash")
    parser.add_argument("--crash", type=int, nargs="+", help="its points")
    parser.add_argument("--error", action="store_true", help="calls fail there, nothing crashes")
    parser.add_argument("--schedule", help="the order of calls, such as 01010101")
    parser.add_argument("--meeting", help="the deliveries of parts that meet")
    parser.add_argument("--repair", help="what an operator does meanwhile")
    parser.add_argument("--titles", nargs="+", help="the uploads that meet")
    return parser.parse_args()


def _tell(figure: str, **members: Any) -> None:
    # Not sys.stdout: what the functions print goes nowhere while there is a world.
    assert sys.__stdout__
    sys.__stdout__.write(json.dumps({"figure": figure, **members}) + "\n")
    sys.__stdout__.flush()


def _say(failures: list[str]) -> bool:
    """Print failures on stderr, each as the command that plays it again; tell if there are none."""
    for failure in failures[:50]:
        sys.stderr.write(f"python -m tests.faults {failure}\n")
    return not failures


if __name__ == "__main__":
    sys.exit(main())
