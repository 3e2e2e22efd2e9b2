"""Documents of every shape, as the golden cases and the docs have them, and what holds for each."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from articles.judging import validate
from articles.metadata.shapes import ANY, NAMES
from articles.problems import Rejected
from tests.inputs import documents, odd_documents

from .build import RECEIVED, a_feed
from .test_properties import check


def shaken(value: Any) -> Any:
    """Give the same JSON with its names in another order."""
    if isinstance(value, dict):
        return {name: shaken(value[name]) for name in reversed(value)}
    return [shaken(item) for item in value] if isinstance(value, list) else value


def verdicts(document: Any) -> list[Any]:
    data = json.dumps(document).encode()
    try:
        return list(validate(data, feed=a_feed(), received=RECEIVED).records)
    except Rejected:
        return []


@settings(max_examples=200)
@given(st.integers(0, 2**32))
def test_a_document_with_something_odd_anywhere_is_judged(seed: int) -> None:
    check(json.dumps(odd_documents(seed)).encode(), a_feed())


def known_as(document: Any) -> list[tuple[str | None, str | None]]:
    """Give the shape and the identity of each record."""
    return [
        (it.shape and it.shape.name, getattr(it, "article_id", None)) for it in verdicts(document)
    ]


def test_the_documents_are_of_every_shape_and_nothing_depends_on_the_order_of_names() -> None:
    found = [known_as(document) for document in documents()]

    assert [known_as(shaken(document)) for document in documents()] == found
    shapes = {shape for records in found for shape, _ in records}
    assert NAMES - shapes == set(), "shapes without a golden case: see docs/shapes.md"


def test_no_shape_is_found_in_nothing() -> None:
    assert ANY.recognise({}) is None
