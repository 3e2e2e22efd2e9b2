"""What the pages show and do, without scripts."""

import json
import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from articles.catalogue import Code
from articles_cli import waiting
from articles_console import history
from articles_console.app import console
from articles_console.gate import Gate
from articles_local import EmbeddedAws
from tests.kit import set_attribute

from .conftest import ORIGIN, PORT, Visitor, text

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
    page = text(visitor.drop(good("checked"), name="checked.json", do="check"))

    assert "1 accepted, 0 rejected. Nothing is uploaded." in page
    assert re.search(r"title Ferry /headline [N\d ]+", page)
    assert "Not read: /colour" in page
    assert "W_DATE at /published_at" in page
    assert "incoming/desk/checked.json" not in visitor.inbox


def test_an_upload_is_followed_to_its_events(visitor: Visitor) -> None:
    page = text(visitor.drop(good("ferry"), name="ferry.json"))

    article_id = the_id(visitor, "incoming/desk/ferry.json")
    assert "accepted 1 created; 1 event so far" in page
    assert re.search(rf"ArticleCreated \S+Z Ferry .*\"subject\": \"{article_id}\"", page)
    assert f"Article {article_id} title Ferry status usable subscribers have it" in page
    assert re.search(r"title Ferry /headline", page), "where each value came from"


def test_what_would_be_rejected_is_uploaded_only_if_one_insists(visitor: Visitor) -> None:
    broken = '{"title": "Ferry",}'
    page = visitor.drop(broken, name="broken.json")
    assert "E_JSON" in page.text
    assert "incoming/desk/broken.json" not in visitor.inbox

    found = re.search(r'action="(/files/[^"]+/upload)"', page.text)
    assert found
    visitor.post(found[1])
    visitor.aws.drain()
    assert "incoming/desk/broken.json" in visitor.inbox


def test_rejects_show_the_place_the_mend_and_lead_to_their_code(visitor: Visitor) -> None:
    page = visitor.drop((ARTICLES / "07-list-with-a-bad-record.json").read_text(), name="bad.json")
    assert re.search(r"UploadProcessed \S+Z partial", text(page))

    listed = visitor.get("/rejects?feed=desk&code=E_FIELD_VALUE")
    assert "incoming/desk/bad.json partial 1 of 3 E_FIELD_VALUE" in text(listed)
    page = visitor.get("/rejects/upload?key=incoming/desk/bad.json")
    assert re.search(r'"status": "publishd",\n +\^ E_FIELD_VALUE', text_of_place(page.text))
    assert "Mend: Send one of the values that the message names" in text(page)
    assert 'href="/codes#E_FIELD_VALUE"' in page.text
    assert 'id="E_FIELD_VALUE"' in visitor.get("/codes").text
    assert "incoming/desk/bad.json" not in visitor.get("/rejects?feed=desk&code=E_EMPTY").text


def text_of_place(page: str) -> str:
    found = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]*>", "", found[1]).replace("&#34;", '"')


def test_stories_are_found_by_key_id_and_address(visitor: Visitor) -> None:
    visitor.drop(good("ship"), name="ship.json")
    article_id = the_id(visitor, "incoming/desk/ship.json")
    for name in ("incoming/desk/ship.json", article_id, "https://courier.example/ship?utm_id=1"):
        assert f"Article {article_id} title Ferry" in text(
            visitor.get(f"/look?name={name.replace('?', '%3F')}")
        )


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/look?name=nonsense", 400, '"nonsense" is not a key under incoming/'),
        ("/look?name=http://", 400, "Not a valid web address"),
        (f"/look?name={'a' * 26}", 404, "There is no article"),
        ("/look?name=incoming/desk/none.json", 404, "was never uploaded"),
        ("/rejects?feed=A!", 400, "no such feed or code"),
        ("/rejects?code=E_NONE", 400, "no such feed or code"),
        ("/rejects?since=2d", 400, "no such span"),
        ("/rejects/upload?key=none", 404, "no receipt"),
        ("/outcomes?feed=A!", 400, "A feed is named"),
        ("/files/none", 404, "drop it in again"),
        ("/replay/none", 404, "no longer here"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_to_do(
    visitor: Visitor, path: str, status: int, said: str
) -> None:
    answer = visitor.get(path)
    assert answer.status_code == status
    assert said in text(answer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "one of these"),
        ({"key": "incoming/desk/", "feed": "desk"}, "one of these"),
        ({"key": "reports/x"}, "A key begins with incoming/"),
        ({"feed": "A!"}, "no such feed"),
        ({"feed": "nobody"}, "no such uploads"),
    ],
)
def test_what_cannot_be_replayed_is_refused(
    visitor: Visitor, fields: dict[str, str], said: str
) -> None:
    answer = visitor.post("/replay", **fields)
    assert answer.status_code in (400, 404)
    assert said in text(answer)


