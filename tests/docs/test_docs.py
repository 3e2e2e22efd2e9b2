"""The documents tell the truth: their examples run, their tables are those of the code."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import typer
import yaml

from articles import feeds, settings, unicode
from articles.feeds import Default, Feeds, Profile
from articles.judging import Accepted, validate
from articles.limits import (
    BYTES_OF_A_MEMBER,
    GIB,
    KIB,
    MIB,
    SECONDS_PER_MIB,
    SECONDS_PER_RECORD,
    Limits,
)
from articles.metadata.normalize import bylines, images, markup, people, tags, text, urls
from articles.metadata.shapes import NAMES
from articles.outcomes import Kind, Result
from articles.problems import LONGEST_TOLD, Code
from articles.records import compression, planning, strict_json
from articles.storing.receipts import SHOWN
from articles.versions import packing
from articles_cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPEN = Feeds(default=Default(open=True)).find("default")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(name), re.DOTALL)


def rows(name: str, heading: str) -> dict[str, list[str]]:
    """Give the table under a heading by its first column."""
    section = page(name).split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in section.split("\n") if row[:1] == "|"]
    stripped = [[cell.strip().strip("`") for cell in row] for row in cells]
    return {row[0]: row[1:] for row in stripped[2:]}


def accepted(document: str) -> Accepted:
    assert OPEN
    (verdict,) = validate(document.encode(), feed=OPEN, received=NOW).records
    assert isinstance(verdict, Accepted), verdict
    return verdict


def test_what_is_generated_is_current() -> None:
    from runpy import run_path

    generated: dict[Path, str] = run_path(str(ROOT / "infra/generate.py"))["generated"]()
    stale = [path.name for path, text in generated.items() if path.read_text("utf-8") != text]
    assert stale == [], "run `make generated`"


@pytest.mark.parametrize("document", blocks("docs/uploads.md", "json"))
def test_the_examples_for_uploaders_are_accepted_without_a_warning(document: str) -> None:
    assert accepted(document).warnings == ()


def test_the_full_example_shows_every_field_a_generic_document_can_fill() -> None:
    section = page("docs/uploads.md").split("### generic\n", 1)[1].split("\n### ", 1)[0]
    full = max(re.findall(r"```json\n(.*?)```", section, re.DOTALL), key=len)
    article = accepted(full).article.as_json()
    others = {"is_amp", "body_truncated", "warnings", "embargoed_until_local"}
    others |= {f"{name}_at_local" for name in ("published", "modified", "retrieved")}
    assert (
        type(accepted(blocks("docs/uploads.md", "json")[0]).article).model_fields.keys()
        - (article.keys() | others)
        == set()
    )


def test_the_example_of_an_event_is_one() -> None:
    (example,) = blocks("docs/events.md", "json")
    schema = json.loads(page("infra/events/ArticleUpdated.json"))
    jsonschema.validate(json.loads(example), schema)


def test_the_limits_are_those_of_the_code() -> None:
    told = {name: cells[0] for name, cells in rows("docs/uploads.md", "Limits").items()}
    limits = Limits()
    assert told == {
        "file": f"{limits.max_object_bytes // GIB} GiB",
        "packed file": f"{limits.max_packed_bytes // MIB} MiB",
        "packed file, unpacked": f"{limits.max_unpacked_bytes // GIB} GiB",
        f"packed file that unpacks to over {limits.ratio_from_bytes // MIB} MiB": (
            f"{limits.max_unpacked_ratio} times its size"
        ),
        f"members of a packed file, beside one for each {BYTES_OF_A_MEMBER} bytes unpacked": (
            f"{limits.max_members:,}"
        ),
        "window of zstd": f"{2**compression.ZSTD_WINDOW_LOG // MIB} MiB",
        "records in a file": f"{limits.max_records:,}",
        "blank lines in a file of one object a line": f"{limits.max_blank_lines:,}",
        "values in a list or envelope that is read item by item "
        "(commas, also in texts, lists and objects)": f"{limits.max_values:,}",
        "record, with the white space around it": f"{limits.max_record_bytes // MIB} MiB",
        "values in a record (commas, lists and objects)": f"{strict_json.MAX_VALUES:,}",
        "beside the list of an envelope over 8 MiB": f"{planning.MAX_BESIDE_BYTES // MIB} MiB",
        "nesting": f"{strict_json.MAX_DEPTH} levels",
        "number": f"{strict_json.MAX_DIGITS} digits",
        "body, packed": f"{packing.MAX_BODY_BYTES // 1024} KiB",
        "article, packed": f"{packing.MAX_ITEM_BYTES // 1024} KiB",
        "title": f"{text.MAX_TITLE:,} characters",
        "identifier": f"{text.MAX_IDENTIFIER_BYTES:,} bytes",
        "address": f"{urls.MAX_BYTES:,} bytes",
        "tags, authors, images": f"{tags.MAX_TAGS}, {bylines.MAX_AUTHORS}, {images.MAX_IMAGES}",
        "of these looked at, with those that repeat": (
            f"{tags.MAX_READ:,}, {bylines.MAX_READ:,}, {images.MAX_READ:,}"
        ),
        "names of one author": f"{people.MAX_NAMES_OF_ONE}",
        "byline that is taken apart": f"{bylines.MAX_BYLINE:,} characters",
        "tags, and levels, in an HTML body": f"{markup.MAX_TAGS:,}, {markup.MAX_DEPTH}",
        "combining marks in a row": f"{unicode.MAX_MARKS}",
        "a member name, or another text of yours, in a message": f"{LONGEST_TOLD} characters",
    }
    told_of = page("docs/uploads.md")
    assert f"at most {SECONDS_PER_MIB:g} s of processor time for each MiB" in told_of
    assert f"and {1000 * SECONDS_PER_RECORD:g} ms for each record" in told_of
    assert f"shows {SHOWN}\nrecords" in page("docs/uploads.md")
    large = page("docs/uploads.md").split("## Large files\n", 1)[1].split("\n## ", 1)[0]
    inline = (limits.max_inline_bytes // MIB, limits.max_inline_unpacked_bytes // MIB)
    assert "over {} MiB, or {} MiB unpacked".format(*inline) in large
    assert f"more than {limits.part_records:,} records" in large
    assert f"may have {planning.MAX_DEFAULTS_BYTES // KIB} KiB" in large


def test_the_settings_for_operators_are_those_of_the_code() -> None:
    told = {name: cells[0] for name, cells in rows("docs/operations.md", "Limits").items()}
    fields = settings.IngestSettings.model_fields
    names = [*Limits.model_fields, "writes_at_once"]
    assert told == {name.upper(): f"{fields[name].default:,}" for name in names}


def test_every_feed_setting_is_explained() -> None:
    assert rows("docs/operations.md", "Feeds").keys() == Profile.model_fields.keys()


def test_every_metric_is_explained() -> None:
    code = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    named = set(re.findall(r'\.count\("(\w+)"', code))
    kinds = (*get_args(Kind), "rejected")
    done = (outcome for outcome in get_args(Result) if outcome != "failed")
    uploads = (f"Uploads{outcome.capitalize()}" for outcome in done)
    told = page("docs/operations.md")
    sent = {*named, *(kind.capitalize() for kind in kinds), *uploads}
    assert {metric for metric in sent if f"`{metric}`" not in told} == set()


def test_every_parameter_of_the_template_is_explained_with_its_default() -> None:
    class Loader(yaml.SafeLoader):
        """Reads CloudFormation's short forms as nothing: only parameters are of interest."""

    Loader.add_multi_constructor("!", lambda *_: None)
    template: dict[str, Any] = yaml.load(page("template.yaml"), Loader)  # noqa: S506 - a SafeLoader
    told = {name: cells[0] for name, cells in rows("docs/operations.md", "Deploy").items()}
    assert told == {
        name: str(parameter["Default"]) or "none"
        for name, parameter in template["Parameters"].items()
    }


