"""What the pages say next: forms that come back as they were sent, and what needs a look first."""

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from .conftest import Visitor, text
from .test_pages import good, wait


def many(*bad: int) -> str:
    records = [json.loads(good(str(number))) for number in range(60)]
    for record in records:
        del record["published_at"]
    for number in bad:
        records[number]["status"] = "publishd"
    records[30]["published_at"] = "yesterday"
    return json.dumps(records)


def test_rejected_records_are_shown_first_and_open_then_those_with_warnings(
    visitor: Visitor,
) -> None:
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


def test_the_feed_that_was_used_last_is_offered_and_one_that_is_not_listed_is_said(
    visitor: Visitor,
) -> None:
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


def test_a_replay_that_changes_nothing_says_so_and_its_command_names_the_feeds(
    visitor: Visitor,
) -> None:
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
