"""`put`, `status`, `get`, `list` and `tail` for a service that is running."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from articles.times import Clock
from articles_cli.stack import deployment
from articles_cli.terminal import waiting
from articles_local import EmbeddedAws

from .conftest import ARTICLES, ROOT, Articles, clean_environment

ARTICLE = """{"title": "Ferry leaves earlier", "id": "f-1", "url": "https://a.example/ferry?utm_medium=x",
 "published_at": "2025-06-02T06:00:00Z", "body": "<p>At six.</p>"}"""
KEY = "incoming/desk/ferry.json"


@pytest.fixture(scope="module")
def uploaded(deployed: Articles, tmp_path_factory: pytest.TempPathFactory) -> Articles:
    """Upload an article; return the command."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "ferry.json").write_text(ARTICLE)
    done = deployed("put", folder, "--feed", "desk", "--wait", "--json")
    assert done.code == 0, done
    (receipt,) = done.of("receipt")
    assert (receipt["key"], receipt["outcome"]) == (KEY, "accepted")
    return deployed


@pytest.mark.parametrize("name", [KEY, "https://a.example/ferry", "ID"])
def test_status_and_get_take_a_key_an_id_or_an_address(uploaded: Articles, name: str) -> None:
    listed = uploaded("list", "--feed", "desk", "--since", "2025-01", "--json")
    (row,) = listed.of("listed")
    assert row["title"] == "Ferry leaves earlier"
    name = row["article_id"] if name == "ID" else name
    (receipt,) = uploaded("status", name, "--json").of("receipt")
    assert receipt["key"] == KEY
    (article,) = uploaded("get", name, "--json").of("article")
    assert article["article"]["body_text"] == "At six."
    assert article["article_id"] == row["article_id"]


def test_get_shows_the_text_to_people(uploaded: Articles) -> None:
    shown = uploaded("get", KEY, "--table").out
    assert "Ferry leaves earlier" in shown
    assert "At six." in shown


