"""The garbage collector rests while a function is loaded, and only then."""

import gc
from collections.abc import Iterator

import pytest

from articles.loading import for_good


@pytest.fixture(params=[True, False])
def was_enabled(request: pytest.FixtureRequest) -> Iterator[bool]:
    enabled: bool = request.param
    if not enabled:
        gc.disable()
    yield enabled
    gc.unfreeze()
    gc.enable()


def test_it_is_left_as_it_was(*, was_enabled: bool) -> None:
    with for_good():
        assert not gc.isenabled()

    assert gc.isenabled() == was_enabled
