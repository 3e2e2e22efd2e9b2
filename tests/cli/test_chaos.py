"""`articles run --chaos`: promises are checked, and what breaks one is found."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.newsroom import a_story

from .conftest import ROOT, Articles, Done, clean_environment

KINDS = {
    "dup": {"duplicates", "late duplicates", "repeated batches"},
    "reorder": {"reordered batches"},
    "throttle": {"throttled requests", "lost answers", "refused events"},
    "crash": {"crashes"},
}
PUBLISH = "    return built()(event, context)"
# Of each mutant: the module, what is replaced and by what, and a promise that it breaks.
MUTANTS = (
    (
        "functions/articles/storing/articles_table.py",
        "attribute_not_exists(order_key) OR order_key < :order_key",
        "attribute_not_exists(order_key) OR attribute_exists(order_key)",
        "no version replaces a later one",
    ),
    (
        "functions/articles/announcing/transitions.py",
        'if not is_same_content(old["content_hash"], new["content_hash"]):',
        "if True:",
        "each event tells of a change that is stored",
    ),
    (
        "functions/ingest.py",
        PUBLISH,
        f"{PUBLISH.replace('return ', '')}\n    return {{'batchItemFailures': []}}",
        "every upload has a final receipt",
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions of a few articles in many files, some of them twice, some with a bad record."""
    path = tmp_path_factory.mktemp("files")
    for number in range(40):
        hour = f"2026-03-01T{number * 7 % 24:02}:00:00Z" if number % 3 else None
        story = a_story(id=number % 6, url=None, title=f"Title {number // 12}", updated_at=hour)
        bad = [] if number % 5 else [{"neither": "a title"}]
        (path / f"{number:02}.json").write_text(json.dumps([story, *bad]))
    return path


def played(articles: Articles, folder: Path, kinds: str) -> Done:
    return articles("run", folder, "--json", "--chaos", kinds, "--seed", 5)


@pytest.mark.parametrize("kinds", [*KINDS, "all"])
def test_all_promises_hold_whatever_aws_does(articles: Articles, folder: Path, kinds: str) -> None:
    done = played(articles, folder, kinds)

    [told] = done.lines
    assert done.code == 1, done.err  # of the bad records
    assert f"--seed {told['seed']}" in done.err
    assert all(it["holds"] for it in told["invariants"])
    assert len(told["invariants"]) == 9
    assert told["uploads"] == {"partial": 8, "accepted": 32}
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


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda it: it[-1])
def test_a_broken_promise_is_found(
    tmp_path: Path, folder: Path, mutant: tuple[str, str, str, str]
) -> None:
    module, before, after, broken = mutant
    for name in ("functions", "infra/cli", "infra/local", "template.yaml", "samconfig.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    code = (tmp_path / module).read_text()
    assert code.count(before) == 1
    (tmp_path / module).write_text(code.replace(before, after))
    path = ":".join(str(tmp_path / it) for it in ("functions", "infra/cli", "infra/local"))

    command = f"{sys.executable} -m articles_cli run {folder} --table --chaos all --seed 5"
    done = subprocess.run(
        command.split(),
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment() | {"PYTHONPATH": path},
    )

    assert done.returncode == 3, done.stderr
    assert f"✗ {broken}\n      " in done.stdout


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
