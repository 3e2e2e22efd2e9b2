"""N60 and N67."""

from typing import Any

import pytest

from articles.article import Image, Rights, Source
from articles.metadata.normalize.images import images, pictures
from articles.metadata.normalize.rights import rights, source

from .build import noted

A, B = "https://img.example/a.jpg", "https://img.example/b.jpg"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((it, (Image(url=A),)) for it in (A, "//img.example/a.jpg", {"src": A})),
        ({"contentUrl": A}, (Image(url=A),)),
        ([A, B, A], (Image(url=A), Image(url=B))),
        (
            {
                "url": A,
                "caption": "A <b>ferry</b>",
                "credit": "J. Doe",
                "width": 64,
                "height": "48",
            },
            (Image(url=A, caption="A ferry", credit="J. Doe", width=64, height=48),),
        ),
        ([{"url": A, "width": 1, "height": 1}, B], (Image(url=B),)),
        ({"url": A, "width": 1600.0, "height": "900.0px"}, (Image(url=A, width=1600, height=900),)),
        ({"url": A, "width": 1600.5, "height": 1e300}, (Image(url=A),)),
        # N102: all of a list
        ({"url": [A, B], "credit": "J."}, (Image(url=A, credit="J."), Image(url=B, credit="J."))),
        ([{"url": "", "contentUrl": [A, B, A]}], (Image(url=A), Image(url=B))),
        ([[A], [B, A]], (Image(url=A), Image(url=B))),
        ({"url": A, "width": 0, "height": -5}, (Image(url=A),)),
        ({"url": A, "width": "100%", "height": True}, (Image(url=A),)),
        ({"url": A, "width": "0" * 8 + "9" * 5000}, (Image(url=A),)),
        # a srcset: its first address
        *((it, (Image(url=A),)) for it in (f"{A} 320w, {B} 640w", f"{A}, {B} 2x", f"{A} 2x")),
        ("https://img.example/a,b.jpg", (Image(url="https://img.example/a,b.jpg"),)),
    ],
)
def test_images_are_told_once_with_what_is_known_of_them(value: Any, expected: Any) -> None:
    assert noted(images, value) == (expected, [])


@pytest.mark.parametrize(
    "value", ["/img/a.jpg", "a.jpg", "data:image/gif;base64,R0lGOD", ", x", " ,  x"]
)
def test_an_image_without_a_web_address_is_dropped(value: str) -> None:
    assert noted(images, value) == (None, ["W_URL"])


def test_an_image_that_is_described_without_an_address_is_told() -> None:
    value = [{"url": A}, {"@id": "#image"}, {"caption": "no address"}, {"url": " "}, {"src": B}]

    assert noted(images, value) == ((Image(url=A), Image(url=B)), ["W_FIELD_TYPE"])


@pytest.mark.parametrize("again", [A, {"src": A}, {"url": A, "caption": "The ferry"}])
def test_an_image_may_come_a_thousand_times(again: Any) -> None:
    assert noted(images, [A] + [again] * 999) == ((Image(url=A),), [])
    assert noted(images, [A] + [again] * 1_000) == ((Image(url=A),), ["W_FIELD_TYPE"])


HUNDRED = [f"https://img.example/{i}.jpg" for i in range(100)]
FOUND = tuple(Image(url=it) for it in HUNDRED)


@pytest.mark.parametrize(("value", "codes"), [(HUNDRED * 2, []), ([*HUNDRED, A], ["W_FIELD_TYPE"])])
def test_the_images_beyond_the_limit_go_unless_they_come_again(value: Any, codes: Any) -> None:
    assert noted(images, value) == (FOUND, codes)  # N88


def test_the_pictures_of_an_association_are_as_many_as_images() -> None:
    many = [{"type": "picture", "renditions": {"a": {"href": it}}} for it in [*HUNDRED, A]]

    assert noted(pictures, many[:100]) == (FOUND, [])
    assert noted(pictures, many) == (FOUND, ["W_FIELD_TYPE"])
    nameless = {"main": {"type": "picture", "headline": "A ferry"}}
    assert noted(pictures, nameless) == (None, ["W_FIELD_TYPE"])


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (rights, "© 2026 The Courier", Rights(notice="© 2026 The Courier")),
        (
            rights,
            {"holder": "The Courier", "usage_terms": "No archive", "license_url": A, "x": 1},
            Rights(holder="The Courier", usage_terms="No archive", license_url=A),
        ),
        (source, "The Courier", Source(name="The Courier")),
        (source, {"name": "The Courier", "id": 7}, Source(name="The Courier", id="7")),
    ],
)
def test_rights_and_publishers_are_texts_or_objects(rule: Any, value: Any, expected: Any) -> None:
    assert noted(rule, value) == (expected, [])
