"""What holds for every document of the shapes that tools write, found by trying many."""

import inspect
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.metadata.shapes import (
    SHAPES,
    crawl_row,
    diffbot,
    jsonfeed,
    news_please,
    newspaper,
    postlight,
    readability,
    scrapy,
    trafilatura,
)
from articles.metadata.shapes.shape import Shape

from .build import a_feed
from .test_properties import VALUES, check

MODULES = [
    *(crawl_row, diffbot, jsonfeed, news_please, newspaper),
    *(postlight, readability, scrapy, trafilatura),
]


def documents(module: Any) -> st.SearchStrategy[dict[str, Any]]:
    source = inspect.getsource(module)
    pointers = set(re.findall(r'"/([\w:/-]+)"', source)) | set(re.findall(r'"([\w-]+)"', source))
    names = st.sampled_from(sorted(pointers))
    flat = st.dictionaries(names, VALUES, max_size=12)
    return flat.map(lambda members: nested(members.items()))


def nested(members: Any) -> dict[str, Any]:
    """Give `a/b` as `{"a": {"b": …}}`."""
    document: dict[str, Any] = {}
    for pointer, value in members:
        *holders, name = pointer.split("/")
        place = document
        for holder in holders:
            inner = place.get(holder)
            place[holder] = place = inner if isinstance(inner, dict) else {}
        place[name] = value
    return document


KEYS: list[dict[str, Any]] = [
    {"diffbotUri": 1},
    {"id": 1, "content_text": 1},
    {"rendered_pages": 1},
    {"maintext": 1},
    {"text": "a\nb", "fingerprint": 1},
    {"publish_date": 1, "meta_lang": 1},
    {"byline": 1, "dir": 1},
    {"plain_content": 1},
    {"text": "a\nb", "url": 1, "dump": 1},
]


def keys_of(shape: Shape) -> list[dict[str, Any]]:
    return [document for document in KEYS if shape.matches(document)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.SHAPE.name)
@settings(max_examples=60)
@given(data=st.data())
def test_every_document_is_judged(module: Any, data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(keys_of(module.SHAPE))) | data.draw(documents(module))

    check(json.dumps(document).encode(), a_feed())


def test_each_is_in_the_registry() -> None:
    assert all(module.SHAPE in SHAPES for module in MODULES)
