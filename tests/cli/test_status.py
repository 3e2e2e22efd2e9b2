"""The story that `articles status` tells, and what `get` and `list` say of tombstones."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from articles.storing.items import from_item
from articles.storing.keys import article_key, receipt_key
from articles.storing.mending import Mending
from articles.storing.tombstones import entomb
from articles.times import Clock
from articles_local import EmbeddedAws

from .conftest import Articles, Line

Put = Callable[..., str]


@pytest.fixture
def put(aws: EmbeddedAws) -> Put:
    """Upload an article and ingest it; gives the version of the object."""

    def put(key: str, article: dict[str, Any] | str) -> str:
        body = article if isinstance(article, str) else json.dumps(article)
        answer = aws.client("s3").put_object(Bucket=aws.outputs["InboxBucket"], Key=key, Body=body)
        aws.drain()
        return str(answer["VersionId"])

    return put


def ferry(identifier: str, title: str = "Ferry", **members: Any) -> dict[str, Any]:
    return {"id": identifier, "title": title, "text": "Six.", **members}


def story(deployed: Articles, name: str) -> Line:
    done = deployed("status", name, "--json")
    assert done.code == 0, done
    (told,) = done.of("story")
    return told


def test_the_versions_of_an_article_are_told_with_their_events(
    deployed: Articles, put: Put
) -> None:
    key = "incoming/story/a.json"
    first, second = put(key, ferry("a")), put(key, ferry("a", "Later ferry"))
    put(key, ferry("a", "Later ferry"))
    broken = put(key, '{"title": ')

    done = deployed("status", key, "--json")

    assert done.code == 1  # the latest version is rejected
    assert [it["version"] for it in done.of("version")][::3] == [broken, first]
    (told,) = done.of("story")
    assert (told["title"], told["status"]) == ("Later ferry", "usable")
    versions = {it["version"]: it for it in told["versions"]}
    assert (versions[first]["outcome"], versions[first]["event"]) == ("created", "ArticleCreated")
    assert (versions[second]["outcome"], versions[second]["event"]) == ("updated", "ArticleUpdated")
    assert [(it["outcome"], it["event"]) for it in told["versions"] if it["is_stored"]] == [
        ("unchanged", None)
    ]
    assert told["subscribers"].startswith("have it, since 2")


def test_who_won_is_told_and_why(deployed: Articles, put: Put) -> None:
    winner = put("incoming/won/a.json", ferry("w"))
    put("incoming/won/b.json", ferry("w", "Earlier", updated_at="2025-06-03T06:00:00Z"))

    told = story(deployed, "incoming/won/b.json")

    loser, won = told["versions"]
    assert loser["outcome"] == "superseded"
    assert loser["decided_by"] == "effective time"
    assert loser["superseded_by"]["version"] == winner == won["version"]
    assert won["is_stored"]
    shown = deployed("status", told["article_id"], "--table").out
    assert "when it was uploaded" in shown
    shown = deployed("status", "incoming/won/b.json", "--table").out
    assert "superseded (by effective time)" in shown
    assert shown.count("W_SUPERSEDED") == 1


def test_what_was_withdrawn_and_what_never_was_visible(deployed: Articles, put: Put) -> None:
    shown = "incoming/withdrawn/a.json"
    put(shown, ferry("v"))
    put(shown, ferry("v", status="canceled"))
    draft = "incoming/withdrawn/b.json"
    put(draft, ferry("d", status="canceled"))
    held = "incoming/withdrawn/c.json"
    put(held, ferry("h", embargoed_until="2099-01-01T00:00:00Z"))

    canceled = story(deployed, shown)
    assert canceled["subscribers"] == "were told to drop it: ArticleWithdrawn (canceled)"
    assert canceled["versions"][0]["event"] == "ArticleWithdrawn (canceled)"
    for key in (draft, held):
        told = story(deployed, key)
        assert told["subscribers"] == "were never told of it"
        assert [it["event"] for it in told["versions"]] == [None]


def test_an_upload_of_several_records_is_announced_as_such(deployed: Articles, put: Put) -> None:
    key = "incoming/several/rows.ndjson"
    put(key, "\n".join(json.dumps(ferry(str(n), f"Ferry {n}")) for n in range(30)))

    done = deployed("status", key, "--json")
    assert len(done.of("story")) == 20
    shown = deployed("status", key, "--table").out
    assert "event: UploadProcessed (accepted)" in shown
    assert "`articles status ID` tells the story of one article." in shown
    told = story(deployed, done.of("story")[0]["article_id"])
    assert [it["event"] for it in told["versions"]] == ["ArticleCreated"]


def test_a_story_fits_eighty_columns(
    deployed: Articles, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles_cli.terminal.output.WIDTH_OF_A_PIPE", 80)
    put("incoming/narrow/a.json", ferry("n"))
    put("incoming/narrow/b.json", ferry("n", "Earlier", updated_at="2025-06-03T06:00:00Z"))

    shown = deployed("status", "incoming/narrow/b.json", "--table").out

    rows = [line for line in shown.split("\n") if line.startswith(("│", "┏"))]
    assert max(map(cell_len, rows)) <= 80
    assert "superseded (by effective time)" in shown


# Receipts that are not there.


@pytest.fixture
def forgotten(aws: EmbeddedAws, put: Put) -> Callable[[str, str], str]:
    """Upload an article whose receipt is no longer kept."""

    def forgotten(key: str, body: str) -> str:
        version = put(key, body)
        aws.client("dynamodb").delete_item(
            TableName=aws.outputs["ReceiptsTable"], Key=receipt_key(key, version)
        )
        return version

    return forgotten


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    then = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(Clock, "now", lambda _: then)


def test_a_receipt_that_expired_is_told_from_one_that_never_was(
    deployed: Articles,
    forgotten: Callable[[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = "incoming/old/a.json"
    forgotten(key, json.dumps(ferry("o")))

    young = deployed("status", key, "--table")
    assert young.code == 3
    assert "not processed yet" in young.out
    assert "`articles reconcile`" in young.out

    later(monkeypatch, 91)
    old = deployed("status", key, "--table")
    assert old.code == 0
    assert "The receipt has expired (receipts are kept 90 days)" in old.out
    assert "the upload is still in the inbox: its articles are" in old.out
    assert "have it, since" in old.out
    (version,) = deployed("status", key, "--json").of("version")
    assert (version["state"], version["in_inbox"]) == ("expired", True)


def test_an_article_is_found_although_its_receipt_expired(
    deployed: Articles,
    forgotten: Callable[[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = "incoming/old/b.json"
    forgotten(key, json.dumps(ferry("p")))
    later(monkeypatch, 91)

    (article,) = deployed("get", key, "--json").of("article")
    told = deployed("status", article["article_id"], "--table")

    assert told.code == 0
    assert "its receipt has expired" in told.out
    assert "have it, since" in told.out


def test_a_receipt_that_expired_of_an_upload_too_large_to_read_here(
    deployed: Articles,
    forgotten: Callable[[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = "incoming/old/large.json"
    forgotten(key, json.dumps(ferry("q")) + " " * 2**20)
    later(monkeypatch, 91)

    assert "too large to read here" in deployed("status", key, "--table").out


def test_what_was_never_uploaded_is_said_to_be(deployed: Articles) -> None:
    done = deployed("status", "incoming/never/a.json")
    assert done.code == 3
    assert "was never uploaded, or its upload is no longer kept" in done.err
    assert deployed("status", "a" * 26).code == 3


def test_an_upload_that_is_deleted_keeps_its_story(
    deployed: Articles, put: Put, aws: EmbeddedAws
) -> None:
    key = "incoming/deleted/a.json"
    version = put(key, ferry("x"))
    s3, bucket = aws.client("s3"), aws.outputs["InboxBucket"]
    s3.delete_object(Bucket=bucket, Key=key)
    assert "The key is deleted" in deployed("status", key, "--table").out
    s3.delete_object(Bucket=bucket, Key=key, VersionId=version)

    done = deployed("status", key, "--json")

    assert done.code == 0
    (row,) = done.of("version")
    assert (row["version"], row["in_inbox"], row["outcome"]) == (version, False, "accepted")


# Tombstones, and what operators did.


class Operator:
    """What is done to articles by other commands, and by time."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._dynamodb, self._table = aws.client("dynamodb"), aws.outputs["ArticlesTable"]
        self._mending = Mending(self._dynamodb, self._table)

    def remove(self, article_id: str, feed: str = "gone") -> None:
        now = datetime.now(UTC)
        self._mending.remove(article_id, feed=feed, by="ana", reason="court order", now=now)

    def revive(self, article_id: str) -> None:
        now = datetime.now(UTC)
        assert self._mending.revive(article_id, by="ana", reason="court order", now=now)

    def leave(self, article_id: str, status: str, **attributes: str) -> None:
        key = article_key(article_id)
        item = from_item(self._dynamodb.get_item(TableName=self._table, Key=key)["Item"])
        now = datetime.now(UTC)
        assert entomb(
            self._dynamodb, self._table, item, status, item["order_key"], now=now, **attributes
        )


