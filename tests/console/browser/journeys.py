"""The console in a real browser, with `articles up` behind it: `make browser`.

It runs in a virtual environment of its own, and starts the commands with the Python that ARTICLES
names. With PICTURES, a folder, it also takes the picture of the docs.
"""

import os
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from .conftest import BROKEN, EVIL, ROOT, SIZES, Console, article, drop, opened


def test_a_dropped_file_is_followed_to_its_event(page: Page) -> None:
    drop(page, "ferry.json", article("ferry"))
    expect(page.locator("#said")).to_contain_text("ferry.json")
    page.get_by_role("button", name="Upload").click()

    expect(page).to_have_title(re.compile("incoming/desk/ferry.json"))
    expect(page.get_by_role("listitem").filter(has_text="ArticleCreated")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("1 event so far")
    expect(page.get_by_role("row", name="/headline")).to_be_visible()

    page.locator("h3 a.id").click()
    expect(page.get_by_role("definition").filter(has_text="have it, since")).to_be_visible()
    page.get_by_role("button", name="Look up").press("Enter")
    expect(page.get_by_role("heading", name="Article")).to_be_visible()


def test_a_rejected_file_shows_its_place_and_mend(page: Page) -> None:
    drop(page, "broken.json", BROKEN)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("Nothing is uploaded")).to_be_visible()
    page.get_by_role("button", name="Upload anyway").click()
    page.get_by_role("link", name="See each place and mend").click()
    expect(page.get_by_label("The place in the file")).to_contain_text("^ E_JSON")
    expect(page.get_by_text("Mend:")).to_be_visible()
    page.get_by_role("link", name="E_JSON").click()
    expect(page.locator("dt:target")).to_have_text("E_JSON")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    for wanted in ("Drop a file", "Look up", "Rejects", "Outcomes", "Replay"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(wanted)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.type("desk")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # opens the field for a text
    page.keyboard.press("Tab")
    page.keyboard.type(article("typed"))
    page.get_by_role("button", name="Upload").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("1 created")


def test_it_works_without_scripts(browser: Browser, console: Console) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    console.enter(page)
    page.get_by_label("Feed").fill("desk")
    file = {"name": "plain.json", "mimeType": "", "buffer": article("plain").encode()}
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible(timeout=15_000)
    context.close()


def test_a_replay_is_confirmed_and_followed(page: Page) -> None:
    page.get_by_role("link", name="Replay").click()
    page.get_by_label("Feed").select_option("desk")
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator("#said")).to_contain_text("Nothing is sent yet")
    page.get_by_role("link", name="Send …").click()
    expect(page.get_by_text("on this machine, stage dev")).to_be_visible()
    page.get_by_role("button", name="Send them").click()
    expect(page.locator("#said")).to_contain_text("Done:", timeout=60_000)


PATHS = [
    "",
    "look?name=incoming/desk/ferry.json",
    "rejects",
    "outcomes?since=24h",
    "replay",
    "codes",
    "rules",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda it: str(it["width"]))
