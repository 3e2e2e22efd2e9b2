"""trafilatura: no category is no section; the rest is in the golden cases."""

from typing import Any

import pytest

from .build import accept


@pytest.mark.parametrize("categories", ["", " ; ", None, []])
def test_no_category_is_no_section(categories: Any) -> None:
    article = accept({"fingerprint": "2718", "text": "It sails.", "categories": categories})

    assert "section" not in article
