"""Where the bars of a plot lie; outcomes.html draws them."""

from collections.abc import Iterator
from typing import NamedTuple

from articles_console.history import ORDER, History

WIDTH, HEIGHT = 720, 160  # units of the drawing, of which a bar's height is rounded to a tenth
GAP = 0.2  # of a step, between two bars
LABELS = 6


class Bar(NamedTuple):
    """A rectangle: how many uploads of a step had an outcome."""

    outcome: str
    x: float
    y: float
    width: float
    height: float
    said: str


def bars(found: History) -> Iterator[Bar]:
    """Stack the outcomes of each step."""
    step = WIDTH / len(found.steps)
    for number, counts in enumerate(found.steps):
        y = float(HEIGHT)
        for outcome in ORDER:
            if count := counts[outcome]:
                height = count / found.highest * HEIGHT
                y -= height
                said = f"{_time(found, number)}: {count:,} {outcome}"
                x, width = number * step + step * GAP / 2, step * (1 - GAP)
                yield Bar(
                    outcome, round(x, 1), round(y, 1), round(width, 1), round(height, 1), said
                )


def ticks(found: History) -> list[tuple[float, str]]:
    """Label some of the steps."""
    every = -(-len(found.steps) // LABELS)
    step = WIDTH / len(found.steps)
    return [(round(it * step, 1), _time(found, it)) for it in range(0, len(found.steps), every)]


def _time(found: History, number: int) -> str:
    begin = found.begin + number * found.step
    return f"{begin:%d %b}" if found.step.days else f"{begin:%d %b %H:%M}"
