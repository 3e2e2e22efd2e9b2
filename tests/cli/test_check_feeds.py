"""`articles check-feeds`: a feed is checked with its own files before it is deployed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from articles_cli import options

from .conftest import Articles

FEEDS = """
[feeds.harbour]
timezone = "Europe/Oslo"
samples = ["samples/*.json"]
"""
UPLOAD = {"title": "Ferry", "id": "1", "published_at": "2025-07-01 12:00"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "samples").mkdir()
    (tmp_path / "feeds.toml").write_text(FEEDS)
    (tmp_path / "samples" / "ferry.json").write_text(json.dumps(UPLOAD))
    return tmp_path


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the feeds of the folder deployed."""
    monkeypatch.setattr(options, "FUNCTIONS", folder)
    monkeypatch.setattr(options, "ROOT", folder)
    return folder


@pytest.mark.parametrize(
    ("expected", "faults"),
    [
        (None, []),
        ({"articles": [{"published_at": "2025-07-01T10:00:00Z"}]}, []),
        ({"articles": [{"title": "Ferries"}]}, ['record 0: title is "Ferry", not "Ferries"']),
        (
            {"outcome": "rejected", "codes": ["E_REQUIRED"]},
            ["outcome is accepted (no problems)", "E_REQUIRED is missing"],
        ),
    ],
)
def test_a_sample_is_what_it_is_expected_to_be(
    articles: Articles, folder: Path, expected: Any, faults: list[str]
) -> None:
    if expected:
        (folder / "samples" / "ferry.expected.json").write_text(json.dumps(expected))

    done = articles("check-feeds", "--feeds", folder / "feeds.toml", "--json")

    (sample,) = done.of("sample")
    assert sample["faults"] == faults
    assert done.code == (1 if faults else 0)


def test_a_pattern_without_files_is_wrong(articles: Articles, folder: Path) -> None:
    (folder / "samples" / "ferry.json").unlink()

    done = articles("check-feeds", "--feeds", folder / "feeds.toml")

    assert done.code == 2
    assert "harbour" in done.err


def test_without_a_name_the_files_of_all_stages_are_checked(articles: Articles, here: Path) -> None:
    assert articles("check-feeds", "--table").out.count("feeds: 1; samples: 1") == 1

    (here / "feeds.prod.toml").write_text(FEEDS.replace("Oslo", "Olympus"))
    done = articles("check-feeds")
    assert (done.code, done.err[:41]) == (2, "feeds.prod.toml, line 3: feeds.harbour.ti")

    for path in here.glob("*.toml"):
        path.unlink()
    assert articles("check-feeds").code == 2


SAM = """
[prod.global.parameters]
parameter_overrides = {}
[prod.deploy.parameters]
stack_name = "articles-prod"
"""


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ('"Stage=prod FeedsFile=feeds.toml"', ""),
        ('["FeedsFile=feeds.live.toml"]', "the FeedsFile of prod is not in functions/"),
        ('"file://prod.yaml"', "was not checked"),
    ],
)
def test_a_stage_without_its_file(
    articles: Articles, here: Path, overrides: str, said: str
) -> None:
    (here / "samconfig.toml").write_text("version = 0.1\n" + SAM.format(overrides))

    done = articles("check-feeds")

    assert done.code == (2 if "not in" in said else 0), done
    assert said in done.err


def test_the_feeds_that_are_shipped_are_right(articles: Articles) -> None:
    assert articles("check-feeds").code == 0


def test_the_feeds_of_the_docs_read_their_documents(articles: Articles, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text[text.index("### Fields and words of a feed") :]
    feeds = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)[:2]
    (tmp_path / "feeds.toml").write_text("\n".join(feeds))
    for name, content in re.findall(r"`([\w/.]+)`:\n\n```json\n(.*?)```", section, re.DOTALL):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)

    done = articles("check-feeds", "--feeds", tmp_path / "feeds.toml", "--json")

    assert [it["faults"] for it in done.of("sample")] == [[], []]
    assert done.code == 0