def test_what_uploaders_write_is_shown_and_does_nothing(visitor: Visitor) -> None:
    records = [
        {"title": title, "id": title, "text": title, "url": f"https://courier.example/{number}",
         "author": title, title: 1}
        for number, title in enumerate(HOSTILE)
    ]  # fmt: skip
    records.append({"title": "A link", "url": "javascript:alert(1)", "text": "x", "id": "9"})
    content = "\n".join(map(json.dumps, records))

    pages = [visitor.drop(content, name="<b>\"x'.ndjson"), visitor.get("/rejects")]
    pages += [visitor.get(f"/look?name={the_id(visitor, key)}") for key in visitor.inbox[-1:]]
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
        assert visitor.drop(f'{{"title": "{"x" * 2_000}"}}').status_code == 413


def test_outcomes_are_counted_by_time_and_say_what_is_left_out(visitor: Visitor) -> None:
    visitor.drop(good("counted"), name="counted.json")
    page = visitor.get("/outcomes?since=24h&feed=desk")
    caption = re.search(
        r"in the last 24 hours, by outcome \(times in UTC\): (.*?)A bar", text(page)
    )
    assert caption
    said = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", caption[1])}
    cells = re.findall(r'<td class="number">(\d+)</td>', page.text)
    sums = [sum(map(int, cells[at :: len(history.ORDER)])) for at in range(len(history.ORDER))]
    assert said["accepted"] >= 1
    assert {n: c for n, c in zip(history.ORDER, sums, strict=True) if c} == said
    assert page.text.count("<rect") >= len(said)
    assert "more uploads than are looked at" not in page.text

    with patch.multiple(history, MOST=2, AT_ONCE=1):
        assert "more uploads than are looked at" in visitor.get("/outcomes?feed=desk").text


def test_a_replay_shows_its_differences_asks_and_then_sends(
    visitor: Visitor, aws: EmbeddedAws
) -> None:
    visitor.drop(good("replayed"), name="replayed.json")
    article_id = the_id(visitor, "incoming/desk/replayed.json")
    service = visitor.desk.service
    article = service.lookup.items([article_id])[article_id]["article"]
    wrong = {name: {"S": it} for name, it in article.items() if isinstance(it, str)}
    set_attribute(aws, article_id, "article", {"M": wrong | {"title": {"S": "Fery"}}})

    looked = visitor.post("/replay", key="incoming/desk/replayed.json")
    name = looked.request.path
    with patch.object(waiting, "pause", aws.pump):
        wait(visitor)
        page = text(visitor.get(name))
        assert "Nothing is sent yet. 1 upload, 1 receipt, 1 record" in page
        assert re.search(r"title +Fery +Ferry", page)
        assert title(visitor, article_id) == "Fery"
        assert "Send 1 upload to be read again?" in text(visitor.get(f"{name}/confirm"))

        visitor.post(f"{name}/send")
        wait(visitor)
    assert "Done: 1 accepted; 1 record stored anew." in text(visitor.get(name))
    assert title(visitor, article_id) == "Ferry"
    assert visitor.post(f"{name}/send").status_code == 409, "it was sent already"


def wait(visitor: Visitor) -> None:
    thread = visitor.desk.replays._thread  # noqa: SLF001 - pages only poll
    assert thread
    thread.join(60)


def title(visitor: Visitor, article_id: str) -> str | None:
    stored = visitor.desk.service.lookup.article(article_id)
    assert stored
    assert stored.article
    return stored.article.title


def test_every_page_names_the_stack_and_a_production_is_said_to_be_one(visitor: Visitor) -> None:
    page = text(visitor.get("/"))
    assert "articles-dev stage dev account 123456789012 us-east-1 on this machine" in page
    assert "Production" not in page

    desk = replace(visitor.desk)
    desk.place = desk.place._replace(stage="prod", endpoint=None)
    gate = Gate(PORT)
    client = console(desk, gate).test_client()
    client.get(f"/enter?token={gate.token}", base_url=ORIGIN)
    page = client.get("/", base_url=ORIGIN).text
    assert "Production: what you send here reaches subscribers" in page
    assert 'name="watch" checked' not in page, "nothing is made in an account that nobody asked for"


def test_the_tap_is_removed_at_the_end(visitor: Visitor) -> None:
    visitor.drop(good("tapped"), name="tapped.json")
    events, bus = visitor.aws.client("events"), visitor.desk.service.outputs["EventBusName"]

    def taps() -> list[str]:
        rules = events.list_rules(EventBusName=bus)["Rules"]
        return [it["Name"] for it in rules if it["Name"].startswith("articles-tap-")]

    assert len(taps()) == 1
    visitor.desk.close()
    assert taps() == []


def test_every_code_is_explained(visitor: Visitor) -> None:
    page = visitor.get("/codes").text
    assert [it for it in Code if f'id="{it}"' not in page] == []
