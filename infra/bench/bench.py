"""Measures what the design promises: `bench.py [<group>…]` prints one JSON line per figure.

A ratio is measured in rounds, in which the service and its peer take turns; `value` is the median
of the rounds' ratios, `low` and `high` are their quartiles. A busy machine makes both slower in the
same round, so that the ratio stays, and the median leaves out the rounds that it hit harder.
figures.py lists the figures with their targets, each script of this folder says what it measures.

The group `faults` is measured only by name; otherwise what was kept of it is printed. `--quick`
takes few rounds, and without groups only some of them. `--keep` puts what was measured into
results.json, and writes docs/performance.md and its plots anew; without groups and `--quick` this
is done unasked.
"""

import argparse
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import page
import programs
from apart import ROOT, NotMeasured, measured, tools
from figures import FIGURES, Line
from results import Results, commit
from rounds import say
from samples import BOMBS

LABELLED = ROOT.parent / "shared"  # files with their facts, which are not part of the project
THREADS = (1, 2, 4, 8, 16, 32)
MANY = (8, 16, 32)
LATENCIES = (0, 5, 20, 50)


class Found(NamedTuple):
    """What was measured of a figure: by round, or once; `of` says what it refers to."""

    figure: str
    values: Sequence[float]
    of: str | None = None
    parts: Mapping[str, float] | None = None

    def line(self) -> Line:
        value = statistics.median(self.values)
        line: Line = {"figure": self.figure, "value": _rounded(value)}
        if len(self.values) > 1:
            low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
            line |= {"low": _rounded(low), "high": _rounded(high), "rounds": len(self.values)}
        if self.of:
            line["of"] = self.of
        if self.parts:
            line["parts"] = {name: _rounded(it) for name, it in self.parts.items()}
        described = FIGURES[self.figure]
        if described.target is not None:
            line |= {"target": described.target, "met": described.is_met(value)}
        return line


Measuring = Iterator[Found]
Rounds = dict[str, list[float]]


def _rounded(value: float) -> float:
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value)


def once(figure: str, value: float, of: str | None = None) -> Found:
    return Found(figure, [value], of)


def ratio(
    figure: str,
    ours: Sequence[float],
    peer: Sequence[float],
    parts: Mapping[str, float] | None = None,
) -> Found:
    """Compare with the peer of the same round."""
    values = [one / other for one, other in zip(ours, peer, strict=True)]
    return Found(figure, values, parts=parts)


def cpu(rounds: int) -> Measuring:
    of: Rounds = measured("cpu.py", rounds, packages=tools("bench"))
    bare = of["bare"]
    yield Found("bare_put_ms", bare)
    yield Found("orjson_us", [it * 1000 for it in of["orjson"]])
    yield ratio("validate_text", of["text"], bare)
    yield ratio("validate_html", of["html"], bare)
    yield ratio("validate_text_orjson", of["text"], of["orjson"])
    yield ratio("cpu_per_article_ndjson", of["ndjson"], bare, parts=_parts(of))
    yield ratio("cpu_per_article_publish", of["publish"], bare)
    yield ratio("cpu_per_article_common", of["common"], bare)
    yield ratio("cpu_per_upload", of["upload"], bare)
    yield ratio("endpoint", of["endpoint"], of["ndjson"])
    yield once("requests_per_article", statistics.median(of["requests"]))


def _parts(of: Rounds) -> dict[str, float]:
    """Say where the CPU time of an article goes, in bare puts; together it is the whole ingest."""

    def share(of_round: Callable[[Mapping[str, float]], float]) -> float:
        rounds = (dict(zip(of, it, strict=True)) for it in zip(*of.values(), strict=True))
        return float(statistics.median(of_round(it) / it["bare"] for it in rounds))

    parts = {
        "read": share(lambda it: it["judge"] - it["pack"]),
        "pack": share(lambda it: it["pack"]),
        "place and hash": share(lambda it: it["revise"]),
        "write": share(lambda it: it["write"]),
    }
    return parts | {"rest": share(lambda it: it["ndjson"]) - sum(parts.values())}


def threads(rounds: int) -> Measuring:
    of: Rounds = measured("threads.py", min(rounds, 7), *THREADS)
    parts = {
        str(it): statistics.median(
            used / bare for used, bare in zip(of[str(it)], of["bare"], strict=True)
        )
        for it in THREADS
    }
    yield ratio("writes_at_once", of["32"], of["1"], parts=parts)
    for latency in (5, 20):
        say(f"AWS takes {latency} ms")
        of = measured("threads.py", min(rounds, 5), *MANY, latency_ms=latency)
        speeds = {str(it): statistics.median(of[f"{it} a second"]) for it in MANY}
        ours, half = of["32 a second"], of["16 a second"]
        yield ratio(f"writes_at_once_{latency}ms", ours, half, parts=speeds)


def cold(rounds: int) -> Measuring:
    of: Rounds = measured("cold.py", rounds)
    for name in ("ingest", "release", "publish"):
        clients = f"{name} clients"
        parts = {it: statistics.median(of[it]) for it in (name, clients)}
        yield ratio(f"cold_start_{name}", of[name], of[clients], parts=parts)
    for name in ("modules", "parsers"):
        yield once(name, of[name][0])


def throughput(rounds: int) -> Measuring:
    for latency in LATENCIES:
        say(f"AWS takes {latency} ms")
        of: Rounds = measured("throughput.py", min(rounds, 5), latency_ms=latency)
        parts = {name: statistics.median(it) for name, it in of.items()}
        yield ratio(f"throughput_{latency}ms", of["ours"], of["common"], parts=parts)


