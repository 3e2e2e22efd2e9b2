"""`articles run --chaos`: promises are checked, and what breaks one is found."""

import json
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from tests.newsroom import a_story

from .conftest import Articles, Done

KINDS = {
    "dup": {"duplicates", "late duplicates", "repeated batches"},
    "reorder": {"reordered batches"},
    "throttle": {"throttled requests", "lost answers", "refused events"},
    "crash": {"crashes"},
}
# Of each promise: what of the service breaks it, and how.
MUTANTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "no version replaces a later one": (
        "articles.storing.articles_table._update",
        lambda update: lambda *given: update(*given) | {"ConditionExpression": ALWAYS},
    ),
    "each event tells of a change that is stored": (
        "articles.announcing.transitions.is_same_content",
        lambda _: lambda *_: False,
    ),
    "every upload has a final receipt": (
        "articles.batches.Batches.handle",
        lambda handle: lambda *given: handle(*given) and {"batchItemFailures": []},
    ),
}
ALWAYS = "attribute_not_exists(order_key) OR attribute_exists(order_key)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions of a few articles in many files, some of them twice, some with a bad record."""
    path = tmp_path_factory.mktemp("files")
    for number in range(20):
        hour = f"2026-03-01T{number * 7 % 24:02}:00:00Z" if number % 3 else None
        story = a_story(id=number % 4, url=None, title=f"Title {number // 10}", updated_at=hour)
        bad = [] if number % 5 else [{"neither": "a title"}]
        (path / f"{number:02}.json").write_text(json.dumps([story, *bad]))
    return path


def played(articles: Articles, folder: Path, kinds: str) -> Done:
    return articles("run", folder, "--json", "--chaos", kinds, "--seed", 6)


@pytest.mark.parametrize("kinds", [*KINDS, "all"])
def test_all_promises_hold_whatever_aws_does(articles: Articles, folder: Path, kinds: str) -> None:
    done = played(articles, folder, kinds)

    [told] = done.lines
    assert done.code == 1, done.err  # of the bad records
    assert f"--seed {told['seed']}" in done.err
    assert all(it["holds"] for it in told["invariants"])
    assert len(told["invariants"]) == 9
    assert told["uploads"] == {"partial": 4, "accepted": 16}
    wanted = set().union(*KINDS.values()) if kinds == "all" else KINDS[kinds]
    assert {what for what, count in told["played"].items() if count} == wanted


def test_exit_code_1_is_explained_where_all_holds(articles: Articles, folder: Path) -> None:
    done = articles("run", folder / "00.json", folder / "01.json", "--table", "--chaos", "dup")

    assert (done.code, "9 of 9 hold" in done.out) == (1, True)
    assert "uploads: 1 partial, 1 accepted\n" in done.out
    assert done.out.endswith("Exit code 1 is for the uploads, in which not all was accepted.\n")


def test_a_seed_plays_the_same_again(articles: Articles, folder: Path) -> None:
    first, second = (played(articles, folder, "dup,reorder,crash") for _ in range(2))

    assert first.lines == second.lines


@pytest.mark.parametrize("promise", MUTANTS)
def test_a_broken_promise_is_found(
    articles: Articles, folder: Path, monkeypatch: pytest.MonkeyPatch, promise: str
) -> None:
    broken, breaking = MUTANTS[promise]
    monkeypatch.setattr(broken, breaking(resolve_name(broken)))

    done = articles("run", folder, "--table", "--chaos", "all", "--seed", 6)

    assert done.code == 3, done.err
    assert f"✗ {promise}\n      " in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--chaos", "dup,fire"], "fire: say some of dup, reorder, throttle, crash"),
        (["--chaos", "all", "--watch"], "leave out --watch"),
        (["--seed", "1"], "--seed is for --chaos"),
    ],
)
def test_wrong_usage(articles: Articles, folder: Path, arguments: list[str], says: str) -> None:
    done = articles("run", folder, *arguments)

    assert done.code == 2
    assert says in " ".join(done.err.replace("│", "").split())
