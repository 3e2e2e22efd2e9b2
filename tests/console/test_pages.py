"""What the pages show and do, without scripts."""

import json
import re
from dataclasses import replace
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.config import Config

from articles.catalogue import Code
from articles_cli.stack.deployment import Deployment
from articles_console import events, files, history
from articles_console.pages import drop

from .conftest import Visitor, text

ARTICLES = Path(__file__).parents[2] / "examples/articles"
HOSTILE = [
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    '" onmouseover="alert(1)',
    "\u202egnp.exe",
]


def good(name: str) -> str:
    """Write an article that is accepted, with a warning and a member that nobody reads."""
    return json.dumps(
        {"headline": "Ferry", "id": name, "text": "It leaves at six.", "colour": "blue",
         "url": f"https://courier.example/{name}", "published_at": "yesterday"}
    )  # fmt: skip


def the_id(visitor: Visitor, key: str) -> str:
    found = visitor.desk.service.lookup.receipts_of(key)[0].records[0].article_id
    assert found
    return found


def test_a_check_says_everything_and_uploads_nothing(visitor: Visitor) -> None:
    answer = visitor.drop(good("checked"), name="checked.json", do="check")

    page = text(answer)
    assert "1 accepted, 0 rejected. Nothing is uploaded." in page
    assert re.search(r"title Ferry /headline [N\d ]+", page)
    assert "Not read: /colour" in page
    assert "W_DATE at /published_at" in page
    assert "incoming/desk/checked.json" not in visitor.inbox
    named = set(re.findall(r'/rules#(N\w+)"', answer.text))
    assert len(named) > 10
    rules = visitor.get("/rules").text
    assert {it for it in named if f'id="{it}"' not in rules} == set()


def test_an_upload_is_followed_to_its_events(visitor: Visitor) -> None:
    answer = visitor.drop(good("ferry"), name="ferry.json")

    page, article_id = text(answer), the_id(visitor, "incoming/desk/ferry.json")
    assert "accepted 1 created; 1 event so far" in page
    assert re.search(rf"ArticleCreated \S+Z Ferry .*\"subject\": \"{article_id}\"", page)
    assert f"Article {article_id} title Ferry status usable subscribers have it" in page
    assert re.search(r"title Ferry /headline", page), "where each value came from"
    assert "data-moving" not in answer.text, "it is followed no longer"
    assert "/?feed=desk" in answer.text
    again = visitor.drop(good("ferry"), name="ferry.json")
    assert "it was not uploaded again" in text(again)


def test_what_would_be_rejected_is_uploaded_only_if_one_insists(visitor: Visitor) -> None:
    broken = '{"title": "Ferry",}'
    page = visitor.drop(broken, name="broken.json")
    assert "E_JSON" in page.text
    assert "Not uploaded: nothing in it could be read." in text(page)
    assert re.search(r'class="button main"[^>]*>Another file.*<button>Upload anyway', page.text)
    assert "incoming/desk/broken.json" not in visitor.inbox

    found = re.search(r'action="([^"]+/files/[^"]+/upload)"', page.text)
    assert found
    for _ in range(2):
        assert "incoming/desk/broken.json" in visitor.post(found[1]).text
    visitor.aws.drain()
    s3, inbox = visitor.desk.service.s3, visitor.desk.service.inbox
    listed = s3.list_object_versions(Bucket=inbox, Prefix="incoming/desk/broken.json")
    assert len(listed["Versions"]) == 1, "it was uploaded once"
    # By that, `put` knows that it is there.
    metadata = s3.head_object(Bucket=inbox, Key="incoming/desk/broken.json")["Metadata"]
    assert metadata["sha256"] == sha256(broken.encode()).hexdigest()


