"""The roles of a pipeline: what CloudFormation needs for the stack of a stage, and nothing else.

What it needs is said by the handlers of AWS's resource types, whose schemas cfn-lint brings along.
"""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from tests.aws.iam import Grant, Request, allows, arn, of_the_key, superfluous
from tests.aws.records import ACCOUNT, REGION
from tests.aws.roles import Names, Roles

from .stack import Stack, listed, source, target

FEATURES = {
    "Stage": "dev",
    "KeepEventsDays": "30",
    "ReplayMachine": "true",
    "SchemaRegistry": "true",
}
KEY = arn("kms", "key/1")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
GIVEN = {
    "Stage": "dev",
    "Repository": "example/articles",
    "Environment": "dev",
    "PlanEnvironment": "dev-plan",
    "TryFeed": "example",
    "ArtifactBucket": "artifacts",
    "KmsKeyArn": KEY,
    "BoundaryArn": BOUNDARY,
}
MOST_CHARACTERS = 10_240  # of all inline policies of a role, white space apart

# What handlers ask for where a resource has something that ours have not.
NOT_NEEDED = {
    "no function is in a VPC": "ec2:*",
    "none has a file system": "elasticfilesystem:* s3files:*",
    "none runs on instances of its own": "lambda:PassCapacityProvider",
    "none has layers, versions, signed code or concurrency of its own": (
        "lambda:GetLayerVersion lambda:PublishVersion lambda:*CodeSigningConfig"
        " lambda:*FunctionConcurrency lambda:PutFunction*Config lambda:PutRuntimeManagementConfig"
    ),
    "no bucket has metadata tables": (
        "s3tables:* s3:*MetadataTableConfiguration s3:UpdateBucketMetadata*"
    ),
    "CloudFormation has no business with objects": "s3:DeleteObject s3:PutObjectAcl",
    "nothing is opened by an access list": "s3:PutBucketAcl",
    "nothing is copied to another bucket": "s3:PutReplicationConfiguration",
    "no bucket is a website, or is read by browsers": "s3:*BucketWebsite s3:PutBucketCORS",
    "none has any of these": (
        "s3:PutAccelerateConfiguration s3:PutAnalyticsConfiguration s3:PutInventoryConfiguration"
        " s3:PutIntelligentTieringConfiguration s3:PutMetricsConfiguration s3:PutBucketAbac"
        " s3:PutBucketObjectLockConfiguration"
    ),
    "no table streams to Kinesis": (
        "kinesis:* dynamodb:*ableKinesisStreamingDestination"
        " dynamodb:UpdateKinesisStreamingDestination"
    ),
    "no table has insights, or a policy of its own": (
        "dynamodb:UpdateContributorInsights dynamodb:PutResourcePolicy"
        " dynamodb:DeleteResourcePolicy"
    ),
    "only for replicas, which there are not: the deployer reads and writes no article": (
        "dynamodb:*Item dynamodb:Query dynamodb:Scan dynamodb:*Replica iam:CreateServiceLinkedRole"
    ),
    "no table is made from files": (
        "dynamodb:ImportTable dynamodb:DescribeImport logs:*LogStream* logs:PutLogEvents"
    ),
    "no log is delivered anywhere": "firehose:* logs:CreateLogDelivery",
    "it would hold for all logs of the account": (
        "logs:PutResourcePolicy logs:DeleteResourcePolicy"
    ),
    "no log has an index, or bearer tokens; nothing in it is masked, or protected": (
        "logs:PutIndexPolicy logs:DeleteIndexPolicy logs:PutBearerTokenAuthentication"
        " logs:PutDataProtectionPolicy logs:DeleteDataProtectionPolicy"
        " logs:PutLogGroupDeletionProtection"
    ),
    "the bus takes events of this account only": "events:PutPermission events:RemovePermission",
    "policies are attached to roles only": "iam:*UserPolicy iam:*GroupPolicy",
    "no role has a managed policy, AdministratorAccess for instance": (
        "iam:AttachRolePolicy iam:DetachRolePolicy"
    ),
    "what bounds a role stays": "iam:DeleteRolePermissionsBoundary",
    "the nested stack has neither": (
        "cloudformation:SetStackPolicy cloudformation:UpdateTerminationProtection"
    ),
    "the key is given by its ARN": "kms:ListAliases",
}
LEFT_OUT = " ".join(NOT_NEEDED.values()).split()
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{{}}"
NAMED_BY_CLOUDFORMATION = {
    "CloudFormation::Stack": arn("cloudformation", "stack/{}/1"),
    "CloudWatch::Alarm": arn("cloudwatch", "alarm:{}"),
    "Events::Rule": arn("events", "rule/{}"),
    "IAM::Policy": ROLE,  # in the place of its roles, which are named the same way
    "IAM::Role": ROLE,
    "Lambda::EventSourceMapping": arn("lambda", "event-source-mapping:1"),
}
ATTACHED_BY = {
    "Lambda::Permission": "FunctionName",
    "S3::BucketPolicy": "Bucket",
    "SQS::QueuePolicy": "Queues",
}
# The resources that take roles, and the services that these are passed to.
SERVICES = {"Lambda::Function": "lambda", "StepFunctions::StateMachine": "states"}
# Of a log group without its streams: AWS documents it of the ARN that LogGroup calls LogGroupArn.
TAGGING = {"logs:ListTagsForResource", "logs:TagResource", "logs:UntagResource"}
DOCUMENTED = json.loads(
    (files("cfnlint.data.AdditionalSpecs") / "Policies.json").read_text(encoding="utf-8")
)


