"""The story that `articles status` tells, and what `get` and `list` say of tombstones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

import pytest
from rich.cells import cell_len

from articles.storing.items import from_item
from articles.storing.mending import Mending
from articles.storing.tombstones import entomb
from articles.times import Clock

from .conftest import Line, feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, desk_of_feed, story

feeds = feeds_file(FEEDS)
aws = service_with_feeds()
desk = desk_of_feed()


def told(desk: Desk, name: str) -> Line:
    """Give the story of an article, by its id or by a file."""
    done = desk.articles("status", key(name) if "." in name else name, "--json")
    assert done.code == 0, done
    [line] = done.of("story")
    return line


def shown(desk: Desk, name: str) -> str:
    return desk.articles("status", key(name) if "." in name else name, "--table").out


def key(name: str) -> str:
    return f"incoming/desk/{name}"


def test_the_versions_of_an_article_are_told_with_their_events(desk: Desk) -> None:
    first, second = (desk.put("a.json", story("a", title=it)) for it in ("Ferry", "Late"))
    desk.put("a.json", story("a", title="Late"))
    broken = desk.write("a.json", '{"title": ')
    desk.aws.drain()

    done = desk.articles("status", key("a.json"), "--json")

    assert done.code == 1  # the latest version is rejected
    assert [it["version"] for it in done.of("version")][::3] == [broken, first]
    [line] = done.of("story")
    assert (line["title"], line["status"]) == ("Late", "usable")
    versions = {it["version"]: (it["outcome"], it["event"]) for it in line["versions"]}
    assert versions[first] == ("created", "ArticleCreated")
    assert versions[second] == ("updated", "ArticleUpdated")
    stored = [(it["outcome"], it["event"]) for it in line["versions"] if it["is_stored"]]
    assert stored == [("unchanged", None)]
    assert line["subscribers"].startswith("have it, since 2")


def test_who_won_is_told_and_why(desk: Desk) -> None:
    undated = {"id": "w", "title": "Ferry", "text": "Six."}
    winner = desk.put("won.json", undated)
    desk.put("lost.json", undated | {"title": "Earlier", "updated_at": "2025-06-03T06:00:00Z"})

    line = told(desk, "lost.json")

    loser, won = line["versions"]
    assert (loser["outcome"], loser["decided_by"]) == ("superseded", "effective time")
    assert loser["superseded_by"]["version"] == winner == won["version"]
    assert won["is_stored"]
    assert "when it was uploaded" in shown(desk, line["article_id"])
    with patch("articles_cli.terminal.output.WIDTH_OF_A_PIPE", 80):
        table = shown(desk, "lost.json")
    assert "superseded (by effective time)" in table
    assert table.count("W_SUPERSEDED") == 1
    rows = [it for it in table.split("\n") if it.startswith(("│", "┏"))]
    assert max(map(cell_len, rows)) <= 80


def test_what_was_withdrawn_and_what_never_was_visible(desk: Desk) -> None:
    desk.put("shown.json", story("v"))
    desk.put("shown.json", story("v", status="canceled"))
    desk.put("draft.json", story("d", status="canceled"))
    desk.put("held.json", story("h", embargoed_until="2099-01-01T00:00:00Z"))

    canceled = told(desk, "shown.json")
    assert canceled["subscribers"] == "were told to drop it: ArticleWithdrawn (canceled)"
    assert canceled["versions"][0]["event"] == "ArticleWithdrawn (canceled)"
    for line in (told(desk, "draft.json"), told(desk, "held.json")):
        assert line["subscribers"] == "were never told of it"
        assert [it["event"] for it in line["versions"]] == [None]


def test_an_upload_of_several_records_is_announced_as_such(desk: Desk) -> None:
    desk.put("rows.json", *(story(f"row-{n}") for n in range(30)))

    stories = desk.articles("status", key("rows.json"), "--json").of("story")

    assert len(stories) == 20
    table = shown(desk, "rows.json")
    assert "event: UploadProcessed (accepted)" in table
    assert "`articles status ID` tells the story of one article." in table
    line = told(desk, stories[0]["article_id"])
    assert [it["event"] for it in line["versions"]] == ["ArticleCreated"]


# Receipts that are not there.


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have receipts of now expire."""
    then = datetime.now(UTC) + timedelta(days=91)
    monkeypatch.setattr(Clock, "now", lambda _: then)


def test_a_receipt_expired_or_never_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("old.json", story("o"))
    desk.forget_receipt("old.json")

    young = desk.articles("status", key("old.json"), "--table")
    assert young.code == 3
    assert "not processed yet" in young.out
    assert "`articles reconcile`" in young.out

    later(monkeypatch)
    old = desk.articles("status", key("old.json"), "--table")
    assert old.code == 0
    assert "The receipt has expired (receipts are kept 90 days)" in old.out
    assert "the upload is still in the inbox: its articles are" in old.out
    assert "have it, since" in old.out
    [version] = desk.articles("status", key("old.json"), "--json").of("version")
    assert (version["state"], version["in_inbox"]) == ("expired", True)
    [article] = desk.articles("get", key("old.json"), "--json").of("article")
    table = shown(desk, article["article_id"])
    assert "its receipt has expired" in table
    assert "have it, since" in table


