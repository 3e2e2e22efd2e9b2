"""Draws the scenarios of docs/scale.md: `python -m tests.scale.draw PICTURE.svg < DATA.json`.

For each, above: how many files and changes wait; below: for how long the oldest has waited.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from tests.dashboard.draw import COLORS, LINE, STYLE, slim

HOUR = 3600


def draw(scenarios: dict[str, dict[str, list[Any]]]) -> Figure:
    figure = Figure(figsize=(11, 5.2), layout="constrained")
    rows = figure.subplots(2, len(scenarios), sharex="col")
    for (title, lines), waiting, age in zip(scenarios.items(), *rows, strict=True):
        waiting.set_title(title)
        for color, (name, moments) in zip(COLORS, lines.items(), strict=False):
            hours = [at / HOUR for at, *_ in moments]
            waiting.plot(hours, [sum((it[1], it[2], it[5])) for it in moments], color, label=name)
            age.plot(hours, [max(it[6:]) / HOUR for it in moments], color, label=name)
        _dress(waiting, "waiting")
        waiting.yaxis.set_major_formatter(EngFormatter(sep=""))
        _dress(age, "age of the oldest, hours")
        age.set(xlabel="hours")
        waiting.legend(loc="upper right", frameon=False, fontsize=7.5)
    return figure


def _dress(axes: Axes, label: str) -> None:
    axes.set(ylim=(0, None), xlim=(0, None), ylabel=label)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def main() -> None:
    picture, shown = Path(sys.argv[1]), json.load(sys.stdin)
    with mpl.rc_context(STYLE):
        figure = draw(shown["scenarios"])
        figure.savefig(picture, metadata={"Description": shown["digest"], "Date": None})
    picture.write_text(slim(picture.read_text()))


if __name__ == "__main__":
    main()
