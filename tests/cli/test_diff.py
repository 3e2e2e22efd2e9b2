"""`diff`: what the code and the feeds that are here would make of the uploads of the last days."""

import re
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

import pytest
from boto3.exceptions import Boto3Error, RetriesExceededError

from articles_cli import options
from articles_cli.replays import differences, outlook
from articles_cli.uploads import reading
from articles_local import EmbeddedAws

from .conftest import ROOT, Articles, Done, Line, feeds_file, service_with_feeds
from .mistakes import Desk, ago, lose, story

FEEDS = """[default]
open = true
[feeds.desk]
timezone = "Europe/Berlin"
required = ["section"]
"""
LOCAL: Line = {"published_at": "2025-12-01T12:00:00", "section": "Local"}

# By code: how often it would appear, and vanish.
LAXER, STRICTER = {"E_REQUIRED": (0, 2)}, {"E_REQUIRED": (11, 0)}
CLOSED = LAXER | {"E_FEED": (6, 0), "E_EMPTY": (0, 1), "W_ASSUMED_TIMEZONE": (0, 11)}
ZONE = FEEDS.replace("Berlin", "London")

feeds = feeds_file(FEEDS)
aws = service_with_feeds(PART_RECORDS="3", MAX_INLINE_BYTES="900")


@pytest.fixture(scope="module")
def desk(aws: EmbeddedAws, deployed: Articles, feeds: Path) -> Desk:
    """A week of uploads, of one record and of many, good and bad, corrected and not."""
    desk = Desk(aws, deployed, feeds)
    with ago(days=30):
        desk.put("old.json", story("old", **LOCAL))
    with ago(days=2):
        desk.put("story.json", story("a", **LOCAL))
        desk.put("bad.json", story("b"))
        desk.put("large.json", *(story(f"large-{n}", **LOCAL) for n in range(8)), story("c"))
        desk.put("winner.json", story("d", **LOCAL, updated_at="2026-01-01T14:00:00+01:00"))
        desk.put("loser.json", story("d", **LOCAL, updated_at="2026-01-01T13:30:00", title="Late"))
        desk.put("empty.json", *())
    return desk


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "feeds.toml"


def diff(desk: Desk, here: Path, text: str, *arguments: object) -> tuple[int, dict[str, Any], Done]:
    here.write_text(text)
    done = desk.articles("diff", "--feeds", here, "--json", *arguments)
    return done.code, done.of("differences")[0], done


def test_what_is_deployed_makes_no_difference(desk: Desk, here: Path) -> None:
    code, found, _ = diff(desk, here, FEEDS)

    assert (code, found["kinds"], found["fields"], found["codes"]) == (0, {}, {}, [])
    assert (found["uploads"], found["read"], found["records"]) == (6, 6, 13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FEEDS.replace("required", "#"), ({"accepted": 2}, {}, LAXER)),
        (FEEDS.replace('"section"', '"authors"'), ({"rejected": 11}, {}, STRICTER)),
        (ZONE, ({"changed": 10, "stored": 1}, {"published_at": 10}, {})),
        (FEEDS + 'identity = ["content"]\n', ({"moved": 11}, {}, {})),
        ("", ({"rejected": 11, "codes": 8}, {}, CLOSED)),
    ],
    ids=["laxer", "stricter", "zone", "identity", "closed"],
)
def test_each_kind_of_difference_is_counted_and_told(
    desk: Desk, here: Path, text: str, expected: tuple[Any, ...]
) -> None:
    code, found, done = diff(desk, here, text)

    codes = {it["code"]: (it.get("appears", 0), it.get("vanishes", 0)) for it in found["codes"]}
    assert (code, found["kinds"], found["fields"], codes) == (1, *expected), done


