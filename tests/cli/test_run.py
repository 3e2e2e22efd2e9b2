"""`articles run`: the main job, with nothing but Python."""

import json
import shlex
import signal
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest

from articles_cli.terminal.output import stderr

from .conftest import (
    ARTICLES,
    ROOT,
    Articles,
    Done,
    Line,
    running,
)

RAW = """CultureGlass house opens

Glass house opens

The house at night
The house at night
Image source: © Ida Marsh

3 May 2024 08:15

The glass house opens on Sunday.

Read more"""


@pytest.fixture(scope="module")
def demo(articles: Articles) -> Done:
    """What `make demo` runs, as JSON lines."""
    return articles("run", "--json", "--feed", "example", "examples/articles")


def outcomes(demo: Done) -> dict[str, list[str]]:
    return {
        receipt["key"].rpartition("/")[2]: [record["outcome"] for record in receipt["records"]]
        for receipt in demo.of("receipt")
        if "records" in receipt
    }


def events(demo: Done, kind: str) -> list[Line]:
    return [event for event in demo.of("event") if event["detail-type"] == kind]


def test_the_demo_ends_by_itself_and_prints_nothing_but_json_lines(demo: Done) -> None:
    assert demo.code == 1  # some of the examples are bad on purpose
    assert demo.err == ""
    assert {line["type"] for line in demo.lines} == {"receipt", "article", "event", "summary"}
    assert demo.lines[-1]["type"] == "summary"


def test_each_example_becomes_what_it_shows(demo: Done) -> None:
    assert outcomes(demo) == {
        "01-raw-text.json": ["created"],
        "02-article.json": ["created"],
        "03-correction.json": ["updated"],
        "04-article-to-be-killed.json": ["created"],
        "05-kill.json": ["canceled"],
        "06-embargo.json": ["created"],
        "07-list-with-a-bad-record.json": ["created", "rejected", "created"],
    }
    assert demo.lines[-1]["counts"] == {"created": 6, "updated": 1, "canceled": 1, "rejected": 1}


def test_a_broken_file_gets_a_receipt_that_says_where_and_what_to_do(demo: Done) -> None:
    (broken,) = [it for it in demo.of("receipt") if it["key"].endswith("broken.json")]
    assert broken["outcome"] == "rejected"
    (problem,) = broken["problems"]
    assert (problem["code"], problem["line"]) == ("E_JSON", 4)
    assert "Fix it there" in problem["message"]


def test_the_raw_text_is_clean(demo: Done) -> None:
    (article,) = [
        it["article"] for it in demo.of("article") if it["article"]["shape"] == "raw-text"
    ]
    assert article["title"] == (
        "River museum opens its flood archive after nine years of drying paper"
    )
    assert article["section"] == "Culture"
    assert article["published_at_local"] == "2025-03-14T09:30:00"
    assert article["images"] == [
        {
            "caption": "A restorer turns the pages of a ledger that lay under water for a week",
            "credit": "Lena Okafor",
        }
    ]
    assert article["body_text"].startswith("The museum on the quay")
    assert article["body_text"].endswith("did not run.")


def test_the_correction_is_one_article_and_its_event_names_what_changed(demo: Done) -> None:
    (event,) = events(demo, "ArticleUpdated")
    stored = {it["article_id"]: it for it in demo.of("article")}[event["detail"]["subject"]]
    assert "two votes" in stored["article"]["body_text"]
    assert "onclick" not in stored["article"]["body_html"]
    assert stored["article"]["canonical_url"].endswith("council-budget?page=2")
    assert event["detail"]["data"]["order_key"] == stored["order_key"]
    assert set(event["detail"]["data"]["changed"]) >= {"title", "body_text", "modified_at"}


def test_the_kill_withdraws_and_the_embargo_is_silent(demo: Done) -> None:
    (withdrawn,) = events(demo, "ArticleWithdrawn")
    assert withdrawn["detail"]["data"]["reason"] == "canceled"
    titles = {it["article_id"]: it["article"]["title"] for it in demo.of("article")}
    announced = {titles[it["detail"]["subject"]] for it in events(demo, "ArticleCreated")}
    assert len(announced) == 5
    assert not any("lighthouse" in title for title in announced)


def test_uploads_with_several_records_or_something_wrong_are_announced(demo: Done) -> None:
    processed = {
        it["detail"]["data"]["key"]: it["detail"]["data"] for it in events(demo, "UploadProcessed")
    }
    assert {key.rpartition("/")[2]: data["outcome"] for key, data in processed.items()} == {
        "07-list-with-a-bad-record.json": "partial",
        "08-broken.json": "rejected",
    }


def test_one_text_under_two_keys_is_one_article_and_one_event(
    articles: Articles, tmp_path: Path
) -> None:
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text(json.dumps({"text": RAW}))
    done = articles("run", "--json", tmp_path)
    assert done.code == 0
    assert sorted(it["records"][0]["outcome"] for it in done.of("receipt")) == [
        "created",
        "unchanged",
    ]
    (stored,) = done.of("article")
    assert stored["article"]["title"] == "Glass house opens"
    assert [it["detail-type"] for it in done.of("event")] == ["ArticleCreated"]


