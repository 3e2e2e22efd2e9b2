"""The documents are true: their examples run, their tables and figures are those of the code."""

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import typer
import yaml

from articles import refs, settings, unicode
from articles.announcing.events import EVENTS
from articles.catalogue import Code
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
from articles.metadata.shapes import NAMES, SHAPES
from articles.quoting import LONGEST_QUOTE
from articles.records import compression, framing, outline, planning, strict_json
from articles.storing.receipts import SHOWN, Kind, Result
from articles.uploads.message import is_ignored_name
from articles.versions import order, packing
from articles_cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("infra/*/*.md"),
        *ROOT.glob("examples/*/*.md"),
    ]
)
NUMBERS = "zero one two three four five six seven eight nine ten".split()
LONGEST_LINE = 120
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPEN = Feeds(default=Default(open=True)).find("default")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(name), re.DOTALL)


def section(name: str, heading: str) -> str:
    """Give what a page says under a heading."""
    _, found, rest = f"{page(name)}\n".partition(f"\n## {heading}\n")
    assert found, f"{name} needs a section {heading}"
    return rest.split("\n## ", 1)[0]


def rows(name: str, heading: str, *, table: int = 0) -> dict[str, list[str]]:
    """Give a table under a heading by its first column."""
    tables = re.findall(r"(?:^\|.*\n)+", section(name, heading) + "\n", re.MULTILINE)
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in tables[table].splitlines()]
    stripped = [[cell.strip().strip("`") for cell in row] for row in cells]
    return {row[0]: row[1:] for row in stripped[2:]}


@cache
def template() -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        """Reads CloudFormation's short forms as nothing."""

    Loader.add_multi_constructor("!", lambda *_: None)
    loaded: dict[str, Any] = yaml.load(page("template.yaml"), Loader)  # noqa: S506 - a SafeLoader
    return loaded


def attempts() -> str:
    """Say how often SQS gives a message before it goes to the dead letters."""
    return NUMBERS[int(template()["Mappings"]["Queues"]["Redrive"]["MaxReceives"])]


def prose(path: Path) -> list[str]:
    """Give the lines of a page that are no code and no table; of a link, only its text."""
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [re.sub(r"\]\([^)]*\)", "]", it) for it in text.split("\n") if it[:1] != "|"]


def accepted(document: str) -> Accepted:
    assert OPEN
    (verdict,) = validate(document.encode(), feed=OPEN, received=NOW).records
    assert isinstance(verdict, Accepted), verdict
    return verdict


