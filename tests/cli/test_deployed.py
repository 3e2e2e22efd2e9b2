"""`put`, `status`, `get`, `list` and `tail` for a service that is running."""

import os
import subprocess
from pathlib import Path

import boto3
import pytest

from articles_cli.stack import deployment
from articles_cli.terminal import waiting
from articles_local import EmbeddedAws

from .conftest import ARTICLES, ROOT, Articles, Done, clean_environment
from .mistakes import ago

ARTICLE = """{"title": "Ferry leaves earlier", "id": "f-1", "url": "https://a.example/ferry?utm_medium=x",
 "published_at": "2025-06-02T06:00:00Z", "authors": ["Ida Krohn", "Ola Berg"],
 "body": "<p>At six.</p>"}"""
GOOD = '{"title": "Good", "id": "g", "text": "Six."}'
KEY = "incoming/desk/ferry.json"


@pytest.fixture(scope="module")
def uploaded(deployed: Articles, tmp_path_factory: pytest.TempPathFactory) -> Articles:
    """Upload an article; return the command."""
    done = put(deployed, tmp_path_factory.mktemp("desk"), "--feed", "desk", ferry=ARTICLE)
    [receipt] = done.of("receipt")
    assert (done.code, receipt["key"], receipt["outcome"]) == (0, KEY, "accepted"), done
    return deployed


def put(articles: Articles, folder: Path, *options: str, **files: str) -> Done:
    """Upload the files of a folder, and wait for their receipts."""
    for name, text in files.items():
        (folder / f"{name}.json").write_text(text)
    return articles("put", folder, *options, "--wait", "--json")


@pytest.mark.parametrize("name", [KEY, "https://a.example/ferry", "ID"])
def test_status_and_get_take_a_key_an_id_or_an_address(uploaded: Articles, name: str) -> None:
    [row] = uploaded("list", "--feed", "desk", "--since", "2025-01", "--json").of("listed")
    assert row["title"] == "Ferry leaves earlier"
    name = row["article_id"] if name == "ID" else name
    [receipt] = uploaded("status", name, "--json").of("receipt")
    assert receipt["key"] == KEY
    [article] = uploaded("get", name, "--json").of("article")
    assert article["article"]["body_text"] == "At six."
    assert article["article_id"] == row["article_id"]
    shown = uploaded("get", name, "--table").out
    for words in ("Ferry leaves earlier", "Ida Krohn", "Ola Berg", "At six."):
        assert words in shown


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("status incoming/desk/nowhere.json", 3, "nowhere.json"),
        ("get incoming/desk/nowhere.json", 3, "nowhere.json"),
        ("get ferry", 2, "is not a key"),
        ("list --since 2999-01", 2, "--since must be 20"),
        ("list", 0, "Feed default has no article since 20"),
        ("list --feed example", 0, "Feed example has no article since 20"),
        ("list --feed desk --since 2025-06", 0, "Feed desk, 2025-06 to 20"),
        ("list --feed desk --since 2025-07", 0, "Feed desk has no article since 2025-07. "),
        ("adopt --send", 3, "The stack articles-dev is there ("),
        ("adopt --send --config-env nowhere", 2, "no environment"),
    ],
)
def test_what_is_lacking_is_said(uploaded: Articles, line: str, code: int, said: str) -> None:
    done = uploaded(*line.split())
    assert (done.code, said in done.err) == (code, True), done


def test_list_says_that_there_is_more(uploaded: Articles, tmp_path: Path) -> None:
    two = f"[{ARTICLE}, {ARTICLE.replace('f', 'g')}]"
    assert put(uploaded, tmp_path, "--feed", "plenty", two=two).code == 0
    done = uploaded("list", "--feed", "plenty", "--limit", "1")
    assert "There are more than 1; --limit lists more." in done.err


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "rejects",
        "reconcile",
        "announce --oldest 2026-01",
        "replay",
        "replay --since 1d",
        "diff",
    ],
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