def test_the_feeds_are_those_that_samconfig_would_deploy(
    desk: Desk, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.with_name("feeds.next.toml").write_text("")
    sam = 'stack_name = "articles-dev"\nparameter_overrides = "Stage=dev FeedsFile=feeds.next.toml"'
    here.with_name("samconfig.toml").write_text(f"[next.deploy.parameters]\n{sam}\n")
    monkeypatch.setattr(options, "ROOT", here.parent)
    monkeypatch.setattr(options, "FUNCTIONS", here.parent)

    done = desk.articles("diff", "--json", "--stack", "articles-dev")

    assert done.of("differences")[0]["kinds"] == {"rejected": 11, "codes": 8}


def test_what_would_no_longer_be_read_is_lost(desk: Desk, here: Path) -> None:
    with patch.object(differences, "is_ignored_name", lambda key: key.endswith("/large.json")):
        code, found, _ = diff(desk, here, FEEDS)

    assert (code, found["kinds"]) == (1, {"lost": 8, "codes": 1})


def test_what_was_not_compared_is_named_and_is_no_difference(
    desk: Desk, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "LARGEST", 1000)
    desk.put("no-receipt.json", story("e", **LOCAL))
    desk.forget_receipt("no-receipt.json")
    desk.upload("waiting.json", story("f", **LOCAL))
    lose(desk.aws)

    code, found, done = diff(desk, here, FEEDS)

    assert {it["key"]: it["reason"] for it in done.of("left_out")} == {
        "incoming/desk/large.json": "larger than 0 MiB",
        "incoming/desk/no-receipt.json": "no receipt",
        "incoming/desk/waiting.json": "no receipt",
    }
    assert (code, found["uploads"], found["read"], found["kinds"]) == (0, 8, 5, {})

    monkeypatch.setattr(outlook, "MOST", 200)
    _, found, done = diff(desk, here, FEEDS)

    beyond = [it for it in done.of("left_out") if it["reason"] == "beyond 0 MiB in all"]
    assert 0 < found["read"] < found["read"] + len(beyond) == 5


def test_of_many_uploads_some_from_the_whole_time_are_read(desk: Desk, here: Path) -> None:
    _, whole, _ = diff(desk, here, FEEDS)
    _, found, done = diff(desk, here, FEEDS, "--sample", 2)

    assert found["uploads"] == whole["uploads"] > 2
    assert found["read"] + len(done.of("left_out")) == 2


def test_people_see_what_would_change(desk: Desk, here: Path) -> None:
    here.write_text(ZONE.replace('"section"', '"authors"'))

    shown = desk.articles("diff", "--feeds", here, "--table", "--feed", "desk").out

    assert "differences: 11 rejected" in shown
    for word in ("E_REQUIRED", "incoming/desk/story.json", "rejected: E_REQUIRED"):
        assert word in shown


@pytest.mark.parametrize(
    "text", [ZONE, FEEDS.replace('"section"', '"authors"')], ids=["zone", "stricter"]
)
def test_counts_alone_tell_of_no_article(desk: Desk, here: Path, text: str) -> None:
    _, found, done = diff(desk, here, text, "--counts")

    assert [it["type"] for it in done.lines] == ["differences"]
    assert (found["kinds"], found["left_out"]) != ({}, {})
    shown = desk.articles("diff", "--feeds", here, "--table", "--counts").out
    assert f"differences: {found['kinds'].popitem()[1]} " in shown
    assert not re.search(r"incoming/|2025-|[0-9a-z]{26}", done.out + shown)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("--stack elsewhere", 3, "There is no stack elsewhere"),
        ("--sample many", 2, "--sample takes a number or all."),
        ("--since lately", 2, "--since must be like"),
    ],
)
def test_what_cannot_be_done_says_so(desk: Desk, line: str, code: int, message: str) -> None:
    done = desk.articles("diff", *line.split())
    assert (done.code, message in done.err) == (code, True), done


def test_where_nothing_was_uploaded_nothing_would_change(desk: Desk) -> None:
    time = ("--since", "9d", "--until", "7d")

    done = desk.articles("diff", *time, "--table")
    assert (done.code, done.out.splitlines()[0]) == (0, "Nothing was uploaded in that time.")
    assert desk.articles("diff", *time, "--json").of("differences")[0]["uploads"] == 0


def test_to_have_compared_nothing_is_a_failure(desk: Desk, here: Path) -> None:
    with patch.object(outlook, "READ", ()):
        code, found, done = diff(desk, here, FEEDS)

    assert (code, found["read"], done.err) == (3, 0, "None of the uploads could be compared.\n")


@pytest.mark.parametrize(
    ("error", "message"),
    [(RetriesExceededError(Boto3Error()), "AWS failed: "), (KeyError("x"), "This is a bug ")],
)
def test_a_failure_is_no_difference(desk: Desk, error: Exception, message: str) -> None:
    with patch.object(reading, "download", side_effect=error):
        done = desk.articles("diff", "--feeds", desk.feeds)

    assert (done.code, done.err.startswith(message)) == (3, True), done


def test_a_wrong_feeds_file_ends_it_before_anything_is_read(desk: Desk, here: Path) -> None:
    here.write_text("[feeds.desk]\nzone = 1\n")

    done = desk.articles("diff", "--feeds", here)

    assert (done.code, done.err) == (2, "feeds.toml, line 2: feeds.desk.zone: no such setting\n")


def test_the_page_explains_every_difference_and_its_command_runs(desk: Desk) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.partition("\n## Before a deployment\n")[2].partition("\n## ")[0]
    [command] = re.findall(r"```sh\narticles (.*)\n```", section)

    explained = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert explained == {*get_args(outlook.Kind)}
    assert desk.articles(*command.split(), "--feeds", desk.feeds).code == 0