def test_what_is_generated_is_current() -> None:
    from runpy import run_path

    generated: dict[Path, str] = run_path(str(ROOT / "infra/generate.py"))["generated"]()
    stale = [
        path.name
        for path, text in generated.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    assert stale == [], "run `make generated`"


@pytest.mark.parametrize("document", blocks("docs/formats.md", "json"))
def test_the_examples_for_uploaders_are_accepted_without_a_warning(document: str) -> None:
    assert accepted(document).warnings == ()


@pytest.mark.parametrize("shape", sorted(NAMES))
def test_every_format_has_its_smallest_and_a_full_example(shape: str) -> None:
    examples = re.findall(r"```json\n(.*?)```", section("docs/formats.md", shape), re.DOTALL)

    assert len(examples) >= (1 if shape == "raw-text" else 2)
    assert {accepted(it).shape.name for it in examples} == {shape}
    assert examples[0] == min(examples, key=len)


def test_no_format_is_shown_that_is_not_known() -> None:
    assert set(re.findall(r"^## (.*)$", page("docs/formats.md"), re.MULTILINE)) == NAMES


def test_the_full_example_shows_every_field_a_generic_document_can_fill() -> None:
    examples = re.findall(r"```json\n(.*?)```", section("docs/formats.md", "generic"), re.DOTALL)
    article = accepted(max(examples, key=len)).article.as_json()
    others = {"is_amp", "body_truncated", "warnings", "embargoed_until_local"}
    others |= {f"{name}_at_local" for name in ("published", "modified", "retrieved")}
    assert set(accepted(examples[0]).article.names()) - (article.keys() | others) == set()


def test_the_examples_of_events_are_events() -> None:
    for shown in map(json.loads, blocks("docs/events.md", "json")):
        example = shown.get("detail", shown)
        jsonschema.validate(example, json.loads(page(f"infra/events/{example['type']}.json")))


def test_the_limits_are_those_of_the_code() -> None:
    documented = {name: cells[0] for name, cells in rows("docs/uploads.md", "Limits").items()}
    limits = Limits()
    assert documented == {
        "file": f"{limits.max_object_bytes // GIB} GiB",
        "compressed file": f"{limits.max_packed_bytes // MIB} MiB",
        "compressed file, uncompressed": f"{limits.max_unpacked_bytes // GIB} GiB",
        f"compressed file that expands to over {limits.ratio_from_bytes // MIB} MiB": (
            f"{limits.max_unpacked_ratio} times its size"
        ),
        "members of a compressed file, "
        f"in addition to one for each {BYTES_OF_A_MEMBER} bytes uncompressed": (
            f"{limits.max_members:,}"
        ),
        "window of zstd": f"{2**compression.ZSTD_WINDOW_LOG // MIB} MiB",
        "records in a file": f"{limits.max_records:,}",
        "blank lines in an NDJSON file": f"{limits.max_blank_lines:,}",
        "values in a list or envelope that is read item by item "
        "(commas, also in texts, lists and objects)": f"{limits.max_values:,}",
        "record, with the white space around it": f"{limits.max_record_bytes // MIB} MiB",
        "values in a record (commas, lists and objects)": f"{strict_json.MAX_VALUES:,}",
        f"members outside the list of an envelope over {limits.max_record_bytes // MIB} MiB": (
            f"{outline.MAX_REMAINDER_BYTES // MIB} MiB"
        ),
        "nesting": f"{strict_json.MAX_DEPTH} levels",
        "number": f"{strict_json.MAX_DIGITS} digits",
        "body, compressed": f"{packing.MAX_BODY_BYTES // 1024} KiB",
        "article, with its compressed body": f"{packing.MAX_ITEM_BYTES // 1024} KiB",
        "title": f"{text.MAX_TITLE:,} characters",
        "identifier": f"{text.MAX_IDENTIFIER_BYTES:,} bytes",
        "address": f"{urls.MAX_BYTES:,} bytes",
        "tags, authors, images": f"{tags.MAX_TAGS}, {bylines.MAX_AUTHORS}, {images.MAX_IMAGES}",
        "tags, authors, images examined, including duplicates": (
            f"{tags.MAX_READ:,}, {bylines.MAX_READ:,}, {images.MAX_READ:,}"
        ),
        "names in one author": f"{people.MAX_NAMES_OF_ONE}",
        "byline that is split into names": f"{bylines.MAX_BYLINE:,} characters",
        "tags, and levels, in an HTML body": f"{markup.MAX_TAGS:,}, {markup.MAX_DEPTH}",
        "combining marks in a row": f"{unicode.MAX_MARKS}",
        "a member name, or other text of yours, quoted in a message": f"{LONGEST_QUOTE} characters",
    }
    text_of_page = section("docs/uploads.md", "Limits")
    assert f"at most {SECONDS_PER_MIB:g} s of CPU time for each MiB" in text_of_page
    assert f"plus {1000 * SECONDS_PER_RECORD:g} ms for each record" in text_of_page
    large = section("docs/uploads.md", "Large files")
    inline = (limits.max_inline_bytes // MIB, limits.max_inline_unpacked_bytes // MIB)
    assert "over {} MiB, or {} MiB uncompressed".format(*inline) in large
    assert f"more than {limits.part_records:,} records" in large
    assert f"may take up {planning.MAX_DEFAULTS_BYTES // KIB} KiB" in large
    assert f"list or envelope over {limits.max_record_bytes // MIB} MiB" in large


def test_the_figures_for_uploaders_are_those_of_the_code() -> None:
    upload = section("docs/uploads.md", "Upload a file")
    longest = next(n for n in range(1, 100) if not refs.is_name("a" * (n + 1)))
    assert f"at most {longest} characters" in upload
    assert f"one of the next {NUMBERS[framing.SNIFFED_LINES - 1]} begins like one" in upload
    minutes = NUMBERS[int(order.TOLERANCE.total_seconds() / 60)]
    versions = section("docs/uploads.md", "Which article, and which version")
    assert f"more than {minutes} minutes" in versions
    by_upload = versions.split("crawlers and extractors", 1)[1].split(".\n", 1)[0]
    assert set(re.findall(r"`(\S+)`", by_upload)) == {
        shape.name for shape in SHAPES if shape.order == "upload"
    }
    receipts = section("docs/receipts.md", "What a receipt holds")
    assert f"shows {SHOWN} records" in receipts
    kept = template()["Parameters"]["KeepReceiptsDays"]["Default"]
    assert f"kept for {kept} days" in receipts
    assert f"AWS failed {attempts()} times" in section("docs/receipts.md", "Outcomes")


def test_the_names_that_are_said_to_be_ignored_are() -> None:
    listed = section("docs/uploads.md", "Upload a file").split("names that end in", 1)[1]
    endings, names = listed.split("white space, and", 1)
    ignored = [f"a.json{it}" for it in [*re.findall(r"`(\S+)`", endings), " "]]
    ignored += [it.replace("*", "x") for it in re.findall(r"`(\S+)`", names)]

    assert len(ignored) > 10
    assert [it for it in ignored if not is_ignored_name(f"incoming/{it}")] == []


def test_every_outcome_is_explained() -> None:
    uploads = rows("docs/receipts.md", "Outcomes")
    records = rows("docs/receipts.md", "Outcomes", table=1)

    assert uploads.keys() == set(get_args(Result))
    named = {name for cell in records for name in re.findall(r"\w+", cell)}
    assert named == {*get_args(Kind), "rejected"}


def test_the_settings_for_operators_are_those_of_the_code() -> None:
    documented = {name: cells[0] for name, cells in rows("docs/operations.md", "Limits").items()}
    fields = settings.IngestSettings.model_fields
    names = [*Limits.model_fields, "writes_at_once"]
    assert documented == {name.upper(): f"{fields[name].default:,}" for name in names}


def test_every_feed_setting_is_explained() -> None:
    assert rows("docs/operations.md", "Feeds").keys() == Profile.model_fields.keys()


def test_every_parameter_of_the_template_is_explained_with_its_default() -> None:
    documented = {name: cells[0] for name, cells in rows("docs/deploy.md", "Parameters").items()}
    assert documented == {
        name: str(parameter.get("Default", "required")) or "none"
        for name, parameter in template()["Parameters"].items()
    }


def test_every_rule_that_the_code_names_is_in_the_rules() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    rules = page("docs/rules.md")
    headed = set(re.findall(r"\*\*(N\d+a?)", rules)) | set(re.findall(r", (N\d+)\*\*", rules))
    for first, last in re.findall(r"\*\*N(\d+)–N(\d+)\*\*", rules):
        headed |= {f"N{number}" for number in range(int(first), int(last) + 1)}
    assert set(re.findall(r"\bN\d+a?\b", sources)) - headed == set()


def test_every_code_on_a_page_exists() -> None:
    named = {code for path in PAGES for code in re.findall(r"\b[EW]_[A-Z_]+\b", path.read_text())}
    assert named <= set(Code)


def test_every_command_on_a_page_exists() -> None:
    shell = "\n".join(path.read_text() for path in PAGES)
    commands = set(re.findall(r"(?:^|`|/)articles ([a-z][a-z-]*)", shell, re.MULTILINE))
    assert commands <= typer.main.get_group(app).commands.keys()
    named = set(re.findall(r"(?:^|`)make ([a-z0-9]+)", shell, re.MULTILINE))
    assert named <= targets().keys()


def targets() -> dict[str, str]:
    """Give the Makefile's targets, each with what `make help` says about it."""
    found = re.findall(r"^([a-z0-9]+):(?!=)(?:.*## (.*))?", page("Makefile"), re.MULTILINE)
    return dict(found)


def test_every_target_has_its_line_of_help() -> None:
    assert [name for name, text in targets().items() if not text] == []
    phony = " ".join(re.findall(r"^\.PHONY: (.*)$", page("Makefile"), re.MULTILINE)).split()
    assert sorted(phony) == sorted(targets())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)", path.read_text("utf-8"))
    places = [((path.parent / link if link else path), anchor) for link, anchor in links]
    assert [str(file) for file, _ in places if not file.exists()] == []
    assert [(file.name, it) for file, it in places if it and it not in anchors(file)] == []


def anchors(path: Path) -> set[str]:
    """Give the names under which the headings of a page are linked."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_line_of_prose_is_too_long_for_a_diff(path: Path) -> None:
    assert [line for line in prose(path) if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_link_to_a_file_is_called_what_the_file_is(path: Path) -> None:
    links = re.findall(
        r"\[([\w/.-]+\.(?:py|toml|yaml|md|json))\]\(([^)#]+)\)", path.read_text("utf-8")
    )
    assert [it for it in links if not it[1].endswith(it[0])] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "docs/shapes.md"])
def test_every_path_in_backticks_exists(name: str) -> None:
    paths = re.findall(r"`((?:functions|infra|tests|docs|examples)/[\w/.-]+)`", page(name))
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_tree_of_the_architecture_is_that_of_the_package() -> None:
    package = ROOT / "functions/articles"
    tree = section("docs/architecture.md", "The layers")
    modules = {path.stem for path in package.rglob("*.py")} - {"__init__"}
    inside = {
        path.stem
        for kind in ("shapes", "normalize")
        for path in package.glob(f"metadata/{kind}/*.py")
    }
    folders = {path.parent.name for path in package.rglob("__init__.py")} - {"articles"}
    words = set(re.findall(r"\w+", tree))

    assert (modules - inside | folders) - words == set()


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    readme = page("README.md")
    pages = [path for path in PAGES if path.parent in (ROOT, ROOT / "docs")]

    assert len(readme.splitlines()) <= 100
    linked = {(ROOT / link).resolve() for link in re.findall(r"\]\(([^)#:]+)", readme)}
    assert [it.name for it in pages if it not in linked and it.name != "README.md"] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda it: it.stem[:4]
)
def test_a_decision_says_when_it_was_made_whether_it_holds_and_why(path: Path) -> None:
    title, _, *head = path.read_text("utf-8").splitlines()

    assert title.startswith("# ")
    assert re.fullmatch(r"Date: \d{4}-\d\d-\d\d  ", head[0])
    assert re.fullmatch(r"Status: (accepted|superseded by \d{4})", head[1])
    assert "**Context.**" in page(f"docs/decisions/{path.name}")
    assert "**Decision.**" in page(f"docs/decisions/{path.name}")


def test_the_number_of_formats_is_right_wherever_it_is_said() -> None:
    numbers = "twenty-six twenty-seven twenty-eight twenty-nine thirty thirty-one".split()
    pages = "".join(path.read_text("utf-8") for path in PAGES if path.name != "CHANGELOG.md")
    said = re.findall(rf"({'|'.join(reversed(numbers))}) \[?formats\b", pages)

    assert set(said) == {numbers[len(NAMES) - 26]}


def test_the_attempts_and_the_hours_are_those_of_the_template() -> None:
    runbook = section("docs/operations.md", "Runbook")
    hours = template()["Resources"]["ReceiptsToPublish"]["Properties"]["MaximumRecordAgeInSeconds"]

    assert f"after {attempts()} attempts" in page("docs/architecture.md")
    assert f"an upload or a part failed {attempts()} times" in runbook
    assert f"nothing is lost for {hours // 3600} hours" in runbook


def test_every_event_and_no_other_is_in_the_table() -> None:
    table = page("docs/events.md").split("\n## ", 1)[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [it.__name__ for it in EVENTS]


def test_every_compression_is_named() -> None:
    upload = section("docs/uploads.md", "Upload a file")
    assert [it.name for it in compression.COMPRESSIONS if it.name not in upload] == []


def test_aws_is_called_where_the_architecture_says() -> None:
    paragraph = section("docs/architecture.md", "The layers").split("**AWS is called**", 1)[1]
    named = set(re.findall(r"\[(\w+\.py)\]", paragraph)) - {"aws.py"}
    call = re.compile(r"\b_?(?:s3|sqs|dynamodb|events)\.[a-z]+_[a-z_]+\(")
    calling = {it.name for it in (ROOT / "functions").rglob("*.py") if call.search(it.read_text())}

    assert named == calling