@pytest.mark.parametrize("command", ["status", "get"])
def test_what_does_not_exist_is_reported_and_exits_with_3(uploaded: Articles, command: str) -> None:
    done = uploaded(command, "incoming/desk/nowhere.json")
    assert done.code == 3
    assert "nowhere.json" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--since", "2999-01"], 2, "--since must be 20"),
        ([], 0, "Feed default has no article since 20"),
        (["--feed", "example"], 0, "Feed example has no article since 20"),
        (["--feed", "desk", "--since", "2025-06"], 0, "Feed desk, 2025-06 to 20"),
        (["--feed", "desk", "--since", "2025-07"], 0, "Feed desk has no article since 2025-07. "),
        (["--feed", "plenty", "--limit", "1"], 0, "There are more than 1; --limit lists more."),
    ],
)
def test_list_says_what_it_leaves_out(
    uploaded: Articles, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    if "plenty" in arguments:
        (tmp_path / "two.json").write_text(f"[{ARTICLE}, {ARTICLE.replace('f', 'g')}]")
        assert uploaded("put", tmp_path, "--feed", "plenty", "--wait").code == 0
    done = uploaded("list", *arguments)
    assert (done.code, said in done.err) == (code, True), done


@pytest.mark.parametrize(
    "command",
    ["list", "rejects", "reconcile", "announce", "replay", "replay --since 1d", "diff"],
)
@pytest.mark.parametrize(
    ("feed", "code", "said"),
    [
        ("dsek", 3, "feeds.toml does not name a feed dsek, and it has no upload. Is the name"),
        ("No Feed", 2, '"No Feed" is not a feed name: use lower-case letters'),
    ],
)
def test_a_feed_that_does_not_exist_is_nowhere_all_clear(
    uploaded: Articles, command: str, feed: str, code: int, said: str
) -> None:
    done = uploaded(*command.split(), "--feed", feed, "--table")

    assert (done.code, said in done.err) == (code, True), done
    assert "Nothing here needs" not in done.out


def test_put_names_each_file_that_has_no_key_or_cannot_be_read(
    uploaded: Articles, tmp_path: Path
) -> None:
    for name in ("a.json", os.fsdecode(b"latin\xe9.json"), "z.json"):
        (tmp_path / name).write_text(ARTICLE)
    (tmp_path / "link.json").symlink_to("nowhere")

    done = uploaded("put", tmp_path, "--feed", "names", "--json")

    assert {it["key"] for it in done.of("upload")} == {
        f"incoming/names/{name}.json" for name in ("a", "z")
    }
    assert r"latin\udce9.json: could not be uploaded: a key must be UTF-8." in done.err
    assert "link.json: could not be uploaded" in done.err
    assert done.code == 3


def test_put_goes_on_when_nobody_reads_what_it_prints(aws: EmbeddedAws, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(ARTICLE)
    command = [*ARTICLES, "put", str(tmp_path), "--feed", "unread", "--json"]
    environment = clean_environment() | aws.environment
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as process:
        assert process.stdout
        process.stdout.close()
    assert process.returncode == 0
    found = aws.client("s3").list_objects_v2(
        Bucket=aws.outputs["InboxBucket"], Prefix="incoming/unread/"
    )
    assert found["KeyCount"] == 2


def test_put_leaves_out_what_would_be_rejected(uploaded: Articles, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('{"title": "Good", "id": "g", "text": "Six."}')
    (tmp_path / "bad.json").write_text("{")
    done = uploaded("put", tmp_path, "--feed", "desk", "--wait", "--json")
    assert done.code == 1
    assert [receipt["key"] for receipt in done.of("receipt")] == ["incoming/desk/good.json"]
    assert [Path(file["file"]).name for file in done.of("file")] == ["bad.json"]
    assert uploaded("status", "incoming/desk/bad.json").code == 3


def test_put_without_check_gets_the_rejection_from_the_service(
    uploaded: Articles, tmp_path: Path
) -> None:
    (tmp_path / "worse.json").write_text("{")
    done = uploaded("put", tmp_path, "--feed", "desk", "--wait", "--no-validate", "--json")
    assert done.code == 1
    assert done.of("receipt")[0]["problems"][0]["code"] == "E_JSON"


def test_tail_shows_events_as_they_come(
    uploaded: Articles, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upload() -> None:
        key, bucket = "incoming/desk/news.json", aws.outputs["InboxBucket"]
        aws.client("s3").put_object(
            Bucket=bucket, Key=key, Body=b'{"title": "News", "id": "n", "text": "Six."}'
        )
        aws.drain()

    monkeypatch.setattr(waiting, "pause", upload)

    done = uploaded("tail", "--count", "1", "--json")

    assert [event["detail-type"] for event in done.of("event")] == ["ArticleCreated"]
    assert "Listening" in done.err


def test_put_ends_when_nothing_moves(
    uploaded: Articles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "pause", lambda: None)
    (tmp_path / "late.json").write_text('{"title": "Late", "id": "late", "text": "Six."}')

    done = uploaded("put", tmp_path, "--feed", "late", "--wait", "--timeout", "0")

    assert done.code == 3
    assert "No receipt within 0 s for incoming/late/late.json" in done.err


@pytest.mark.parametrize(
    ("options", "variable", "region", "asked"),
    [
        (["--stack", "nowhere"], "articles-dev", "us-east-1", "nowhere in us-east-1"),
        ([], "nowhere", "us-east-1", "nowhere in us-east-1"),
        ([], "articles-dev", "eu-west-1", "articles-dev in eu-west-1"),
    ],
)
def test_a_stack_that_is_not_there_is_named_and_which_is(
    uploaded: Articles, options: list[str], variable: str, region: str, asked: str
) -> None:
    where = {"ARTICLES_STACK": variable, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    done = uploaded("status", KEY, *options, **where)
    assert done.code == 3
    assert f"no stack {asked} on this machine, at 127.0.0.1:" in done.err
    assert "only articles-dev, in us-east-1: check --stack, ARTICLES_STACK" in done.err


@pytest.mark.parametrize(
    "command",
    [
        "announce --failures --to bus",
        "purge nothing --reason r",
        "reconcile --feed nothing",
        "replay --dead-letters",
        "replay incoming/nothing/",
        "restore --articles nothing",
        "revive nothing --reason r",
    ],
)
def test_a_command_says_where_before_it_changes_anything(uploaded: Articles, command: str) -> None:
    looking, sending = uploaded(*command.split()), uploaded(*command.split(), "--send")
    assert "Stack" not in looking.err
    assert sending.err.startswith("Stack articles-dev (stage dev) on this machine, at 127.0.0.1:")


def test_the_account_and_the_region_are_said_of_a_stack_in_aws() -> None:
    client = boto3.client("cloudformation", region_name="eu-west-1")
    assert deployment.place(client, "123456789012") == "in account 123456789012, eu-west-1"


def test_what_is_neither_key_nor_url_nor_id_is_wrong_usage(uploaded: Articles) -> None:
    done = uploaded("get", "ferry")
    assert done.code == 2
    assert "is not a key" in done.err


def test_an_article_that_is_held_back_says_so_everywhere(
    uploaded: Articles, tmp_path: Path
) -> None:
    held = (
        '{"title": "Prize", "id": "p", "text": "Six.", "embargoed_until": "2099-01-01T00:00:00Z"}'
    )
    (tmp_path / "prize.json").write_text(held)
    put = uploaded("put", tmp_path, "--feed", "held", "--wait", "--json")
    (record,) = put.of("receipt")[0]["records"]
    (listed,) = uploaded("list", "--feed", "held", "--json").of("listed")
    (got,) = uploaded("get", record["article_id"], "--json").of("article")
    held_until = {it["hold_until"] for it in (record, listed, got)}
    assert held_until == {"2099-01-01T00:00:00Z"}


def test_an_article_that_loses_to_an_earlier_upload_is_told_so(
    uploaded: Articles, tmp_path: Path
) -> None:
    late = '{"title": "Ferry leaves later", "id": "f-1", "updated_at": "2025-06-03T06:00:00Z"}'
    (tmp_path / "late.json").write_text(late)
    put = uploaded("put", tmp_path, "--feed", "desk", "--wait", "--json")
    status = uploaded("status", "incoming/desk/late.json", "--json")

    assert put.code == 0
    for done in (put, status):
        [record] = done.of("receipt")[0]["records"]
        assert record["outcome"] == "superseded"
        assert [it["code"] for it in record["warnings"]] == ["W_SUPERSEDED"]


def test_status_shows_the_latest_version_unless_asked_for_all(
    uploaded: Articles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "incoming/desk/fixed.json"
    for day, text in enumerate(("{", '{"title": "Fixed", "id": "m", "text": "Six."}'), 1):
        # Receipts know whole seconds, and these two uploads do not take one.
        then = datetime.now(UTC) - timedelta(days=3 - day)
        monkeypatch.setattr(Clock, "now", lambda _, then=then: then)
        (tmp_path / "fixed.json").write_text(text)
        uploaded("put", tmp_path, "--feed", "desk", "--wait", "--no-validate")

    latest = uploaded("status", key, "--json")
    both = uploaded("status", key, "--all", "--json")

    assert [it["outcome"] for it in latest.of("receipt")] == ["accepted"]
    assert [it["outcome"] for it in both.of("receipt")] == ["accepted", "rejected"]