def test_put_names_each_file_that_it_cannot_upload(uploaded: Articles, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"latin\xe9.json")).write_text(ARTICLE)
    (tmp_path / "link.json").symlink_to("nowhere")

    done = put(uploaded, tmp_path, "--feed", "names", a=ARTICLE, z=ARTICLE)

    assert {it["key"] for it in done.of("upload")} == {
        "incoming/names/a.json",
        "incoming/names/z.json",
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
    inbox = aws.outputs["InboxBucket"]
    found = aws.client("s3").list_objects_v2(Bucket=inbox, Prefix="incoming/unread/")
    assert found["KeyCount"] == 2


def test_put_leaves_out_what_would_be_rejected(uploaded: Articles, tmp_path: Path) -> None:
    done = put(uploaded, tmp_path, "--feed", "desk", good=GOOD, bad="{")
    assert done.code == 1
    assert [receipt["key"] for receipt in done.of("receipt")] == ["incoming/desk/good.json"]
    assert [Path(file["file"]).name for file in done.of("file")] == ["bad.json"]
    assert uploaded("status", "incoming/desk/bad.json").code == 3

    done = put(uploaded, tmp_path, "--feed", "desk", "--no-validate")
    [bad] = [it for it in done.of("receipt") if it["key"] == "incoming/desk/bad.json"]
    assert (done.code, bad["problems"][0]["code"]) == (1, "E_JSON")


def test_tail_shows_events(
    uploaded: Articles, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upload() -> None:
        key, bucket = "incoming/tail/news.json", aws.outputs["InboxBucket"]
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=GOOD)
        aws.drain()

    monkeypatch.setattr(waiting, "pause", upload)

    done = uploaded("tail", "--count", "1", "--json")

    assert [event["detail-type"] for event in done.of("event")] == ["ArticleCreated"]
    assert "Listening" in done.err


def test_put_ends_when_nothing_moves(
    uploaded: Articles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "pause", lambda: None)

    done = put(uploaded, tmp_path, "--feed", "late", "--timeout", "0", late=GOOD)

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


def test_that_an_article_is_held_back_is_said_everywhere(
    uploaded: Articles, tmp_path: Path
) -> None:
    held = GOOD.replace("}", ', "embargoed_until": "2099-01-01T00:00:00Z"}')
    [receipt] = put(uploaded, tmp_path, "--feed", "held", prize=held).of("receipt")
    [record] = receipt["records"]
    [listed] = uploaded("list", "--feed", "held", "--json").of("listed")
    [got] = uploaded("get", record["article_id"], "--json").of("article")
    assert [it["hold_until"] for it in (record, listed, got)] == ["2099-01-01T00:00:00Z"] * 3


def test_losing_to_an_earlier_upload_is_told(uploaded: Articles, tmp_path: Path) -> None:
    late = '{"title": "Ferry leaves later", "id": "f-1", "updated_at": "2025-06-03T06:00:00Z"}'
    done = put(uploaded, tmp_path, "--feed", "desk", late=late)
    status = uploaded("status", "incoming/desk/late.json", "--json")

    assert done.code == 0
    for [receipt] in (done.of("receipt"), status.of("receipt")):
        [record] = receipt["records"]
        assert record["outcome"] == "superseded"
        assert [it["code"] for it in record["warnings"]] == ["W_SUPERSEDED"]


def test_status_shows_the_latest_version_or_all(uploaded: Articles, tmp_path: Path) -> None:
    for days, text in ((2, "{"), (1, GOOD)):  # receipts know whole seconds
        with ago(days=days):
            put(uploaded, tmp_path, "--feed", "fixed", "--no-validate", fixed=text)

    latest = uploaded("status", "incoming/fixed/fixed.json", "--json")
    both = uploaded("status", "incoming/fixed/fixed.json", "--all", "--json")

    assert [it["outcome"] for it in latest.of("receipt")] == ["accepted"]
    assert [it["outcome"] for it in both.of("receipt")] == ["accepted", "rejected"]
