"""The rules of docs/rules.md as the page shows them, each to be found by its number."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from articles_cli.options import ROOT

_RULE = re.compile(r"^- \*\*(N[^*]+)\*\* ", re.MULTILINE)
_NAMED = re.compile(r"(N(\d+)\w?)(?:–N(\d+))?")
_LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")  # to other pages of the docs


class Rule(NamedTuple):
    """A rule, or several in one: their numbers as they are written, each by itself, and a text."""

    name: str
    anchors: tuple[str, ...]
    text: str


@cache
def rules() -> dict[str, list[Rule]]:
    """Read the rules, by their headings; raises OSError."""
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    sections = (it.partition("\n") for it in text.split("\n## ")[1:])
    return {title: list(_rules(body)) for title, _, body in sections if _RULE.search(body)}


def _rules(body: str) -> Iterator[Rule]:
    starts = list(_RULE.finditer(body))
    ends = [*(it.start() for it in starts[1:]), len(body)]
    for found, end in zip(starts, ends, strict=True):
        text = " ".join(_LINK.sub(r"\1", body[found.end() : end]).split())
        yield Rule(found[1], tuple(_anchors(found[1])), text)


def _anchors(name: str) -> Iterator[str]:
    """Name each rule of `N30–N33` or `N16, N105`."""
    for first, number, last in _NAMED.findall(name):
        yield first
        yield from (f"N{it}" for it in range(int(number) + 1, int(last or number) + 1))
