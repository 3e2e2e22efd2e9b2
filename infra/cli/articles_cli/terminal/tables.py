"""Tables that fit a terminal, from which ids, keys and addresses can be copied.

A word is never broken: where borders do not fit they are left out, and where columns do not fit,
each cell gets a line of its own.
"""

from collections.abc import Iterator, Sequence
from textwrap import fill

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

Cell = Sequence[str]  # its lines
PROSE = 16  # columns that a sentence needs at least
VERDICTS = {"accepted": "green", "partial": "yellow", "rejected": "red", "failed": "red"}


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], width: int) -> RenderableType:
    """Lay out a table for a terminal of this width; print it without cropping."""
    cells = list(zip(([name] for name in columns), *rows, strict=True))
    least = [max(map(_least, column)) for column in cells]
    most = [max(map(_most, column)) for column in cells]
    framed, bare = Table(), Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for made, taken in ((framed, 3 * len(columns) + 1), (bare, 2 * len(columns) - 2)):
        if widths := _shared(least, most, width - taken):
            for name, given in zip(columns, widths, strict=True):
                made.add_column(name, width=given, overflow="fold")
            for row in rows:
                made.add_row(*map(_styled, row))
            return made
    if len(columns) == 2 and all(len(name) == 1 for name, _ in rows):
        return Text("\n").join(_pairs([(name, value) for (name,), value in rows], width))
    return Text("\n").join(_blocks(columns, rows, width))


def broken(text: str, width: int, indent: int) -> str:
    """Break a text at its words; all lines but the first are indented."""
    after = " " * indent
    return fill(
        text,
        max(width, indent + 1),
        subsequent_indent=after,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _most(cell: Cell) -> int:
    return max(map(cell_len, cell), default=0)


def _least(cell: Cell) -> int:
    """How narrow a cell may be."""
    return max((max(_whole(line), min(cell_len(line), PROSE)) for line in cell), default=0)


def _whole(line: str) -> int:
    """Measure the longest word, of a script that has words: others are broken anywhere."""
    return max((len(word) for word in line.split() if cell_len(word) == len(word)), default=0)


def _shared(least: Sequence[int], most: Sequence[int], room: int) -> list[int] | None:
    """Share the room among columns, those first that lack the least; None if it does not do."""
    spare = room - sum(least)
    if spare < 0:
        return None
    widths = list(least)
    lacking = sorted(range(len(least)), key=lambda n: most[n] - least[n])
    for after, n in enumerate(lacking):
        more = min(most[n] - least[n], spare // (len(lacking) - after))
        widths[n] += more
        spare -= more
    return widths


def _styled(cell: Cell) -> Text:
    return Text("\n").join(Text(line, VERDICTS.get(line, "")) for line in cell)


def _pairs(pairs: Sequence[tuple[str, Cell]], width: int) -> Iterator[Text]:
    """Write names and values, each below the other."""
    indent = max(cell_len(name) for name, _ in pairs) + 2
    for name, cell in pairs:
        for n, line in enumerate(cell):
            said = "" if n else name
            value = broken(line, width - indent, 0).replace("\n", "\n" + " " * indent)
            yield Text.assemble((said.ljust(indent), "bold"), (value, VERDICTS.get(line, "")))


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[Cell]], width: int) -> Iterator[Text]:
    """Write each row as pairs, without what is empty."""
    for row in rows:
        yield from _pairs([it for it in zip(columns, row, strict=True) if any(it[1])], width)
        yield Text("")
