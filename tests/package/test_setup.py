"""`make setup`, up to where it would install something."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OLDEST = int(PROJECT["requires-python"].removeprefix(">=3."))
# Says that it is another Python, and does nothing else.
PYTHON = """#!/bin/sh
case "$1" in
  -V) echo "Python 3.{minor}.1" ;;
  -c) exec "{python}" -c "import sys; sys.version_info = (3, {minor}, 1); $2" ;;
  *) echo "$@"; exit 1 ;;
esac
"""


@pytest.mark.parametrize(("minor", "is_refused"), [(OLDEST - 1, True), (OLDEST, False)])
def test_a_python_that_is_too_old_is_named_before_anything_is_made(
    tmp_path: Path, minor: int, *, is_refused: bool
) -> None:
    python = tmp_path / "python3"
    python.write_text(PYTHON.format(minor=minor, python=sys.executable))
    python.chmod(0o755)
    make = ["make", "--no-print-directory", "demo", f"PYTHON={python}", f"VENV={tmp_path}/venv"]

    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=False)

    is_going_on = f"-m venv --clear {tmp_path}/venv" in done.stdout
    assert is_going_on is not is_refused
    if is_refused:
        assert f"needs Python 3.{OLDEST} or newer; {python}: Python 3.{minor}.1." in done.stderr
        assert re.search(r"^Name one: make demo PYTHON=python3\.\d+$", done.stderr, re.MULTILINE)