def test_pages_fit_name_their_parts_and_have_contrast(
    page: Page, console: Console, path: str, scheme: Any, size: ViewportSize
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.goto(console.home + path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scroll"
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(PALE) == []


# Controls without a name, tables without a caption, and levels of headings that are left out.
NAMELESS = """() => [
  ...[...document.querySelectorAll("input:not([type=hidden]),select,textarea")]
    .filter(it => !it.labels.length),
  ...[...document.querySelectorAll("button,a[href],summary")].filter(it => !it.textContent.trim()),
  ...[...document.querySelectorAll("table")].filter(it => !it.caption),
  ...[...document.querySelectorAll("th")].filter(it => !it.scope),
  ...[...document.querySelectorAll("h1,h2,h3")].filter((it, at, all) =>
    +it.tagName[1] > (at ? +all[at - 1].tagName[1] : 0) + 1),
].map(it => it.outerHTML)"""
# Texts whose contrast with what is behind them is below WCAG's 4.5.
PALE = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(it => it / 255)
    .map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
    .reduce((sum, it, at) => sum + it * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = element => {
    for (let it = element; it; it = it.parentElement) {
      const colour = rgb(getComputedStyle(it).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll("body *")].filter(it =>
    it.checkVisibility() && !it.closest("svg") &&
    [...it.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
  return texts.map(it => {
    const [one, other] = [light(rgb(getComputedStyle(it).color)), light(behind(it))];
    return [it.outerHTML.slice(0, 80), (Math.max(one, other) + .05) / (Math.min(one, other) + .05)];
  }).filter(([, contrast]) => contrast < 4.5);
}"""


@pytest.fixture(params=["127.0.0.1", EVIL], ids=["another port", "another site"])
def attacker(request: pytest.FixtureRequest) -> Iterator[str]:
    """Another origin, that protects nothing of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            kind = {"js": "text/javascript", "css": "text/css"}
            self.send_header("Content-Type", kind.get(self.path.split(".")[-1], "text/html"))
            self.end_headers()
            self.wfile.write(b"" if "." in self.path else b"<!doctype html>attacker")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{request.param}:{server.server_port}"
        server.shutdown()
        thread.join()


FIELDS = {"feed": "attack", "text": article("attack"), "do": "upload"}
ATTACKS = {
    "fetch": """async ([to, fields]) => {
      const body = new FormData();
      Object.entries(fields).forEach(it => body.append(...it));
      for (const path of ["files", "replay"])
        for (const mode of ["no-cors", "cors"]) {
          const request = {method: "POST", mode, body, credentials: "include"};
          await fetch(to + path, request).catch(() => 0);
        }
    }""",
    "form": """([to, fields]) => {
      const form = document.createElement("form");
      Object.assign(form, {method: "post", action: to + "files", enctype: "multipart/form-data"});
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        Object.assign(input, {name, value});
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    }""",
}
# There was an answer, of which the page that has asked learns nothing; or that it failed.
BLOCKED, FAILED = "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", "net::ERR_FAILED"
READS = {
    "fetch": """to => fetch(to, {credentials: "include"}).then(it => it.text(), () => "")""",
    "no-cors": """to => fetch(to, {mode: "no-cors", credentials: "include"})
      .then(it => it.text(), () => "")""",
    "script": """to => new Promise(done => document.head.append(Object.assign(
      document.createElement("script"),
      {onload: () => done("loaded"), onerror: () => done(""), src: to + "static/console.js"})))""",
    "style": """to => new Promise(done => document.head.append(Object.assign(
      document.createElement("link"), {rel: "stylesheet", href: to + "static/console.css",
      onload: () => done("loaded"), onerror: () => done("")})))""",
    "iframe": """to => new Promise(done => document.body.append(Object.assign(
      document.createElement("iframe"), {src: to, onload: it => {
        try { done(it.target.contentDocument?.body?.textContent || ""); } catch { done(""); }
      }})))""",
    "window": """to => new Promise(done => {
      const opened = open(to);
      setTimeout(() => {
        try {
          const {location, body} = opened.document;
          done(location.href === "about:blank" ? "" : body.textContent);
        } catch { done(""); }
      }, 800);
    })""",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_page_uploads_and_replays_nothing(
    context: BrowserContext, console: Console, attacker: str, attack: str
) -> None:
    before, page = console.uploads(), context.new_page()
    answers: list[tuple[str, str]] = []
    context.on("response", lambda it: answers.append((it.request.method, str(it.status))))
    context.on("requestfailed", lambda it: answers.append((it.method, it.failure or "")))
    page.goto(attacker)
    page.evaluate(ATTACKS[attack], [console.home, FIELDS])
    page.wait_for_timeout(500)
    said = {answer for method, answer in answers if method == "POST"}
    assert said & {"403", BLOCKED}, "something was sent"
    assert said <= {"403", BLOCKED, FAILED}
    assert console.uploads() == before


@pytest.mark.parametrize("way", READS)
def test_another_page_reads_nothing(
    context: BrowserContext, console: Console, attacker: str, way: str
) -> None:
    page = context.new_page()
    page.goto(attacker)
    assert page.evaluate(READS[way], f"{attacker}/"), "it would be read"
    assert page.evaluate(READS[way], console.home) == "", "though its path is known"


def test_a_name_made_to_lead_here_reads_nothing(context: BrowserContext, console: Console) -> None:
    page = context.new_page()
    for address in (console.home, console.address):
        answer = page.goto(address.replace("127.0.0.1", EVIL))
        assert answer
        assert answer.status == 421
        assert "articles-dev" not in page.content()


def test_the_token_stays_in_no_address(context: BrowserContext, console: Console) -> None:
    page = context.new_page()
    console.enter(page)
    assert "token" not in page.url
    assert page.evaluate("history.length") <= 2
    assert page.evaluate("document.cookie") == ""


def test_others_get_no_cookie(context: BrowserContext, console: Console, attacker: str) -> None:
    names = {it["name"] for it in context.cookies(console.home)}
    assert f"articles-{console.port}" in names
    assert context.cookies(f"{console.origin}/") == context.cookies(attacker) == []


def test_a_browser_starts_without_the_token(
    browser: Browser, console: Console, tmp_path: Path
) -> None:
    script, asked = tmp_path / "browser", tmp_path / "asked"
    script.write_text(f'#!/bin/sh\necho "$1" > {asked}.new && mv {asked}.new {asked}\n')
    script.chmod(0o700)
    context = browser.new_context()
    with opened(console.aws, "--open", BROWSER=f"{script} %s") as other:
        for _ in range(100):
            if asked.exists():
                break
            time.sleep(0.1)
        address = asked.read_text().strip()
        assert address.startswith("file://")
        assert urlsplit(other.address).query.partition("=")[2] not in address
        other.enter(context.new_page(), address)
    context.close()


def test_a_file_displaces_a_text_and_two_clicks_upload_once(page: Page) -> None:
    page.get_by_text("Or paste a text").click()
    page.get_by_label("JSON", exact=True).fill("{}")
    drop(page, "twice.json", article("twice"))
    expect(page.get_by_label("JSON", exact=True)).to_have_value("")
    sent: list[str] = []
    page.on("request", lambda it: sent.append(it.url) if it.method == "POST" else None)
    page.get_by_role("button", name="Upload").dblclick()
    expect(page.locator("#said")).to_contain_text("1 created")
    assert len(sent) == 1
    page.get_by_role("link", name="Another file").click()
    expect(page.get_by_label("Feed")).to_have_value("desk")


def test_that_a_page_is_no_longer_followed_is_said(page: Page) -> None:
    page.get_by_role("link", name="Replay").click()
    page.get_by_label("Key, or prefix").fill("incoming/")
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator("#said")).to_contain_text("Nothing is sent yet")
    page.evaluate("""() => {
      history.replaceState(null, "", location.href.replace(/replay.*/, "replay"));
      document.querySelector("#live").toggleAttribute("data-moving", true);
      followOn();
    }""")
    expect(page.locator("#said")).to_contain_text("no longer followed: load it again")


@pytest.mark.skipif("PICTURES" not in os.environ, reason="`make pictures` takes it")
def test_the_picture_of_the_docs_is_taken(page: Page) -> None:
    bad = (ROOT / "examples/articles/07-list-with-a-bad-record.json").read_text("utf-8")
    drop(page, "briefs.json", bad)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#said")).to_contain_text("events so far")
    page.wait_for_timeout(1_500)
    page.set_viewport_size({"width": 1000, "height": 880})
    page.screenshot(path=ROOT / os.environ["PICTURES"] / "console.png")
