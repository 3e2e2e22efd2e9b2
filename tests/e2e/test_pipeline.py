"""What the real SAM CLI asks AWS for while it deploys in a role: a pipeline's role allows it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest

from tests.aws import iam
from tests.aws.expressions import Item
from tests.template.test_deployer import EXECUTION, deploys

from .deployment import _drop_metric_math
from .ministack import LOOPBACK, running
from .tools import ROOT, install

pytestmark = pytest.mark.e2e

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
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, Item]]:
    """Deploy the stack, and once more with a change; give the requests of the second."""
    if sys.platform != "linux":
        pytest.skip("MiniStack runs the functions on this machine")
    ministack, sam = install("ministack"), install("sam")
    folder = tmp_path_factory.mktemp("pipeline")
    source, requests = folder / "source", folder / "requests"
    for part in ("functions", "infra/events"):
        shutil.copytree(ROOT / part, source / part)
    for file in ("template.yaml", "samconfig.toml"):
        shutil.copy(ROOT / file, source / file)
    _drop_metric_math(source / "template.yaml")
    (folder / "recorder").mkdir()
    (folder / "recorder/sitecustomize.py").write_text(RECORDER)
    (folder / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    options = ["--no-confirm-changeset", "--role-arn", EXECUTION]
    parameters = ["--parameter-overrides", "Stage=dev DeletionProtection=false"]
    with running(ministack / "ministack", folder) as server:
        for attempt in (1, 2):
            requests.write_text("")
            (source / "functions/attempt.txt").write_text(str(attempt))
            done = subprocess.run(
                [sam / "sam", "deploy", *options, *parameters],
                cwd=source,
                capture_output=True,
                check=False,
                env={
                    "PATH": f"{sam}{os.pathsep}{os.environ['PATH']}",
                    "PYTHONPATH": str(folder / "recorder"),
                    "RECORDED": str(requests),
                    "SAM_CLI_TELEMETRY": "0",
                    "__SAM_CLI_APP_DIR": str(folder),
                    "HOME": str(folder),
                    "AWS_ACCESS_KEY_ID": "test",
                    "AWS_SECRET_ACCESS_KEY": "test",
                    "AWS_DEFAULT_REGION": "us-east-1",
                    "AWS_ENDPOINT_URL": server.url,
                    "NO_PROXY": LOOPBACK,
                },
                timeout=300,
            )
            assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in requests.read_text().splitlines()]


def test_the_list_for_a_pipelines_role_is_what_sam_asks_for(
    recorded: list[tuple[str, str, Item]],
) -> None:
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
