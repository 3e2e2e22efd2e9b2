"""A stack in moto's CloudFormation, where any client of the endpoint finds it by name."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .template import BUCKET, TABLE, Json, TemplateError, replace_intrinsics

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import QueueConfigurationTypeDef


def create(
    formation: CloudFormationClient,
    name: str,
    created: Json,
    emulated: Json,
    parameters: dict[str, str],
    *,
    is_kept: bool = False,
) -> tuple[dict[str, str], Json]:
    """Create what `template.read` gave; return the outputs, and what is emulated, resolved.

    CloudFormation resolves the intrinsics: each is an output for a moment. With `is_kept` the stack
    is there, and its data stays. Raises TemplateError, also where a change would lose some of it.
    """
    temporary: Json = {}
    replace_intrinsics(emulated, lambda it: temporary.update({_output(it): {"Value": it}}))
    given: list[ParameterTypeDef] = [
        {"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()
    ]
    resolving = json.dumps({**created, "Outputs": created["Outputs"] | temporary})
    deploy = formation.update_stack if is_kept else formation.create_stack
    try:
        if is_kept:
            _check_kept(formation, name, created)
        deploy(StackName=name, TemplateBody=resolving, Parameters=given)
        values = _outputs(formation, name)
        formation.update_stack(StackName=name, TemplateBody=json.dumps(created), Parameters=given)
    except ClientError as error:
        raise TemplateError(f"The stack {name} cannot be created here: {error}") from error
    outputs = {key: value for key, value in values.items() if key not in temporary}
    return outputs, replace_intrinsics(emulated, lambda it: values[_output(it)])


def _check_kept(formation: CloudFormationClient, name: str, created: Json) -> None:
    """Refuse other resources than those that are kept; more of them are welcome."""
    there = formation.get_template(StackName=name)["TemplateBody"]
    before, after = (json.loads(json.dumps(it))["Resources"] for it in (there, created))
    if changed := sorted(it for it in before if before[it] != after.get(it)):
        raise TemplateError(
            f"The template of the stack {name} has changed {', '.join(changed)} since its state "
            "was kept. Run the version of before, or move the folder away and upload again."
        )


def _outputs(formation: CloudFormationClient, name: str) -> dict[str, str]:
    stack = formation.describe_stacks(StackName=name)["Stacks"][0]
    return {it["OutputKey"]: it["OutputValue"] for it in stack.get("Outputs", [])}


def complete_tables(dynamodb: DynamoDBClient, emulated: Json) -> None:
    """Set what moto's CloudFormation ignores in a table: its TTL."""
    for table in emulated[TABLE].values():
        if specification := table.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(
                TableName=table["TableName"], TimeToLiveSpecification=specification
            )


def complete_buckets(s3: S3Client, emulated: Json) -> None:
    """Set what moto's CloudFormation ignores in a bucket: versioning and notifications."""
    for bucket in emulated[BUCKET].values():
        if versioning := bucket.get("VersioningConfiguration"):
            s3.put_bucket_versioning(
                Bucket=bucket["BucketName"], VersioningConfiguration=versioning
            )
        if notified := bucket.get("NotificationConfiguration"):
            queues: list[QueueConfigurationTypeDef] = [
                {
                    "QueueArn": it["Queue"],
                    "Events": [it["Event"]],
                    "Filter": {"Key": {"FilterRules": it["Filter"]["S3Key"]["Rules"]}},
                }
                for it in notified["QueueConfigurations"]
            ]
            s3.put_bucket_notification_configuration(
                Bucket=bucket["BucketName"],
                NotificationConfiguration={"QueueConfigurations": queues},
            )


def _output(intrinsic: Json) -> str:
    """Name an output after the intrinsic whose value it has; only [A-Za-z0-9] is allowed."""
    return "Local" + hashlib.sha256(json.dumps(intrinsic).encode()).hexdigest()[:16]
