"""Articles of Event Registry; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept

ITEM = {"uri": "9115", "lang": "eng", "isDuplicate": False, "title": "Ferry returns", "type": "x"}


def read(**members: Any) -> dict[str, Any]:
    return accept({**ITEM, **members})


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"dateTime": "2025-04-02T07:05:52Z"}, {"published_at": "2025-04-02T07:05:52Z"}),
        ({"date": "2025-04-02", "time": "07:05:52"}, {"published_at": "2025-04-02T07:05:52Z"}),
        ({"date": "2025-04-02"}, {"published_at_local": "2025-04-02"}),
    ],
)
def test_the_time_of_discovery_stands_in_for_that_of_publication(
    dates: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert read(**dates) == {**read(), **expected}  # N17


@pytest.mark.parametrize(
    ("label", "name"),
    [({"deu": "Fähre", "eng": "Ferry"}, "Ferry"), ({"deu": "Fähre"}, "Fähre"), ("Ferry", "Ferry")],
)
def test_a_concept_is_named_in_the_language_of_the_article(label: Any, name: str) -> None:
    concept = {"uri": "http://en.wikipedia.org/wiki/Ferry", "label": label}

    assert read(concepts=[concept])["tags"] == [{"name": name, "code": concept["uri"]}]
