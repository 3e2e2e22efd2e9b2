"""The fuzz in short; `make fuzz` is the whole of it."""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from articles.records.compression import COMPRESSIONS
from tests import fuzz
from tests.aws.cloud import Cloud
from tests.inputs import an_input

INPUTS = 200


def test_no_input_meets_a_fault(cloud: Cloud) -> None:
    tally = fuzz.run(cloud, range(INPUTS), one_of=20)

    assert tally.faults == []
    assert tally.outcomes.total() == INPUTS
    assert all(tally.outcomes[outcome] > INPUTS / 20 for outcome in fuzz.OUTCOMES)
    assert tally.ways["at once"] == INPUTS
    assert tally.ways["in parts"] > INPUTS / 40
    told = json.loads(fuzz.figure(tally, inputs=INPUTS, seed=fuzz.SEED))
    assert (told["figure"], told["inputs"], told["seed"]) == ("fuzz", INPUTS, 1)
    assert told["accepted"] + told["partial"] + told["rejected"] == INPUTS
    assert told["faults"] == 0


def test_an_input_depends_on_its_seed_and_its_number_alone() -> None:
    assert an_input(1, 7) == an_input(1, 7)
    assert len({an_input(seed, number) for seed in (1, 2) for number in range(50)}) == 100


def fails(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


def arrival(*_: Any, _clock: Iterator[int] = count(), **__: Any) -> str:  # noqa: B008 - goes on
    return f"{next(_clock):09}"


NEVER = re.compile(r"(?!)")
BUGS = {
    "a field that fails": ("articles.metadata.assembling._images", fails),
    "a file that fails": ("articles.records.envelopes.envelope_of", fails),
    "half of a pair that stays": ("articles.records.strict_json._ESCAPED_SURROGATE", NEVER),
    "what is hidden stays": ("articles.metadata.normalize.text._HIDDEN", ()),
    "an order that arrival decides": ("articles.judging.order_key", arrival),
    "a packed file that fails": (
        "articles.records.compression.COMPRESSIONS",
        [it._replace(errors=tuple) for it in COMPRESSIONS],
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found_and_told_with_the_command_that_shows_it_again(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, bug: str
) -> None:
    monkeypatch.setattr(*BUGS[bug])

    tallies = (fuzz.run(cloud, [number], seed=3, one_of=1_000) for number in range(1, 400))
    found = next(tally.faults for tally in tallies if tally.faults)

    assert "once more: make fuzz SEED=3 ONLY=" in found[0]
