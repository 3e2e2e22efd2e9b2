"""The console and a browser that was let in, for journeys.py."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[3]
ARTICLES = [os.environ.get("ARTICLES", str(ROOT / ".venv/bin/python")), "-m", "articles_cli"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EVIL = "evil.example"  # leads to this machine, as by DNS rebinding
BROKEN = '{"title": "Ferry",}'
SIZES: list[ViewportSize] = [{"width": 1280, "height": 800}, {"width": 400, "height": 800}]


@dataclass
class Console:
    """The console: the address that it printed last, and its first page once somebody was in."""

    process: "subprocess.Popen[str]"
    aws: dict[str, str]
    address: str
    home: str = ""

    @property
    def origin(self) -> str:
        return "http://" + urlsplit(self.address).netloc

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def enter(self, page: Page, address: str = "") -> None:
        """Open the address, which works once; there is another then."""
        page.goto(address or self.address)
        page.wait_for_url(re.compile(rf"^{self.origin}/[\w-]{{40,}}/$"))
        self.home = page.url
        assert self.process.stderr
        while "For another browser: " not in (line := self.process.stderr.readline()):
            assert line, "the console has ended"
        self.address = line.split()[-1]

    def uploads(self) -> int:
        """Count what is in the inbox."""
        done = run("replay", "incoming/", "--sample", "0", "--json", **self.aws)
        assert done, "what was uploaded cannot be counted"
        return int(json.loads(done.splitlines()[0])["uploads"])


def run(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [*ARTICLES, *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


@contextmanager
def started(
    *arguments: str, stderr: bool = False, **environment: str
) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(
        [*ARTICLES, *arguments],
        cwd=ROOT, env=os.environ | environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE if stderr else None,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def opened(aws: dict[str, str], *arguments: str, **environment: str) -> Iterator[Console]:
    with started(
        "console", "--port", "0", *arguments, stderr=True, **aws, **environment
    ) as process:
        assert process.stdout
        yield Console(process, aws, process.stdout.readline().strip())


@pytest.fixture(scope="session")
def console() -> Iterator[Console]:
    with started("up", "--port", "0") as up:
        assert up.stdout
        aws: dict[str, str] = {}
        while not (line := up.stdout.readline()).startswith("# Subscribe"):
            assert line, "`articles up` has ended"
            aws |= dict(re.findall(r"^export (\w+)=(.*)$", line))
        run("put", str(ROOT / "examples/articles/02-article.json"), **aws)
        with opened(aws) as console:
            yield console


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("needs Chromium on PATH, such as Debian's package chromium", pytrace=False)
    rules = f"MAP {EVIL} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", f"--host-resolver-rules={rules}"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, console: Console) -> Iterator[BrowserContext]:
    """A browser that was let in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    console.enter(page)
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, console: Console) -> Iterator[Page]:
    """A page of the console; nothing may leave it, and it may complain of nothing."""
    page, said, asked = context.new_page(), list[str](), set[str]()
    page.on("console", lambda it: said.append(f"{it.type}: {it.text}"))
    page.on("pageerror", lambda it: said.append(str(it)))
    page.on("request", lambda it: asked.add(urlsplit(it.url).netloc))
    page.goto(console.home)
    yield page
    assert said == [], "errors, or what the policy has refused"
    assert asked <= {urlsplit(console.origin).netloc, ""}


def drop(page: Page, name: str, content: str) -> None:
    """Drop a file as a person does with the mouse."""
    page.evaluate(
        """([name, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([content], name, {type: "application/json"}));
          for (const type of ["dragenter", "dragover", "drop"])
            document.querySelector(".dropzone").dispatchEvent(
              new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        [name, content],
    )
    page.get_by_label("Feed").fill("desk")


def article(name: str) -> str:
    return json.dumps({"headline": "Ferry leaves early", "id": name, "text": "At six."})
