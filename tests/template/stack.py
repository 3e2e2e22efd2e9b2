"""The stack as CloudFormation gets it: template.yaml after SAM, with its references in place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]

Resource = dict[str, Any]
FUNCTIONS = [f"{it}Function" for it in ("Ingest", "Bulk", "Publish", "Release", "Reconcile")]


def source(path: str = "template.yaml") -> dict[str, Any]:
    template: dict[str, Any] = yaml_parse((ROOT / path).read_text(encoding="utf-8"))
    return template


def translate(template: dict[str, Any]) -> dict[str, Any]:
    # What `sam deploy` has uploaded by then.
    for properties in (
        template.get("Globals", {}).get("Function", {}),
        *(it["Properties"] for it in template["Resources"].values()),
    ):
        for name in {"CodeUri", "TemplateURL"} & properties.keys():
            properties[name] = "s3://bucket/key" if name == "CodeUri" else "https://bucket/key"
    defaults = {
        name: parameter["Default"]
        for name, parameter in template["Parameters"].items()
        if "Default" in parameter
    }
    session = boto3.Session(region_name="us-east-1")
    translator = Translator({}, Parser(), boto_session=session)
    translated: dict[str, Any] = translator.translate(template, defaults)
    return translated


def target(reference: Any) -> str:
    """Name the resource that a Ref, a GetAtt, or a Sub of an attribute points to."""
    match reference:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text)} if found := re.match(r"\$\{(\w+)\.", text):
            return found[1]
    raise AssertionError(f"not a reference: {reference}")


def references(value: Any) -> Iterator[str]:
    """Yield each name that a part of the template refers to, parameters included."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{(\w+)[.}]", text)
        case dict():
            for part in value.values():
                yield from references(part)
        case list():
            for part in value:
                yield from references(part)


NOTHING = {"Ref": "AWS::NoValue"}


def holds(condition: Any, values: dict[str, str]) -> bool:
    """Evaluate a condition, or an assertion of a rule, as CloudFormation does."""

    def value(operand: Any) -> str:
        return values[operand["Ref"]] if isinstance(operand, dict) else str(operand)

    match condition:
        case {"Fn::Equals": [one, other]}:
            return value(one) == value(other)
        case {"Fn::Not": [negated]}:
            return not holds(negated, values)
        case {"Fn::Or": [*some]}:
            return any(holds(it, values) for it in some)
        case {"Fn::Contains": [texts, one]}:
            return value(one) in texts
    raise AssertionError(f"not a condition: {condition}")


def decided(part: Any, is_true: dict[str, bool]) -> Any:
    """Copy a part of the template with each `Fn::If` in it decided."""
    match part:
        case {"Fn::If": [condition, then, otherwise]}:
            return decided(then if is_true[condition] else otherwise, is_true)
        case dict():
            copied = {name: decided(it, is_true) for name, it in part.items()}
            return {name: it for name, it in copied.items() if it != NOTHING}
        case list():
            return [it for it in (decided(it, is_true) for it in part) if it != NOTHING]
    return part


def is_possible(parameter: dict[str, Any], value: str) -> bool:
    allowed = [str(it) for it in parameter.get("AllowedValues", [value])]
    in_range = "MinValue" not in parameter or int(value) >= parameter["MinValue"]
    return (
        value in allowed
        and in_range
        and bool(re.fullmatch(parameter.get("AllowedPattern", ".*"), value))
    )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Stack:
    template: dict[str, Any]

    @property
    def resources(self) -> dict[str, Resource]:
        resources: dict[str, Resource] = self.template["Resources"]
        return resources

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of every resource of a type, such as `SQS::Queue`."""
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def properties(self, name: str) -> dict[str, Any]:
        properties: dict[str, Any] = self.resources[name]["Properties"]
        return properties

    def mappings(self, source_kind: str) -> dict[str, dict[str, Any]]:
        """Return the event source mappings that read from a type of resource."""
        sources = self.of_type(source_kind)
        return {
            name: mapping
            for name, mapping in self.of_type("Lambda::EventSourceMapping").items()
            if target(mapping["EventSourceArn"]) in sources
        }

    def values(self, given: dict[str, str]) -> dict[str, str]:
        """Return the values of all parameters that have one."""
        parameters = self.template["Parameters"].items()
        defaults = {name: str(it["Default"]) for name, it in parameters if "Default" in it}
        return defaults | given

    def refusals(self, **given: str) -> list[str]:
        """Say why CloudFormation refuses these parameters: what each lacks, or what rules say."""
        parameters, values = self.template["Parameters"], self.values(given)
        missing = [f"Parameters: [{name}] must have values" for name in parameters.keys() - values]
        if missing:
            return missing
        return [
            *(
                parameter.get("ConstraintDescription", name)
                for name, parameter in parameters.items()
                if not is_possible(parameter, values[name])
            ),
            *(
                assertion["AssertDescription"]
                for rule in self.template["Rules"].values()
                if holds(rule["RuleCondition"], values)
                for assertion in rule["Assertions"]
                if not holds(assertion["Assert"], values)
            ),
        ]

    def given(self, **parameters: str) -> "Stack":
        """Return the stack as CloudFormation makes it with these parameters, conditions decided."""
        values = self.values(parameters)
        conditions = self.template["Conditions"].items()
        is_true = {name: holds(condition, values) for name, condition in conditions}
        resources = {
            name: decided(resource, is_true)
            for name, resource in self.resources.items()
            if is_true.get(resource.get("Condition"), True)
        }
        return Stack(self.template | {"Resources": resources})

    def literal(self, value: Any) -> Any:
        """Look a value up in the template's mappings, if it refers to one."""
        if isinstance(value, dict) and "Fn::FindInMap" in value:
            table, row, column = value["Fn::FindInMap"]
            return self.template["Mappings"][table][row][column]
        return value

    def role_statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each statement with its role's name, whether written in the role or beside it."""
        for name, role in self.of_type("IAM::Role").items():
            for policy in role.get("Policies", ()):
                yield from ((name, one) for one in policy["PolicyDocument"]["Statement"])
        for policy in self.of_type("IAM::Policy").values():
            for role in policy["Roles"]:
                yield from ((target(role), one) for one in policy["PolicyDocument"]["Statement"])

    def guards(self, name: str) -> list[dict[str, Any]]:
        """List the statements of the bucket or queue policies attached to a resource."""
        policies = [
            *((p["Bucket"], p) for p in self.of_type("S3::BucketPolicy").values()),
            *((q, p) for p in self.of_type("SQS::QueuePolicy").values() for q in p["Queues"]),
        ]
        return [
            statement
            for attached, policy in policies
            if target(attached) == name
            for statement in policy["PolicyDocument"]["Statement"]
        ]
