"""Posts of Ghost; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept


def read(**members: Any) -> dict[str, Any]:
    return accept(
        {"id": "5ddc", "title": "Ferry", "html": "Six.", "feature_image": None, **members}
    )


@pytest.mark.parametrize(
    "theme", [{"name": "#theme"}, {"name": "Hidden", "visibility": "internal"}, "#theme"]
)
def test_tags_for_the_theme_are_neither_tags_nor_sections(theme: Any) -> None:
    port = {"name": "Port"}

    assert read(tags=[theme, port], primary_tag=port)["tags"] == [port]
    assert read(primary_tag=port)["section"] == "Port"
    assert "section" not in read(primary_tag=theme)


@pytest.mark.parametrize(
    "people",
    [
        {"authors": [{"name": "Ada Quay"}], "primary_author": {"name": "Ada"}},
        *({"primary_author": {"name": "Ada Quay"}}, {"author": {"name": "Ada Quay"}}),
        {"author": "Ada Quay"},
        {"author": "5951f5fca366002ebd5dbef7", "authors": [{"name": "Ada Quay"}]},
    ],
)
def test_authors_are_objects(people: dict[str, Any]) -> None:
    assert read(**people)["authors"] == [{"name": "Ada Quay"}]
