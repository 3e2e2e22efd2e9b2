"""Draws the plots of docs/performance.md: `draw.py <folder> < plots.json`; matplotlib is needed.

A plot has a `title` and either `bars`, each with its label, its value, and whether a target is met,
a vertical `line` (where it is, and its label) and the name of the `axis`; or `lines`, each with its
points, and two `axes`. Its `digest` is in the picture, so that a test can tell of what it is.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, PALE, LINE = "#16191f", "#687078", "#d5dbdb"
COLORS = {True: "#1d8102", False: "#d13212", None: "#1f77b4"}
STYLE = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "performance",  # the same names in every run
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "xtick.color": PALE,
    "ytick.color": INK,
}


def main() -> None:
    folder = Path(sys.argv[1])
    for name, plot in json.load(sys.stdin).items():
        with mpl.rc_context(STYLE):
            figure = draw(plot)
            told = {"Description": plot["digest"], "Date": None}
            figure.savefig(folder / f"performance-{name}.svg", metadata=told)


def draw(plot: dict[str, Any]) -> Figure:
    high = 0.8 + 0.24 * len(plot["bars"]) if "bars" in plot else 3.2
    figure = Figure(figsize=(8, high))
    axes = figure.add_subplot()
    axes.set_title(plot["title"])
    (_bars if "bars" in plot else _lines)(axes, plot)
    return figure


def _bars(axes: Axes, plot: dict[str, Any]) -> None:
    labels, values, met = zip(*plot["bars"], strict=True)
    places = range(len(labels))
    drawn = axes.barh(places, values, height=0.6, color=[COLORS[it] for it in met])
    for it in axes.bar_label(drawn, fmt="%.2f", padding=3):
        it.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # over the line
    at, label = plot["line"]
    axes.axvline(at, color=PALE, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    axes.annotate(
        label, (at, len(values) - 0.5), xytext=(3, 0), textcoords="offset points", color=PALE
    )
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    axes.set_xlabel(plot["axis"])
    axes.margins(x=0.1, y=0.02)


def _lines(axes: Axes, plot: dict[str, Any]) -> None:
    for name, points in plot["lines"].items():
        at, values = zip(*points, strict=True)
        axes.plot(at, values, marker=".", label=name)
        axes.annotate(
            name, (at[-1], values[-1]), xytext=(0, 5), textcoords="offset points", ha="right"
        )
    axes.set(xlabel=plot["axes"][0], ylabel=plot["axes"][1], xticks=at)
    axes.margins(y=0.15)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=LINE, linewidth=0.5)


if __name__ == "__main__":
    main()
