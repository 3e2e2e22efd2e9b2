"""Mutants: the core with one small mistake at a time; the other figures must find each of them.

A mutant is the source of one module with one comparison, constant, operator or condition changed.
It runs in a process of its own, in which short versions of the other figures are played; it is
killed when one of them finds a fault, or the mutant breaks.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.aws import service

FUNCTIONS = Path(__file__).parents[2] / "functions"
# The order rule, what is folded, the condition and its meaning, the receipts' conditions, and what
# is acknowledged. None: the whole module.
CORE: dict[str, tuple[str, ...]] = {
    "articles/versions/order.py": (
        "order_key",
        "is_absorbing_kill",
        "overtaken",
        "_effective_time",
        "comparable_sequencer",
    ),
    "articles/versions/revision.py": ("fold",),
    "articles/storing/articles_table.py": (
        "put",
        "next_attempt",
        "_is_own",
        "_update",
        "_refused",
        "_kind",
        "_hold_until",
    ),
    "articles/storing/putting_back.py": ("is_spared",),
    "articles/storing/embargoes.py": ("release",),
    "articles/storing/mending.py": ("revive", "remove"),
    "articles/storing/receipts_table.py": (
        "begin",
        "has_part",
        "finish_part",
        "_sum_up",
        "_is_absent_or_older",
        "_is_open",
        "_is_unplanned",
        "_is_in_parts",
    ),
    "articles/storing/receipts.py": ("is_final_for",),
    "articles/ingestion.py": ("ingest", "_read", "_plan", "_check_unread"),
    "articles/announcing/announcer.py": ("send", "_put", "_note"),
    "articles/announcing/publishing.py": ("handle", "_publish"),
    "articles/batches.py": ("_consume", "_note_failure"),
}
# The tests of the core in memory come first; the figures are played on what they do not kill, and
# on what is still alive those of the core that need moto.
FAST = (
    "unit/test_order.py",
    "unit/test_revision.py",
    "faults/test_world.py",
    "faults/test_told.py",
    "handlers/test_release.py",
    "handlers/test_publish.py",
    "handlers/test_publish_expiry.py",
    "handlers/test_publish_sending.py",
    "handlers/test_bulk_failures.py",
    "handlers/test_bulk_unread.py",
)
SLOW = (
    "adapters/test_articles_stored.py",
    "adapters/test_articles_table.py",
    "adapters/test_generations.py",
)
LONGEST = 180  # seconds of its processor that a mutant may take

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Conditions are built of these methods.
_METHODS = {"exists": "not_exists", "not_exists": "exists", "lt": "lte", "eq": "ne", "ne": "eq"}
_WORDS = (
    (" < ", " <= "),
    (" < ", " > "),
    (" OR ", " AND "),
    (" AND ", " OR "),
    (" <> ", " = "),
    ("attribute_not_exists", "attribute_exists"),
    ("attribute_exists", "attribute_not_exists"),
    ("if_not_exists(released_at, :ingested_at)", ":ingested_at"),
    ("if_not_exists(content_hash, :first)", ":first"),
)


Change = Callable[[Any], None]


@dataclass(frozen=True)
class Mutant:
    """A mistake: where it is, what it is, and the module with it."""

    file: str
    line: int
    what: str
    tree: ast.Module


def mutants() -> Iterator[Mutant]:
    """Give all mutants of the core."""
    for file, names in CORE.items():
        tree = ast.parse((FUNCTIONS / file).read_text(encoding="utf-8"))
        places = [node for top in _chosen(tree, names) for node in ast.walk(top)]
        for number, node in enumerate(places):
            for what, change in _changes(node):
                changed = deepcopy(tree)
                nodes = [it for top in _chosen(changed, names) for it in ast.walk(top)]
                change(nodes[number])
                yield Mutant(
                    file, getattr(node, "lineno", 0), what, ast.fix_missing_locations(changed)
                )


def _unchanged() -> Mutant:
    file = "articles/versions/order.py"
    return Mutant(file, 0, "nothing", ast.parse((FUNCTIONS / file).read_text(encoding="utf-8")))


def _chosen(tree: ast.Module, names: tuple[str, ...]) -> list[ast.AST]:
    """Give the functions of some names, and the constants whose names begin like one."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            found += node.body[1:] if ast.get_docstring(node) else node.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith(names):
            found.append(node.value)
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Give the mistakes that can be made at a node, as changes of its copy."""
    if isinstance(node, ast.Compare):
        old, new = type(node.ops[0]), _COMPARE[type(node.ops[0])]
        yield f"{old.__name__} is {new.__name__}", lambda it: setattr(it, "ops", [new()])
    elif isinstance(node, ast.BoolOp):
        other = ast.And if isinstance(node.op, ast.Or) else ast.Or
        yield f"{type(node.op).__name__} is {other.__name__}", lambda it: setattr(it, "op", other())
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "the test is negated", _negate
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        joint = ast.BitAnd if isinstance(node.op, ast.BitOr) else ast.BitOr
        yield f"{type(node.op).__name__} is {joint.__name__}", lambda it: setattr(it, "op", joint())
    elif isinstance(node, ast.Attribute) and node.attr in _METHODS:
        method = _METHODS[node.attr]
        yield f"{node.attr} is {method}", lambda it: setattr(it, "attr", method)
    elif isinstance(node, ast.Raise):
        yield "nothing is raised", lambda it: _become(it, ast.Pass())
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)


def _negate(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _of_constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} is {not value}", lambda it: setattr(it, "value", not value)
    elif isinstance(value, int):
        yield f"{value} is {value + 1}", lambda it: setattr(it, "value", value + 1)
    elif isinstance(value, str):
        for old, new in _WORDS:
            if old in value:
                changed = value.replace(old, new, 1)
                yield f"{old!r} is {new!r}", partial(_set, to=changed)


def _set(node: Any, to: object) -> None:
    node.value = to


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turn a statement into another one in its place."""
    location = {name: getattr(node, name) for name in ("lineno", "col_offset")}
    node.__class__ = type(other)
    node.__dict__.clear()
    node.__dict__.update(location)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a tree in the place of its file."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=self)

    def create_module(self, _: object) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._tree, str(self._path), "exec"), vars(module))  # noqa: S102


