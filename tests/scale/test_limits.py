"""What docs/scale.md tells to do is enough, and what it shows is of these figures."""

import json
import re
from pathlib import Path

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator
from pydantic import ValidationError

from articles.feeds import Profile
from articles_scale import figures, limits
from articles_scale.__main__ import digest, digest_of, rows_of
from articles_scale.figures import DAY, PEAK, stack
from articles_scale.scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
PARAMETERS = {"MaximumConcurrency": "uploads_at_once", "BulkConcurrency": "bulk_at_once"}
MILLION, BILLION = 1_000_000, 1_000_000_000


def rows(a_day: int) -> list[list[str]]:
    """Give the cells of a table: what, how much it takes, how busy it is, what to do."""
    return [line[2:-2].split(" | ") for line in limits.table(a_day).splitlines()[6:]]


@pytest.mark.parametrize("a_day", [MILLION, 100 * MILLION, BILLION])
def test_something_is_to_be_done_where_more_comes_than_is_taken(a_day: int) -> None:
    for what, takes, busy, mend in rows(a_day):
        is_full = int(takes.replace(",", "")) < PEAK * a_day / DAY
        assert (bool(mend), float(busy[:-2].replace(",", "")) > 100) == (is_full, is_full), what


@pytest.mark.parametrize("a_day", [100 * MILLION, 300 * MILLION])
def test_the_value_that_is_told_of_a_parameter_is_enough(
    a_day: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = re.findall(r"`(\w+)=(\d+)`", limits.table(a_day))
    assert {name for name, _ in told} == PARAMETERS.keys()
    changed = stack()._replace(**{PARAMETERS[name]: int(value) for name, value in told})
    for module in (figures, limits):
        monkeypatch.setattr(module, "stack", lambda: changed)

    after = {it.what: it.takes for it in limits.limits()}

    for what, takes in after.items():
        if any(name in what for name in PARAMETERS):
            assert takes >= PEAK * a_day / DAY, what


def test_the_spread_that_is_told_is_enough() -> None:
    [spread] = re.findall(r"spread = (\d+)", limits.table(BILLION))

    # Some keys share a partition, which takes no more for it.
    assert int(spread) * figures.PARTITION_UNITS >= 1.5 * PEAK * BILLION / DAY
    assert int(spread) == limits.MOST_SPREAD
    assert Profile(spread=int(spread)).spread == limits.MOST_SPREAD
    with pytest.raises(ValidationError):
        Profile(spread=limits.MOST_SPREAD + 1)


def test_dollars_and_write_units_are_those_of_the_page_on_costs() -> None:
    page = (ROOT / "docs/costs.md").read_text("utf-8")

    def row(name: str) -> list[float]:
        [cells] = re.findall(rf"^\| {re.escape(name)} \| (.*) \|$", page, re.MULTILINE)
        return [float(it) for it in cells.split(" | ")[:2]]

    assert list(limits.DOLLARS.values()) == row("**sum**")
    dollars_of_a_unit = row("its entry in `by_feed`")[0]
    assert row("article (DynamoDB)")[:2] == pytest.approx(
        [figures.ITEM_UNITS * dollars_of_a_unit] * 2, rel=0.05
    )


def test_the_command_that_warms_a_table_up_is_one_that_dynamodb_takes() -> None:
    page = (ROOT / "docs/scale.md").read_text("utf-8")
    updates = re.findall(r"--global-secondary-index-updates '(.*?)'", page, re.DOTALL)
    shape = Session().get_service_model("dynamodb").operation_model("UpdateTable").input_shape
    assert shape

    for it in updates:
        asked = {"TableName": "articles-prod", "GlobalSecondaryIndexUpdates": json.loads(it)}
        assert not ParamValidator().validate(asked, shape).has_errors()
    assert len(updates) == 1


def test_the_simulated_part_of_the_page_is_current() -> None:
    page = (ROOT / "docs/scale.md").read_text("utf-8")
    picture = (ROOT / "docs/scale.svg").read_text("utf-8")

    [block] = re.findall(r"<!-- simulated -->\n\n(.*?)\n\n<!-- end -->", page, re.DOTALL)
    assert f"{digest()} {digest_of(block)}" in picture, "run `make scale`"
    for scenario in SCENARIOS:
        assert scenario.title in picture
        assert [name for name in scenario.lines if f"| {name} |" not in page] == []
    _, outages, _ = SCENARIOS  # the others take longer
    lines = {name: line(outages.hours) for name, line in outages.lines.items()}
    assert "\n".join(rows_of(outages.title, lines)) in page
