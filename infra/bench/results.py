"""What was measured last and kept: results.json, from which docs/performance.md is written."""

import json
import os
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from figures import FIGURES, Line

HERE = Path(__file__).parent
FILE = HERE / "results.json"


@dataclass(frozen=True)
class Results:
    """Lines by figure, and by group what is known of its run."""

    figures: dict[str, Line] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Results":
        return cls(**json.loads(FILE.read_text(encoding="utf-8"))) if FILE.exists() else cls()

    def add(self, group: str, lines: dict[str, Line], **run: Any) -> None:  # noqa: ANN401
        """Add the lines of a group, and what is known of its run.

        What could not be measured leaves what was measured before. Names that FIGURES no longer
        has are left out.
        """
        known = {name: it for name, it in lines.items() if it["value"] is not None}
        merged = lines | self.figures | known
        self.figures.clear()
        self.figures.update((name, merged[name]) for name in FIGURES if name in merged)
        if known:
            day = datetime.now(UTC).date().isoformat()
            self.runs[group] = {"day": day, "machine": _machine(), **run}

    def of(self, group: str) -> list[Line]:
        return [it for name, it in self.figures.items() if FIGURES[name].group == group]

    def keep(self) -> None:
        FILE.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", "utf-8")


def commit() -> str:
    """Name what is checked out, and say if it was changed since."""
    git = shutil.which("git")
    command = [git or "git", "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        told = subprocess.check_output(command, cwd=HERE, text=True)  # noqa: S603 - constant
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # not a clone
    return told.strip()


def _machine() -> str:
    system, python = f"{platform.system()} {platform.machine()}", platform.python_version()
    return f"{system}, {os.cpu_count()} processors, Python {python}"
