"""Real documents of every shape with something wrong somewhere: told, and never a fault of ours."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.judging import Accepted, validate
from articles.metadata.shapes import NAMES, recognise
from articles.problems import Code, Rejected

from .build import RECEIVED, a_feed

GOLDEN = Path(__file__).parents[1] / "golden"
ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        ["None", "", " ", "<b>", "http://", "www.", "0000-00-00", "https://x/", "\x00"]
    ),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["name", "url", "@id", "value", "x"]), st.text(max_size=3)),
)


def documents() -> Iterator[Any]:
    for path in sorted(GOLDEN.glob("*/upload.json")):
        try:
            yield json.loads(path.read_text(encoding="utf-8"))
        except ValueError:  # a case about broken JSON
            continue


DOCUMENTS = list(documents())


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(member, (*path, name))


def mutated(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = deepcopy(document)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return changed


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
@given(st.data())
def test_something_odd_anywhere_is_never_a_fault_of_ours(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(DOCUMENTS))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(document))))
        document = mutated(document, path, data.draw(ODD))

    for verdict in verdicts(document):
        codes = [] if isinstance(verdict, Accepted) else [p.code for p in verdict.problems]
        assert Code.E_INTERNAL not in codes, verdict.fault


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nothing_depends_on_the_order_of_names(document: Any) -> None:
    as_it_is, otherwise = verdicts(document), verdicts(shaken(document))

    assert [it.shape and it.shape.name for it in as_it_is] == [
        it.shape and it.shape.name for it in otherwise
    ]
    assert [getattr(it, "article_id", None) for it in as_it_is] == [
        getattr(it, "article_id", None) for it in otherwise
    ]


def test_the_documents_are_of_every_shape() -> None:
    found = {it.shape.name for document in DOCUMENTS for it in verdicts(document) if it.shape}

    assert found == NAMES


def test_no_shape_is_found_in_nothing() -> None:
    assert recognise({}) is None
