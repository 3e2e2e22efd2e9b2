"""The page of performance shows what was measured, beside the targets of the benchmarks."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import the benchmarks' modules from their folder of scripts."""
    monkeypatch.syspath_prepend(str(ROOT / "infra/bench"))
    import bench

    return bench


def test_the_page_and_its_plots_are_of_the_results_that_were_kept(bench: Any) -> None:
    page = bench.page
    results = page.Results.read()
    text = page.PAGE.read_text("utf-8")

    assert page.with_blocks(text, results) == text, "run `python infra/bench/page.py`"
    for name, plot in page.plots(results.figures).items():
        picture = (ROOT / f"docs/performance-{name}.svg").read_text("utf-8")
        assert plot["digest"] in picture, "run `make bench`, or `python infra/bench/page.py`"
        assert f"performance-{name}.svg" in text


def test_what_was_kept_has_todays_targets(bench: Any) -> None:
    kept = {
        name: it for name, it in bench.Results.read().figures.items() if it["value"] is not None
    }

    for name, line in kept.items():
        figure = bench.FIGURES[name]
        assert line.get("target") == figure.target
        assert line.get("met") == (
            None if figure.target is None else figure.is_met(line["value"])
        ), name


def test_every_figure_is_of_a_group_that_can_be_measured(bench: Any) -> None:
    groups = {it.group for it in bench.FIGURES.values()}

    assert groups == bench.GROUPS.keys() == bench.page.GROUPS.keys()


def test_a_figure_is_the_median_of_its_rounds_beside_its_peer(bench: Any) -> None:
    line = bench.ratio("validate_text", [1.0, 4.0, 9.0], [2.0, 2.0, 30.0]).line()

    assert line == {
        "figure": "validate_text",
        "value": 0.5,
        "low": 0.4,
        "high": 1.25,
        "rounds": 3,
        "target": 0.4,
        "met": False,
    }


def test_what_cannot_be_measured_says_why(
    bench: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "LABELLED", tmp_path / "elsewhere")
    monkeypatch.setattr("sys.argv", ["bench.py", "facts"])

    bench.main()

    lines = [json.loads(it) for it in capsys.readouterr().out.splitlines()]
    assert [it["figure"] for it in lines] == [
        name for name, it in bench.FIGURES.items() if it.group == "facts"
    ]
    assert {it["why"] for it in lines} == {"there is no folder ../elsewhere of labelled files"}