def is_killed(mutant: Mutant, check: Callable[[], bool]) -> bool:
    """Tell whether a check finds fault with a mutant, in a process of its own."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))  # who never ends is ended,
        signal.alarm(10 * LONGEST)  # and who waits forever
        os._exit(_live(mutant, check))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def _live(mutant: Mutant, check: Callable[[], bool]) -> int:
    ours = ("articles", "ingest", "publish", "reconcile", "release", "tests")
    for name in [it for it in sys.modules if it.partition(".")[0] in ours]:
        del sys.modules[name]  # a mutant lives in modules of its own
    sys.meta_path.insert(0, _finder(mutant))
    try:
        with (
            open(os.devnull, "w") as nowhere,  # noqa: PTH123
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
        ):
            return 0 if check() else 1
    except BaseException:  # noqa: BLE001 - a mutant that breaks is found out
        return 1


def _finder(mutant: Mutant) -> _Finder:
    name = mutant.file.removesuffix(".py").replace("/", ".")
    return _Finder(name, FUNCTIONS / mutant.file, mutant.tree)


def _check() -> bool:
    """Run tests, and play short versions of the other figures; tell if nothing was found."""
    return _pass(FAST) and _figures_hold() and _pass(SLOW)


def _figures_hold() -> bool:
    from . import histories, repairs
    from .crash import crash_points
    from .interleave import PAIRS, interleave, interleave_parts, interleave_repairs
    from .paths import PATHS
    from .world import worlds

    with worlds() as empty, repairs.feeds() as zones:
        found = chain(
            (histories.play(empty, seed).verdict.faults for seed in histories.TELLING),
            (
                crash_points(empty, pairs=False, paths=(path,), is_error=is_error).failures
                for path in PATHS
                for is_error in (False, True)
            ),
            (interleave(empty, [pair], every=7).violations for pair in PAIRS),
            (interleave_parts(empty, every=29).violations for _ in range(1)),
            (interleave_repairs(empty).violations for _ in range(1)),
            (repairs.play(empty, seed, zones).verdict.faults for seed in repairs.TELLING),
        )
        return not any(found)


def _pass(tests: tuple[str, ...]) -> bool:
    import pytest

    folder = Path(__file__).parents[1]
    names = [str(folder / name) for name in tests]
    return pytest.main(["-q", "-x", "-p", "no:cacheprovider", *names]) == 0


_ALL: list[Mutant] = []  # the processes that judge them are forks of this one


def _judged(number: int) -> bool:
    """Judge one mutant; who survives is named at once."""
    mutant = _ALL[number]
    if is_killed(mutant, _check):
        return True
    sys.stderr.write(f"alive: {mutant.file}:{mutant.line} {mutant.what}\n")
    return False


def main() -> None:
    """Print one JSON line: how many mutants were killed."""
    _ALL.extend(mutants())
    service.translated()  # what it imports is there for all
    if is_killed(_unchanged(), _check):
        sys.exit("The check finds fault with what is not changed.")
    with get_context("fork").Pool() as pool:
        killed = pool.map(_judged, range(len(_ALL)), chunksize=1)
    told = {"figure": "mutants", "killed": sum(killed), "of": len(killed)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
