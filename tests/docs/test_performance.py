"""The page of performance shows what was measured, beside the targets of the benchmarks."""

import json
import re
from pathlib import Path

import pytest

import bench
import figures
import page
from figures import FIGURES
from results import Results

ROOT = Path(__file__).parents[2]


def test_the_page_and_its_plots_are_of_the_results_that_were_kept() -> None:
    results = Results.read()
    text = page.PAGE.read_text("utf-8")

    assert page.with_blocks(text, results) == text, "run `python infra/bench/page.py`"
    for name, plot in page.plots(results.figures).items():
        picture = (ROOT / f"docs/performance-{name}.svg").read_text("utf-8")
        assert plot["digest"] in picture, "run `make bench`, or `python infra/bench/page.py`"
        assert f"performance-{name}.svg" in text


def test_what_was_kept_is_judged_by_todays_targets() -> None:
    kept = [it for it in Results.read().figures.values() if it["value"] is not None]

    assert [it.get("target") for it in kept] == [FIGURES[it["figure"]].target for it in kept]
    assert [it.get("met") for it in kept] == [
        FIGURES[it["figure"]].is_met(it["value"]) for it in kept
    ]


def test_what_stands_in_the_way_of_a_missed_target_is_told() -> None:
    assert figures.missed(Results.read().figures).keys() <= figures.REASONS.keys()
    assert figures.REASONS.keys() <= FIGURES.keys()


def test_the_dollars_are_those_of_the_page_on_costs() -> None:
    page_on_costs = (ROOT / "docs/costs.md").read_text("utf-8")
    [told] = re.findall(r"^\| \*\*sum\*\* \| ([\d.]+) \| ([\d.]+) \|", page_on_costs, re.MULTILINE)
    kept = Results.read().figures

    for name, dollars in zip(("dollars_per_object", "dollars_ndjson"), told, strict=True):
        assert round(kept[name]["value"], 2) == float(dollars)


def test_what_could_not_be_measured_leaves_what_was() -> None:
    results, value = Results(), {"figure": "zip_mb", "value": 9.5}
    results.add("zip", {"zip_mb": value}, commit="a")

    results.add("zip", {"zip_mb": {"figure": "zip_mb", "value": None, "why": "no uv"}}, commit="b")

    assert (results.figures, results.runs["zip"]["commit"]) == ({"zip_mb": value}, "a")


def test_every_figure_is_of_a_group_that_can_be_measured_and_is_on_the_page() -> None:
    assert {it.group for it in FIGURES.values()} == bench.GROUPS.keys() == page.GROUPS.keys()


@pytest.mark.parametrize(
    ("name", "value", "is_met"),
    [("validate_text", 0.4, True), ("throughput_5ms", 7.9, False), ("bomb_seconds", 1, None)],
)
def test_a_target_is_a_most_or_a_least(name: str, value: float, *, is_met: bool | None) -> None:
    assert bench.once(name, value).line().get("met") == is_met


def test_a_ratio_is_the_median_over_rounds_beside_the_peer_of_the_same_round() -> None:
    line = bench.ratio("validate_html", [1.0, 4.0, 9.0], [2.0, 2.0, 30.0]).line()

    assert (line["value"], line["low"], line["high"], line["rounds"]) == (0.5, 0.4, 1.25, 3)


def test_what_cannot_be_measured_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "LABELLED", tmp_path / "elsewhere")
    monkeypatch.setattr("sys.argv", ["bench.py", "facts"])

    bench.main()

    lines = [json.loads(it) for it in capsys.readouterr().out.splitlines()]
    assert [it["figure"] for it in lines] == [n for n, it in FIGURES.items() if it.group == "facts"]
    assert {it["why"] for it in lines} == {"there is no folder ../elsewhere of labelled files"}
