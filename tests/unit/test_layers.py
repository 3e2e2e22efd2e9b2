"""The layers of the service and of its command: each imports only what stands above it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
LAYERS = {
    "articles": [
        "article catalogue problems quoting refs streams times unicode values",
        "aws feeds first_attempt limits loading logs settings",
        *("uploads", "records", "metadata", "versions", "storing", "announcing"),
        *("judging", "ingestion", "batches reconciling releasing"),
    ],
    "articles_cli": [
        *("terminal", "options", "files installed samconfig", "stack", "uploads", "stories"),
        *("replays", "local", "commands", "main", "__main__"),
    ],
}
LAYER_OF = {
    package: {name: number for number, names in enumerate(layers) for name in names.split()}
    for package, layers in LAYERS.items()
}
VOCABULARY = ("articles", 0), ("articles", 1)  # whose modules may also import each other
FOLDERS = {"articles": FUNCTIONS, "articles_cli": ROOT / "infra/cli"}
MODULES = sorted(
    (package, str(path.relative_to(folder / package)))
    for package, folder in FOLDERS.items()
    for path in (folder / package).rglob("*.py")
)


def imported(path: Path, package: str) -> set[str]:
    """Name the layers' members that a module imports, also those for annotations alone."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    modules = [it.module for it in nodes if isinstance(it, ast.ImportFrom) and it.module]
    modules += [it.name for node in nodes if isinstance(node, ast.Import) for it in node.names]
    names = [
        f"{package}.{it.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == package
        for it in node.names
    ]
    return {it.split(".")[1] for it in [*modules, *names] if it.startswith(f"{package}.")}


@pytest.mark.parametrize(("package", "module"), MODULES)
def test_a_module_imports_only_what_stands_above_it(package: str, module: str) -> None:
    found = imported(FOLDERS[package] / package / module, package)
    own = module.split("/", maxsplit=1)[0].removesuffix(".py")
    if own == "__init__":
        assert found == set()
        return

    layer_of = LAYER_OF[package]
    layer = layer_of[own]
    below = {it for it in found if layer_of[it] > layer}
    beside = found & set(LAYERS[package][layer].split()) - {own}

    assert below | (set() if (package, layer) in VOCABULARY else beside) == set()


@pytest.mark.parametrize("path", sorted((ROOT / "infra/cli/articles_cli/commands").glob("*.py")))
def test_no_command_imports_another(path: Path) -> None:
    assert "articles_cli.commands" not in path.read_text()


def loaded(code: str, folder: Path = ROOT) -> list[set[str]]:
    """Give the modules that a program prints, a line for each time that it does."""
    told = subprocess.check_output([sys.executable, "-c", code], cwd=folder, text=True)
    return [set(line.split()) for line in told.splitlines()]


@pytest.mark.parametrize("name", ["publish", "reconcile", "release"])
def test_the_small_functions_load_no_shape_and_no_native_parser(name: str) -> None:
    [modules] = loaded(f"import sys, {name}; print(*sys.modules)", FUNCTIONS)
    ours = [it for it in modules if it == name or it.partition(".")[0] == "articles"]

    assert len(ours) <= 30
    assert [it for it in ours if "metadata" in it or "records" in it] == []
    assert {"nh3", "selectolax", "can_ada"} & modules == set()
    assert ("articles.feeds" in ours) is (name == "release"), "its models take time to build"


def test_only_the_console_loads_flask_and_neither_it_nor_the_command_the_embedded_aws() -> None:
    command, console = loaded(
        "import sys, articles_cli.main; print(*sys.modules)\n"
        "import articles_console.app, articles_console.server; print(*sys.modules)"
    )

    assert {"flask", "waitress", "articles_console"} & command == set()
    assert {"articles_local", "moto"} & console == set()
