"""The simulated part of docs/scale.md: `make scale`.

Writes the table of what the scenarios come to into the page, and what draw.py draws to stdout.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from articles_scale.figures import ROOT, stack
from articles_scale.limits import rounded
from articles_scale.queueing import Moment
from articles_scale.scenarios import BEGIN, SCENARIOS

PAGE = ROOT / "docs/scale.md"
LATE = 120  # seconds after which an article is late
_BLOCK = re.compile(r"(<!-- simulated -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    played = {
        it.title: {name: line(it.hours) for name, line in it.lines.items()} for it in SCENARIOS
    }
    rows = [
        "| what happens | | most that waits | longest wait | normal again | dead letters |",
        "|---|---|---|---|---|---|",
        *(row for title, lines in played.items() for row in rows_of(title, lines)),
    ]
    block = "\n".join(rows)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_BLOCK.sub(rf"\1\n{block}\n\n\2", page), encoding="utf-8")
    json.dump({"digest": f"{digest()} {digest_of(block)}", "scenarios": played}, sys.stdout)


def digest() -> str:
    """Return what changes whenever the scenarios may come to something else."""
    files = [Path(__file__)]
    files += (Path(__file__).with_name(f"{it}.py") for it in ("figures", "queueing", "scenarios"))
    return digest_of(repr((stack(), [it.read_text(encoding="utf-8") for it in files])))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rows_of(title: str, lines: dict[str, list[Moment]]) -> Iterator[str]:
    """Say what a scenario comes to, one row for each way the service may be set."""
    for name, moments in lines.items():
        after = [*moments[1:], moments[-1]]
        late = [then.at for it, then in zip(moments, after, strict=True) if _age(it) > LATE]
        cells = (
            title,
            name,
            rounded(max(map(_waiting, moments))),
            _time(max(map(_age, moments))),
            f"after {_time(max(late) - BEGIN)}" if late else "never late",
            rounded(moments[-1].dead_letters),
        )
        yield f"| {' | '.join(cells)} |"
        title = ""


def _waiting(moment: Moment) -> int:
    return moment.uploads + moment.bulk + moment.unannounced


def _age(moment: Moment) -> float:
    return max(moment.oldest_upload, moment.oldest_change)


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    main()