def test_two_files_that_would_have_one_key_are_refused(articles: Articles, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.json").write_text("{}")
    done = articles("run", tmp_path / "a" / "x.json", tmp_path / "b" / "x.json")
    assert done.code == 2
    assert "would both be uploaded as incoming/default/x.json" in done.err


def test_on_a_terminal_alone_it_counts_what_is_stored(
    articles: Articles, demo: Done, tmp_path: Path
) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"text": RAW}))

    with patch.object(stderr, "is_interactive", True):  # noqa: FBT003 - as on a terminal
        done = articles("run", "--json", tmp_path, FORCE_COLOR="1", TERM="xterm")

    assert "articles stored: 1" in done.err
    assert len(done.of("article")) == 1
    assert "stored" not in demo.err


def test_the_feeds_of_a_file_count(articles: Articles, tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text('[feeds.berlin]\ntimezone = "Europe/Berlin"\n')
    upload = tmp_path / "a.json"
    upload.write_text('{"title": "x", "id": "1", "published_at": "2025-07-01 12:00"}')
    done = articles("run", "--json", "--feed", "berlin", "--feeds", tmp_path / "feeds.toml", upload)
    assert done.of("article")[0]["article"]["published_at"] == "2025-07-01T10:00:00Z"


def test_watch_ingests_what_is_dropped_into_the_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "first.json").write_text('{"title": "First", "id": "1", "text": "Six."}')
    with running("run", "--json", "--watch", tmp_path) as process:
        assert process.stdout
        assert process.stderr
        assert "Watching" in process.stderr.readline()
        for name in ("later.json", "deep/later.json"):
            (tmp_path / name).write_text(json.dumps({"title": name, "text": "Six.", "id": name}))
            seen = ""
            while f"/{name}" not in seen:
                seen = process.stdout.readline()
                assert seen, "it ended"
            assert json.loads(seen)["records"][0]["outcome"] == "created"
        process.send_signal(signal.SIGINT)
        *_, last = process.stdout
        assert json.loads(last)["counts"] == {"created": 3}
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "{folder}"], "There is no file in"),
        (["validate", "{folder}"], "There is no file in"),
        (["run", "examples/articles", "--feed", "No Feed"], "lower-case letters"),
        (["list", "--limit", "0"], "limit"),
        (["list", "--since", "soon"], "2026-11"),
        (["up", "--port", "99999"], "port"),
        (["up", "--port", "0", "--subscriber", "{folder}"], "has no stack"),
        (["up", "--port", "0", "--keep", "README.md"], "README.md is a file"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(
    articles: Articles, tmp_path: Path, arguments: list[str], message: str
) -> None:
    somewhere = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    stacked = {**somewhere, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = articles(*(it.format(folder=tmp_path) for it in arguments), **stacked)

    assert done.code == 2
    assert message in done.err


def test_a_file_that_cannot_be_uploaded_is_named_and_the_others_go_on(
    articles: Articles, tmp_path: Path
) -> None:
    deep = tmp_path / "/".join(["d" * 250] * 5)  # S3 takes no key of more than 1,024 bytes
    deep.mkdir(parents=True)
    (deep / "far.json").write_text('{"title": "x", "id": "1", "text": "Six."}')
    (tmp_path / "a\nb.json").write_text('{"title": "x", "id": "3", "text": "Six."}')
    (tmp_path / "good.json").write_text('{"title": "y", "id": "2", "text": "Six."}')

    done = articles("run", "--json", tmp_path)

    failed = [(it["outcome"], "far.json" in it["file"]) for it in done.of("file")]
    assert failed == [("failed", True)]
    assert done.of("summary")[0]["failed"] == 1
    assert done.code == 3
    assert "far.json" in done.err
    keys = [it["key"] for it in done.of("receipt")]
    assert keys == ["incoming/default/a\nb.json", "incoming/default/good.json"]


@pytest.mark.parametrize("chaos", [[], ["--chaos", "dup"]])
def test_the_last_line_counts_what_was_not_uploaded(
    articles: Articles, tmp_path: Path, chaos: list[str]
) -> None:
    (tmp_path / "link.json").symlink_to("nowhere")
    (tmp_path / "long.jsonl").write_text('{"title": "y", "text": "Six."}\n{}\n' * 15)

    done = articles("run", "--table", tmp_path, *chaos)

    assert (done.code, done.err.count("could not be uploaded")) == (3, 1)
    assert "uploads: 1 partial; 1 could not be uploaded" in done.out
    if not chaos:
        assert "; 10 more records; `articles validate --json` prints all" in done.out
        assert "┃ about " in done.out


def test_a_reader_that_stops_reading_leaves_a_sentence_and_no_success(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.json").write_text(
            json.dumps({"title": "x" * 2000, "text": "Six.", "id": number})
        )
    command = f"{shlex.join(ARTICLES)} validate --json {shlex.quote(str(tmp_path))} | head -n 1"

    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        check=False,
        cwd=ROOT,
    )

    assert done.returncode == 3
    assert done.stderr == b"Nobody reads the output any more, so the rest of it is missing.\n"
