"""The way to production with the real SAM CLI: what is lost on it is refused beforehand.

MiniStack judges parameters by their rules, as CloudFormation does, by code that nobody here wrote.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.template.stack import source
from tests.template.test_parameters import GIVEN, TOPIC, UNWATCHED

from .ministack import LOOPBACK, running
from .tools import ROOT, install

pytestmark = pytest.mark.e2e

Deploy = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def aws(folder: Path) -> Iterator[dict[str, str]]:
    """Run MiniStack; give the environment of its clients."""
    with running(install("ministack") / "ministack", folder) as server:
        clean = {name: it for name, it in os.environ.items() if not name.startswith("AWS_")}
        yield clean | {
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": server.url,
            "NO_PROXY": LOOPBACK,
        }


@pytest.fixture(scope="module")
def deploy(aws: dict[str, str], folder: Path) -> Deploy:
    """Give `sam deploy` on production, in a copy of the repository that nobody has built."""
    shutil.copytree(ROOT / "functions", folder / "functions")
    for file in ("template.yaml", "samconfig.toml", "infra/events/registry.yaml"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    (folder / "sam").mkdir()  # else it asks PyPI whether there is a newer one
    (folder / "sam/metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    env = aws | {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(folder / "sam")}

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [install("sam") / "sam", "deploy", "--config-env", "prod", *options],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    return run


def test_a_production_as_it_comes_is_refused_until_it_has_a_topic(deploy: Deploy) -> None:
    ended = deploy("--no-confirm-changeset")

    assert ended.returncode != 0
    assert UNWATCHED in ended.stdout


def test_overrides_that_lose_what_the_file_says_are_refused(deploy: Deploy) -> None:
    (name, topic) = next(iter(TOPIC.items()))
    ended = deploy("--no-confirm-changeset", "--parameter-overrides", f"{name}={topic}")

    assert ended.returncode != 0
    assert "Stage" in ended.stdout.partition("Error")[2]


@pytest.mark.parametrize(("given", "refusal"), GIVEN)
def test_an_emulator_refuses_what_our_reading_of_the_template_refuses(
    aws: dict[str, str], given: dict[str, str], refusal: str | None
) -> None:
    session = boto3.Session("test", "test", region_name=aws["AWS_DEFAULT_REGION"])
    client = session.client("cloudformation", endpoint_url=aws["AWS_ENDPOINT_URL"])
    judged = {name: source()[name] for name in ("Parameters", "Rules")}
    nothing = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}

    def ask() -> None:
        client.create_change_set(
            StackName="asked",
            ChangeSetName="asked",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(judged | {"Resources": nothing}),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        )

    if refusal is None:
        ask()
        client.delete_stack(StackName="asked")
    else:
        with pytest.raises(ClientError, match=refusal):
            ask()
