"""What checkov, a scanner for mistakes of security, finds in the stack: nothing but the exceptions.

The stack is scanned as a careful operator has it: with a key, access logs and every feature.
`make scan` runs it; what is found and not excepted fails, and so does an exception in vain.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.tools import ROOT, TOOLS, install_into

from .stack import Stack

CAREFUL = {
    "Stage": "prod",
    "AlarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:pages",
    "KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1",
    "AccessLogBucket": "access-logs",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "Tracing": "true",
    "KeepEventsDays": "30",
    "ReconcileEvery": "rate(1 day)",
    "ReplayMachine": "true",
    "SchemaRegistry": "true",
}
# Each by the check and what it is excepted for: a resource, or all functions.
EXCEPTIONS = {
    # Versions of what is in the archive: a replay makes reports again, and a purge must reach all
    # that there is of an article.
    ("CKV_AWS_21", "ArchiveBucket"),
    # Reserved concurrency: a message that is throttled by it counts as a failed attempt, until it
    # is a dead letter. The mappings limit the concurrency instead, and messages wait.
    ("CKV_AWS_115", "functions"),
    # Dead letters of asynchronous calls: what a function is given comes from queues and streams
    # that have their own; its schedule calls again, and the next run does what one has missed.
    ("CKV_AWS_116", "functions"),
    # A private network: the functions have no address, and call nothing but AWS, each by its own
    # role. A network would need endpoints or a NAT gateway for that, and protect nothing.
    ("CKV_AWS_117", "functions"),
}


@pytest.fixture(scope="module")
def checkov() -> Path:
    requirements = ROOT / "infra/scan/requirements.txt"
    return install_into(TOOLS / "scan", requirements, lambda: Path(sys.executable)) / "checkov"


def failed(checkov: Path, template: Path) -> list[dict[str, Any]]:
    """Return the checks that fail; the scanner itself must have understood the template."""
    options = ["--framework", "cloudformation", "--skip-download", "--output", "json"]
    command: list[str | Path] = [checkov, "--file", template, *options]
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 100
    checks: list[dict[str, Any]] = report["results"]["failed_checks"]
    return checks


def test_nothing_is_found_but_what_is_excepted_with_its_reason(
    stack: Stack, checkov: Path, tmp_path: Path
) -> None:
    careful = stack.given(**CAREFUL)
    assert stack.refusals(**CAREFUL) == []
    parameters = {
        name: it | {"Default": CAREFUL.get(name, it.get("Default"))}
        for name, it in careful.template["Parameters"].items()
    }
    template = tmp_path / "template.json"
    template.write_text(json.dumps(careful.template | {"Parameters": parameters}), "utf-8")

    found = set()
    for check in failed(checkov, template):
        name = check["resource"].rpartition(".")[2]
        is_function = name in careful.of_type("Lambda::Function")
        found.add((check["check_id"], "functions" if is_function else name))

    assert found == EXCEPTIONS
