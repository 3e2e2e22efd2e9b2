"""The whole way of an upload up to the store: its shape, and what becomes of its records."""

import json
import subprocess
import sys
from typing import Any

import pytest

from articles.judging import Accepted, Refused, validate
from articles.metadata.shapes import ANY
from articles.problems import Rejected

from .build import RECEIVED, a_feed, accept, judge, refuse


@pytest.mark.parametrize(
    ("document", "shape"),
    [
        ({"title": "x", "url": "y"}, "generic"),
        ({"title": "x", "link": "y"}, "generic"),
        ({"title": "x", "id": 1, "text": "Six."}, "generic"),
        ({"title": "x", "text": "y"}, "generic"),
        ({"headline": "x", "body": "y"}, "generic"),
        ({"headline": "x", "content": "y"}, "generic"),
        ({"headline": "x", "articleBody": "y"}, "generic"),
        ({"title": None, "id": None}, "generic"),  # keys and types only, never values
        ({"text": "x"}, "raw-text"),
        ({"content": "x"}, "raw-text"),
        ({"text": "x", "lang": "en"}, "raw-text"),
        ({"title": "x"}, None),
        ({"Title": "x", "ID": 1}, "generic"),  # N92
        *((it, None) for it in ({"text": ""}, {"text": 7}, {"text": ["x"]})),
        ({"text": "x", "url": "https://news.example/a"}, None),
        *((it, None) for it in ({"name": "x", "text": "y"}, {"id": 1, "status": "canceled"}, {})),
    ],
)
def test_a_shape_is_known_by_its_keys(document: Any, shape: str | None) -> None:
    found = ANY.recognise(document)

    assert (found.name if found else None) == shape


def test_a_pinned_shape_is_the_only_one_of_its_feed() -> None:
    assert accept({"title": "x", "text": "y"}, shape="generic")["shape"] == "generic"
    assert refuse({"title": "x", "text": "y"}, shape="raw-text") == [("E_UNKNOWN_SHAPE", None)]


def test_a_bad_record_does_not_reach_the_others() -> None:
    good = {"title": "A", "id": 1, "text": "Six."}
    data = json.dumps([good, {"title": [1], "id": 2}, 7, good]).encode()
    first, wrong, number, last = validate(data, feed=a_feed(), received=RECEIVED).records  # N3

    assert isinstance(first, Accepted)
    assert isinstance(last, Accepted)
    assert isinstance(wrong, Refused)
    assert isinstance(number, Refused)
    assert [(p.code, p.record, p.at, p.path) for p in wrong.problems + number.problems] == [
        ("E_FIELD_TYPE", 1, "/1", "/title"),
        ("E_NOT_ARTICLE", 2, "/2", None),
    ]


def test_a_file_that_cannot_be_read_has_no_records() -> None:
    data = b'[{"title": "A", "id": 1, "text": "Six."}, {"title": ]'

    with pytest.raises(Rejected):
        validate(data, feed=a_feed(), received=RECEIVED)


def test_everything_that_is_wrong_with_a_record_is_told_at_once() -> None:
    wrong = refuse(
        {"title": ["x" * 4097], "text": 7, "id": {"a": 1}, "status": "lost"}, required=["section"]
    )

    assert set(wrong) == {
        ("E_FIELD_VALUE", "/status"),
        ("E_TOO_LARGE", "/title"),
        ("E_FIELD_TYPE", "/text"),
        ("E_FIELD_TYPE", "/id"),
        ("E_REQUIRED", None),
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": {"value": None}}, '{"value": null} is not a string'),
        ({"title": "x" * 4097}, "The title has 4,097 characters"),
        ({"title": "Ferry", "text": "It leaves.", "id": [True]}, "true is not an identifier"),
    ],
)
def test_what_an_error_tells_no_warning_tells_again(change: dict[str, Any], told: str) -> None:
    wrong = judge({"id": "1", "section": {"no": "text"}, **change})

    assert isinstance(wrong, Refused)
    [problem] = wrong.problems
    assert problem.message.startswith(told)
    assert [(it.code, it.path) for it in wrong.warnings] == [("W_FIELD_TYPE", "/section")]


def test_the_first_place_that_says_something_wins() -> None:
    document = {"title": "", "headline": "Ferry", "id": None, "guid": "g", "published_at": ""}

    assert accept({**document, "date": "2026-03-01T09:00:00Z"}) == {
        "shape": "generic",
        "title": "Ferry",
        "source_id": "g",
        "published_at": "2026-03-01T09:00:00Z",
        "status": "usable",
    }  # N4


def test_validation_loads_neither_aws_nor_all_languages() -> None:
    code = (
        "import sys, articles.judging, articles.versions.order; "
        "from articles.metadata.normalize.language import _tag; "
        "print(_tag('EN_gb'), _tag('ja'), *{'boto3', 'langcodes'} & set(sys.modules))"
    )
    told = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert told.split() == ["en-GB", "ja"]