def memory(_: int) -> Measuring:
    of = measured("memory.py")
    yield once("bulk_memory_mib", of["mib"])
    yield once("bulk_memory_growth", of["mib"] / of["early_mib"])
    yield once("bulk_seconds_per_gb", of["seconds"])


def bombs(_: int) -> Measuring:
    found = {content: measured("bombs.py", content) for content in BOMBS}
    for name, what in (("bomb_memory_mib", "mib"), ("bomb_seconds", "seconds")):
        yield once(name, *max((of[what], content) for content, of in found.items()))


def linear(_: int) -> Measuring:
    of = measured("linear.py", "parsed", 10_000, 1_000_000)
    yield once("linear_parsed", *max((it, form) for form, it in of.items()))
    of = measured("linear.py", "stored", 1_000, 100_000)
    yield once("linear_stored", of["ndjson"])


def local(_: int) -> Measuring:
    yield once("local_uploads", programs.articles_run("uploads").cpu_seconds)
    yield once("local_ndjson", programs.articles_run("ndjson").seconds)


def zipped(_: int) -> Measuring:
    yield once("zip_mb", programs.zip_bytes() / 1e6)


def dollars(_: int) -> Measuring:
    bills = measured("cost.py")
    for name, way in (("dollars_per_object", "one per object"), ("dollars_ndjson", "NDJSON")):
        parts = bills[way]["dollars"]
        yield Found(name, [sum(parts.values())], parts=parts)


def facts(_: int) -> Measuring:
    if not LABELLED.exists():
        raise NotMeasured(f"there is no folder ../{LABELLED.name} of labelled files")
    for kind in ("corpus", "bugs", "hostile"):
        right, total = programs.score(LABELLED, kind)
        yield once(f"facts_{kind}", 100 * right / total, f"{right:,} of {total:,} facts")
    of = measured("labelled.py", LABELLED / "hostile")
    yield once("hostile_memory", *of["mib"])
    yield once("hostile_seconds", *of["seconds"])


def bounds(_: int) -> Measuring:
    names = ("cpu_below_1_mib", "cpu_per_mib")
    for it in programs.figures_of("tests.bounds", names, "--every 300 --worst 4 --enough 1"):
        yield once(it["figure"], it["value"], it["of"])


def faults(_: int) -> Measuring:
    names = ("crash_points", "histories")
    crashes, histories = programs.figures_of("tests.faults", names, " ".join(names))
    points = f"{crashes['survived']:,} of {crashes['of']:,}"
    yield once("crash_points", 100 * crashes["survived"] / crashes["of"], points)
    yield once("crash_lost", crashes["lost"])
    yield once("deliveries", histories["deliveries"])
    yield once("deliveries_in_moto", histories["in_moto"])
    yield once("diverged", histories["diverged"])


def suite(_: int) -> Measuring:
    pytest = (sys.executable, "-m", "pytest", "-q", "-m", "not e2e", "-n", "auto")
    yield once("suite_minutes", programs.run("pytest", *pytest, "--dist", "loadfile").seconds / 60)


# The shortest first.
GROUPS: dict[str, Callable[[int], Measuring]] = {
    "dollars": dollars,
    "zip": zipped,
    "cold": cold,
    "cpu": cpu,
    "threads": threads,
    "throughput": throughput,
    "facts": facts,
    "local": local,
    "memory": memory,
    "bombs": bombs,
    "bounds": bounds,
    "linear": linear,
    "faults": faults,
    "suite": suite,
}
QUICK = ("dollars", "cold", "cpu", "threads", "throughput")
LONG = ("faults",)  # more than all others together
ROUNDS, FEW = 15, 3


def main() -> None:
    """Print all figures, or those of the given groups."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # also ends child processes
    asked = _asked()
    results, measured_at = Results.read(), commit()  # before results.json changes
    for group in asked.groups:
        start, load = time.perf_counter(), round(os.getloadavg()[0], 1)
        lines = _measured(group, FEW if asked.quick else ROUNDS)
        seconds = round(time.perf_counter() - start)
        results.add(group, lines, commit=measured_at, seconds=seconds, load=load)
        if asked.keep:  # at once: a group that fails loses nothing, and one of them runs the tests
            results.keep()
            page.write(results)
    for name in LONG if asked.is_whole else ():
        for line in results.of(name):
            _print(line | {"kept": results.runs[name]["day"]})


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("groups", nargs="*", help=", ".join(GROUPS))
    parser.add_argument("--quick", action="store_true", help=f"few rounds of {', '.join(QUICK)}")
    parser.add_argument("--keep", action="store_true", help="write docs/performance.md anew")
    asked = parser.parse_args()
    if unknown := [it for it in asked.groups if it not in GROUPS]:
        parser.error(f"no group: {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    if asked.quick and asked.keep:
        parser.error("what few rounds give is not kept")
    asked.is_whole = not (asked.groups or asked.quick)
    asked.keep |= asked.is_whole
    asked.groups = asked.groups or (
        QUICK if asked.quick else [it for it in GROUPS if it not in LONG]
    )
    return asked


def _measured(group: str, rounds: int) -> dict[str, Line]:
    """Measure and print the figures of a group; of those that cannot be had, why."""
    say(f"measuring {group}")
    lines: dict[str, Line] = {}

    def tell(line: Line) -> None:
        lines[line["figure"]] = line
        _print(line)

    try:
        for found in GROUPS[group](rounds):
            tell(found.line())
    except NotMeasured as error:
        for name, it in FIGURES.items():
            if it.group == group and name not in lines:
                tell({"figure": name, "value": None, "why": str(error)})
    return lines


def _print(line: Line) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
