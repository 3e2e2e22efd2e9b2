"""What is generated on a page is between its marks, and the rest stays as it is."""

import pytest

from articles_contract.pages import with_blocks
from articles_contract.schemas import schemas

from .compatible import members
from .recorded import EXAMPLES


def written(page: str) -> str:
    return with_blocks(page, examples=EXAMPLES)


def block(what: str, text: str = "") -> str:
    return f"Before.\n\n<!-- generated: {what} -->\n{text}<!-- end -->\n\nAfter.\n"


@pytest.mark.parametrize(
    "what", ["example ArticleCreated", "fields", "source textwrap:dedent", "result os:getcwd"]
)
def test_what_is_between_the_marks_is_written_anew(what: str) -> None:
    page = written(block(what))

    assert page.startswith(f"Before.\n\n<!-- generated: {what} -->\n\n")
    assert page.endswith("\n\n<!-- end -->\n\nAfter.\n")
    assert written(block(what, "Old.\n\n")) == written(page) == page


def test_an_example_is_the_recorded_one() -> None:
    recorded = (EXAMPLES / "ArticleWithdrawn.json").read_text(encoding="utf-8")
    assert f"```json\n{recorded}```" in written(block("example ArticleWithdrawn"))


def test_the_source_of_an_object_is_shown() -> None:
    assert "```python\ndef dedent(text):\n" in written(block("source textwrap:dedent"))


def test_the_table_has_every_field_of_an_article_in_an_event() -> None:
    article = "data.article."
    places = [it for it in members(schemas()["ArticleCreated"]) if it.startswith(article)]

    table = written(block("fields"))

    listed = [row.split("`")[1] for row in table.splitlines() if row.startswith("| `")]
    assert listed == [it.removeprefix(article) for it in places if not it.endswith("[]")]


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ("<!-- generated: fields -->\n", ValueError),
        (block("nonsense"), ValueError),
        (block("example Nothing"), FileNotFoundError),
        (block("source textwrap:nothing"), AttributeError),
    ],
    ids=["not closed", "no such kind", "no such example", "no such object"],
)
def test_a_mark_that_means_nothing_is_an_error(page: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        written(page)
