"""The layers of the service: each imports only what stands above it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
LAYERS = (
    # the vocabulary
    "article catalogue outcomes problems quoting refs streams times unicode values".split(),
    "aws feeds first_attempt limits loading logs settings".split(),
    # a package for each verb
    ["uploads"],
    ["records"],
    ["metadata"],
    ["versions"],
    ["storing"],
    ["announcing"],
    # the stories
    ["judging"],
    ["ingestion"],
    ["batches", "reconciling", "releasing"],
)
LAYER_OF = {name: number for number, names in enumerate(LAYERS) for name in names}


def imported(path: Path) -> set[str]:
    """Name the layers' members that a module imports, also those for annotations alone."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    modules = [it.module for it in nodes if isinstance(it, ast.ImportFrom) and it.module]
    modules += [it.name for node in nodes if isinstance(node, ast.Import) for it in node.names]
    names = [
        f"articles.{it.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "articles"
        for it in node.names
    ]
    return {it.split(".")[1] for it in [*modules, *names] if it.startswith("articles.")}


MODULES = sorted(str(it.relative_to(FUNCTIONS)) for it in (FUNCTIONS / "articles").rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_stands_above_it(module: str) -> None:
    path = FUNCTIONS / module
    own = module.split("/")[1].removesuffix(".py")
    if own == "__init__":
        assert imported(path) == set()
        return

    below = {it for it in imported(path) if LAYER_OF[it] > LAYER_OF[own]}
    beside = imported(path) & set(LAYERS[LAYER_OF[own]]) - {own} if LAYER_OF[own] > 1 else set()

    assert below | beside == set()


@pytest.mark.parametrize("name", ["publish", "reconcile", "release"])
def test_the_small_functions_load_no_shape_and_no_native_parser(name: str) -> None:
    code = f"import sys, {name}; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=FUNCTIONS, text=True).split()
    ours = [it for it in loaded if it == name or it.partition(".")[0] == "articles"]

    assert len(ours) <= 30
    assert [it for it in ours if "metadata" in it or "records" in it] == []
    assert {"nh3", "selectolax", "can_ada"} & set(loaded) == set()
    assert ("articles.feeds" in ours) is (name == "release"), "its models take time to build"


def test_only_the_console_loads_flask() -> None:
    code = "import sys, articles_cli.main; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert {"flask", "waitress", "articles_console", "articles_local"} & set(loaded) == set()


def test_the_console_stands_on_the_command_and_not_on_the_embedded_aws() -> None:
    code = "import sys, articles_console.app, articles_console.server; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert {"articles_local", "moto"} & set(loaded) == set()
