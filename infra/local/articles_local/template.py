"""template.yaml in two halves: what CloudFormation creates here, and what this package emulates."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

Json = dict[str, Any]

FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
SCHEDULE = "AWS::Events::Rule"
BUCKET = "AWS::S3::Bucket"
TABLE = "AWS::DynamoDB::Table"

# Resources that hold data. Others run code, which the pumps emulate, or are for permissions and
# monitoring, which are left out.
CREATED = {BUCKET, TABLE, "AWS::Events::EventBus", "AWS::Events::Archive", "AWS::SQS::Queue"}

# The emulated properties. Those of buckets and tables are what moto's CloudFormation ignores.
EMULATED = {
    FUNCTION: {"FunctionName", "Handler", "Timeout", "MemorySize", "Environment"},
    MAPPING: {"EventSourceArn", "BatchSize", "FilterCriteria", "FunctionResponseTypes"},
    SCHEDULE: {"ScheduleExpression", "State"},
    BUCKET: {"BucketName", "VersioningConfiguration", "NotificationConfiguration"},
    TABLE: {"TableName", "TimeToLiveSpecification"},
}


def read(path: Path, parameters: dict[str, str], region: str) -> tuple[Json, Json]:
    """Translate the template at `path`: the CloudFormation template to create, what to emulate.

    The latter is `{type: {logical name: properties}}`; mappings and schedules also have the logical
    name of the `Function` they call. Intrinsics are as in the template.
    """
    template = yaml_parse(path.read_text("utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://local/functions"  # a path is refused
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    translated = translator.translate(template, parameters)
    translator.metrics.publish()  # goes nowhere; without it, a warning is printed on stderr
    resources = translated["Resources"]
    created = {name: _free(it) for name, it in resources.items() if it["Type"] in CREATED}
    return {**translated, "Resources": created}, _emulated(resources)


def replace_intrinsics(node: Any, value_of: Callable[[Json], Any]) -> Any:  # noqa: ANN401 - any JSON
    """Copy `node` with `value_of(intrinsic)` for each `{"Ref": …}` and `{"Fn::…": …}` in it."""
    if isinstance(node, list):
        return [replace_intrinsics(item, value_of) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and re.fullmatch(r"Ref|Fn::\w+", next(iter(node))):
        return value_of(node)
    return {key: replace_intrinsics(value, value_of) for key, value in node.items()}


def _free(resource: Json) -> Json:
    """Remove dependencies: on policies, which are not created."""
    return {key: value for key, value in resource.items() if key != "DependsOn"}


def _emulated(resources: Json) -> Json:
    functions = {name for name, it in resources.items() if it["Type"] == FUNCTION}
    emulated: Json = {kind: {} for kind in EMULATED}
    for name, resource in resources.items():
        if resource["Type"] in EMULATED:
            properties = resource["Properties"]
            kept = {key: properties[key] for key in properties.keys() & EMULATED[resource["Type"]]}
            for called in functions.intersection(re.findall(r"\w+", json.dumps(properties))):
                kept["Function"] = called
            emulated[resource["Type"]][name] = kept
    return emulated
