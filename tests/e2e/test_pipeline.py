"""The real SAM CLI: which commands it has, and what it asks AWS for while it deploys in a role."""

import json
import re
import sys

import pytest

from tests.aws import iam
from tests.aws.expressions import Item
from tests.template.test_deployer import EXECUTION, deploys
from tests.template.test_pipeline import commands, options

from .deployment import drop_metric_math
from .ministack import running
from .tools import attempt, copied, install, run, sam_environment

pytestmark = pytest.mark.e2e

Requested = tuple[str, str, Item]  # a service, its operation, and what it is given

# Loaded by every Python that has it on its path: SAM's, here.
RECORDER = """
import json, os
from botocore.client import BaseClient
send = BaseClient._make_api_call
def record(client, operation, asked):
    told = {key: it for key, it in asked.items() if isinstance(it, str) and len(it) < 2048}
    with open(os.environ["RECORDED"], "a") as file:
        print(json.dumps([client.meta.service_model.service_name, operation, told]), file=file)
    return send(client, operation, asked)
BaseClient._make_api_call = record
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Requested]:
    """Deploy the stack, and once more with a change; give the requests of the second."""
    if sys.platform != "linux":
        pytest.skip("MiniStack runs the functions on this machine")
    ministack, sam = install("ministack"), install("sam")
    folder = tmp_path_factory.mktemp("pipeline")
    requests, files = folder / "requests", ("template.yaml", "samconfig.toml")
    source = copied(folder / "source", "functions", "infra/events", *files)
    drop_metric_math(source / "template.yaml")
    (folder / "recorder").mkdir()
    (folder / "recorder/sitecustomize.py").write_text(RECORDER)
    recording = {"PYTHONPATH": str(folder / "recorder"), "RECORDED": str(requests)}
    given = ["--no-confirm-changeset", "--role-arn", EXECUTION]
    given += ["--parameter-overrides", "Stage=dev DeletionProtection=false"]
    with running(ministack / "ministack", folder) as server:
        env = server.environment | sam_environment(folder, sam) | recording
        for number in (1, 2):
            requests.write_text("")
            (source / "functions/attempt.txt").write_text(str(number))
            run([sam / "sam", "deploy", *given], cwd=source, env=env)
    return [json.loads(line) for line in requests.read_text().splitlines()]


def test_the_list_for_a_pipelines_role_is_what_sam_asks_for(recorded: list[Requested]) -> None:
    asked = {
        (action, re.sub("aws-sam-cli-managed-default-samcli[^/]*(.*/)?.*", r"artifacts\1", arn))
        for it in recorded
        for action, arn, _ in iam.requests(*it)
    }
    listed = {
        (it.action, it.arn.removesuffix("0123"))
        for it in deploys()
        # What S3 and CloudFormation themselves ask for on the way.
        if not it.action.startswith("iam:")
        and it.action != "s3:ListBucket"
        and "transform" not in it.arn
    }
    assert asked == listed


def test_every_command_of_sam_exists_with_its_options() -> None:
    sam = install("sam") / "sam"
    for name, *rest in commands("sam"):
        help_text = attempt([sam, name, "--help"]).stdout
        assert [it for it in options(rest) if f"--{it}" not in help_text] == [], name
