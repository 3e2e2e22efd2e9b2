"""The way to production with the real SAM CLI, as docs/deploy.md and the pipeline go it.

What is lost on it is refused beforehand, and what comes out of it is protected.

MiniStack judges parameters by their rules, as CloudFormation does, by code that nobody here wrote.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.template.stack import source
from tests.template.test_deployer import EXECUTION
from tests.template.test_parameters import GIVEN, TOPIC, UNWATCHED
from tests.template.test_pipeline import runs

from .deployment import drop_metric_math
from .ministack import running
from .tools import ROOT, Ended, attempt, copied, install, sam_environment

pytestmark = pytest.mark.e2e

STACK = "articles-prod"
LOGS = "access-logs"
Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def aws(folder: Path) -> Iterator[dict[str, str]]:
    """Run MiniStack; give the environment of its clients."""
    with running(install("ministack") / "ministack", folder) as server:
        yield server.environment


@pytest.fixture(scope="module")
def client(aws: dict[str, str]) -> Callable[[Any], Any]:
    session = boto3.Session("test", "test", region_name=aws["AWS_DEFAULT_REGION"])
    return lambda name: session.client(name, endpoint_url=aws["AWS_ENDPOINT_URL"])


@pytest.fixture(scope="module")
def run(aws: dict[str, str], folder: Path) -> Run:
    """Give what runs programs in a copy of the repository that nobody has built."""
    copied(folder, "functions", "template.yaml", "samconfig.toml", "infra/events/registry.yaml")
    drop_metric_math(folder / "template.yaml")
    env = aws | sam_environment(folder, install("sam"), install("aws"))

    def run(*command: str, **variables: str) -> Ended:
        return attempt(command, cwd=folder, env=env | variables)

    return run


@pytest.fixture(scope="module")
def deploy(run: Run) -> Run:
    """Give `sam deploy` on production."""
    return partial(run, "sam", "deploy", "--config-env", "prod")


def test_a_production_as_it_comes_is_refused_until_it_has_a_topic(deploy: Run) -> None:
    ended = deploy("--no-confirm-changeset")

    assert ended.returncode != 0
    assert UNWATCHED in ended.stdout


def test_overrides_that_lose_what_the_file_says_are_refused(deploy: Run) -> None:
    (name, topic) = next(iter(TOPIC.items()))
    ended = deploy("--no-confirm-changeset", "--parameter-overrides", f"{name}={topic}")

    assert ended.returncode != 0
    assert "Stage" in ended.stdout.partition("Error")[2]


@pytest.mark.parametrize(("given", "refusal"), GIVEN)
def test_an_emulator_refuses_what_our_reading_of_the_template_refuses(
    client: Callable[[Any], Any], given: dict[str, str], refusal: str | None
) -> None:
    cloudformation = client("cloudformation")
    judged = {name: source()[name] for name in ("Parameters", "Rules")}
    nothing = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}

    def ask() -> None:
        cloudformation.create_change_set(
            StackName="asked",
            ChangeSetName="asked",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(judged | {"Resources": nothing}),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        )

    if refusal is None:
        ask()
        cloudformation.delete_stack(StackName="asked")
    else:
        with pytest.raises(ClientError, match=refusal):
            ask()


def test_a_production_with_everything_is_planned_executed_and_protected(
    client: Callable[[Any], Any], deploy: Run, folder: Path
) -> None:
    """Without an archive of events and a schema registry, which MiniStack does not have."""
    words = {"ACCOUNT": "000000000000", "REGION": "us-east-1", "STAGE": "prod"}
    policy = (ROOT / "infra/policies/key.json").read_text(encoding="utf-8")
    policy = re.sub("|".join(words), lambda it: words[it[0]], policy)
    key = client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    topic = client("sns").create_topic(Name="articles-pages")["TopicArn"]
    client("s3").create_bucket(Bucket=LOGS)
    added = f"AlarmTopicArn={topic} KmsKeyArn={key} AccessLogBucket={LOGS} Tracing=true"
    added += " ReplayMachine=true ParallelizationFactor=2 BulkConcurrency=3"
    config = folder / "samconfig.toml"
    text, times = re.subn('(Stage=prod[^"]*)', rf"\1 {added}", config.read_text(encoding="utf-8"))
    assert times == 1
    config.write_text(text, encoding="utf-8")

    planned = deploy("--no-execute-changeset")
    assert planned.returncode == 0, planned.stdout
    [pattern] = re.findall(r"grep --only-matching '(.*?)'", "".join(runs("plan")))
    *_, change_set = (it for line in planned.stdout.split("\n") for it in re.findall(pattern, line))
    cloudformation = client("cloudformation")
    cloudformation.execute_change_set(ChangeSetName=change_set)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1}
    )

    stack_policy = (ROOT / "infra/policies/stack-policy.json").read_text(encoding="utf-8")
    cloudformation.set_stack_policy(StackName=STACK, StackPolicyBody=stack_policy)
    cloudformation.update_termination_protection(StackName=STACK, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="cannot be deleted"):
        cloudformation.delete_stack(StackName=STACK)
    with pytest.raises(ClientError, match="protected against deletion"):
        client("dynamodb").delete_table(TableName=STACK)

    function = client("lambda").get_function_configuration(FunctionName="articles-ingest-prod")
    tags = client("lambda").list_tags(Resource=function["FunctionArn"])["Tags"]
    assert {"service": "articles", "stage": "prod"}.items() <= tags.items()
    assert function["TracingConfig"] == {"Mode": "Active"}
    queue = client("sqs").get_queue_url(QueueName="articles-uploads-prod")["QueueUrl"]
    asked = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["KmsMasterKeyId"])
    assert asked["Attributes"]["KmsMasterKeyId"] == key


def test_the_pipeline_executes_what_was_shown_and_nothing_else(
    client: Callable[[Any], Any], run: Run, folder: Path
) -> None:
    """After the test above: it updates the stack."""
    cloudformation, told = client("cloudformation"), folder / "told"

    def job(name: str, **variables: str) -> Ended:
        """Run the step of a job that calls `sam deploy`, as GitHub does, with what is there."""
        [script] = (it for it in runs(name) if "sam deploy" in it)
        bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
        github = {"GITHUB_STEP_SUMMARY": os.devnull, "GITHUB_OUTPUT": str(told)}
        return run(*bash, EXECUTION_ROLE=EXECUTION.replace("dev", "prod"), **github, **variables)

    def write(code: str) -> None:
        (folder / "functions/attempt.txt").write_text(code)

    def deployed() -> str:
        answer = cloudformation.get_template(StackName=STACK, TemplateStage="Processed")
        return json.dumps(answer["TemplateBody"])

    write("approved")
    planned = job("plan")
    assert planned.returncode == 0, planned.stdout
    shown = told.read_text().strip().rpartition("change-set=")[2]
    before = deployed()

    write("another")
    ended = job("prod", SHOWN=shown)
    assert ended.returncode == 1
    assert re.search(r'^> +"S3Key": "articles-prod/', ended.stdout, re.MULTILINE)
    assert deployed() == before

    write("approved")
    ended = job("prod", SHOWN=shown)
    assert ended.returncode == 0, ended.stdout
    waiter = cloudformation.get_waiter("stack_update_complete")
    waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1})
    assert deployed() != before
    assert set(re.findall(r'"S3Key": "(.+?)/[0-9a-f]{32}"', deployed())) == {STACK}
