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
                "caption": "The <b>ferry</b>",
                "credit": "J. Doe",
                "width": 640,
                "height": "480",
            },
            (Image(url=A, caption="The ferry", credit="J. Doe", width=640, height=480),),
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
        # absent
        (None, None),
        *((it, None) for it in ("None", "[]", [], {"@id": "#image"})),
    ],
)
def test_images_are_told_once_with_what_is_known_of_them(value: Any, expected: Any) -> None:
    assert noted(images, value) == (expected, [])


@pytest.mark.parametrize(
    "value", ["/img/a.jpg", "a.jpg", "data:image/gif;base64,R0lGOD", ", x", " ,  x"]
)
def test_an_image_without_a_web_address_is_dropped(value: str) -> None:
    assert noted(images, value) == (None, ["W_URL"])


@pytest.mark.parametrize("value", [7, True, [[A]], {"url": {"a": "b"}}])
def test_an_image_of_another_type_is_dropped(value: Any) -> None:
    found, codes = noted(images, value)

    assert codes == ["W_FIELD_TYPE"] or found == (Image(url=A),)


def test_an_image_that_is_described_without_an_address_is_told() -> None:
    value = [{"url": A}, {"@id": "#image"}, {"caption": "no address"}, {"url": " "}, {"src": B}]

    assert noted(images, value) == ((Image(url=A), Image(url=B)), ["W_FIELD_TYPE"])
    assert noted(images, {"caption": "no address"}) == (None, ["W_FIELD_TYPE"])


@pytest.mark.parametrize("again", [A, {"src": A}, {"url": A, "caption": "The ferry"}])
def test_an_image_may_come_a_thousand_times(again: Any) -> None:
    assert noted(images, [A] + [again] * 999) == ((Image(url=A),), [])
    assert noted(images, [A] + [again] * 1_000) == ((Image(url=A),), ["W_FIELD_TYPE"])


def test_an_image_that_comes_again_is_none_too_many() -> None:
    hundred = [f"https://img.example/{i}.jpg" for i in range(100)]

    assert noted(images, hundred * 2) == (tuple(Image(url=it) for it in hundred), [])


@pytest.mark.parametrize("value", [{"@id": "#x", "@type": "ImageObject"}, {"url": None}, {}])
def test_what_is_not_described_is_no_image_and_nothing_is_told(value: Any) -> None:
    assert noted(images, value) == (None, [])


def test_the_pictures_of_an_association_are_as_many_as_images() -> None:
    many = [
        {"type": "picture", "renditions": {"a": {"href": f"https://img.example/{i}.jpg"}}}
        for i in range(101)
    ]
    hundred = tuple(Image(url=f"https://img.example/{i}.jpg") for i in range(100))

    assert noted(pictures, many[:100]) == (hundred, [])
    assert noted(pictures, many) == (hundred, ["W_FIELD_TYPE"])
    nameless = {"main": {"type": "picture", "headline": "A ferry"}}
    assert noted(pictures, nameless) == (None, ["W_FIELD_TYPE"])


def test_the_images_beyond_the_limit_go() -> None:
    found, codes = noted(images, [f"https://img.example/{i}.jpg" for i in range(101)])  # N88

    assert found == tuple(Image(url=f"https://img.example/{i}.jpg") for i in range(100))
    assert codes == ["W_FIELD_TYPE"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("© 2026 The Courier", Rights(notice="© 2026 The Courier")),
        (
            {"holder": "The Courier", "usage_terms": "No archive", "license_url": A, "x": 1},
            Rights(holder="The Courier", usage_terms="No archive", license_url=A),
        ),
        ({"holder": ""}, None),
        ("", None),
    ],
)
def test_rights_are_kept_as_declared(value: Any, expected: Rights | None) -> None:
    assert noted(rights, value) == (expected, [])


@pytest.mark.parametrize("rule", [rights, source])
def test_an_object_of_which_nothing_is_read_is_told(rule: Any) -> None:
    assert noted(rule, {"x": 1}) == (None, ["W_FIELD_TYPE"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("The Courier", Source(name="The Courier")),
        ({"name": "The Courier", "id": 7}, Source(name="The Courier", id="7")),
        ({"name": ""}, None),
        (None, None),
    ],
)
def test_a_publisher_is_a_name_or_an_object(value: Any, expected: Source | None) -> None:
    assert noted(source, value) == (expected, [])
