"""`adopt`: what of the template outlives a stack. tests/e2e/test_undeployed.py makes it again."""

from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from articles_cli.adopt import NAMES, retained

from .conftest import ROOT, Articles

Json = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Json:
    found: Json = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    return found


def test_all_that_outlives_the_stack_is_adopted_with_its_name_and_keys(template: Json) -> None:
    kept = retained(template)["Resources"]

    assert kept.keys() == {"InboxBucket", "ArchiveBucket", "ArticlesTable", "ReceiptsTable"}
    for name, resource in kept.items():
        whole = template["Resources"][name]["Properties"]
        left_out = whole.keys() - resource["Properties"].keys()
        assert left_out == ({"NotificationConfiguration"} if name == "InboxBucket" else set())
        assert set(resource["Properties"][NAMES[resource["Type"]]]) == {"Fn::Sub"}


def test_nothing_else_is_in_the_template_of_an_import(template: Json) -> None:
    """CloudFormation refuses outputs and transforms there, and references to what is not there."""
    kept = retained(template)

    assert kept.keys() == {"AWSTemplateFormatVersion", "Parameters", "Conditions", "Resources"}
    others = template["Resources"].keys() - kept["Resources"].keys()
    assert [it for it in others if f"'{it}'" in str(kept["Resources"])] == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [([], 3, "is there (CREATE_COMPLETE)"), (["--config-env", "nowhere"], 2, "no environment")],
)
def test_a_stack_that_is_there_is_left_alone(
    arguments: list[str], code: int, said: str, deployed: Articles
) -> None:
    done = deployed("adopt", "--send", *arguments)
    assert (done.code, said in done.err) == (code, True), done
