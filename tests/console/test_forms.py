"""What pages say next: forms that come back as they were sent, and replays, first looked at."""

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest

from articles_cli.terminal import waiting
from articles_console import replays
from articles_console.pages import replay
from articles_local import EmbeddedAws
from tests.kit import set_attribute

from .conftest import Visitor, text
from .test_pages import good, the_id


def many(*bad: int) -> str:
    records = [json.loads(good(str(number))) for number in range(60)]
    for record in records:
        del record["published_at"]
    for number in bad:
        records[number]["status"] = "publishd"
    records[30]["published_at"] = "yesterday"
    return json.dumps(records)


def test_rejected_records_are_first_and_open_then_those_with_warnings(visitor: Visitor) -> None:
    page = visitor.drop(many(45, 50, 55), do="check")
    fold = r"<details( open)?>\s*<summary><span[^>]*>(\w+)</span> Record (\d+)"
    shown = re.findall(fold, page.text)
    assert shown[:5] == [
        *((" open", "rejected", it) for it in ("45", "50", "55")),
        ("", "accepted", "30"),
        ("", "accepted", "0"),
    ]
    assert "rejected Record 45 E_FIELD_VALUE at /status" in text(page)
    assert "Not shown here: 36 accepted." in text(page)
    assert "counted from 0" in text(page)


def test_the_feed_that_was_used_last_is_offered_again(visitor: Visitor) -> None:
    sent = {"do": "check", "text": good("x"), "name": "x.json"}
    page = visitor.post("/files", feed="dsek", **sent)
    assert "No feed dsek is listed in feeds.toml" in text(page)
    assert '/?feed=dsek">Another file' in page.text
    assert re.search(r'id="feed"[^>]* value="dsek"', visitor.get("/").text)
    assert "No feed" not in text(visitor.post("/files", feed="default", **sent))


def test_a_refused_form_comes_back_with_what_was_typed(visitor: Visitor) -> None:
    file = (BytesIO(b"{}"), "y.json")
    page = visitor.post("/files", feed="typed", text="<b>{}", name="typed.json", file=file).text
    assert "<h1>Drop a file</h1>" in page
    assert "&lt;b&gt;{}</textarea>" in page
    assert "<details open>" in page
    assert 'value="typed.json"' in page
    assert re.search(r'id="feed"[^>]* value="typed"', page)
    page = visitor.post("/replay", key="incoming/none", latest="on", since="7d").text
    assert 'value="incoming/none"' in page
    assert 'name="latest" checked' in page
    assert '<option value="7d" selected>' in page
    page = visitor.get("/look?name=Typed").text
    assert "<h1>Look up</h1>" in page
    assert 'value="Typed"' in page
    for name in ("outcomes", "rejects"):
        page = visitor.get(f"/{name}?feed=typed&since=24h").text
        assert f"<h1>{name.capitalize()}</h1>" in page
        assert '<option value="24h" selected>' in page


def test_a_replay_that_changes_nothing_says_so_and_names_the_feeds(visitor: Visitor) -> None:
    key = "incoming/desk/same.json"
    visitor.drop(good("same"), name="same.json")
    desk = replace(visitor.desk)  # as of a console that was started with --feeds
    desk.place = desk.place._replace(feeds_file=Path("mine.toml"), is_by_hand=True)
    other = visitor.at(desk)
    name = other.post("/replay", key=key).request.path
    wait(other)
    page = text(other.get(name))
    assert "Nothing would change. Nothing is sent yet." in page
    assert "Feeds: mine.toml , as --feeds said: not necessarily what is deployed" in page
    assert "--feeds mine.toml --send" in page
    assert "Records: 1 would stay as they are." in text(other.get(f"{name}/confirm"))
    assert "--feeds" not in visitor.post("/replay", key=key).text
    wait(visitor)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "one of these"),
        ({"key": "incoming/desk/", "feed": "desk"}, "one of these"),
        ({"key": "reports/x"}, "A key begins with incoming/"),
        ({"feed": "A!"}, "A feed is named"),
        ({"feed": "nobody"}, "no feed nobody"),
        ({"key": "incoming/nobody/"}, "no such uploads"),
    ],
)
def test_what_cannot_be_replayed(visitor: Visitor, fields: dict[str, str], said: str) -> None:
    answer = visitor.post("/replay", **fields)
    assert answer.status_code in (400, 404)
    assert said in text(answer)