def handlers(kind: str) -> set[str]:
    """Give what a resource type's handlers ask for, from its creation to its deletion."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    asking = [handler for name, handler in schema["handlers"].items() if name != "list"]
    asking.append(schema.get("tagging") or {})
    return {action for it in asking for action in it.get("permissions", ())}


def is_needed(action: str) -> bool:
    is_left_out = any(fnmatchcase(action, pattern) for pattern in LEFT_OUT)
    return documented(action) is not None and not is_left_out


def documented(action: str) -> dict[str, Any] | None:
    """Say what AWS documents of an action; some schemas name actions that there are not."""
    service, _, name = action.partition(":")
    found: dict[str, Any] | None = DOCUMENTED[service]["Actions"].get(name.lower())
    return found


def resources(names: Names, name: str) -> list[str]:
    """Give the ARN of a resource, or of those that it is attached to."""
    resource = names.stack.resources[name]
    kind, properties = resource["Type"].removeprefix("AWS::"), resource["Properties"]
    if kind in NAMED_BY_CLOUDFORMATION:
        return [NAMED_BY_CLOUDFORMATION[kind].format(f"articles-dev-{name}-1A2B3C")]
    if kind in ATTACHED_BY:
        return [names.arn(target(it)) for it in listed(properties[ATTACHED_BY[kind]])]
    if kind == "EventSchemas::Schema":
        return [arn("schemas", f"schema/articles-dev/{properties['SchemaName']}")]
    return [names.arn(name)]


def asked(stack: Stack) -> Iterator[Request]:
    """Name what CloudFormation asks for to create, update, read and delete a stack."""
    names = Names(stack, FEATURES)
    for name, resource in stack.resources.items():
        kind = resource["Type"].removeprefix("AWS::")
        for action in filter(is_needed, handlers(resource["Type"])):
            for it in resources(names, name):
                yield from requests(kind, action, it)
            if action == "events:CreateArchive":  # the bus is asked, too
                yield Request(action, names.resolved(resource["Properties"]["SourceArn"]))


def requests(kind: str, action: str, resource: str) -> Iterator[Request]:
    service = action.partition(":")[0]
    if action == "iam:PassRole":
        if kind in SERVICES:  # no other resource of ours has a role
            context = {"iam:PassedToService": [f"{SERVICES[kind]}.amazonaws.com"]}
            yield Request(action, f"arn:aws:iam::{ACCOUNT}:role/articles-dev-A-1", context)
    elif service == "kms":
        yield Request(action, KEY)
    elif action in {"s3:GetObject", "s3:GetObjectVersion"}:
        if kind in SERVICES:  # their code or definition
            yield Request(action, "arn:aws:s3:::artifacts/articles-dev/0123")
    elif service == resource.split(":")[2]:
        context = {
            "iam:PermissionsBoundary": [BOUNDARY],
            "lambda:FunctionArn": [arn("lambda", "function:articles-ingest-dev")],
        }
        takes_resources = "Resources" in (documented(action) or {})
        resource = resource.removesuffix(":*") if action in TAGGING else resource
        yield Request(action, resource if takes_resources else "*", context)


@pytest.fixture(scope="module")
def roles() -> Stack:
    return Stack(source("infra/policies/deployer.yaml"))


def allowed(roles: Stack, role: str, **parameters: str) -> list[Grant]:
    values = roles.values(GIVEN | parameters)
    return Roles(Names(roles.given(**values), values)).allowed(role)


@pytest.fixture(scope="module")
def needed(stack: Stack) -> list[Request]:
    template = stack.given(**FEATURES)
    registry = Stack(source("infra/events/registry.yaml"))
    return [*asked(template), *asked(registry)]


def test_cloudformation_may_do_what_the_resources_of_the_stack_need_and_nothing_else(
    roles: Stack, needed: list[Request]
) -> None:
    execution = allowed(roles, "ExecutionRole")
    assert sorted({it[:2] for it in needed if not allows(execution, it)}) == []
    assert superfluous(execution, needed) == []
    assert "*" not in "".join(it.action for it in execution)


def test_what_is_left_out_is_what_some_handler_asks_for(stack: Stack) -> None:
    every = {action for it in stack.resources.values() for action in handlers(it["Type"])}
    assert [it for it in LEFT_OUT if not any(fnmatchcase(one, it) for one in every)] == []


@pytest.mark.parametrize("role", ["ExecutionRole", "PipelineRole", "PlanRole"])
def test_no_other_stage_is_touched(roles: Stack, needed: list[Request], role: str) -> None:
    asked = [*needed, *deploys(), *deploys("plans/articles-dev"), *executes()]
    foreign = [it._replace(arn=it.arn.replace("dev", "prod")) for it in asked if "dev" in it.arn]
    grants = allowed(roles, role)
    assert foreign
    assert sorted({it[:2] for it in foreign if allows(grants, it)}) == []


def test_a_mapping_is_of_a_function_of_the_stage(roles: Stack) -> None:
    other = {"lambda:FunctionArn": [arn("lambda", "function:payroll")]}
    execution = allowed(roles, "ExecutionRole")
    assert not allows(execution, Request("lambda:CreateEventSourceMapping", "*", other))


def test_with_a_boundary_no_role_is_made_without_it(roles: Stack) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/articles-dev-A-1"
    for action in ("CreateRole", "PutRolePolicy"):
        request = Request(f"iam:{action}", role)
        assert not allows(allowed(roles, "ExecutionRole"), request)
        assert allows(allowed(roles, "ExecutionRole", BoundaryArn=""), request)


def test_without_a_key_none_is_used(roles: Stack) -> None:
    execution = allowed(roles, "ExecutionRole", KmsKeyArn="")
    assert [it for it in execution if it.action.startswith("kms:")] == []


def test_what_may_be_a_stage_is_what_the_stack_takes(roles: Stack) -> None:
    stage = roles.template["Parameters"]["Stage"]["AllowedPattern"]
    assert stage == source()["Parameters"]["Stage"]["AllowedPattern"]


def test_the_policy_is_not_too_long(roles: Stack) -> None:
    values = roles.values(GIVEN)
    policies = roles.given(**values).properties("ExecutionRole")["Policies"]
    written = Names(roles, values).resolved(policies)
    assert len(json.dumps(written, separators=(",", ":"))) < MOST_CHARACTERS


# ── The pipeline itself ──────────────────────────────────────────────────────────────────────────

STACK = arn("cloudformation", "stack/articles-dev/1")
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/article-ingest-execution-dev"


def deploys(prefix: str = "articles-dev") -> list[Request]:
    """Name what `sam deploy --role-arn` asks for; tests/e2e/test_pipeline.py holds it to SAM."""
    by = {"cloudformation:RoleArn": [EXECUTION]}
    to = {"iam:PassedToService": ["cloudformation.amazonaws.com"]}
    bucket, managed = "arn:aws:s3:::artifacts", "stack/aws-sam-cli-managed-default/1"
    sam = f"arn:aws:cloudformation:{REGION}:aws:transform/Serverless-2016-10-31"
    return [
        Request("cloudformation:DescribeStacks", arn("cloudformation", managed)),
        Request("s3:ListBucket", bucket),
        Request("s3:GetObject", f"{bucket}/{prefix}/0123"),
        Request("s3:PutObject", f"{bucket}/{prefix}/0123"),
        Request("cloudformation:GetTemplateSummary", STACK),
        Request("cloudformation:DescribeStacks", STACK),
        Request("cloudformation:CreateChangeSet", STACK, by),
        Request("cloudformation:CreateChangeSet", sam, by),
        Request("iam:PassRole", EXECUTION, to),
        Request("cloudformation:DescribeChangeSet", STACK),
        Request("cloudformation:ExecuteChangeSet", STACK),
        Request("cloudformation:DescribeStackEvents", STACK),
    ]


def executes() -> list[Request]:
    """Name what only the job that deploys may do: the change that was shown, and a trial of it."""
    key = "incoming/example/02-article.json"
    receipts = arn("dynamodb", "table/articles-receipts-dev")
    return [
        Request("cloudformation:ExecuteChangeSet", STACK),
        Request("cloudformation:GetTemplate", STACK),
        Request("s3:PutObject", f"arn:aws:s3:::articles-inbox-dev-{ACCOUNT}-{REGION}/{key}"),
        Request("dynamodb:GetItem", receipts, {"dynamodb:LeadingKeys": [key]}),
    ]


def test_the_pipeline_may_deploy_the_stack_and_nothing_else(roles: Stack) -> None:
    pipeline, asked = allowed(roles, "PipelineRole"), [*deploys(), *executes()]
    asked += of_the_key(executes(), KEY)
    assert [it for it in asked if not allows(pipeline, it)] == []
    assert superfluous(pipeline, asked) == []


def test_who_only_plans_executes_nothing(roles: Stack) -> None:
    plan, asked = allowed(roles, "PlanRole"), deploys("plans/articles-dev")
    assert [it for it in asked if not allows(plan, it)] == executes()[:1]
    assert [it for it in executes() if allows(plan, it)] == []


def test_what_only_a_plan_may_write_is_never_executed(roles: Stack) -> None:
    grants = {name: allowed(roles, name) for name in roles.of_type("IAM::Role")}

    def who_may(action: str, prefix: str) -> list[str]:
        code = Request(f"s3:{action}Object", f"arn:aws:s3:::artifacts/{prefix}/0123")
        return sorted(name for name, it in grants.items() if allows(it, code))

    assert who_may("Get", "articles-dev") == ["ExecutionRole", "PipelineRole"]
    assert who_may("Put", "articles-dev") == ["PipelineRole"]
    assert who_may("Get", "plans/articles-dev") == who_may("Put", "plans/articles-dev")
    assert who_may("Get", "plans/articles-dev") == ["PlanRole"]


def test_the_pipeline_deploys_only_in_the_role_for_it(roles: Stack) -> None:
    pipeline = allowed(roles, "PipelineRole")
    in_another = {"cloudformation:RoleArn": [f"arn:aws:iam::{ACCOUNT}:role/admin"]}
    for context in (in_another, {}):
        assert not allows(pipeline, Request("cloudformation:CreateChangeSet", STACK, context))
    assert not allows(pipeline, Request("iam:PassRole", EXECUTION))


@pytest.mark.parametrize(
    ("role", "environment"), [("PipelineRole", "dev"), ("PlanRole", "dev-plan")]
)
def test_aws_trusts_one_environment_of_one_repository(
    roles: Stack, role: str, environment: str
) -> None:
    trust = roles.properties(role)["AssumeRolePolicyDocument"]
    [statement] = Names(roles, GIVEN).resolved(trust)["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}
    job = f"repo:example/articles:environment:{environment}"
    told = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": job}
    assert statement["Condition"] == {"StringEquals": told}
