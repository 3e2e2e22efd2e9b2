"""What the SAM CLI builds of the functions, and what it refuses to build."""

import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from .tools import ROOT, Ended, attempt, copied, install, sam_environment

pytestmark = pytest.mark.e2e

Build = Callable[[str], Ended]
MACHINES = {"arm64": 183, "x86_64": 62}  # of an ELF file


@pytest.fixture(scope="module")
def source(folder: Path) -> Path:
    """Copy what `sam build` reads: all of it is in these places."""
    parts = ("functions", "infra/build", "infra/cli", "infra/events", "template.yaml")
    return copied(folder / "built", *parts)


@pytest.fixture(scope="module")
def build(source: Path) -> Build:
    sam = install("sam")
    env = os.environ | sam_environment(source, sam)

    def build(architecture: str) -> Ended:
        overrides = ["--parameter-overrides", f"Architecture={architecture}"]
        return attempt([sam / "sam", "build", *overrides], cwd=source, env=env)

    return build


@pytest.mark.parametrize("architecture", MACHINES)
def test_one_zip_for_all_functions_has_what_runs_there_and_nothing_else(
    source: Path, build: Build, architecture: str
) -> None:
    done = build(architecture)

    assert done.returncode == 0, done.stdout
    functions = sorted((source / ".aws-sam/build").glob("*Function"))
    assert len(functions) == 5
    assert len({contents(it) for it in functions}) == 1
    [*_, built] = functions
    names = {path.name for path in built.iterdir() if not path.name.endswith(".dist-info")}
    own = {path.name for path in (ROOT / "functions").iterdir()} - {"__pycache__"}
    assert own - names == {"requirements.txt"}
    assert not names & {"bin", ".lock", "boto3", "moto", "typer"}
    compiled = [path.read_bytes()[4:8] for path in (built / "articles").rglob("*.pyc")]
    assert len(compiled) == len(list((ROOT / "functions/articles").rglob("*.py")))
    assert set(compiled) == {b"\3\0\0\0"}, "held by the source's hash: zip files change its time"
    assert sum(map(packed, built.rglob("*"))) <= 10_000_000
    assert not [*built.glob("*.dist-info/INSTALLER"), *built.glob("*.dist-info/RECORD")]
    libraries = [path.read_bytes()[:20] for path in built.rglob("*.so")]
    assert libraries
    assert {int.from_bytes(it[18:20], "little") for it in libraries} == {MACHINES[architecture]}


def packed(path: Path) -> int:
    return len(zlib.compress(path.read_bytes())) if path.is_file() else 0


def contents(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    told = b"".join(bytes(path.relative_to(folder)) + path.read_bytes() for path in files)
    return hashlib.sha256(told).hexdigest()


def test_a_wrong_feeds_file_of_any_stage_is_not_built(source: Path, build: Build) -> None:
    wrong = source / "functions/feeds.prod.toml"
    wrong.write_text('[feeds.courier]\n\ntimezone = "Mars/Olympus"\n')
    try:
        done = build("arm64")
    finally:
        wrong.unlink()

    assert done.returncode == 1
    assert "feeds.prod.toml, line 3: feeds.courier.timezone: must be an IANA time" in done.stdout