def test_every_rule_that_the_code_names_is_in_the_rules() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    told = page("docs/rules.md")
    headed = set(re.findall(r"\*\*(N\d+a?)", told)) | set(re.findall(r", (N\d+)\*\*", told))
    for first, last in re.findall(r"\*\*N(\d+)–N(\d+)\*\*", told):
        headed |= {f"N{number}" for number in range(int(first), int(last) + 1)}
    assert set(re.findall(r"\bN\d+a?\b", sources)) - headed == set()


def test_every_code_on_a_page_exists() -> None:
    told = {code for path in PAGES for code in re.findall(r"\b[EW]_[A-Z_]+\b", path.read_text())}
    assert told <= set(Code)


def test_every_command_on_a_page_exists() -> None:
    shell = "\n".join(path.read_text() for path in PAGES)
    commands = set(re.findall(r"(?:^|`|/)articles ([a-z-]+)", shell, re.MULTILINE))
    assert commands <= typer.main.get_group(app).commands.keys()
    targets = set(re.findall(r"(?:^|`)make ([a-z0-9]+)", shell, re.MULTILINE))
    assert targets <= set(re.findall(r"^([a-z0-9]+):", page("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_feeds_that_are_shipped_load() -> None:
    assert feeds.Feeds.load(
        settings.IngestSettings.model_fields["feeds_file"].default, shapes=NAMES
    ).find("demo")
