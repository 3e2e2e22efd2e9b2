"""The schema registry: a stack inside the stack, where somebody wants it."""

import yaml

from .stack import ROOT, Stack, source


def test_without_its_parameter_there_is_no_registry(stack: Stack) -> None:
    assert stack.resources["Schemas"]["Condition"] == "HasSchemaRegistry"
    assert stack.template["Conditions"]["HasSchemaRegistry"] == {
        "Fn::Equals": [{"Ref": "SchemaRegistry"}, "true"]
    }
    assert stack.template["Parameters"]["SchemaRegistry"]["Default"] == "false"


def test_the_stack_of_the_registry_is_the_generated_one_and_gets_its_parameters() -> None:
    nested = source()["Resources"]["Schemas"]["Properties"]
    text = (ROOT / nested["TemplateURL"]).read_text(encoding="utf-8")

    parameters = yaml.safe_load(text.partition("Parameters:\n")[2].partition("\n\n")[0])
    assert text.startswith("# Generated")
    assert nested["Parameters"].keys() == parameters.keys()
