"""Articles of Event Registry."""

from typing import Any

import pytest

from .build import accept

ITEM = {"uri": "9115", "lang": "eng", "isDuplicate": False, "title": "Ferry returns", "type": "x"}


def read(**members: Any) -> dict[str, Any]:
    return accept({**ITEM, **members})


def test_the_least_article() -> None:
    assert read() == {
        "shape": "event-registry",
        "source_id": "9115",
        "title": "Ferry returns",
        "language": "en",
        "status": "usable",
    }


@pytest.mark.parametrize(
    "members",
    [
        {"dateTimePub": None},
        {"eventUri": "eng-1"},
        {"lang": "eng", "source": {"uri": "c.example", "title": "Courier"}, "body": "It sails."},
    ],
)
def test_it_is_known_by_its_own_names(members: dict[str, Any]) -> None:
    document = {"uri": "9115", "title": "Ferry returns", **members}

    assert accept(document)["shape"] == "event-registry"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            {"dateTimePub": "2025-04-02T06:30:00Z", "dateTime": "2025-04-02T07:05:52Z"},
            {"published_at": "2025-04-02T06:30:00Z", "retrieved_at": "2025-04-02T07:05:52Z"},
        ),
        ({"dateTime": "2025-04-02T07:05:52Z"}, {"published_at": "2025-04-02T07:05:52Z"}),
        ({"date": "2025-04-02", "time": "07:05:52"}, {"published_at": "2025-04-02T07:05:52Z"}),
        ({"date": "2025-04-02"}, {"published_at_local": "2025-04-02"}),
    ],
)
def test_the_time_of_publication_is_preferred_to_that_of_discovery(
    dates: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert read(**dates) == {**read(), **expected}  # N17


def test_an_agency_is_an_organization() -> None:
    people = [
        {"name": "Ada Quay", "type": "author", "isAgency": False},
        {"name": "Nordpresse", "isAgency": True},
    ]

    assert read(authors=people)["authors"] == [
        {"name": "Ada Quay"},
        {"name": "Nordpresse", "type": "organization"},
    ]


@pytest.mark.parametrize(
    ("label", "name"),
    [({"deu": "Fähre", "eng": "Ferry"}, "Ferry"), ({"deu": "Fähre"}, "Fähre"), ("Ferry", "Ferry")],
)
def test_a_concept_is_named_in_the_language_of_the_article(label: Any, name: str) -> None:
    concept = {"uri": "http://en.wikipedia.org/wiki/Ferry", "label": label, "score": 5}

    assert read(concepts=[concept])["tags"] == [
        {"name": name, "code": "http://en.wikipedia.org/wiki/Ferry"}
    ]


@pytest.mark.parametrize("value", [True, 7, "x", [7], [None], {"x": 7}, [[{}]], [[[]]]])
def test_values_of_any_type_are_survived(value: Any) -> None:
    names = ("authors", "concepts", "source", "date", "time", "dateTimePub", "image", "lang")

    assert read(**dict.fromkeys(names, value))["shape"] == "event-registry"
