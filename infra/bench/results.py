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
    """Lines by figure; by group what is known of its run; the machine."""

    figures: dict[str, Line] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Results":
        return cls(**json.loads(FILE.read_text(encoding="utf-8"))) if FILE.exists() else cls()

    def add(self, group: str, lines: dict[str, Line], *, seconds: float, load: float) -> None:
        """Add the lines of a group; `load` is that of the machine when its run began."""
        self.figures.update(lines)
        self.runs[group] = {
            "commit": _commit(),
            "day": datetime.now(UTC).date().isoformat(),
            "seconds": round(seconds),
            "load": round(load, 1),
        }
        self.machine.update(_machine())

    def of(self, group: str) -> list[Line]:
        return [it for name, it in self.figures.items() if FIGURES[name].group == group]

    def keep(self) -> None:
        FILE.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _commit() -> str:
    git = shutil.which("git")
    command = [git or "git", "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        told = subprocess.check_output(command, cwd=HERE, text=True)  # noqa: S603 - constant
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # not a clone
    return told.strip()


def _machine() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} on {platform.machine()}",
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }
