"""Measures what the design promises; one JSON line per figure, ratios of a single run.

`target` is the maximum or minimum for a figure. Each script of this folder says what it measures.
`bench.py <group>…` measures only these groups.
"""

import json
import signal
import sys
from typing import Any

from apart import measured
from samples import BOMBS


def main() -> None:
    """Print all figures, or those of the given groups."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # also ends child processes
    for name in sys.argv[1:] or GROUPS:
        GROUPS[name]()


def cpu() -> None:
    of = measured("cpu.py")
    report("bare_put_ms", of["bare"])
    report("validate_text", of["text"] / of["bare"], at_most=0.4)
    report("validate_html", of["html"] / of["bare"], at_most=0.7)
    report("cpu_per_article_ndjson", of["ndjson"] / of["bare"], at_most=1.4)
    report("requests_per_article", of["requests"], at_most=1.2)


def cost() -> None:
    of = measured("cost.py")
    for figure, way, target in (("per_object", "one per object", 6.20), ("ndjson", "NDJSON", 4.25)):
        report(f"dollars_{figure}", sum(of[way]["dollars"].values()), at_most=target)


def cold() -> None:
    of = measured("cold.py")
    report("cold_start", of["ingest"] / of["boto"], at_most=1.3)


def throughput() -> None:
    for latency_ms, target in ((5, 8), (20, 25)):
        of = measured("throughput.py", latency_ms=latency_ms)
        speed = f"{of['ours']:.0f}/s to {of['common']:.0f}/s"
        report(f"throughput_{latency_ms}ms", of["ours"] / of["common"], speed, at_least=target)


def memory() -> None:
    of = measured("memory.py")
    report("bulk_memory_mib", of["mib"], at_most=200)
    report("bulk_memory_growth", of["mib"] / of["early_mib"], at_most=1.1)
    report("bulk_seconds_per_gb", of["seconds"])


def bombs() -> None:
    found = {content: measured("bombs.py", content) for content in BOMBS}
    report("bomb_memory_mib", *worst(found, "mib"), at_most=200)
    report("bomb_seconds", *worst(found, "seconds"))


def worst(found: dict[str, dict[str, float]], what: str) -> tuple[float, str]:
    return max((of[what], content) for content, of in found.items())


def linear() -> None:
    of = measured("linear.py", "parsed", "10000", "1000000")
    report("linear_parsed", *max((it, form) for form, it in of.items()), at_most=1.1)
    of = measured("linear.py", "stored", "1000", "100000")
    report("linear_stored", of["ndjson"], at_most=1.1)


def report(
    name: str,
    value: float,
    note: str | None = None,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> None:
    """Print a figure, and whether it meets its target; the note says what it refers to."""
    line: dict[str, Any] = {"figure": name, "value": round(value, 3)}
    if note:
        line["of"] = note
    if at_most is not None:
        line |= {"target": at_most, "met": value <= at_most}
    if at_least is not None:
        line |= {"target": at_least, "met": value >= at_least}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


GROUPS = {it.__name__: it for it in (cpu, cost, cold, throughput, memory, bombs, linear)}

if __name__ == "__main__":
    main()
