"""`adopt`: what of the template outlives a stack. tests/e2e/test_undeployed.py makes it again."""

from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from articles_cli import options
from articles_cli.commands.adopt import NAMES, retained
from articles_cli.samconfig import SamconfigError, environment

from .conftest import ROOT

Json = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Json:
    return dict(yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8")))


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


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_stack_is_that_of_sam(stage: str) -> None:
    _, name, _ = configured = environment(stage)
    parameters = configured.parameters

    assert (name, parameters["Stage"]) == (f"articles-{stage}", stage)
    assert parameters["DeletionProtection"] == str(stage == "prod").lower()


@pytest.mark.parametrize(
    ("overrides", "found"),
    [
        ("\"Stage=prod A='b c'\"", {"Stage": "prod", "A": "b c"}),
        ('["Stage=prod", "A=b=c"]', {"Stage": "prod", "A": "b=c"}),
        ('"ParameterKey=Stage,ParameterValue=prod A=b"', {"Stage": "prod", "A": "b"}),
        ('"file://prod.yaml"', "cannot read"),
        ("{Stage = 'prod'}", "cannot read"),
        (None, "with a stack_name"),
    ],
)
def test_samconfig_is_read_as_sam_reads_it_or_refused(
    overrides: str | None, found: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'stack_name = "x"\nparameter_overrides = {overrides}\n' if overrides else ""
    (tmp_path / "samconfig.toml").write_text(f"[prod.deploy.parameters]\n{text}")
    monkeypatch.setattr(options, "ROOT", tmp_path)

    if isinstance(found, str):
        with pytest.raises(SamconfigError, match=found):
            _ = environment("prod").parameters
    else:
        assert environment("prod").parameters == found
