"""From a draft to an article: what follows of the fields that were taken."""

from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest

from articles.article import Article, Author
from articles.metadata import assembling
from articles.metadata.draft import Draft
from articles.metadata.notes import Notes
from articles.metadata.shapes import SHAPES, generic
from articles.metadata.shapes.shape import Fields, Shape

from .build import RECEIVED, a_feed, accept, refuse


def read(document: dict[str, Any], shape: Shape) -> tuple[Article, list[str]]:
    notes = Notes(RECEIVED)
    article = assembling.read(document, shape, a_feed(), notes)
    return article, [str(problem.code) for problem in notes.problems]


def with_order(shape: Shape, first: str) -> Shape:
    """Give the shape whose mapping has one of its fields before all others."""
    fields: Any = {first: dict(shape.fields)[first], **shape.fields}
    return replace(shape, fields=fields)


@pytest.mark.parametrize("first", ["authors", "byline", "source", "text"])
def test_the_source_is_taken_first_whatever_the_order_of_a_shape(first: str) -> None:
    document = {"title": "Ferry", "source": "The Harbour Post", "author": "Ida, The Harbour Post"}
    article, codes = read({**document, "text": "Six."}, with_order(generic.SHAPE, first))

    assert (article, codes) == read({**document, "text": "Six."}, generic.SHAPE)
    assert article.authors == (Author(name="Ida", affiliation="The Harbour Post"),)


def test_a_shape_can_name_all_fields_of_a_draft_and_no_other() -> None:
    wanted = {name: get_args(hint)[0] for name, hint in get_type_hints(Fields).items()}

    assert {name: hint | None for name, hint in wanted.items()} == get_type_hints(Draft)


def test_no_shape_names_a_field_that_a_draft_has_not() -> None:
    named = {name for shape in SHAPES for name in shape.fields}

    assert named <= get_type_hints(Draft).keys()


def test_html_that_is_nothing_but_the_mark_of_a_cut_is_no_body() -> None:
    article = accept({"title": "Ferry returns", "id": "1", "content": "&hellip; [+1464 chars]"})

    assert article["body_truncated"] is True
    assert article.keys() & {"body_text", "body_html", "word_count"} == set()


@pytest.mark.parametrize(
    ("title", "subtitle", "expected"),
    [
        ("Ferry returns", "Ferry returns", None),  # N105
        ("Ferry returns", " FERRY&nbsp;returns ", None),
        ("Ferry returns - The Courier", "Ferry returns", None),
        ("Ferry returns - The Courier", "Ferry returns - The Courier", None),
        ("Ferry returns", "Ferry returns at last", "Ferry returns at last"),
    ],
)
def test_a_subtitle_that_is_the_title_once_more_is_absent(
    title: str, subtitle: str, expected: str | None
) -> None:
    document = {"text": "Six.", "title": title, "subtitle": subtitle, "source": "Courier"}

    assert accept(document).get("subtitle") == expected


def test_whole_floats_are_integers_and_other_floats_are_kept_as_they_were_read() -> None:
    numbers = {"id": 1042.0, "version": 1.5, "word_count": 3.0}
    article = accept({"title": "Ferry returns", "text": "Six.", **numbers})

    assert (article["source_id"], article["version"], article["word_count"]) == ("1042", "1.5", 3)


def test_a_page_that_was_given_as_its_own_image_is_no_image_that_a_feed_requires() -> None:
    page = "https://courier.example/ferry"
    document = {"title": "Ferry returns", "url": page, "image": page}

    assert "images" not in accept(document)
    assert refuse(document, required=["images"]) == [("E_REQUIRED", None)]


def test_a_required_status_is_one_that_the_record_has() -> None:
    document = {"title": "Ferry returns", "id": "1", "text": "Six."}

    assert refuse(document, required=["status"]) == [("E_REQUIRED", None)]
    assert accept({**document, "status": "usable"}, required=["status"])["status"] == "usable"