def test_a_key_may_end_in_a_blank(visitor: Visitor) -> None:
    page = visitor.drop(good("blank"), name="blank.json ")
    assert "incoming/desk/blank.json " in visitor.inbox
    assert "Ignored: the name" in text(page)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"text": "", "name": "x.json"}, 400, "one of the two"),
        ({"text": "{}", "name": "x.json", "file": (BytesIO(b"{}"), "y.json")}, 400, "of the two"),
        ({"text": "{}", "name": "a\x1bb.json"}, 400, "without control characters"),
        ({"text": "{}", "name": ""}, 400, "needs a name"),
        ({"text": f'{{"title": "Ship", "text": "{"船" * 200_000}"}}', "name": "long.json"},
         200, "1 accepted, 0 rejected"),
    ],
)  # fmt: skip
def test_a_text_is_taken_whole_or_refused(
    visitor: Visitor, fields: dict[str, Any], status: int, said: str
) -> None:
    answer = visitor.post("/files", feed="desk", do="check", **fields)
    assert (answer.status_code, said in text(answer)) == (status, True)


def test_a_check_that_takes_long_is_followed_and_can_be_stopped(visitor: Visitor) -> None:
    many = "\n".join(good(str(number)) for number in range(20_000))
    with patch.multiple(drop, PATIENCE=0), patch.multiple(files, WAITING=1):
        page = visitor.post("/files", feed="desk", file=(BytesIO(many.encode()), "m"), do="upload")
        assert "data-moving" in page.text
        assert re.search(r"[1-9][\d,]* bytes? read|0 bytes read", text(page))
        refused = visitor.drop(good("other"), name="other.json")
        assert (refused.status_code, "wait a while" in refused.text) == (503, True)
    page = visitor.post(f"{page.request.path}/stop")
    assert "The check was stopped." in text(page)
    assert visitor.post(f"{page.request.path}/upload").status_code == 409
    assert "incoming/desk/m" not in visitor.inbox


def test_only_the_last_files_are_kept(visitor: Visitor) -> None:
    first = visitor.drop(good("first"), do="check").request.path
    with patch.multiple(files, KEPT=1):
        visitor.drop(good("second"), do="check")
    assert visitor.get(first).status_code == 404
    assert len(list(visitor.desk.folder.iterdir())) == 1


def test_events_of_others_displace_none_and_what_is_left_out_is_said(visitor: Visitor) -> None:
    def several(name: str) -> str:
        return "\n".join(good(f"{name}{number}") for number in range(3))

    with patch.multiple(events, KEPT=2):
        path = visitor.drop(several("e"), name="events.json").request.full_path
        visitor.drop(several("o"), name="others.json")
    page = text(visitor.get(path))
    assert "3 created; 4 events so far" in page
    assert "Only the last 2 are shown" in page
    with patch.multiple(events, READ=1):
        assert "the rest follows" in text(visitor.drop(several("r"), name="behind.json"))


def test_what_aws_or_the_machine_refuses_is_said_with_what_to_do(visitor: Visitor) -> None:
    unreachable = partial(
        boto3.client, endpoint_url="http://127.0.0.1:1", config=Config(retries={"max_attempts": 0})
    )
    service = visitor.desk.service
    away = replace(visitor.desk, service=Deployment(service.outputs, unreachable))
    full = replace(visitor.desk, folder=visitor.desk.folder / "none")
    other, lacking = visitor.at(away), visitor.at(full)
    for answer, status, said in (
        (other.get("/look?name=incoming/a"), 502, "Could not reach AWS"),
        (lacking.drop("{}"), 500, "This machine could not do it: No such"),
    ):
        assert answer.status_code == status
        assert said in text(answer)
    assert 'look?name=incoming/a">Try again' in other.get("/look?name=incoming/a").text
    assert other.get("/").status_code == 200, "without the feeds of the inbox"


