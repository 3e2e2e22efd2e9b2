"""The world of the fault figures, for tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from .world import worlds


@pytest.fixture(scope="module")
def empty() -> Iterator[Any]:
    """Give a maker of empty worlds."""
    with worlds() as maker:
        yield maker
