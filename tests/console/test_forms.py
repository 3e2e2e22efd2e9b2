"""What the pages say next: forms that come back as they were sent, and what needs a look first."""

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from articles_console.app import console
from articles_console.gate import Gate

from .conftest import PORT, Visitor, text
from .test_pages import good, the_id, wait


def with_feeds(visitor: Visitor, file: Path) -> Visitor:
    """Give a visitor of a console that was started with --feeds."""
    desk = replace(visitor.desk)
    desk.place = desk.place._replace(feeds_file=file, is_by_hand=True)
    gate = Gate(PORT)
    other = replace(visitor, desk=desk, gate=gate, client=console(desk, gate).test_client())
    other.get(f"/enter?token={gate.token}")
    return other


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


def test_what_nearly_names_something_is_understood_or_corrected(visitor: Visitor) -> None:
    visitor.drop(good("near"), name="near.json")
    key, inbox = "incoming/desk/near.json", visitor.desk.service.inbox
    assert "accepted" in text(visitor.get(f"/look?name=s3://{inbox}/{key}"))
    assert f"is not the inbox: that is {inbox}" in text(visitor.get(f"/look?name=s3://other/{key}"))
    assert "Ferry" in text(visitor.get(f"/look?name={the_id(visitor, key).upper()}"))
    assert "incoming/desk is a folder" in text(visitor.get("/look?name=incoming/desk"))
    assert "Did you mean incoming/desk/ ?" in text(visitor.post("/replay", key="incoming/desk"))


def test_a_broken_file_says_that_it_is_not_uploaded(visitor: Visitor) -> None:
    page = visitor.drop('{"title": "Ferry",}', name="broken.json")
    assert "Not uploaded: nothing in it could be read." in text(page)
    assert re.search(r'class="button main"[^>]*>Another file.*<button>Upload anyway', page.text)


def test_a_replay_that_changes_nothing_says_so_and_its_command_names_the_feeds(
    visitor: Visitor,
) -> None:
    key = "incoming/desk/same.json"
    visitor.drop(good("same"), name="same.json")
    other = with_feeds(visitor, Path("mine.toml"))
    name = other.post("/replay", key=key).request.path
    wait(other)
    page = text(other.get(name))
    assert "Nothing would change. Nothing is sent yet." in page
    assert "Feeds: mine.toml , as --feeds said: not necessarily what is deployed" in page
    assert "--feeds mine.toml --send" in page
    assert "Records: 1 would stay as they are." in text(other.get(f"{name}/confirm"))
    assert "--feeds" not in visitor.post("/replay", key=key).text
    wait(visitor)


def test_rules_lead_to_their_texts(visitor: Visitor) -> None:
    page = visitor.drop(good("ruled"), do="check").text
    named = set(re.findall(r'/rules#(N\w+)"', page))
    assert len(named) > 10
    rules = visitor.get("/rules").text
    assert {it for it in named if f'id="{it}"' not in rules} == set()


def test_a_story_is_followed_until_its_events_have_come(visitor: Visitor) -> None:
    page = visitor.drop(good("ended"), name="ended.json")
    assert "1 event so far" in text(page)
    assert "data-moving" not in page.text
    assert "/?feed=desk" in page.text
