"""Writes docs/performance.md and its plots from results.json: `python infra/bench/page.py`.

The page's prose is written by hand. What is measured is between two marks, which stay:

<!-- measured: missed -->     a block that BLOCKS knows
<!-- end -->
"""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from apart import ROOT, TOOLS
from figures import FIGURES, REASONS, Figure, Line, missed
from results import HERE, Results

PAGE = ROOT / "docs" / "performance.md"
_BLOCK = re.compile(r"(<!-- measured: (\w+) -->\n)(?:(?!<!--).*\n)*(<!-- end -->)")
GROUPS = {
    "facts": "right or wrong",
    "cpu": "CPU of an article",
    "threads": "threads",
    "throughput": "throughput",
    "cold": "cold start",
    "dollars": "dollars",
    "memory": "large files",
    "linear": "growth",
    "bombs": "hostile uploads",
    "bounds": "costly uploads",
    "local": "the embedded AWS",
    "zip": "size",
    "faults": "faults",
    "suite": "tests",
}


def write(results: Results) -> None:
    """Write the page and its plots anew."""
    PAGE.write_text(with_blocks(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    python = TOOLS / "dashboard" / "bin" / "python"
    if not python.exists():
        raise SystemExit("The plots are drawn by tools that `make bench` installs.")
    subprocess.run(  # noqa: S603 - a script of this folder
        [python, HERE / "draw.py", PAGE.parent],
        input=json.dumps(plots(results.figures)),
        text=True,
        check=True,
    )


def with_blocks(page: str, results: Results) -> str:
    """Write the measured parts of the page.

    Raises KeyError for a mark that means nothing, ValueError for one that is not closed.
    """

    def block(match: re.Match[str]) -> str:
        head, name, end = match.groups()
        text = "\n".join(BLOCKS[name](results)).strip()
        return f"{head}\n{text}\n\n{end}"

    written, count = _BLOCK.subn(block, page)
    if count != page.count("<!-- measured:"):
        raise ValueError("a measured part of the page is not closed by <!-- end -->")
    return written


def _summary(results: Results) -> Iterator[str]:
    targets = {name: it for name, it in FIGURES.items() if it.target is not None}
    lines = [results.figures.get(name, {}) for name in targets]
    met, not_met = (sum(it.get("met") is right for it in lines) for right in (True, False))
    yield f"Of {len(targets)} figures with a target {met} reach it,"
    yield f"{not_met} miss it, and {len(targets) - met - not_met} were not measured."


def _missed(results: Results) -> Iterator[str]:
    lines = missed(results.figures)
    if not lines:
        yield "Every target that was measured is reached."
    for name, line in lines.items():
        figure = FIGURES[name]
        bound = "at most" if figure.at_least is None else "at least"
        yield f"- {figure.what}: **{_said(line['value'], figure)}**,"
        yield f"  where the target is {bound} {line['target']:,g}{_distance(line)}:"
        yield from wrap(f"{REASONS[name]}.", 110, initial_indent="  ", subsequent_indent="  ")


def _distance(line: Line) -> str:
    if not line["target"]:
        return ""
    factor = line["value"] / line["target"]
    return f" ({factor:.2f} times that)" if factor > 1 else f" ({factor:.0%} of that)"


def _figures(results: Results) -> Iterator[str]:
    for group, title in GROUPS.items():
        yield from ("", f"### {title[0].upper()}{title[1:]}", "")
        yield "| figure | measured | middle half of so many rounds | target | |"
        yield "|---|---|---|---|---|"
        for name, it in FIGURES.items():
            if it.group == group:
                yield _row(it, results.figures.get(name, {"value": None, "why": ""}))


def _row(figure: Figure, line: Line) -> str:
    if line["value"] is None:
        cells = ["not measured", line["why"]]
    else:
        of = f" ({line['of']})" if "of" in line else ""
        spread = ""
        if "low" in line:
            spread = f"{_number(line['low'])} – {_number(line['high'])} of {line['rounds']}"
        cells = [f"{_said(line['value'], figure)}{of}", spread]
    sign = "≥" if figure.at_most is None else "≤"
    target = "" if figure.target is None else f"{sign} {figure.target:,g}"
    met = {True: "reached", False: "**missed**", None: ""}[line.get("met")]
    return f"| {' | '.join([figure.what, *cells, target, met])} |"


def _said(value: float, figure: Figure) -> str:
    if figure.unit == "$":
        return f"${value:.2f}"
    return f"{_number(value)} {figure.unit}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _machine(results: Results) -> Iterator[str]:
    yield "| group | figures of | commit | day | load before | takes | machine |"
    yield "|---|---|---|---|---|---|---|"
    for group, title in GROUPS.items():
        if it := results.runs.get(group):
            row = (
                f"`{group}`",
                title,
                f"`{it['commit']}`",
                it["day"],
                it["load"],
                f"{it['seconds']:,} s",
                it["machine"],
            )
            yield f"| {' | '.join(map(str, row))} |"
    minutes = sum(it["seconds"] for it in results.runs.values()) / 60
    yield f"| | | | | | {minutes:.0f} min | these groups together |"


BLOCKS = {"summary": _summary, "missed": _missed, "figures": _figures, "machine": _machine}


def plots(lines: dict[str, Line]) -> dict[str, dict[str, Any]]:
    """Return what the plots show, by name; draw.py says of what each kind consists."""
    known = {name: it for name, it in lines.items() if it["value"] is not None}
    shown = dict(_plots(known))
    return {name: it | {"digest": digest(it)} for name, it in shown.items()}


def digest(plot: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plot, sort_keys=True).encode()).hexdigest()


def _plots(lines: dict[str, Line]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "targets",
        {
            "title": "How near its target each figure is: at 1 it is reached, beyond it is missed",
            "bars": [
                [FIGURES[name].what, _used(it, FIGURES[name]), it["met"]]
                for name, it in lines.items()
                if it.get("target")
            ],
            "line": [1, "target"],
            "axis": "measured / target, or target / measured where more is better",
        },
    )
    if ndjson := lines.get("cpu_per_article_ndjson"):
        yield (
            "parts",
            {
                "title": "Where the CPU time of an NDJSON article goes",
                "bars": [
                    *([name, value, None] for name, value in ndjson["parts"].items()),
                    ["whole ingest", ndjson["value"], ndjson["met"]],
                    ["common pattern", lines["cpu_per_article_common"]["value"], None],
                ],
                "line": [ndjson["target"], "target of the whole ingest"],
                "axis": "bare puts",
            },
        )
    if threads := lines.get("writes_at_once"):
        yield (
            "threads",
            {
                "title": "CPU time of an NDJSON article by how many are written at once",
                "lines": {"whole ingest": _points(threads["parts"])},
                "axes": ["writes at once", "bare puts"],
            },
        )
    by_latency = {
        int(name.removeprefix("throughput_").removesuffix("ms")): it["parts"]
        for name, it in lines.items()
        if FIGURES[name].group == "throughput"
    }
    if by_latency:
        yield (
            "throughput",
            {
                "title": "Articles per second in one process, by how long AWS takes to answer",
                "lines": {
                    name: [[at, of[key]] for at, of in by_latency.items()]
                    for name, key in (("NDJSON", "ours"), ("common pattern", "common"))
                },
                "axes": ["ms", "articles per second"],
            },
        )


def _used(line: Line, figure: Figure) -> float:
    """Say how much of what the target allows is used: at most 1 if it is reached."""
    value, target = line["value"], line["target"]
    return float(target / value if figure.at_least is not None else value / target)


def _points(parts: dict[str, float]) -> Iterable[list[float]]:
    return [[float(at), value] for at, value in parts.items()]


if __name__ == "__main__":
    write(Results.read())
