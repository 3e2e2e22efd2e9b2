"""Asks whether advisories are known for what is pinned, and says so plainly when it could not ask.

`make audit`. Exit code 0: all packages were checked, and nothing is known. 1: something is known.
3: some package could not be checked, which is no good news. The tools alone would call that green:
pip-audit finds "no known vulnerabilities" in packages that it could not look up.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
CLEAN, FOUND, NOT_CHECKED = 0, 1, 3


class Answer(NamedTuple):
    """What was found: packages that were checked, advisories, and what was not checked and why."""

    checked: int = 0
    advisories: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def of_pip(said: str) -> Answer:
    """Read what `pip-audit --format json` says; anything else is not checked."""
    try:
        packages: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer(unchecked=("pip-audit gave no answer",))
    checked = [it for it in packages if "skip_reason" not in it]
    advisories = [
        f"{it['name']} {it['version']}: {known['id']}, fixed in {known['fix_versions'] or 'none'}"
        for it in checked
        for known in it["vulns"]
    ]
    unchecked = [it["skip_reason"] for it in packages if "skip_reason" in it]
    return Answer(len(checked), tuple(advisories), tuple(unchecked))


def of_npm(said: str) -> Answer:
    """Read what `npm audit --json` says; anything else is not checked."""
    try:
        report = json.loads(said)
        checked = report["metadata"]["dependencies"]["total"]
        known = report["vulnerabilities"].items()
    except (ValueError, KeyError, TypeError):
        return Answer(unchecked=("npm audit gave no answer",))
    return Answer(checked, tuple(f"{name}: {it['severity']}" for name, it in known))


def asked(file: Path) -> Answer:
    """Ask about one file of pinned packages."""
    if file.suffix == ".json":
        return of_npm(_said("npm", "audit", "--package-lock-only", "--json", cwd=file.parent))
    program = str(Path(sys.executable).with_name("pip-audit"))
    options = ("--disable-pip", "--progress-spinner", "off", "--format", "json")
    return of_pip(_said(program, *options, "--requirement", str(file), cwd=ROOT))


def _said(*command: str, cwd: Path) -> str:
    try:
        ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:  # the tool is not here
        return ""
    return ended.stdout


def verdict(answers: dict[str, Answer]) -> tuple[int, list[str]]:
    """Return the exit code, and what to say of each file."""
    lines = []
    for name, answer in answers.items():
        lines += [f"KNOWN        {name}: {it}" for it in answer.advisories]
        if answer.unchecked:
            more = f" (and {len(answer.unchecked) - 1} more)" if len(answer.unchecked) > 1 else ""
            lines.append(f"NOT CHECKED  {name}: {answer.unchecked[0]}{more}")
        elif not answer.checked:
            lines.append(f"NOT CHECKED  {name}: nothing was looked up")
        elif not answer.advisories:
            lines.append(f"clean        {name}: {answer.checked} packages, nothing is known")
    if any(it.advisories for it in answers.values()):
        return FOUND, lines
    if any(it.unchecked or not it.checked for it in answers.values()):
        return NOT_CHECKED, [*lines, "What is not checked may have known vulnerabilities."]
    return CLEAN, lines


def main() -> int:
    files = [ROOT / "functions/requirements.txt", ROOT / "requirements-dev.txt"]
    files += sorted(ROOT.glob("infra/*/requirements*.txt"))
    files += sorted(ROOT.glob("infra/*/package-lock.json"))
    code, lines = verdict({str(it.relative_to(ROOT)): asked(it) for it in files})
    print(*lines, sep="\n")  # noqa: T201 - its answer
    return code


if __name__ == "__main__":
    sys.exit(main())
