"""Every golden case, and the version of the rules that it was recorded under."""

from pathlib import Path

import pytest

from articles.article import RULES, Article

from . import CASES, digest, expected, outcome, recorded

HOW = (
    "If the change is meant: raise articles.article.RULES when the output of an existing case "
    "moves, then run `python -m tests.golden` (with --rewrite to take over the new output), and "
    "read the difference."
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_upload_becomes_what_its_case_expects(case: Path) -> None:
    found = outcome(case)

    assert found == expected(case), HOW
    # The constraints of fields are checked only where an article is read, not when it is built.
    for record in found.get("records", ()):
        if article := record.get("article"):
            assert Article.read(article).as_json() == article


def test_golden_output_moves_only_with_the_version_of_the_rules() -> None:
    assert recorded() == (RULES, {case.name: digest(case) for case in CASES}), HOW
