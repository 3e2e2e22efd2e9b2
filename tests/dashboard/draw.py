"""Draws a dashboard as CloudWatch shows it: `draw.py PICTURE.svg < DATA.json`.

The data are the dashboard's widgets, each with what it shows: the points of a graph's lines by
minute, the alarms that are on, the rows of a query.
"""

import json
import re
import sys
from math import isfinite, nan
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import EngFormatter, MaxNLocator
from numpy import nan_to_num

Widget = dict[str, Any]
COLUMNS, UNIT = 24, (0.66, 0.44)  # of the grid; the size of a cell in inches
PAGE, INK, PALE, LINE = "#f2f3f3", "#16191f", "#687078", "#d5dbdb"
ON, OFF, NOTE = "#d13212", "#1d8102", "#d13212"
COLORS = ["#1f77b4", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf", "#ff9896"]
STYLE = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "dashboard",  # the same names in every run
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": PALE,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "xtick.labelcolor": PALE,
    "ytick.labelcolor": PALE,
}


def draw(widgets: list[Widget]) -> Figure:
    height = max(it["y"] + it["height"] for it in widgets)
    figure = Figure(figsize=(COLUMNS * UNIT[0], height * UNIT[1]), facecolor=PAGE)
    for widget in widgets:
        card = _card(figure, widget, height)
        {"alarm": _alarms, "log": _table, "metric": _graph}[widget["type"]](card, widget)
    return figure


def _card(figure: Figure, widget: Widget, height: int) -> Axes:
    """Lay a white card with the widget's title on the page; its scale is inches from top left."""
    gap = 0.06
    wide, high = widget["width"] * UNIT[0], widget["height"] * UNIT[1]
    left, bottom = widget["x"] / COLUMNS, 1 - (widget["y"] + widget["height"]) / height
    card = figure.add_axes((left, bottom, widget["width"] / COLUMNS, widget["height"] / height))
    card.set(xlim=(0, wide), ylim=(high, 0))
    card.axis("off")
    size = (wide - 2 * gap, high - 2 * gap)
    card.add_patch(Rectangle((gap, gap), *size, facecolor="white", edgecolor=LINE))
    card.text(0.18, 0.29, widget["title"], fontsize=10, weight="bold")
    return card


def _alarms(card: Axes, widget: Widget) -> None:
    wide, columns = widget["width"] * UNIT[0] - 0.3, 4
    for number, (name, is_on) in enumerate(widget["alarms"]):
        row, column = divmod(number, columns)
        x, y = 0.18 + column * wide / columns, 0.45 + row * 0.42
        color = ON if is_on else OFF
        box = Rectangle(
            (x, y), wide / columns - 0.08, 0.34, facecolor=f"{color}1a", edgecolor=color
        )
        card.add_patch(box)
        card.text(x + 0.07, y + 0.22, f"{'▲' if is_on else '✓'} {name}", fontsize=7.5, color=color)


def _table(card: Axes, widget: Widget) -> None:
    rows = widget["rows"]
    if not rows:
        _say(card, "no lines")
        return
    names = list(rows[0])
    cells = [names, *([_cell(it[name]) for name in names] for it in rows)]
    widths = [min(max(len(row[n]) for row in cells), 34) for n in range(len(names))]
    scale = (widget["width"] * UNIT[0] - 0.4) / max(sum(widths) + 2 * len(widths), 60)
    for number, row in enumerate(cells):
        x, y = 0.18, 0.55 + number * 0.215
        for text, width in zip(row, widths, strict=True):
            style = {"weight": "bold"} if number == 0 else {}
            card.text(x, y, text[:34], fontsize=7, color=INK if number else PALE, **style)
            x += (width + 2) * scale


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return "" if value is None else str(value).replace("$", "")


def _graph(card: Axes, widget: Widget) -> None:
    lines = [it for it in widget["lines"] if it["points"]]
    if not lines:
        _say(card, "no data in this run")
        return
    rest = iter(COLORS * 9)
    colors = [it["color"] or next(rest) for it in lines]
    legend = -(-len(lines) // 3) * 0.16
    axes = card.inset_axes((0.09, 0.14 + legend / 2.64, 0.85, 0.69 - legend / 2.64))
    minutes = range(0, 24 * 60, widget["period"] // 60)
    series = [[dict(map(tuple, it["points"])).get(at, nan) for at in minutes] for it in lines]
    labels = [it["label"] for it in lines]
    if widget.get("stacked"):
        axes.stackplot(minutes, nan_to_num(series), labels=labels, colors=colors, linewidth=0)
    else:
        for label, color, values in zip(labels, colors, series, strict=True):
            axes.plot(minutes, values, color=color, label=label, linewidth=1.1)
            alone = [n for n, it in enumerate(values) if isfinite(it) and _is_alone(values, n)]
            axes.plot([minutes[n] for n in alone], [values[n] for n in alone], ".", color=color)
    for note in widget.get("annotations", {}).get("horizontal", []):
        axes.axhline(note["value"], color=NOTE, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.annotate(
            note["label"],
            (1, note["value"]),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2),
            textcoords="offset points",
            ha="right",
            fontsize=7,
            color=NOTE,
        )
    axes.set(xlim=(0, 24 * 60), ylim=(0, None), xticks=range(0, 24 * 60 + 1, 240))
    axes.set_xticklabels([f"{hour:02}:00" for hour in range(0, 25, 4)])
    if axes.get_ylim()[1] < 2:
        axes.set_ylim(0, 2)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(EngFormatter(sep=""))
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=7)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(-0.02, -0.13),
        ncols=3,
        frameon=False,
        fontsize=7,
        handlelength=1,
        borderpad=0,
        columnspacing=1.2,
        labelspacing=0.3,
    )


def _is_alone(values: list[float], n: int) -> bool:
    """Whether no line leads to a point: what is beside it is missing."""
    return not any(isfinite(it) for it in (*values[max(n - 1, 0) : n], *values[n + 1 : n + 2]))


def _say(card: Axes, text: str) -> None:
    wide, (low, high) = card.get_xlim()[1], card.get_ylim()
    card.text(wide / 2, (low + high) / 2, text, ha="center", fontsize=9, color=PALE)


def main() -> None:
    picture = Path(sys.argv[1])
    shown = json.load(sys.stdin)
    with mpl.rc_context(STYLE):
        figure = draw(shown["widgets"])
        figure.savefig(picture, metadata={"Description": shown["digest"], "Date": None})
    picture.write_text(slim(picture.read_text()))


def slim(svg: str) -> str:
    """Leave out comments, indents, unused names and hundredths of a point: a third of the file."""
    svg = re.sub(r"<!--.*?-->|^ +", "", svg, flags=re.DOTALL | re.MULTILINE)
    svg = re.sub(r"(?<=\d\.\d)\d+(?=[ \")])", "", svg).replace(".0 ", " ")
    svg = re.sub(r" ?\n *(?=[LCz<]|\" )|(?<=<g) id=\"[a-z0-9_.]+\"", "", svg)
    return re.sub(r' d="[^C"]+"', lambda it: it[0].replace("L", ""), svg)  # a line is the default


if __name__ == "__main__":
    main()
