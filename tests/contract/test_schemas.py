"""What subscribers were promised once stays true, and the schemas say what is sent."""

import json
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from articles_contract.schemas import schemas

from .compatible import Schema, breaks, members
from .recorded import EXAMPLES, RECORD, Event, announced, examples, masked, run

PUBLISHED = sorted((Path(__file__).parent / "published").rglob("*.json"))
# The first ones allowed what no event ever had, and closed choices of words, which docs/events.md
# leaves open. Those in folders, each named for the day of publication, allow nothing of the kind.
SINCE_THE_FIRST = [
    "* is never null",
    "data.article.body_text is lost",
    "data.article.body_html is lost",
    "data.article.status has another enum",
    "data.article.status has another const",
    "data.reason has another enum",
    "data.state has another enum",
    "data.outcome has another enum",
    "data.article.authors[[][]].type has another enum",
]
CURRENT = schemas()
FOLDER = EXAMPLES.parent


def is_first(path: Path) -> bool:
    return path.parent.name == "published"


def named(path: Path) -> str:
    return path.stem if is_first(path) else f"{path.parent.name}/{path.stem}"


def errors(event: Event, schema: Schema | None = None) -> list[str]:
    """Say where an event is not one by a schema, as a rule by its own."""
    validator = Draft202012Validator(
        schema or CURRENT[event["type"]], format_checker=FormatChecker()
    )
    return [it.json_path for it in validator.iter_errors(event)]


# ── What was published ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PUBLISHED, ids=named)
def test_no_field_that_was_published_is_lost_or_changes_its_type(path: Path) -> None:
    published = json.loads(path.read_text())
    allowed = SINCE_THE_FIRST if is_first(path) else []
    broken = breaks(published, CURRENT[path.stem])
    assert [it for it in broken if not any(fnmatch(it, one) for one in allowed)] == []


@pytest.mark.parametrize("path", PUBLISHED, ids=named)
def test_a_reader_of_what_was_published_accepts_the_events_of_today(path: Path) -> None:
    published = json.loads(path.read_text())
    assert errors(examples()[path.stem], published) == []


@pytest.mark.parametrize("name", CURRENT)
def test_every_field_was_published(name: str) -> None:
    newest = max(path for path in PUBLISHED if path.stem == name and not is_first(path))
    published = json.loads(newest.read_text())
    assert members(CURRENT[name]).keys() <= members(published).keys(), "publish what is new"


@pytest.mark.parametrize(
    ("new", "broken"),
    [
        ({"properties": {}}, ["a is lost"]),
        ({"properties": {"a": {"type": "integer"}}, "required": ["a"]}, ["a has another type"]),
        ({"properties": {"a": {"type": "string"}}}, ["a may be absent now"]),
        (
            {"properties": {"a": {"type": "string", "enum": ["x", "y"]}}, "required": ["a"]},
            ["a has another enum"],
        ),
        (
            {"properties": {"a": {"type": "string"}, "b": {"type": "null"}}, "required": ["a"]},
            [],
        ),
    ],
    ids=["lost", "another type", "not required any more", "another enumeration", "a new field"],
)
def test_what_breaks_a_reader_is_seen(new: Schema, broken: list[str]) -> None:
    old = {"properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert list(breaks(old, new)) == broken


# ── What a schema says ───────────────────────────────────────────────────────────────────────────


def described(node: Any) -> Iterator[Schema]:
    """Give every schema inside one, itself included."""
    if isinstance(node, dict):
        for name, it in node.items():
            parts = it.values() if name in ("properties", "$defs") else [it]
            for part in parts if isinstance(it, dict) else ():
                yield from described(part)
        yield node


@pytest.mark.parametrize("name", CURRENT)
def test_a_schema_is_in_form(name: str) -> None:
    Draft202012Validator.check_schema(CURRENT[name])
    schema = dict(CURRENT[name])
    assert schema.pop("title") == name  # the only one
    for it in described(schema):
        assert it.keys() & {"title", "default", "anyOf"} == set()
        assert it.get("type") != "null"
        assert it.get("additionalProperties") is not False
        assert "description" in it or "$ref" in it or "properties" not in it
    for place, it in members(schema).items():
        assert "description" in it or place.endswith(("[]", "{}")), place


def test_the_folder_resolves_the_schema_that_an_event_names() -> None:
    files = [json.loads((FOLDER / f"{name}.json").read_text()) for name in CURRENT]
    registry: Registry[Any] = Registry().with_resources(
        (it["$id"], Resource.from_contents(it)) for it in files
    )
    for event in examples().values():
        schema = registry.contents(event["dataschema"])
        Draft202012Validator(schema, registry=registry).validate(event)
        assert schema["title"] == event["type"]


@pytest.mark.parametrize(
    ("name", "place", "value", "wrong"),
    [
        ("ArticleCreated", "type", None, "$"),
        ("ArticleCreated", "specversion", None, "$"),
        ("ArticleCreated", "dataschema", None, "$"),
        ("ArticleCreated", "time", "yesterday", "$.time"),
        ("ArticleCreated", "data.article.status", "withheld", "$.data.article.status"),
        ("ArticleCreated", "data.article.is_amp", False, "$.data.article.is_amp"),
        ("ArticleCreated", "data.article.modified_at", "2025-03-14", "$.data.article.modified_at"),
        ("ArticleWithdrawn", "data.reason", None, "$.data"),
        ("UploadProcessed", "data.counts", None, "$.data"),
    ],
)
def test_what_is_never_sent_is_no_event(name: str, place: str, value: Any, wrong: str) -> None:
    event = examples()[name]
    *way, last = place.split(".")
    holder = event
    for member in way:
        holder = holder[member]
    holder.pop(last, None)
    if value is not None:
        holder[last] = value
    assert set(errors(event, CURRENT[name])) == {wrong}


def test_a_reader_is_ready_for_members_and_reasons_that_are_yet_to_come() -> None:
    event = examples()["ArticleWithdrawn"]
    event["data"] |= {"reason": "recalled", "member": [None]}
    assert errors(event | {"member": 1}) == []


def test_every_article_that_is_announced_is_one_by_the_schema() -> None:
    events = announced()
    assert len(events) > 50
    assert [it["data"]["article"] for it in events if errors(it)] == []


# ── The examples ─────────────────────────────────────────────────────────────────────────────────


def test_there_is_an_example_of_every_event() -> None:
    assert examples().keys() == CURRENT.keys()


def test_the_examples_are_what_a_run_sends_today() -> None:
    assert masked(run()) == masked(examples()), RECORD


# ── Their tools ──────────────────────────────────────────────────────────────────────────────────


def test_the_tools_are_pinned_by_hashes_and_no_file_names_an_address() -> None:
    """Npm writes addresses of funding, which it does not need: take them out after an upgrade."""
    lock = (FOLDER.parent / "contract" / "package-lock.json").read_text(encoding="utf-8")
    packages = [it for name, it in json.loads(lock)["packages"].items() if name]
    assert "://" not in lock
    assert [it for it in packages if "integrity" not in it] == []