def test_a_replay_shows_differences_asks_and_sends(visitor: Visitor, aws: EmbeddedAws) -> None:
    visitor.drop(good("replayed"), name="replayed.json")
    article_id = the_id(visitor, "incoming/desk/replayed.json")
    service = visitor.desk.service
    article = service.lookup.items([article_id])[article_id]["article"]
    wrong = {name: {"S": it} for name, it in article.items() if isinstance(it, str)}
    set_attribute(aws, article_id, "article", {"M": wrong | {"title": {"S": "Fery"}}})

    looked = visitor.post("/replay", key="incoming/desk/replayed.json")
    name = looked.request.path
    assert name.startswith(f"{visitor.gate.root}/replay/")
    with patch.object(waiting, "pause", aws.pump):
        wait(visitor)
        page = text(visitor.get(name))
        assert "Nothing is sent yet. 1 upload, 1 receipt, 1 record" in page
        assert re.search(r"title +Fery +Ferry", page)
        assert title(visitor, article_id) == "Fery"
        assert "Send 1 upload to be read again?" in text(visitor.get(f"{name}/confirm"))

        visitor.post(f"{name}/send")
        wait(visitor)
    assert "Done: 1 accepted; 1 record stored again." in text(visitor.get(name))
    assert title(visitor, article_id) == "Ferry"
    run = visitor.desk.service.lookup.receipts_of("incoming/desk/replayed.json")[0].run
    for answer in (visitor.post(f"{name}/send"), visitor.get(f"{name}/confirm")):
        assert answer.status_code in (200, 303)
        assert answer.status_code == 303 or "Done: 1 accepted" in text(answer)
    wait(visitor)
    visitor.aws.drain()
    again = visitor.desk.service.lookup.receipts_of("incoming/desk/replayed.json")[0].run
    assert again == run, "it was sent once"


def test_a_replay_that_ends_without_receipts_is_not_done(visitor: Visitor) -> None:
    visitor.drop(good("late"), name="late/a.json")
    visitor.drop(good("later"), name="late.json")
    with patch.multiple(replay, MOST=1):
        assert "more than 1 uploads" in text(visitor.post("/replay", feed="desk"))
    name = visitor.post("/replay", key="incoming/desk/late.json").request.path
    wait(visitor)
    with patch.multiple(replays, TIMEOUT=0):
        visitor.post(f"{name}/send")
        wait(visitor)
    page = text(visitor.get(name))
    assert "Not everything could be done: 1 missing" in page
    assert "missing incoming/desk/late.json no receipt in time" in page
    visitor.aws.drain()


def test_what_was_not_accepted_is_shown_among_many_and_what_is_cut_is_counted() -> None:
    lines = replays.Lines()
    for outcome, count in {"failed": 300, "accepted": 700}.items():
        for _ in range(count):
            lines.line(type="upload", outcome=outcome)
    assert lines.counts["undone"] == 300
    assert {it["outcome"] for it in lines.of("undone")} == {"failed"}
    assert len(lines.of("undone")) == replays.LINES


def wait(visitor: Visitor) -> None:
    thread = visitor.desk.replays._thread  # noqa: SLF001 - pages only poll
    assert thread
    thread.join(60)


def title(visitor: Visitor, article_id: str) -> str | None:
    stored = visitor.desk.service.lookup.article(article_id)
    assert stored
    assert stored.article
    return stored.article.title
