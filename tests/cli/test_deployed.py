"""`put`, `status`, `get`, `list` and `tail` against a stack that another process serves."""

from pathlib import Path

import pytest

from .conftest import Articles, call, running

ARTICLE = """{"title": "Ferry leaves earlier", "id": "f-1", "url": "https://a.example/ferry?utm_medium=x",
 "published_at": "2025-06-02T06:00:00Z", "body": "<p>At six.</p>"}"""
KEY = "incoming/desk/ferry.json"


@pytest.fixture(scope="module")
def uploaded(up: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Upload an article; give the environment that leads to the stack."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "ferry.json").write_text(ARTICLE)
    done = call("put", folder, "--feed", "desk", "--wait", "--json", **up)
    assert done.code == 0, done
    (receipt,) = done.of("receipt")
    assert (receipt["key"], receipt["outcome"]) == (KEY, "accepted")
    return up


def test_the_endpoint_alone_leads_there(articles: Articles, uploaded: dict[str, str]) -> None:
    assert uploaded.keys() >= {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert articles("status", KEY, "--json", **uploaded).code == 0


@pytest.mark.parametrize("name", [KEY, "https://a.example/ferry", "ID"])
def test_status_and_get_take_a_key_an_id_or_an_address(
    articles: Articles, uploaded: dict[str, str], name: str
) -> None:
    listed = articles("list", "--feed", "desk", "--since", "2025-01", "--json", **uploaded)
    (row,) = listed.of("listed")
    assert row["title"] == "Ferry leaves earlier"
    name = row["article_id"] if name == "ID" else name
    (receipt,) = articles("status", name, "--json", **uploaded).of("receipt")
    assert receipt["key"] == KEY
    (article,) = articles("get", name, "--json", **uploaded).of("article")
    assert article["article"]["body_text"] == "At six."
    assert article["article_id"] == row["article_id"]


def test_get_shows_the_text_to_people(articles: Articles, uploaded: dict[str, str]) -> None:
    shown = articles("get", KEY, "--table", **uploaded).out
    assert "Ferry leaves earlier" in shown
    assert "At six." in shown


@pytest.mark.parametrize("command", ["status", "get"])
def test_what_is_not_there_is_said_and_exits_with_3(
    articles: Articles, uploaded: dict[str, str], command: str
) -> None:
    done = articles(command, "incoming/desk/nowhere.json", **uploaded)
    assert done.code == 3
    assert "nowhere.json" in done.err


def test_put_leaves_out_what_would_be_rejected(
    articles: Articles, uploaded: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "good.json").write_text('{"title": "Good", "id": "g"}')
    (tmp_path / "bad.json").write_text("{")
    done = articles("put", tmp_path, "--feed", "desk", "--wait", "--json", **uploaded)
    assert done.code == 1
    assert [receipt["key"] for receipt in done.of("receipt")] == ["incoming/desk/good.json"]
    assert [Path(file["file"]).name for file in done.of("file")] == ["bad.json"]
    assert articles("status", "incoming/desk/bad.json", **uploaded).code == 3


def test_put_without_check_gets_the_rejection_from_the_service(
    articles: Articles, uploaded: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "worse.json").write_text("{")
    done = articles(
        "put", tmp_path, "--feed", "desk", "--wait", "--no-validate", "--json", **uploaded
    )
    assert done.code == 1
    assert done.of("receipt")[0]["problems"][0]["code"] == "E_JSON"


def test_tail_shows_events_as_they_come(
    articles: Articles, uploaded: dict[str, str], tmp_path: Path
) -> None:
    with running("tail", "--json", **uploaded) as listening:
        assert listening.stdout
        assert listening.stderr
        assert "Listening" in listening.stderr.readline()
        (tmp_path / "news.json").write_text('{"title": "News", "id": "n"}')
        assert articles("put", tmp_path, "--feed", "desk", **uploaded).code == 0
        assert '"ArticleCreated"' in listening.stdout.readline()


def test_a_stack_that_is_not_there_is_named(articles: Articles, uploaded: dict[str, str]) -> None:
    done = articles("status", KEY, "--stack", "articles-nowhere", **uploaded)
    assert done.code == 3
    assert "articles-nowhere" in done.err


def test_an_endpoint_that_does_not_answer_is_aws_failing(articles: Articles) -> None:
    nobody = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    done = articles("status", KEY, **nobody)
    assert done.code == 3
    assert "Traceback" not in done.err


def test_what_is_no_key_no_address_and_no_id_is_wrong_usage(
    articles: Articles, uploaded: dict[str, str]
) -> None:
    done = articles("get", "ferry", **uploaded)
    assert done.code == 2
    assert "no article id" in done.err


def test_an_article_that_is_held_back_says_so_everywhere(
    articles: Articles, uploaded: dict[str, str], tmp_path: Path
) -> None:
    held = '{"title": "Prize", "id": "p", "embargoed_until": "2099-01-01T00:00:00Z"}'
    (tmp_path / "prize.json").write_text(held)
    put = articles("put", tmp_path, "--feed", "held", "--wait", "--json", **uploaded)
    (record,) = put.of("receipt")[0]["records"]
    (listed,) = articles("list", "--feed", "held", "--json", **uploaded).of("listed")
    (got,) = articles("get", record["article_id"], "--json", **uploaded).of("article")
    held_until = {it["hold_until"] for it in (record, listed, got)}
    assert held_until == {"2099-01-01T00:00:00Z"}


def test_status_shows_the_last_version_unless_asked_for_all(
    articles: Articles, uploaded: dict[str, str], tmp_path: Path
) -> None:
    for text in ("{", '{"title": "Mended", "id": "m"}'):
        (tmp_path / "mended.json").write_text(text)
        articles("put", tmp_path, "--feed", "desk", "--wait", "--no-validate", **uploaded)
    key = "incoming/desk/mended.json"
    last = articles("status", key, "--json", **uploaded)
    both = articles("status", key, "--all", "--json", **uploaded)
    assert [it["outcome"] for it in last.of("receipt")] == ["accepted"]
    assert sorted(it["outcome"] for it in both.of("receipt")) == ["accepted", "rejected"]