@pytest.fixture
def operator(aws: EmbeddedAws) -> Operator:
    return Operator(aws)


def test_a_removed_article_says_who_removed_it_and_why(
    deployed: Articles, put: Put, operator: Operator
) -> None:
    key = "incoming/gone/a.json"
    put(key, ferry("r"))
    article_id = story(deployed, key)["article_id"]
    operator.remove(article_id)

    told = story(deployed, article_id)
    assert (told["removed"]["by"], told["removed"]["reason"]) == ("ana", "court order")
    assert told["subscribers"] == "were told to drop it: ArticleWithdrawn (removed)"
    assert told["event"] == "ArticleWithdrawn (removed)"
    assert "no version beats it" in deployed("status", article_id, "--table").out
    got = deployed("get", article_id)
    assert got.code == 3
    assert "was removed" in got.err
    assert "court order" in got.err
    assert got.of("article") == []


def test_an_article_that_was_removed_before_it_came_has_a_story(
    deployed: Articles, operator: Operator
) -> None:
    operator.remove("c" * 26)

    told = story(deployed, "c" * 26)

    assert (told["upload"], told["versions"]) == (None, [])
    assert told["subscribers"] == "were never told of it"
    assert "court order" in deployed("status", "c" * 26, "--table").out
    operator.revive("c" * 26)
    assert "was revived" in deployed("get", "c" * 26).err