def test_an_upload_is_too_large_to_read_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("large.json", story("q", text="x" + " " * 2**20))
    desk.forget_receipt("large.json")
    later(monkeypatch)

    assert "too large to read here" in shown(desk, "large.json")


def test_what_was_never_uploaded_is_said_to_be(desk: Desk) -> None:
    done = desk.articles("status", key("never.json"))
    assert done.code == 3
    assert "was never uploaded, or its upload is no longer kept" in done.err
    assert desk.articles("status", "a" * 26).code == 3


def test_an_upload_that_is_deleted_keeps_its_story(desk: Desk) -> None:
    version = desk.put("deleted.json", story("x"))
    delete = partial(
        desk.aws.client("s3").delete_object,
        Bucket=desk.aws.outputs["InboxBucket"],
        Key=key("deleted.json"),
    )
    delete()
    assert "The key is deleted" in shown(desk, "deleted.json")
    delete(VersionId=version)

    done = desk.articles("status", key("deleted.json"), "--json")

    assert done.code == 0
    [row] = done.of("version")
    assert (row["version"], row["in_inbox"], row["outcome"]) == (version, False, "accepted")


# Tombstones, and what operators did.

WHY = "--reason=court order"


def leave(desk: Desk, article_id: str, status: str, **attributes: str) -> None:
    """Have a tombstone take the place of an article."""
    dynamodb, table = desk.aws.client("dynamodb"), desk.aws.outputs["ArticlesTable"]
    item, now = from_item(desk.stored(article_id)), datetime.now(UTC)
    assert entomb(dynamodb, table, item, status, item["order_key"], now=now, **attributes)


def test_a_removed_article_says_who_removed_it_and_why(desk: Desk) -> None:
    desk.put("gone.json", story("r"))
    article_id = desk.article_id("gone.json")
    desk("purge", article_id, WHY, "--send")

    line = told(desk, article_id)
    assert line["removed"]["by"].startswith("arn:aws:sts::")
    assert line["removed"]["reason"] == "court order"
    assert line["subscribers"] == "were told to drop it: ArticleWithdrawn (removed)"
    assert line["event"] == "ArticleWithdrawn (removed)"
    assert "no version beats it" in shown(desk, article_id)
    got = desk.articles("get", article_id)
    assert (got.code, got.out) == (3, "")
    assert "was removed" in got.err
    assert "court order" in got.err


def test_an_article_that_was_removed_before_it_came_has_a_story(desk: Desk) -> None:
    unknown, feed = "c" * 26, "--feed=desk"
    assert desk("purge", unknown, WHY, feed, "--send").code == 0

    line = told(desk, unknown)

    assert (line["upload"], line["versions"]) == (None, [])
    assert line["subscribers"] == "were never told of it"
    assert "court order" in shown(desk, unknown)
    mending = Mending(desk.aws.client("dynamodb"), desk.aws.outputs["ArticlesTable"])
    assert mending.revive(unknown, by="ana", reason="x", now=datetime.now(UTC))
    assert "was revived" in desk.articles("get", unknown).err


def test_an_article_that_moved_names_the_other(desk: Desk) -> None:
    desk.put("moved.json", story("m"))
    article_id = desk.article_id("moved.json")
    leave(desk, article_id, "moved", moved_to="b" * 26)

    assert told(desk, "moved.json")["moved_to"] == "b" * 26
    got = desk.articles("get", article_id)
    assert got.code == 3
    assert "b" * 26 in got.err


def test_tombstones_are_not_listed(desk: Desk) -> None:
    desk = replace(desk, feed="tombs")
    gone = ("removed", "moved", "expired")
    here = story("here", title="Here"), story("draft", title="Draft", status="withheld")
    desk.put("all.json", *map(story, gone), *here)
    for number, status in enumerate(gone):
        leave(desk, desk.article_id("all.json", number), status)

    listed = desk.articles("list", "--feed", "tombs", "--since", "2026-01", "--json").of("listed")

    assert {it["title"] for it in listed} == {"Here", "Draft"}


def test_a_revival_is_told(desk: Desk) -> None:
    desk.put("revived.json", story("z", status="canceled"))
    article_id = desk.article_id("revived.json")
    assert desk("revive", article_id, WHY, "--send").code == 0

    line = told(desk, "revived.json")

    assert line["revived"]["reason"] == "court order"
    assert (line["order"]["generation"], line["order"]["rank"]) == ("1", "0")
    table = shown(desk, "revived.json")
    assert "revived: every version beats it, but not the kill" in table
    assert "generation 1: repaired by an operator" in table
