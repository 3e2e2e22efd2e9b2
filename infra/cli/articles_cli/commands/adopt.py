"""`articles adopt`: a new stack takes over the tables and buckets that a deleted one has left."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import boto3
import typer
from botocore.exceptions import ClientError, WaiterError

from articles_cli import options, samconfig
from articles_cli.replays import sending
from articles_cli.samconfig import SamconfigError
from articles_cli.stack import deployment
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE
from articles_cli.terminal.output import Output, fail, stderr, tell

RETAINED = {"Retain", "RetainExceptOnCreate"}
# The property that names a resource of a type that is retained.
NAMES = {"AWS::S3::Bucket": "BucketName", "AWS::DynamoDB::Table": "TableName"}
PATIENCE = {"Delay": 2, "MaxAttempts": 300}  # seconds between looks, and how many
STAYS = "CloudFormation adopts nothing into a stack that has resources."

Json = dict[str, Any]


class Left(NamedTuple):
    """A resource that outlives its stack."""

    logical_id: str
    type: str
    name: str

    @property
    def identifier(self) -> dict[str, str]:
        return {NAMES[self.type]: self.name}


def adopt(
    *,
    environment: Annotated[
        str,
        typer.Option(
            "--config-env", metavar="NAME", help="Environment of samconfig.toml, as for sam."
        ),
    ] = "default",
    send: Annotated[
        bool, typer.Option("--send", help="Make the stack; without it, only look.")
    ] = False,
    as_json: options.Json = None,
) -> None:
    """Example: `articles adopt`.

    Make a deleted stack again, around the tables and buckets that it has left. As they are there,
    `sam deploy` alone would fail. Afterwards it adds everything else to the stack.
    """
    out = Output(as_json=as_json)
    if not options.IS_CHECKOUT:
        fail(f"It goes by samconfig.toml and template.yaml: {options.IN_A_CHECKOUT}", WRONG_USAGE)
    try:
        configured = samconfig.environment(environment)
        name, parameters = configured.stack, configured.parameters
    except SamconfigError as error:
        fail(str(error), WRONG_USAGE)
    cloudformation = boto3.client("cloudformation")
    if status := _status(cloudformation, name):
        fail(f"The stack {name} is there ({status}): `sam delete` it first. {STAYS}", FAILED)
    template = _template()
    found = list(_left(template, parameters))
    for it in found:
        out.line(type="left", logical_id=it.logical_id, name=it.name)
    out.table(("", "what is left"), [(it.logical_id, it.name) for it in found])
    if not found:
        fail(f"Nothing is left of {name}: `sam deploy` is enough.", FAILED)
    if not send:
        out.text(f"Nothing was changed; --send makes the stack {name} of it.")
        return
    tell(f"Stack {name} (stage {parameters.get('Stage')}) {deployment.place(cloudformation)}")
    with stderr.status("Importing …"):
        _adopt(cloudformation, name, template, parameters, found)
    out.line(type="adopted", stack=name, resources=len(found))
    out.text(f"{name} has adopted {len(found)} resources; now `sam deploy` adds the others.")


def retained(template: Json) -> Json:
    """Reduce a template to what outlives a stack, without what refers to anything else."""
    resources = template["Resources"]
    kept = {name for name, it in resources.items() if it.get("DeletionPolicy") in RETAINED}
    others = resources.keys() - kept
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": template["Parameters"],
        "Conditions": template["Conditions"],
        "Resources": {
            name: {
                **{it: resources[name][it] for it in ("Type", "DeletionPolicy")},
                "UpdateReplacePolicy": resources[name]["UpdateReplacePolicy"],
                "Properties": {
                    key: value
                    for key, value in resources[name]["Properties"].items()
                    if not others & set(_referred(value))
                },
            }
            for name in resources
            if name in kept
        },
    }


def _referred(value: object) -> Iterator[str]:
    """Name what Ref and Fn::GetAtt in a value refer to."""
    if isinstance(value, Mapping):
        if "Ref" in value:
            yield value["Ref"]
        if found := value.get("Fn::GetAtt"):
            yield found[0] if isinstance(found, list) else found.partition(".")[0]
        for it in value.values():
            yield from _referred(it)
    elif isinstance(value, list):
        for it in value:
            yield from _referred(it)


def _status(cloudformation: Any, name: str) -> str | None:  # noqa: ANN401 - a client of boto3
    """Return the status of a stack; None if there is none, or only a change set for one."""
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
    return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack["StackStatus"]


def _template() -> Json:
    # Imported on use: most commands do without SAM.
    from samtranslator.yaml_helper import yaml_parse

    return retained(yaml_parse(options.TEMPLATE.read_text(encoding="utf-8")))


def _left(template: Json, parameters: Mapping[str, str]) -> Iterator[Left]:
    """Find what is there of the resources of a template."""
    defaults = {name: str(it.get("Default", "")) for name, it in template["Parameters"].items()}
    words = {
        **defaults,
        **parameters,
        "AWS::AccountId": boto3.client("sts").get_caller_identity()["Account"],
        "AWS::Region": boto3.client("s3").meta.region_name,
    }
    s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
    buckets = {it["Name"] for it in s3.list_buckets()["Buckets"]}
    tables = {
        name
        for page in dynamodb.get_paginator("list_tables").paginate()
        for name in page["TableNames"]
    }
    for logical_id, it in template["Resources"].items():
        name = it["Properties"][NAMES[it["Type"]]]["Fn::Sub"]
        for word, value in words.items():
            name = name.replace(f"${{{word}}}", value)
        if name in buckets | tables:
            yield Left(logical_id, it["Type"], name)


def _adopt(
    cloudformation: Any,  # noqa: ANN401
    name: str,
    template: Json,
    parameters: Mapping[str, str],
    found: list[Left],
) -> None:
    left = {it.logical_id for it in found}
    resources = {key: it for key, it in template["Resources"].items() if key in left}
    # Another name each time: a change set that failed keeps its own.
    named = {"StackName": name, "ChangeSetName": f"adopt-{sending.new_run()}"}
    cloudformation.create_change_set(
        **named,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template | {"Resources": resources}),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters.items()
            if key in template["Parameters"]
        ],
        ResourcesToImport=[
            {
                "ResourceType": it.type,
                "LogicalResourceId": it.logical_id,
                "ResourceIdentifier": it.identifier,
            }
            for it in found
        ],
    )
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**named, WaiterConfig=PATIENCE)
    except WaiterError as error:
        reason = cloudformation.describe_change_set(**named).get("StatusReason", error)
        fail(f"CloudFormation cannot import them: {reason}", FAILED)
    cloudformation.execute_change_set(**named)
    cloudformation.get_waiter("stack_import_complete").wait(StackName=name, WaiterConfig=PATIENCE)
