"""JSON Feed: items of both versions, alone or in their feed."""

from typing import Any

import pytest

from .build import accept, judge, refuse

A, B = "https://harbour.example/a.jpg", "https://harbour.example/b.jpg"
ADA, DESK = {"name": "Ada Quay"}, {"name": "Harbour desk"}


def read(**members: Any) -> dict[str, Any]:
    return accept({"id": "1", "content_text": "It sails.", **members})


@pytest.mark.parametrize(("identifier", "expected"), [(" 7 ", "7"), (7, "7"), ("tag:a", "tag:a")])
def test_the_id_is_a_text_or_a_number(identifier: Any, expected: str) -> None:
    assert read(id=identifier)["source_id"] == expected  # N7


@pytest.mark.parametrize("identifier", [True, {"a": "b"}, [[1]]])
def test_an_id_of_another_type_rejects_the_item(identifier: Any) -> None:
    assert refuse({"id": identifier, "content_text": "It sails."}) == [("E_FIELD_TYPE", "/id")]


@pytest.mark.parametrize(
    ("first", "second", "field", "expected"),
    [
        ({"url": A}, {"external_url": B}, "url", (A, B)),
        ({"image": A}, {"banner_image": B}, "images", ([{"url": A}], [{"url": B}])),
        # of version 1.1 and of version 1
        ({"authors": [ADA]}, {"author": DESK}, "authors", ([ADA], [DESK])),
    ],
)
def test_one_member_stands_in_for_another(
    first: Any, second: Any, field: str, expected: Any
) -> None:
    assert (read(**first, **second)[field], read(**second)[field]) == expected


def test_the_feed_speaks_for_an_item_that_does_not() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "de",
        "authors": [{"name": "Harbour desk"}],
        "items": [{"id": "1", "content_text": "Sie fährt."}],
    }
    article = accept(feed)  # N54

    assert article["language"] == "de"
    assert article["authors"] == [{"name": "Harbour desk"}]


@pytest.mark.parametrize("items", [[{"title": [1, 2, 3]}], [{"id": "1"}]])
def test_an_item_without_content_is_rejected(items: list[Any]) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}

    assert not hasattr(judge(feed), "article")
