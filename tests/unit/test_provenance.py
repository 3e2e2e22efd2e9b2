"""Where each value of an article comes from, and by which rules."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from articles.judging import Accepted
from articles.metadata.provenance import Origin, origins
from articles.metadata.rules import follows, rules_of
from articles.metadata.shapes import SHAPES

from .build import accept, judge

FUNCTIONS = Path(__file__).parents[2] / "functions"


def explained(document: Any, **profile: Any) -> dict[str, Origin]:
    verdict = judge(document, **profile)
    assert isinstance(verdict, Accepted)
    return {it.field: it for it in origins(verdict.article, verdict.taken)}


@pytest.mark.parametrize(
    ("document", "profile", "field", "pointer", "rule"),
    [
        ({"headline": "Ferry", "body": "x"}, {}, "title", "/headline", "N6"),
        ({"title": "Ferry", "link": "https://a.example/x"}, {}, "url", "/link", "N31"),
        ({"title": "Ferry", "link": "https://a.example/x"}, {}, "canonical_url", "/link", "N36"),
        ({"title": "Ferry", "body": "<p>x</p>"}, {}, "body_text", "/body", "N61"),
        ({"title": "Ferry", "body": "<p>x</p>"}, {}, "body_html", "/body", "N62"),
        # under its final name
        ({"title": "x", "id": "1", "date": "2026-01-01"}, {}, "published_at_local", "/date", "N10"),
        # what was counted or given by the feed has no place
        ({"title": "Ferry", "text": "Six."}, {}, "word_count", None, "N65"),
        ({"title": "Ferry", "text": "Six."}, {"language": "en"}, "language", None, "N86"),
    ],
)
def test_a_value_names_its_place_and_its_rules(
    document: Any, profile: Any, field: str, pointer: str | None, rule: str
) -> None:
    found = explained(document, **profile)[field]

    assert found.pointer == pointer
    assert rule in found.rules


def test_a_value_that_was_counted_follows_no_rule_but_that_of_counting() -> None:
    assert explained({"title": "Ferry", "text": "Six."})["word_count"].rules == ("N65",)


def test_every_field_of_an_article_is_explained() -> None:
    document = {"title": "x", "id": "1", "url": "https://a.example/", "text": "y"}

    assert list(explained(document)) == list(accept(document))


def test_every_normalizer_of_a_shape_says_which_rules_it_follows() -> None:
    takes = [(shape.name, field, taken) for shape in SHAPES for field, taken in shape.takes]

    assert [(name, field) for name, field, taken in takes if not rules_of(taken.rule)] == []


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        (["N7", "N87", "N88"], ("N7", "N87", "N88")),
        (["N40-N42"], ("N40", "N41", "N42")),
        (["N6", "N9-N10"], ("N6", "N9", "N10")),
    ],
)
def test_a_range_of_rules_is_each_of_them(written: list[str], rules: tuple[str, ...]) -> None:
    @follows(*written)
    def normalizer() -> None: ...

    assert rules_of(normalizer) == rules


def test_a_function_that_names_no_rules_follows_none() -> None:
    assert rules_of(explained) == ()


SAID = """
from articles.metadata import rules, shapes

if rules.follows.__doc__:
    raise SystemExit("Python has kept the docstrings.")
for shape in shapes.SHAPES:
    for field, taken in shape.takes:
        print(shape.name, field, *rules.rules_of(taken.rule))
"""


def test_the_rules_are_known_where_python_drops_docstrings() -> None:
    command = [sys.executable, "-OO", "-c", SAID]
    printed = subprocess.check_output(command, cwd=FUNCTIONS, text=True)

    assert [line.split() for line in printed.splitlines()] == [
        [shape.name, field, *rules_of(taken.rule)]
        for shape in SHAPES
        for field, taken in shape.takes
    ]
