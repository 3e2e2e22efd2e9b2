"""Draws docs/demo.svg, what `make demo` shows in a terminal: `make pictures`."""

import os
import pty
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

WIDTH = 132
COMMAND = "run --table --feed example examples/articles"
# As rich writes it, but with the fonts of whoever looks: a picture of the docs loads nothing.
FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
 aria-label="What make demo shows">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, "DejaVu Sans Mono", monospace; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def shown() -> list[str]:
    """Run the demo in a terminal; gives its lines, with their colours."""
    pieces: list[bytes] = []

    def read(terminal: int) -> bytes:
        pieces.append(os.read(terminal, 65_536))
        return b"" if not pieces[-1] else b" "  # what is told on our own terminal: that it goes on

    os.environ |= {"COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    pty.spawn(["sh", "-c", f"{sys.executable} -m articles_cli {COMMAND} 2>/dev/null"], read)
    return b"".join(pieces).decode().splitlines()


def draw(lines: list[str], path: Path) -> None:
    """Draw what was printed, below the command; the table of the articles is left out."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text("$ make demo", style="bold"))
    starts = [n for n, line in enumerate(lines) if line.startswith("┏")]
    _, articles, events = starts
    for line in [*lines[:articles], "…", *lines[events:]]:
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    svg = console.export_svg(
        title="article-ingest", theme=DEFAULT_TERMINAL_THEME, code_format=FORMAT, unique_id="demo"
    )
    path.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    draw(shown(), Path(sys.argv[1]))
