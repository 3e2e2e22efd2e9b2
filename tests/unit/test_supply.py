"""What `make sbom` and `make audit` conclude from what their tools say."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
AUDIT = run_path(str(ROOT / "infra/supply/audit.py"))
SBOM = run_path(str(ROOT / "infra/supply/sbom.py"))

# ── Advisories ───────────────────────────────────────────────────────────────────────────────────


def pip_said(*packages: dict[str, Any]) -> Any:
    return AUDIT["of_pip"](json.dumps({"dependencies": packages, "fixes": []}))


def npm_said(vulnerabilities: dict[str, Any]) -> Any:
    total = {"dependencies": {"total": 9}}
    return AUDIT["of_npm"](json.dumps({"vulnerabilities": vulnerabilities, "metadata": total}))


CLEAN = {"name": "a", "version": "1", "vulns": []}
KNOWN = {"name": "b", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c"}
ANSWERS: list[tuple[Any, int]] = [
    *((pip_said(CLEAN), 0), (pip_said(CLEAN, KNOWN), 1), (pip_said(KNOWN, SKIPPED), 1)),
    (pip_said(CLEAN, SKIPPED), 3),  # pip-audit itself ends with 0: nothing known
    (pip_said(), 3),
    (AUDIT["of_pip"](""), 3),  # no network: pip-audit ends with a traceback, and 1
    *((npm_said({}), 0), (npm_said({"b": {"severity": "high"}}), 1)),
    (AUDIT["of_npm"](json.dumps({"message": "405 Method Not Allowed", "error": {}})), 3),
]


@pytest.mark.parametrize(("answer", "code"), ANSWERS)
def test_only_what_was_checked_is_clean(answer: Any, code: int) -> None:
    ended, lines = AUDIT["verdict"]({"x": AUDIT["Answer"](1), "y": answer})

    assert ended == code
    assert any(line.startswith("clean        y") for line in lines) == (code == 0)
    assert any(line.startswith("NOT CHECKED  y") for line in lines) == bool(
        answer.unchecked or not answer.checked
    )


def test_without_its_tools_no_file_is_clean() -> None:
    script = str(ROOT / "infra/supply/audit.py")
    ended = subprocess.run(
        [sys.executable, script], env={"PATH": ""}, capture_output=True, text=True, check=False
    )

    *files, last = ended.stdout.splitlines()
    assert ended.returncode == 3, ended.stderr
    assert {line[:12].strip() for line in files} == {"NOT CHECKED"}
    pinned = [it for depth in ("", "*/", "*/*/") for it in ROOT.glob(f"{depth}requirements*.txt")]
    assert [it for it in pinned if str(it.relative_to(ROOT)) not in ended.stdout] == []
    assert "may have known vulnerabilities" in last


# ── What is deployed ─────────────────────────────────────────────────────────────────────────────


def a_component(name: str, *licenses: str) -> dict[str, Any]:
    named = [{"license": {"id": it}} for it in licenses]
    return {"name": name, "version": "1", "bom-ref": name, "externalReferences": []} | (
        {"licenses": named} if named else {}
    )


INSTALLED = {
    "metadata": {"component": {"bom-ref": "root"}},
    "components": [a_component("a_b", "MIT"), a_component("c"), a_component("pytest", "MIT")],
    "dependencies": [{"ref": "root", "dependsOn": ["a_b", "pytest"]}, {"ref": "pytest"}],
}
HASHES = [{"type": "distribution", "hashes": [{"alg": "SHA-256", "content": "00"}]}]


def deployed(*names: str, version: str = "1") -> dict[str, Any]:
    parts = [{"name": it, "version": version, "externalReferences": HASHES} for it in names]
    return {"components": parts}


def test_the_sbom_has_what_is_deployed_with_its_hashes_and_nothing_else() -> None:
    made = SBOM["sbom"](INSTALLED, deployed("a-b"), {})

    assert [it["name"] for it in made["components"]] == ["a_b"]
    assert made["components"][0]["externalReferences"] == HASHES
    assert made["dependencies"] == [{"ref": "root", "dependsOn": ["a_b"]}]


def test_an_sbom_of_other_versions_than_those_deployed_is_not_made() -> None:
    with pytest.raises(LookupError, match="c"):
        SBOM["sbom"](INSTALLED, deployed("c", version="2"), {})


@pytest.mark.parametrize(
    ("read", "allowed", "refused"),
    [
        ({}, ["MIT"], ["c: no license"]),
        ({"c": {"license": "GPL-3.0-only"}}, ["MIT"], ["c: GPL-3.0-only"]),
        ({"c": {"license": "MIT"}}, ["MIT"], []),
        ({"c": {"license": "MIT"}}, [], ["a_b: MIT", "c: MIT"]),
    ],
)
def test_a_license_that_is_missing_or_not_allowed_is_refused(
    read: dict[str, Any], allowed: list[str], refused: list[str]
) -> None:
    made = SBOM["sbom"](INSTALLED, deployed("a-b", "c"), read)

    assert SBOM["refused"](made, dict.fromkeys(allowed, "a reason")) == refused


# ── What is asked for ────────────────────────────────────────────────────────────────────────────

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
FOR_FUNCTIONS = PYPROJECT["dependency-groups"]["functions"]
WITH_OTHERS = {"boto3", "botocore", "urllib3", "pydantic-core"}  # with Lambda's Python; pydantic
DATA = {"tzdata"}  # no module: Python reads it


def named(what: str) -> str:
    """Return the name of a requirement, or of the package that is taken to have a module."""
    return re.split(r"[^\w-]", what)[0].replace("_", "-")


def test_the_functions_ask_for_what_they_import_and_the_project_asks_for_the_same() -> None:
    trees = [ast.parse(it.read_text()) for it in (ROOT / "functions").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = [it.name for node in nodes if isinstance(node, ast.Import) for it in node.names]
    modules += [it.module or "" for it in nodes if isinstance(it, ast.ImportFrom)]
    theirs = {it for it in modules if it.partition(".")[0] not in sys.stdlib_module_names}
    imported = {named(it) for it in theirs if not it.startswith(("articles", "mypy_boto3"))}

    assert imported - WITH_OTHERS | DATA == set(map(named, FOR_FUNCTIONS))
    project = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["local"]]
    assert [it for it in FOR_FUNCTIONS if it not in project] == []


def test_what_the_functions_ask_for_is_deployed_and_no_more() -> None:
    pinned = (ROOT / "functions/requirements.txt").read_text()
    deployed = {named(it.replace(".", "-")) for it in re.findall(r"^\w.*==", pinned, re.MULTILINE)}

    assert {named(it.replace(".", "-", 1)) for it in FOR_FUNCTIONS} <= deployed
    assert {"boto3", "moto", "typer"} & deployed == set()
