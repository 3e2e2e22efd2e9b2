"""Runs programs of the project, and takes their time: they say themselves how they fare."""

import json
import math
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from apart import ROOT, NotMeasured, printed
from rounds import children_seconds, say
from samples import sample

ARTICLES = (sys.executable, "-m", "articles_cli")
OVERRULED = "j13-two-documents-one-line"  # a hostile file whose label is older than N93 (d)
ENDED = 600  # seconds after which a command of the embedded AWS is given up


class Run(NamedTuple):
    """What a program printed, and what it took, child processes included."""

    output: str
    seconds: float
    cpu_seconds: float


def run(
    name: str, *command: object, codes: tuple[int, ...] = (0,), within: float = math.inf
) -> Run:
    """Run a command, as apart.printed() does."""
    cpu, start = children_seconds(), time.perf_counter()
    output = printed(name, command, codes=codes, within=within)
    return Run(output, time.perf_counter() - start, children_seconds() - cpu)


def figures_of(module: str, names: Iterable[str], options: str = "") -> list[dict[str, Any]]:
    """Run a program that prints a JSON line for each figure; exit code 1 is a missed target.

    Raises NotMeasured if it does not print one of the figures.
    """
    command = (sys.executable, "-m", module, *options.split())
    lines = map(json.loads, run(module, *command, codes=(0, 1)).output.splitlines())
    found = {it["figure"]: it for it in lines}
    if missing := [it for it in names if it not in found]:
        raise NotMeasured(f"`{module}` does not tell {', '.join(missing)}")
    return [found[it] for it in names]


def articles_run(kind: str) -> Run:
    """Run the whole pipeline on this machine for a folder of articles: `uploads` or `ndjson`."""
    with _folder(kind) as folder:
        return run(
            "articles run", *ARTICLES, "run", "--json", "--feed", "bench", folder, within=ENDED
        )


@contextmanager
def _folder(kind: str) -> Iterator[Path]:
    records = {"uploads": 500, "ndjson": 2000}[kind]
    lines = sample(f"article-{records}-1.ndjson")
    text = b"".join(lines.read(0, lines.size))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [text] if kind == "ndjson" else text.splitlines()
        for number, it in enumerate(files):
            (folder / f"{number:03}.ndjson").write_bytes(it)
        yield folder


def zip_bytes() -> int:
    """Build a function as `sam build` does, and return the size of its zip."""
    with tempfile.TemporaryDirectory() as name:
        built = Path(name, "built")
        built.mkdir()
        make = (
            "make",
            "--silent",
            "-C",
            ROOT / "functions",
            "-f",
            ROOT / "infra/build/arm64/Makefile",
        )
        run("the build", *make, "build-IngestFunction", f"ARTIFACTS_DIR={built}")
        archive = Path(name, "function.zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in sorted(built.rglob("*")):
                zipped.write(path, path.relative_to(built))
        return archive.stat().st_size


def score(labelled: Path, kind: str) -> tuple[int, int]:
    """Return how many facts of labelled files are right, and of how many that still hold."""
    scorer = labelled / "tools" / "score.py"
    command = " ".join(ARTICLES)
    scored = run(scorer.name, sys.executable, scorer, kind, "--articles", command, codes=(0, 1))
    *wrong, last = scored.output.splitlines()
    for fact in wrong:
        say(fact)
    overruled = sum(fact.startswith(OVERRULED) for fact in wrong)
    found = re.match(r"(\d+)/(\d+) facts right", last)
    if not found:
        raise NotMeasured(f"{scorer.name} {kind} says {last!r}")
    return int(found[1]), int(found[2]) - overruled