def test_rejects_show_the_place_the_mend_and_lead_to_their_code(visitor: Visitor) -> None:
    page = visitor.drop((ARTICLES / "07-list-with-a-bad-record.json").read_text(), name="bad.json")
    assert re.search(r"UploadProcessed \S+Z partial", text(page))

    listed = visitor.get("/rejects?feed=desk&code=E_FIELD_VALUE")
    assert "incoming/desk/bad.json partial 1 of 3 E_FIELD_VALUE" in text(listed)
    page = visitor.get("/rejects/upload?key=incoming/desk/bad.json")
    assert re.search(r'"status": "publishd",\n +\^ E_FIELD_VALUE', text_of_place(page.text))
    assert re.search(r"Mend: Send .*value that the message names", text(page))
    assert '/codes#E_FIELD_VALUE"' in page.text
    assert 'id="E_FIELD_VALUE"' in visitor.get("/codes").text
    assert "incoming/desk/bad.json" not in visitor.get("/rejects?feed=desk&code=E_EMPTY").text


def text_of_place(page: str) -> str:
    found = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]*>", "", found[1]).replace("&#34;", '"')


def test_stories_are_found_by_key_id_and_address(visitor: Visitor) -> None:
    visitor.drop(good("ship"), name="ship.json")
    key, inbox = "incoming/desk/ship.json", visitor.desk.service.inbox
    article_id = the_id(visitor, key)
    address = "https://courier.example/ship%3Futm_id=1"
    for name in (key, article_id, article_id.upper(), address, f"s3://{inbox}/{key}"):
        found = text(visitor.get(f"/look?name={name}"))
        assert f"Article {article_id} title Ferry" in found
    assert f"is not the inbox: that is {inbox}" in text(visitor.get(f"/look?name=s3://other/{key}"))
    assert "incoming/desk is a folder" in text(visitor.get("/look?name=incoming/desk"))
    assert "Did you mean incoming/desk/ ?" in text(visitor.post("/replay", key="incoming/desk"))


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/look?name=nonsense", 400, '"nonsense" is not a key under incoming/'),
        ("/look?name=http://", 400, "Not a valid web address"),
        (f"/look?name={'a' * 26}", 404, "There is no article"),
        ("/look?name=incoming/desk/none.json", 404, "was never uploaded"),
        ("/look?name=incoming/desk/ferry.json%20", 404, "was never uploaded"),
        (f"/look?name=incoming/{'a' * 1_024}", 400, "at most 1,024 bytes"),
        (f"/look?name=incoming/a&version={'a' * 1_025}", 400, "at most 1,024 bytes"),
        ("/rejects?feed=A!", 400, "A feed is named"),
        ("/rejects?feed=nobody", 404, "no feed nobody"),
        ("/rejects?code=E_NONE", 400, "no such code"),
        ("/rejects?since=2d", 400, "no such span"),
        ("/rejects/upload?key=incoming/none", 404, "no receipt"),
        ("/rejects/upload?key=", 400, "A key begins with incoming/"),
        (f"/rejects/upload?key=incoming/a&version={'a' * 1_025}", 400, "at most 1,024 bytes"),
        ("/outcomes?feed=A!", 400, "A feed is named"),
        ("/outcomes?feed=nobody", 404, "no feed nobody"),
        ("/files/none", 404, "drop it in again"),
        ("/replay/none", 404, "no longer here"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_to_do(
    visitor: Visitor, path: str, status: int, said: str
) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, said in text(answer)) == (status, True)


