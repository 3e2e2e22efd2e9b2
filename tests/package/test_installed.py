"""The wheel of `make dist`, in an environment of its own and away from any checkout."""

import json
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, build_opener
from zipfile import ZipFile

import pytest

from articles_cli.installed import version
from tests.cli.conftest import clean_environment, embedded

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PINNED = re.findall(r"^\w.*==[^\\]*", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
ARTICLE = {"title": "Ferry back in service", "url": "https://courier.example/1", "text": "Today."}


class Installed(NamedTuple):
    """The command as its users have it, and a folder of theirs with an article.json."""

    command: str
    folder: Path

    def __call__(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        clean = clean_environment() | environment
        clean.pop("PYTHONPATH", None)
        command = [self.command, *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=clean, capture_output=True, text=True, check=False
        )


def dist(folder: Path) -> Path:
    """Build as `make dist` does, by the tools that run the tests; return the wheel."""
    make = ["make", "--old-file=setup", "dist", f"BIN={BIN}", f"DIST={folder}"]
    subprocess.run(make, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def install(wheel: Path, extra: str, folder: Path) -> Installed:
    """Install only what the wheel asks for, from what `make setup` has left, or as it does."""
    venv.create(folder / "venv")
    (pinned := folder / "pinned.txt").write_text("\n".join(PINNED))
    python, wanted = str(folder / "venv/bin/python"), f"article-ingest{extra} @ {wheel.as_uri()}"
    options = ["install", "--quiet", "--constraint", str(pinned), wanted]
    uv = [str(BIN / "uv"), "pip", *options, "--offline", "--python", python]
    pip = [sys.executable, "-m", "pip", "--python", python, *options]
    if subprocess.run(uv, capture_output=True, check=False).returncode:
        subprocess.run(pip, check=True)
    (folder / "article.json").write_text(json.dumps(ARTICLE))
    return Installed(str(folder / "venv/bin/articles"), folder)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dist(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def articles(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, "", tmp_path_factory.mktemp("bare"))


def test_a_commit_is_always_the_same_wheel_and_sources(wheel: Path, tmp_path: Path) -> None:
    dist(tmp_path)

    assert len([*tmp_path.iterdir()]) == 2
    for again in tmp_path.iterdir():
        assert again.read_bytes() == wheel.with_name(again.name).read_bytes()


@pytest.mark.parametrize(
    "pattern", ["docs/rules.md", "functions/*.py", "functions/feeds.toml", "infra/policies/*"]
)
def test_the_wheel_has_what_the_commands_read_of_a_checkout(wheel: Path, pattern: str) -> None:
    names = ZipFile(wheel).namelist()

    read = [it.relative_to(ROOT).as_posix() for it in ROOT.glob(pattern)]
    assert [it for it in read if f"articles_cli/packed/{it}" not in names] == []


def test_it_tells_its_version(articles: Installed) -> None:
    python = ".".join(map(str, sys.version_info[:3]))
    assert articles("--version").stdout == f"article-ingest {version()} (Python {python})\n"


def test_it_judges_a_file(articles: Installed) -> None:
    done = articles("validate", "article.json")

    [record, *_] = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, done.stderr) == (0, "")
    assert record["article"]["title"] == ARTICLE["title"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("run article.json", 3, "pipx install --force 'article-ingest[local]'"),
        ("check-feeds", 2, "Name a file with --feeds"),
        ("adopt", 2, "use the command of a checkout"),
    ],
)
def test_what_it_lacks_it_says_in_a_line(
    articles: Installed, arguments: str, code: int, said: str
) -> None:
    done = articles(*arguments.split())

    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_uploads_and_says_that_the_feeds_of_the_stack_are_not_here(articles: Installed) -> None:
    with embedded() as aws:
        done = articles("put", "article.json", "--feed=desk", **aws.environment)
        found = aws.client("s3").list_objects_v2(Bucket=aws.outputs["InboxBucket"])["Contents"]
        policy = articles("policy", "uploader", "--feed=desk", **aws.environment)

    assert done.returncode == policy.returncode == 0
    assert "The stack's feeds.toml is not here" in done.stderr
    assert f"{aws.outputs['InboxBucket']}/incoming/desk/" in policy.stdout
    assert [it["Key"] for it in found] == ["incoming/desk/article.json"]


def test_its_console_has_its_pages(articles: Installed) -> None:
    with embedded() as aws:
        command = [articles.command, "console", "--port=0", "--no-open"]
        environment = clean_environment() | aws.environment
        with subprocess.Popen(
            command, cwd=articles.folder, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            address = process.stdout.readline().strip()
            browser = build_opener(HTTPCookieProcessor())

            def read(path: str) -> str:
                return str(browser.open(urljoin(address, path), timeout=30).read(), "utf-8")

            [root] = re.findall(r'<a href="([^"]+)"', read(""))
            page, rules = read(root), read(f"{root}rules")
            sizes = [
                len(read(it)) for it in re.findall(r'(?:href|src)="(/[^"]+/static/.+?)"', page)
            ]
            process.terminate()

    assert "articles-dev" in page
    assert 'id="N31"' in rules
    assert len(sizes) == 2
    assert min(sizes) > 100


def test_with_its_extra_it_runs_the_service(wheel: Path, tmp_path: Path) -> None:
    done = install(wheel, "[local]", tmp_path)("run", "article.json")

    lines: list[dict[str, Any]] = [json.loads(it) for it in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [it["detail-type"] for it in lines if it["type"] == "event"] == ["ArticleCreated"]
