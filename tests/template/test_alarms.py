import re
import shlex
from typing import Any

import pytest
import typer

from articles_cli.main import app

from .stack import FUNCTIONS, ROOT, Stack


def queue(name: str) -> dict[str, Any]:
    return {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}}


def function(name: str) -> dict[str, Any]:
    return {"FunctionName": {"Ref": name}}


RUNBOOK = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
RUNBOOK = RUNBOOK.partition("\n## Runbook\n")[2].partition("\n## ")[0]
Watched = tuple[str, dict[str, Any]]  # a metric and its dimensions
OURS = {"stage": {"Ref": "Stage"}}
FAILURES: list[tuple[str, dict[str, Any], float]] = [
    ("AWS/SQS ApproximateNumberOfMessagesVisible", queue("DeadLetterQueue"), 0),
    ("AWS/SQS ApproximateNumberOfMessagesVisible", queue("PublishFailureQueue"), 0),
    ("AWS/SQS ApproximateAgeOfOldestMessage", queue("UploadsQueue"), 15 * 60),
    ("AWS/SQS ApproximateAgeOfOldestMessage", queue("BulkQueue"), 60 * 60),
    ("AWS/SQS ApproximateAgeOfOldestMessage", queue("DeadLetterQueue"), 7 * 24 * 60 * 60),
    ("AWS/Lambda IteratorAge", function("PublishFunction"), 15 * 60 * 1000),
    *(("AWS/Lambda Errors", function(name), 0) for name in FUNCTIONS),
    ("Articles InternalErrors", {"service": "ingest", **OURS}, 0),
    ("Articles UploadsMissing", {"service": "reconcile", **OURS}, 0),
    ("Articles UploadsStuck", {"service": "release", **OURS}, 0),
    ("Articles EmbargoLateSeconds", {"service": "release", **OURS}, 5 * 60),
    ("Articles FeedsSilent", {"service": "release", **OURS}, 0),
]
THROTTLED = ["FunctionsThrottled", "ArticlesThrottled", "ReceiptsThrottled"]
PAGES = {
    *("DeadLettersNotEmpty", "DeadLettersOld", "PublishFailuresNotEmpty", "UploadsWaitTooLong"),
    *("BulkWaitsTooLong", "EventsWaitTooLong", "ReleaseStopped", "ReleaseErrors"),
    "EmbargoesEndLate",
}


def watched(alarm: dict[str, Any]) -> list[Watched]:
    """Name what an alarm watches; a query over metrics that nobody knows beforehand is none."""
    metrics = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it]
    return [
        (f"{it['Namespace']} {it['MetricName']}", {d["Name"]: d["Value"] for d in it["Dimensions"]})
        for it in metrics or ([alarm] if "MetricName" in alarm else [])
    ]


def alarms_on(stack: Stack, metric: str, dimensions: dict[str, Any]) -> list[dict[str, Any]]:
    alarms = stack.of_type("CloudWatch::Alarm").values()
    return [it for it in alarms if (metric, dimensions) in watched(it)]


@pytest.mark.parametrize(("metric", "dimensions", "threshold"), FAILURES)
def test_every_way_to_fail_has_an_alarm(
    stack: Stack, metric: str, dimensions: dict[str, Any], threshold: float
) -> None:
    [alarm] = alarms_on(stack, metric, dimensions)

    assert alarm["Threshold"] == threshold
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Statistic"] in {"Sum", "Maximum"}
    assert alarm["TreatMissingData"] == "notBreaching"


def test_a_release_that_does_not_run_is_noticed_by_its_silence(stack: Stack) -> None:
    [alarm] = alarms_on(stack, "AWS/Lambda Invocations", function("ReleaseFunction"))

    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Sum", 600, 1)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("name", THROTTLED)
def test_throttling_that_goes_on_has_an_alarm_on_whatever_is_throttled(
    stack: Stack, name: str
) -> None:
    alarm = stack.properties(name)

    told = [it["Id"] for it in alarm["Metrics"] if it.get("ReturnData", True)]
    assert told == [it["Id"] for it in alarm["Metrics"] if it.get("Expression") == "SUM(METRICS())"]
    assert len(told) == 1
    assert {it["MetricStat"]["Stat"] for it in alarm["Metrics"] if "MetricStat" in it} == {"Sum"}
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (0, "notBreaching")
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (2, 3)


