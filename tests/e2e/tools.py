"""The tools of these tests: Python 3.13, with it the CLIs of SAM and AWS, and MiniStack, in venvs.

They are installed under .tools/ on first use, and again when their requirements change.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "infra" / "e2e"
TOOLS = ROOT / ".tools"
Ended = subprocess.CompletedProcess[str]


def install(tool: str) -> Path:
    """Install a tool by its pinned requirements, unless it is there; return its programs' folder.

    That folder holds a `python3.13` too: with it on PATH, `sam build` finds the one it asks for.
    """
    return install_into(TOOLS / tool, REQUIREMENTS / f"requirements-{tool}.txt", python)


def install_into(venv: Path, requirements: Path, interpreter: Callable[[], Path]) -> Path:
    """Install requirements, unless they are there; return the folder of the programs."""
    installed = venv / "installed.txt"  # written last: what broke off is begun anew
    wanted = requirements.read_text(encoding="utf-8")
    if not (installed.is_file() and installed.read_text(encoding="utf-8") == wanted):
        run([interpreter(), "-m", "venv", "--clear", venv])
        options = ["--quiet", "--require-hashes", "--only-binary=:all:", "--requirement"]
        inside, uv = str(venv / "bin" / "python"), str(Path(sys.executable).with_name("uv"))
        try:  # as `make setup` does
            run([uv, "pip", "install", "--python", inside, *options, requirements])
        except (OSError, pytest.fail.Exception):
            run([inside, "-m", "pip", "install", *options, requirements])
        installed.write_text(wanted, encoding="utf-8")
    return venv / "bin"


@cache
def python() -> Path:
    """Find Python 3.13, the runtime of the template."""
    for found in candidates():
        # A name on PATH may be a version manager's shim for a version that is not switched on.
        version = subprocess.run(
            [found, "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        if version.split() == ["3", "13"]:
            return found
    pytest.skip("needs Python 3.13: no python3.13 that runs is on PATH or among pyenv's versions")


def candidates() -> Iterator[Path]:
    if sys.version_info[:2] == (3, 13):
        yield Path(sys.executable)
    if on_path := shutil.which("python3.13"):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/3.13*/bin/python3.13"))


def copied(folder: Path, *parts: str) -> Path:
    """Copy parts of the repository: what is built or deployed of them, a test may change."""
    for part in parts:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def sam_environment(folder: Path, *programs: Path) -> dict[str, str]:
    """Give what the SAM CLI needs to know; in programs' folders it finds itself and a Python 3.13.

    Its settings are in the folder: else it asks PyPI once a week whether there is a newer one.
    """
    settings = folder / "sam"
    settings.mkdir()
    (settings / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    return {
        "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(settings),
        "VENV": str(ROOT / ".venv"),
    }


def attempt(
    command: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> Ended:
    """Run a program to its end; what it says, it says in `stdout`."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def run(
    command: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> None:
    """Run a program to its end; one that fails shows what it said."""
    ended = attempt(command, cwd=cwd, env=env)
    if ended.returncode:
        name = " ".join([Path(command[0]).name, *map(str, command[1:3])])
        pytest.fail(f"{name} ended with {ended.returncode}:\n{ended.stdout[-4000:]}", pytrace=False)
