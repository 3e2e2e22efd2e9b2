"""The short version of the crash points of `make faults`."""

from typing import Any

import pytest

from .crash import crash_points
from .paths import PATHS, Path

# The functions of one process share their metrics: one sends those of the other.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics")


@pytest.mark.parametrize("is_error", [False, True], ids=["crash", "error"])
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_crash_or_an_error_at_any_call_loses_nothing(
    empty: Any, path: Path, *, is_error: bool
) -> None:
    # Who dies before a call has died after the one before, or has done nothing: `make faults` plays
    # that, too.
    every = 1 if is_error else 2
    tally = crash_points(empty, pairs=False, paths=(path,), is_error=is_error, every=every)

    assert tally.failures == []
    assert tally.survived == tally.of > 0


def test_two_crashes_on_the_shortest_paths_lose_nothing(empty: Any) -> None:
    paths = tuple(path for path in PATHS if path.name in ("accept", "withhold", "reject"))

    assert crash_points(empty, pairs=True, paths=paths).failures == []
