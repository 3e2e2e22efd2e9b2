"""A stack in moto's CloudFormation, where any client of the endpoint finds it by name."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .template import BUCKET, TABLE, Json, TemplateError, replace_intrinsics

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import QueueConfigurationTypeDef


def create(
    formation: CloudFormationClient,
    name: str,
    created: Json,
    emulated: Json,
    parameters: dict[str, str],
) -> tuple[dict[str, str], Json]:
    """Create what `template.read` gave; return the outputs, and what is emulated, resolved.

    CloudFormation resolves the intrinsics: each becomes a temporary output. Raises TemplateError.
    """
    temporary: Json = {}
    replace_intrinsics(emulated, lambda it: temporary.update({_output(it): {"Value": it}}))
    try:
        formation.create_stack(
            StackName=name,
            TemplateBody=json.dumps({**created, "Outputs": created["Outputs"] | temporary}),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        )
    except ClientError as error:
        raise TemplateError(f"The stack {name} cannot be created here: {error}") from error
    stack = formation.describe_stacks(StackName=name)["Stacks"][0]
    values = {it["OutputKey"]: it["OutputValue"] for it in stack.get("Outputs", [])}
    outputs = {key: value for key, value in values.items() if key not in temporary}
    return outputs, replace_intrinsics(emulated, lambda it: values[_output(it)])


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