def test_what_uploaders_write_is_shown_and_does_nothing(visitor: Visitor) -> None:
    records = [
        {"title": title, "id": title, "text": title, "url": f"https://courier.example/{number}",
         "author": title, title: 1}
        for number, title in enumerate(HOSTILE)
    ]  # fmt: skip
    records.append({"title": "A link", "url": "javascript:alert(1)", "text": "x", "id": "9"})
    content = "\n".join(map(json.dumps, records))

    name = "<b>\"x'.ndjson"
    pages = [visitor.drop(content, name=name), visitor.get("/rejects")]
    [key] = [it for it in visitor.inbox if it.startswith("incoming/desk/<b>")]
    pages.append(visitor.get(f"/look?name={the_id(visitor, key)}"))
    assert "Article" in pages[-1].text
    pages += [visitor.drop(content, name="h.ndjson", do="check")]

    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"<script>|<img|onmouseover=\"|<b>\"x|href=\"javascript", page.text)
        assert "\u202e" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[0].text
    assert "{{ 7 * 7 }}" in text(pages[0]), "no template of ours"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("../../up.json", "incoming/desk/up.json"),
        ("/etc/other.json", "incoming/desk/other.json"),
        ("a\u202eb.json", None),
        ("a\x1bb.json", None),
        ("é" * 101 + ".json", None),
        ("..", None),
    ],
)
def test_names_of_files_lead_nowhere_else(visitor: Visitor, name: str, key: str | None) -> None:
    before = set(visitor.inbox)
    answer = visitor.drop('{"title": "Name", "text": "x"}', name=name)

    assert set(visitor.inbox) - before == ({key} if key else set())
    assert answer.status_code == (200 if key else 400)


def test_a_file_over_the_limit_is_refused(visitor: Visitor) -> None:
    with patch.dict(visitor.client.application.config, {"MAX_CONTENT_LENGTH": 1_000}):
        answer = visitor.drop(f'{{"title": "{"x" * 2_000}"}}')
    assert answer.status_code == 413
    assert "Files may have 32 MiB here: articles put takes larger ones." in text(answer)


def test_outcomes_are_counted_by_time_and_say_what_is_left_out(visitor: Visitor) -> None:
    for name in ("counted", "also"):
        visitor.drop(good(name), name=f"{name}.json")
    page = visitor.get("/outcomes?since=24h&feed=desk")
    caption = re.search(
        r"in the last 24 hours, by outcome \(times in UTC\): (.*?)A bar", text(page)
    )
    assert caption
    said = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", caption[1])}
    cells = re.findall(r'<td class="number">(\d+)</td>', page.text)
    sums = [sum(map(int, cells[at :: len(history.ORDER)])) for at in range(len(history.ORDER))]
    assert said["accepted"] >= 2
    assert {n: c for n, c in zip(history.ORDER, sums, strict=True) if c} == said
    assert page.text.count("<rect") >= len(said)
    assert "more uploads than are looked at" not in page.text

    with patch.multiple(history, MOST=1, AT_ONCE=1):
        assert "more uploads than are looked at" in visitor.get("/outcomes?feed=desk").text


def test_every_page_names_the_stack_and_a_production_is_said_to_be_one(visitor: Visitor) -> None:
    page = text(visitor.get("/"))
    assert "articles-dev stage dev account 123456789012 us-east-1 on this machine" in page
    assert "Production" not in page

    desk = replace(visitor.desk)
    desk.place = desk.place._replace(stage="prod", endpoint=None)
    page = visitor.at(desk).get("/").text
    assert "Production: what you send here reaches subscribers" in page
    assert 'name="watch" checked' not in page, "nothing is made in an account that nobody asked for"


def test_the_tap_is_removed_at_the_end_also_of_who_does_not_wait(visitor: Visitor) -> None:
    client, bus = visitor.aws.client("events"), visitor.desk.service.outputs["EventBusName"]

    def taps() -> set[str]:
        rules = client.list_rules(EventBusName=bus)["Rules"]
        return {it["Name"] for it in rules if it["Name"].startswith("articles-tap-")}

    before, desk = taps(), replace(visitor.desk)
    desk.events.listen("incoming/desk/tapped.json")
    assert len(taps() - before) == 1
    with (
        patch.object(desk.replays, "close", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        desk.close()
    assert taps() == before


def test_every_code_is_explained(visitor: Visitor) -> None:
    page = visitor.get("/codes").text
    assert [it for it in Code if f'id="{it}"' not in page] == []
