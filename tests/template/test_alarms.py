import re
import shlex
from typing import Any

import pytest
import typer

from articles_cli.main import app

from .stack import ROOT, Stack

FUNCTIONS = [
    "IngestFunction",
    "BulkFunction",
    "PublishFunction",
    "ReleaseFunction",
    "ReconcileFunction",
]


def queue(name: str) -> dict[str, Any]:
    return {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}}


def function(name: str) -> dict[str, Any]:
    return {"FunctionName": {"Ref": name}}


RUNBOOK = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
RUNBOOK = RUNBOOK.partition("\n## Runbook\n")[2].partition("\n## ")[0]
FAILURES: list[tuple[str, dict[str, Any], int]] = [
    ("AWS/SQS ApproximateNumberOfMessagesVisible", queue("DeadLetterQueue"), 0),
    ("AWS/SQS ApproximateNumberOfMessagesVisible", queue("PublishFailureQueue"), 0),
    ("AWS/SQS ApproximateAgeOfOldestMessage", queue("UploadsQueue"), 15 * 60),
    ("AWS/Lambda IteratorAge", function("PublishFunction"), 15 * 60 * 1000),
    *(("AWS/Lambda Errors", function(name), 0) for name in FUNCTIONS),
    ("Articles InternalErrors", {"service": "ingest", "stage": {"Ref": "Stage"}}, 0),
    ("Articles UploadsMissing", {"service": "reconcile", "stage": {"Ref": "Stage"}}, 0),
    ("Articles UploadsStuck", {"service": "release", "stage": {"Ref": "Stage"}}, 0),
]


def alarms_on(stack: Stack, metric: str, dimensions: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        alarm
        for alarm in stack.of_type("CloudWatch::Alarm").values()
        if f"{alarm['Namespace']} {alarm['MetricName']}" == metric
        and {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == dimensions
    ]


@pytest.mark.parametrize(("metric", "dimensions", "threshold"), FAILURES)
def test_every_way_to_fail_has_an_alarm(
    stack: Stack, metric: str, dimensions: dict[str, Any], threshold: int
) -> None:
    [alarm] = alarms_on(stack, metric, dimensions)

    assert alarm["Threshold"] == threshold
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Statistic"] in {"Sum", "Maximum"}


def test_every_alarm_notifies_and_stays_quiet_when_nothing_happens(stack: Stack) -> None:
    alarms = stack.of_type("CloudWatch::Alarm").values()

    assert len(alarms) == len(FAILURES)
    for alarm in alarms:
        chosen, otherwise = [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}
        assert alarm["AlarmActions"] == {"Fn::If": ["HasAlarmTopic", chosen, otherwise]}
        assert alarm["TreatMissingData"] == "notBreaching"


def test_every_function_is_watched(stack: Stack) -> None:
    for name in stack.of_type("Lambda::Function"):
        assert alarms_on(stack, "AWS/Lambda Errors", function(name))


def test_every_alarm_names_its_section_of_the_runbook_and_a_command(stack: Stack) -> None:
    headings = re.findall(r"^### (.*)$", RUNBOOK, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}
    commands = typer.main.get_group(app).commands

    for name, alarm in stack.of_type("CloudWatch::Alarm").items():
        pattern = r".+\. See docs/operations\.md#([\w-]+): articles ([\w-]+) ?(.*)"
        told = re.fullmatch(pattern, alarm["AlarmDescription"])
        assert told, name
        assert told[1] in anchors
        commands[told[2]].make_context(told[2], shlex.split(told[3]))  # raises UsageError


def test_the_runbook_has_a_row_for_every_alarm(stack: Stack) -> None:
    alarms = RUNBOOK.partition("\n### Alarms\n")[2].partition("\n### ")[0]
    first = re.findall(r"^\| (`.*?) \|", alarms, re.MULTILINE)

    named = [name for cell in first for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(stack.of_type("CloudWatch::Alarm"))
