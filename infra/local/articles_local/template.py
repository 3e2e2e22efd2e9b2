"""A template in two halves: what CloudFormation creates here, and what this package emulates."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import yaml
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import intrinsics_multi_constructor

Json = dict[str, Any]

FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
RULE = "AWS::Events::Rule"
BUCKET = "AWS::S3::Bucket"
TABLE = "AWS::DynamoDB::Table"

# Resources that hold data; with them, the rules that send events to one. Others run code, which the
# pumps emulate, or are for permissions and monitoring, which are left out.
CREATED = {BUCKET, TABLE, "AWS::Events::EventBus", "AWS::Events::Archive", "AWS::SQS::Queue"}

# The emulated properties. Those of buckets and tables are what moto's CloudFormation ignores.
EMULATED = {
    FUNCTION: {"FunctionName", "Handler", "Timeout", "MemorySize", "Environment"},
    MAPPING: {"EventSourceArn", "BatchSize", "Enabled", "FilterCriteria", "FunctionResponseTypes"},
    RULE: {"ScheduleExpression", "State"},
    BUCKET: {"BucketName", "VersioningConfiguration", "NotificationConfiguration"},
    TABLE: {"TableName", "TimeToLiveSpecification"},
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML as SAM does, but by libyaml where it is: ten times as fast."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


class TemplateError(Exception):
    """A template that is wrong, or asks for what is not emulated."""


def read(path: Path, parameters: dict[str, str], region: str) -> tuple[Json, Json]:
    """Translate the template at `path`: the CloudFormation template to create, what to emulate.

    The latter is `{type: {logical name: properties}}`; mappings and schedules also have the logical
    name of the `Function` they call, and functions the `Folder` of their code. Intrinsics are as in
    the template. Outputs of what is not created are left out. Raises TemplateError.
    """
    try:
        template = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - it is a safe one
        folders = _folders(template, path.parent)
        translated = _translated(template, parameters, region)
    except (yaml.YAMLError, InvalidDocumentException, AttributeError, LookupError) as error:
        raise TemplateError(f"{path} is no template that SAM can read: {error}") from error
    resources = translated["Resources"]
    created = {name: _free(it) for name, it in resources.items() if _is_created(it)}
    others = resources.keys() - created.keys()
    outputs = translated.get("Outputs", {}).items()
    told = {name: it for name, it in outputs if not others & _names(it["Value"])}
    emulated = _emulated(resources)
    for name, folder in folders.items():
        emulated[FUNCTION][name]["Folder"] = str(folder)
    for name in created.keys() & {it for it in emulated[RULE] if "Function" in emulated[RULE][it]}:
        raise TemplateError(f"{path}: {name} sends events to a function; here, only to a queue.")
    return {**translated, "Resources": created, "Outputs": told}, emulated


def _folders(template: Json, beside: Path) -> dict[str, Path]:
    """Return where the code of each function is, and have SAM look for none: a path is refused."""
    code = template.get("Globals", {}).get("Function", {}).get("CodeUri", ".")
    folders = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            folders[name] = beside / resource["Properties"].get("CodeUri", code)
            resource["Properties"]["CodeUri"] = "s3://local/functions"
    return folders


def _translated(template: Json, parameters: dict[str, str], region: str) -> Json:
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        translated: Json = translator.translate(template, parameters)
    finally:
        translator.metrics.publish()  # goes nowhere; without it, a warning is printed on stderr
    return translated


def replace_intrinsics(node: Any, value_of: Callable[[Json], Any]) -> Any:  # noqa: ANN401 - any JSON
    """Copy `node` with `value_of(intrinsic)` for each `{"Ref": …}` and `{"Fn::…": …}` in it."""
    if isinstance(node, list):
        return [replace_intrinsics(item, value_of) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and re.fullmatch(r"Ref|Fn::\w+", next(iter(node))):
        return value_of(node)
    return {key: replace_intrinsics(value, value_of) for key, value in node.items()}


def _is_created(resource: Json) -> bool:
    is_rule = resource["Type"] == RULE and "EventPattern" in resource["Properties"]
    return is_rule or resource["Type"] in CREATED


def _free(resource: Json) -> Json:
    """Remove dependencies: on policies, and of the targets of a rule on roles."""
    free = {key: value for key, value in resource.items() if key != "DependsOn"}
    if targets := resource.get("Properties", {}).get("Targets"):
        targets = [{key: it[key] for key in it if key != "RoleArn"} for it in targets]
        free["Properties"] = free["Properties"] | {"Targets": targets}
    return free


def _names(node: Any) -> set[str]:  # noqa: ANN401 - any JSON
    """Return all words of a part of a template, the names of other resources among them."""
    return set(re.findall(r"\w+", json.dumps(node)))


def _emulated(resources: Json) -> Json:
    functions = {name for name, it in resources.items() if it["Type"] == FUNCTION}
    emulated: Json = {kind: {} for kind in EMULATED}
    for name, resource in resources.items():
        if resource["Type"] in EMULATED:
            properties = resource["Properties"]
            kept = {key: properties[key] for key in properties.keys() & EMULATED[resource["Type"]]}
            for called in functions & _names(properties):
                kept["Function"] = called
            emulated[resource["Type"]][name] = kept
    return emulated