def test_every_function_table_and_index_that_may_be_throttled_is_watched(stack: Stack) -> None:
    everything: list[Watched] = [("AWS/Lambda Throttles", function(name)) for name in FUNCTIONS]
    for name, table in stack.of_type("DynamoDB::Table").items():
        of_table = {"TableName": {"Ref": name}}
        indexes = [it["IndexName"] for it in table["GlobalSecondaryIndexes"]]
        places = [of_table, *(of_table | {"GlobalSecondaryIndexName": it} for it in indexes)]
        for kind in ("Write", "Read"):
            everything += [(f"AWS/DynamoDB {kind}ThrottleEvents", place) for place in places]

    found = [it for name in THROTTLED for it in watched(stack.properties(name))]
    assert sorted(map(str, found)) == sorted(map(str, everything))


def test_events_that_the_bus_gave_up_are_counted_over_all_rules_of_subscribers(
    stack: Stack,
) -> None:
    alarm = stack.properties("EventsNotDelivered")
    [query] = alarm["Metrics"]
    bus = stack.properties("Bus")["Name"]["Fn::Sub"]

    what, _, where = query["Expression"]["Fn::Sub"].partition(" WHERE ")
    count, _, schema = what.partition(" FROM ")
    assert count == "SELECT SUM(FailedInvocations)"
    assert schema == 'SCHEMA("AWS/Events", EventBusName, RuleName)'
    assert where == f"EventBusName = '{bus}'"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert alarm["TreatMissingData"] == "notBreaching"


def test_these_are_all_the_alarms(stack: Stack) -> None:
    others = [*THROTTLED, "ReleaseStopped", "EventsNotDelivered"]

    assert len(stack.of_type("CloudWatch::Alarm")) == len(FAILURES) + len(others)


def test_every_alarm_says_how_urgent_it_is_and_notifies_who_should_know(stack: Stack) -> None:
    page = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    ticket = {"Fn::If": ["HasTicketTopic", [{"Ref": "TicketTopicArn"}], page]}

    for name, alarm in stack.of_type("CloudWatch::Alarm").items():
        is_page = name in PAGES
        assert alarm["AlarmActions"] == (page if is_page else ticket), name
        assert alarm["OKActions"] == alarm["AlarmActions"], name  # so that incidents end
        assert alarm["AlarmDescription"].startswith("Page: " if is_page else "Ticket: "), name


def test_nobody_is_woken_by_one_crash_that_healed_itself(stack: Stack) -> None:
    for name, alarm in stack.of_type("CloudWatch::Alarm").items():
        if name in PAGES and any(metric == "AWS/Lambda Errors" for metric, _ in watched(alarm)):
            assert alarm["DatapointsToAlarm"] >= 2, name


def test_every_alarm_names_its_section_of_the_runbook_and_its_first_command(stack: Stack) -> None:
    headings = re.findall(r"^### (.*)$", RUNBOOK, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}
    commands = typer.main.get_group(app).commands

    for name, alarm in stack.of_type("CloudWatch::Alarm").items():
        pattern = r".+\. See docs/operations\.md#([\w-]+)(?:: articles ([\w-]+) ?(.*))?"
        told = re.fullmatch(pattern, alarm["AlarmDescription"])
        assert told, name
        assert told[1] in anchors, name
        if told[2]:  # what only AWS can mend has no command
            commands[told[2]].make_context(told[2], shlex.split(told[3]))  # raises UsageError


def test_the_runbook_has_a_row_for_every_alarm(stack: Stack) -> None:
    alarms = RUNBOOK.partition("\n### Alarms\n")[2].partition("\n### ")[0]
    first = re.findall(r"^\| (`.*?) \|", alarms, re.MULTILINE)

    named = [name for cell in first for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(stack.of_type("CloudWatch::Alarm"))
