"""Documents of every shape, as the golden cases and the docs have them, and what holds for each."""

import json
from typing import Any

import pytest
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


@settings(max_examples=600)
@given(st.integers(0, 2**32))
def test_a_document_with_something_odd_anywhere_is_judged(seed: int) -> None:
    check(json.dumps(odd_documents(seed)).encode(), a_feed())


@pytest.mark.parametrize("document", documents())
def test_nothing_depends_on_the_order_of_names(document: Any) -> None:
    as_it_is, otherwise = verdicts(document), verdicts(shaken(document))

    assert [it.shape and it.shape.name for it in as_it_is] == [
        it.shape and it.shape.name for it in otherwise
    ]
    assert [getattr(it, "article_id", None) for it in as_it_is] == [
        getattr(it, "article_id", None) for it in otherwise
    ]


def test_the_documents_are_of_every_shape() -> None:
    found = {it.shape.name for document in documents() for it in verdicts(document) if it.shape}

    assert NAMES - found == set(), "shapes without a golden case: see docs/shapes.md"


def test_no_shape_is_found_in_nothing() -> None:
    assert ANY.recognise({}) is None
