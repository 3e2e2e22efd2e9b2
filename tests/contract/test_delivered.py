"""What is said about events in their envelope: EventBridge's schema registry, and AsyncAPI."""

import json
from typing import Any

import pytest
import yaml
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]
from jsonschema import Draft7Validator, FormatChecker
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from articles_contract.bus import delivered

from .recorded import EXAMPLES, Event, examples

FOLDER = EXAMPLES.parent
REGISTRY = (FOLDER / "registry.yaml").read_text(encoding="utf-8")
ASYNCAPI = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
LONGEST = 100_000  # characters of a schema that the registry takes
NAMES = sorted(examples())


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as nothing."""


Loader.add_multi_constructor("!", lambda *_: None)
RESOURCES = yaml.load(REGISTRY, Loader)["Resources"]  # noqa: S506 - a SafeLoader


def content(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESOURCES[name]["Properties"]["Content"])
    return found


def by_registry(event: Event, name: str) -> list[str]:
    """Say where an event is wrong by its schema in the registry."""
    schema = {**content(name), "$ref": "#/components/schemas/AWSEvent"}
    errors = OAS30Validator(schema, format_checker=FormatChecker()).iter_errors(event)
    return [it.json_path for it in errors]


def by_asyncapi(event: Event, name: str) -> list[str]:
    """Say where an event is wrong by the payload of its message."""
    message = ASYNCAPI["components"]["messages"][name]
    errors = Draft7Validator({**ASYNCAPI, **message["payload"]}).iter_errors(event)
    return [it.json_path for it in errors]


FORMS = [by_registry, by_asyncapi]


@pytest.mark.parametrize("errors", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_one_in_its_envelope(name: str, errors: Any) -> None:
    assert errors(delivered(examples()[name]), name) == []


@pytest.mark.parametrize("errors", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_an_event_of_another_kind_is_none(name: str, errors: Any) -> None:
    event = delivered(examples()[name])
    event["detail"]["type"] = "ArticleLost"
    assert errors(event, name) == ["$.detail.type"]


@pytest.mark.parametrize("errors", FORMS)
@pytest.mark.parametrize("member", ["account", "detail"])
def test_an_envelope_without_a_member_is_none(member: str, errors: Any) -> None:
    event = delivered(examples()["ArticleCreated"])
    del event[member]
    assert errors(event, "ArticleCreated") == ["$"]


@pytest.mark.parametrize("errors", FORMS)
def test_a_count_of_words_is_positive(errors: Any) -> None:
    event = delivered(examples()["ArticleCreated"])
    event["detail"]["data"]["article"] |= {"word_count": 0}
    assert errors(event, "ArticleCreated") == ["$.detail.data.article.word_count"]


@pytest.mark.parametrize("name", NAMES)
def test_the_registry_can_take_a_schema(name: str) -> None:
    assert len(RESOURCES[name]["Properties"]["Content"]) < LONGEST
    assert list(OpenAPIV30SpecValidator(content(name)).iter_errors()) == []
    schema = content(name)["components"]["schemas"]["AWSEvent"]
    assert schema["x-amazon-events-source"] == "articles"
    assert schema["x-amazon-events-detail-type"] == name
    assert RESOURCES[name]["Properties"]["SchemaName"] == f"articles@{name}"


def test_a_bus_sends_every_event_and_no_other() -> None:
    sent = ASYNCAPI["channels"]["bus"]["messages"].keys()
    assert sorted(sent) == sorted(RESOURCES.keys() - {"Registry"}) == NAMES


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_the_template_of_the_registry_passes_cfn_lint(region: str) -> None:
    assert lint(REGISTRY, config=ManualArgs(ignore_checks=["I"], regions=[region])) == []
