"""A feed whose month is spread over several partitions of the index, and was not at first."""

from pathlib import Path
from unittest.mock import patch

import pytest

from articles.storing import by_feed
from articles_local import EmbeddedAws

from .conftest import Articles, Done, feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, deploy, story

SPREAD = 3
MONTH = "desk#2026-01"
PARTITIONS = {MONTH, f"{MONTH}#1", f"{MONTH}#2"}

feeds = feeds_file(FEEDS)
aws = service_with_feeds()


def dated(numbers: range) -> list[dict[str, object]]:
    return [story(f"s-{n}", title=f"{n:02}", published_at=f"2026-01-{n + 1:02}") for n in numbers]


def partitions(aws: EmbeddedAws) -> set[str]:
    items = aws.client("dynamodb").scan(TableName=aws.outputs["ArticlesTable"])["Items"]
    return {it["feed_month"]["S"] for it in items}


@pytest.fixture(scope="module")
def desk(aws: EmbeddedAws, deployed: Articles, feeds: Path) -> Desk:
    desk = Desk(aws, deployed, feeds)
    desk.put("before.json", *dated(range(6)))
    assert partitions(aws) == {MONTH}
    deploy(feeds, f"{FEEDS}spread = {SPREAD}\n")
    desk.put("after.json", *dated(range(4, 20)))
    assert partitions(aws) == PARTITIONS
    return desk


def run(desk: Desk, command: str, oldest: str, *options: object, feeds: Path | None = None) -> Done:
    """Read the feed in pages of two entries."""
    with patch.object(by_feed, "PAGE", 2):
        where = ("--feed", desk.feed, "--feeds", feeds or desk.feeds, oldest, "2026-01", "--json")
        return desk.articles(command, *where, *options)


def test_its_articles_are_listed_newest_first_whenever_they_were_stored(desk: Desk) -> None:
    listed = run(desk, "list", "--since").of("listed")

    assert [it["title"] for it in listed] == [f"{n:02}" for n in reversed(range(20))]


def test_each_of_them_is_announced_once_also_in_two_runs(desk: Desk) -> None:
    [counted] = run(desk, "announce", "--oldest").of("events")
    assert counted["count"] == 20
    tenth = run(desk, "list", "--since").of("listed")[9]
    place = f"{MONTH}#{tenth['listed_at']}#{tenth['article_id']}"

    [rest] = run(desk, "announce", "--oldest", "--after", place).of("events")

    assert rest["count"] == 10


def test_a_removed_article_is_announced_from_the_partition_it_was_listed_in(desk: Desk) -> None:
    purged = desk.articles("purge", desk.article_id("after.json", 10), "--reason", "x", "--send")
    assert purged.code == 0, purged

    told = run(desk, "announce", "--oldest").of("events")

    assert {it["event"]: it["count"] for it in told} == {
        "ArticleUpdated": 19,
        "ArticleWithdrawn": 1,
    }


@pytest.mark.parametrize(("command", "oldest"), [("list", "--since"), ("announce", "--oldest")])
def test_a_spread_that_was_lowered_is_refused_before_anything_is_told(
    desk: Desk, command: str, oldest: str, tmp_path: Path
) -> None:
    (lowered := tmp_path / "feeds.toml").write_text(f"{FEEDS}spread = 2\n")

    done = run(desk, command, oldest, feeds=lowered)

    assert (done.code, done.of("listed"), done.of("events")) == (2, [], [])
    assert f"{MONTH}#2" in done.err
    assert "must not be lowered" in done.err
