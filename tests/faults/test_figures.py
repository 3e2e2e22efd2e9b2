"""Short versions of `make faults`; test_crash.py has that of its crash points."""

from typing import Any

import pytest

from . import histories, interleave, neighbours, permutations, repairs

# The functions of one process share their metrics: one sends those of the other.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics")


def test_versions_may_come_in_any_order_and_twice(empty: Any) -> None:
    tally = permutations.permute(empty, every=24)

    assert tally.of > 50
    assert tally.diverged == []


@pytest.mark.parametrize("pair", interleave.PAIRS, ids=lambda it: "-".join(x["title"] for x in it))
def test_two_handlers_may_meet_in_every_order_of_their_calls(empty: Any, pair: Any) -> None:
    tally = interleave.interleave(empty, [pair])

    assert (tally.exhausted, tally.of) == (70, 70)
    assert tally.violations == []


def test_three_handlers_may_meet_in_any_order_of_their_calls(empty: Any) -> None:
    tally = interleave.interleave(empty, [interleave.TRIPLE, interleave.REPEATED], every=700)

    assert tally.of == 2 * 34_650
    assert tally.violations == []


def test_deliveries_of_parts_may_meet_in_any_order_of_their_calls(empty: Any) -> None:
    tally = interleave.interleave_parts(empty, every=29)

    assert tally.violations == []


@pytest.mark.parametrize("seed", histories.TELLING)
def test_any_history_ends_where_one_without_faults_does(empty: Any, seed: int) -> None:
    history = histories.play(empty, seed)

    assert history.verdict.faults == []
    assert history.errors + history.crashes > 0


def test_an_operator_and_an_upload_may_meet_in_every_order_of_their_calls(empty: Any) -> None:
    tally = interleave.interleave_repairs(empty)

    assert tally.of == 60
    assert tally.violations == []


@pytest.mark.parametrize("seed", repairs.TELLING)
def test_repairs_end_where_a_stack_does_that_was_right_from_the_start(
    empty: Any, seed: int
) -> None:
    with repairs.feeds() as zones:
        history = repairs.play(empty, seed, zones)

    assert history.verdict.faults == []


def test_no_upload_is_given_up_because_of_its_neighbours(empty: Any) -> None:
    tally = neighbours.play_all(empty, 500)

    assert tally.failures == []
    assert tally.killers > 50


def test_a_seed_gives_the_same_history_again(empty: Any) -> None:
    one, other = histories.play(empty, 3), histories.play(empty, 3)

    assert vars(one) == vars(other)