def test_an_article_that_moved_names_the_other(
    deployed: Articles, put: Put, operator: Operator
) -> None:
    key = "incoming/gone/b.json"
    put(key, ferry("m"))
    article_id = story(deployed, key)["article_id"]
    operator.leave(article_id, "moved", moved_to="b" * 26)

    assert story(deployed, key)["moved_to"] == "b" * 26
    got = deployed("get", article_id)
    assert got.code == 3
    assert "b" * 26 in got.err


def test_tombstones_are_not_listed(deployed: Articles, put: Put, operator: Operator) -> None:
    for number, status in enumerate(("removed", "moved", "expired")):
        key = f"incoming/tombs/{status}.json"
        put(key, ferry(f"gone-{number}"))
        operator.leave(story(deployed, key)["article_id"], status)
    put("incoming/tombs/here.json", ferry("here", "Still here"))

    listed = deployed("list", "--feed", "tombs", "--json").of("listed")

    assert [it["title"] for it in listed] == ["Still here"]


def test_a_revival_is_told(deployed: Articles, put: Put, operator: Operator) -> None:
    key = "incoming/example/revived.json"  # a feed whose kills absorb
    put(key, ferry("z", status="canceled"))
    article_id = story(deployed, key)["article_id"]
    operator.revive(article_id)

    told = story(deployed, key)

    assert told["revived"]["by"] == "ana"
    assert (told["order"]["generation"], told["order"]["rank"]) == ("1", "0")
    shown = deployed("status", key, "--table").out
    assert "revived: every version beats it, but not the kill" in shown
    assert "generation 1: repaired by an operator" in shown
