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
from articles.metadata.shapes.shape import Shape

from .build import judge

FUNCTIONS = Path(__file__).parents[2] / "functions"


def explained(document: Any, **profile: Any) -> dict[str, Origin]:
    verdict = judge(document, **profile)
    assert isinstance(verdict, Accepted)
    return {it.field: it for it in origins(verdict.article, verdict.taken)}


def test_a_value_names_the_place_that_it_was_taken_from() -> None:
    found = explained({"headline": "Ferry", "link": "https://a.example/x", "body": "<p>x</p>"})

    assert found["title"].pointer == "/headline"
    assert found["url"].pointer == found["canonical_url"].pointer == "/link"
    assert found["body_text"].pointer == found["body_html"].pointer == "/body"


def test_a_value_that_was_counted_or_given_by_the_feed_has_no_place() -> None:
    found = explained({"title": "Ferry", "text": "It leaves."}, language="en")

    assert found["word_count"].pointer is None
    assert found["word_count"].rules == ("N65",)
    assert found["language"].pointer is None
    assert "N86" in found["language"].rules


def test_a_date_is_explained_under_its_final_name() -> None:
    found = explained({"title": "x", "id": "1", "published_at": "2026-01-01 10:00"})

    assert found["published_at_local"].pointer == "/published_at"
    assert "N10" in found["published_at_local"].rules


def test_every_field_of_an_article_is_explained() -> None:
    verdict = judge({"title": "x", "id": "1", "url": "https://a.example/", "text": "y"})
    assert isinstance(verdict, Accepted)

    explained_fields = [it.field for it in origins(verdict.article, verdict.taken)]
    assert explained_fields == list(verdict.article.as_json())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_normalizer_of_a_shape_says_which_rules_it_follows(shape: Shape) -> None:
    silent = [field for field, taken in shape.takes if not rules_of(taken.rule)]

    assert silent == []


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
