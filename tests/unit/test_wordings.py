"""Every problem has words: each use of a code names a reason of the table, and gives its facts."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from articles.catalogue import CATALOGUE, Code, wording
from articles.records import mistakes, strict_json

FUNCTIONS = Path(__file__).parents[2] / "functions"
MODULES = {path.name: ast.parse(path.read_text()) for path in FUNCTIONS.rglob("*.py")}

# What builds a problem of one code: where its reason stands, and the facts that it adds.
BUILDERS = {
    "Fault": (Code.E_JSON, 1, {"line", "column", "found"}),
    "_NumberError": (Code.E_JSON, 1, {"line", "column", "found", "value"}),
    "too_large": (Code.W_FIELD_TYPE, 0, set[str]()),
    "check": (Code.E_TOO_LARGE, 0, {"actual", "limit"}),
    "exceeded": (Code.E_TOO_LARGE, 0, {"actual", "limit"}),
}
# Where a code or a reason may be a variable, because the calls that decide it are elsewhere.
PASSING_ON = {"notes.py", "limits.py", "strict_json.py", "json_stream.py", "assembling.py"}
DECIDED = {(Code.E_JSON, reason) for reason in {*strict_json.REASONS.values(), *mistakes.REASONS}}
DECIDED |= {(code, "default") for code in (Code.W_CONTROL, Code.W_BIDI, Code.W_INVISIBLE)}
# An error may repeat why a field was dropped.
REPEATING = {Code.E_FIELD_TYPE, Code.E_TOO_LARGE}


class Use(NamedTuple):
    """A call that builds a problem; its reason is None where it is a variable."""

    place: str
    code: Code
    reason: str | None
    facts: set[str]


def uses() -> Iterator[Use]:
    for module, tree in MODULES.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            yield from _uses(f"{module}:{call.lineno}", call)


def _uses(place: str, call: ast.Call) -> Iterator[Use]:
    facts = {keyword.arg or "**" for keyword in call.keywords}
    for index, code in enumerate(map(_code, call.args)):
        if code:
            yield Use(place, code, _text([*call.args, ast.Constant("default")][index + 1]), facts)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if name in BUILDERS and call.args:
        code, index, added = BUILDERS[name]
        named = [keyword.value for keyword in call.keywords if keyword.arg == "reason"]
        reason = _text([*named, call.args[index]][0])
        yield Use(place, code, reason, facts - {"reason"} | added)


def _code(node: ast.expr) -> Code | None:
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Code":
        return Code[node.attr]
    return None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


USES = list(uses())


@pytest.mark.parametrize(
    "use", [pytest.param(use, id=f"{use.place} {use.code}") for use in USES if use.reason]
)
def test_a_use_of_a_code_has_a_wording_and_gives_its_facts(use: Use) -> None:
    fields = {name for _, name, _, _ in Formatter().parse(wording(use.code, use.reason or ""))}

    assert fields - {None} == use.facts


def test_only_what_passes_a_reason_on_has_it_in_a_variable() -> None:
    assert {use.place.partition(":")[0] for use in USES if not use.reason} <= PASSING_ON


def test_every_wording_is_used() -> None:
    used = DECIDED | {(use.code, use.reason) for use in USES}
    used |= {(code, reason) for _, reason in used for code in REPEATING}

    table = {(code, reason) for code, entry in CATALOGUE.items() for reason in entry.wordings}
    assert table - used == set()
