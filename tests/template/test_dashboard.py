"""The dashboard fits CloudWatch and the stack: what it shows exists, and what exists is on it."""

import re
from typing import Any, get_args

import pytest

from articles.storing.receipts import Kind, Result
from tests.aws import dashboard
from tests.aws.alarms import alarms, metric

from .stack import ROOT, Stack, references

WIDGETS: list[dict[str, Any]] = dashboard.body()["widgets"]
GRAPHS = dashboard.widgets("metric")
# What AWS sends of a resource, by the dimension that names it; from its pages "Types of metrics for
# Lambda functions", "Available CloudWatch metrics for Amazon SQS" and "DynamoDB metrics and
# dimensions".
OF_AWS = {
    ("AWS/Lambda", "FunctionName"): "Errors Throttles Duration ConcurrentExecutions IteratorAge",
    ("AWS/SQS", "QueueName"): "ApproximateNumberOfMessagesVisible "
    "ApproximateNumberOfMessagesNotVisible ApproximateAgeOfOldestMessage",
    ("AWS/DynamoDB", "TableName"): "ConsumedWriteCapacityUnits WriteThrottleEvents "
    "ReadThrottleEvents",
}
KINDS = {
    "FunctionName": "Lambda::Function",
    "QueueName": "SQS::Queue",
    "TableName": "DynamoDB::Table",
}
# A failed upload has no metric of its own: it is a dead letter. A batch's messages are its uploads.
LEFT_OUT = {"UploadsFailed", "Messages"}


def shown() -> list[list[str]]:
    return [names for widget in GRAPHS for names, _ in dashboard.described(widget) if names]


def named(metric_names: list[str]) -> dict[str, str]:
    return dict(zip(metric_names[2::2], metric_names[3::2], strict=True))


def counted_in_code() -> set[str]:
    """Name all metrics that the functions send, whatever happens."""
    code = "".join(it.read_text("utf-8") for it in (ROOT / "functions").rglob("*.py"))
    literal = re.findall(r'\.(?:count|took)\("(\w+)"', code)
    assert code.count("telemetry.count(f") == code.count("telemetry.count(outcome") == 1
    outcomes = [f"Uploads{it.capitalize()}" for it in get_args(Result)]
    return {*literal, *outcomes, *(it.capitalize() for it in (*get_args(Kind), "rejected"))}


def test_it_keeps_the_limits_of_cloudwatch() -> None:
    assert len(WIDGETS) <= 500
    assert max(len(it["metrics"]) for it in GRAPHS) <= 500
    assert sum(len(it["metrics"]) for it in GRAPHS) <= 2500
    assert max(len(it["alarms"]) for it in dashboard.widgets("alarm")) <= 100
    assert all(len(dashboard.groups(it["query"])) <= 50 for it in dashboard.widgets("log"))


def test_no_widget_leaves_the_grid_or_covers_another() -> None:
    cells = [
        (x, y)
        for it in WIDGETS
        for x in range(it["x"], it["x"] + it["width"])
        for y in range(it["y"], it["y"] + it["height"])
    ]

    assert len(cells) == len(set(cells)) == 24 * max(y + 1 for _, y in cells)  # and there is no gap
    assert all(0 <= x < 24 for x, _ in cells)


def test_every_alarm_is_on_it_the_pages_first() -> None:
    pages, tickets = (it["alarms"] for it in dashboard.widgets("alarm"))

    told = {name: it["AlarmDescription"].partition(":")[0] for name, it in alarms().items()}
    assert sorted(pages) == sorted(it for it in told if told[it] == "Page")
    assert sorted(tickets) == sorted(it for it in told if told[it] == "Ticket")


def test_what_it_refers_to_exists(stack: Stack) -> None:
    [properties] = stack.of_type("CloudWatch::Dashboard").values()
    known = stack.resources.keys() | {"Stage", "AWS::Region"}

    text = properties["DashboardBody"]["Fn::Sub"]
    assert set(re.findall(r"\$\{([\w:]+)", text)) <= known
    assert {*references(stack.template["Outputs"]["DashboardUrl"])} >= {"Dashboard"}


@pytest.mark.parametrize("names", [it for it in shown() if it[0] != "Articles"], ids=" ".join)
def test_a_metric_of_aws_is_of_a_resource_of_its_kind(stack: Stack, names: list[str]) -> None:
    namespace, name, dimension, resource, *index = names

    assert name in OF_AWS[namespace, dimension].split()
    described = stack.of_type(KINDS[dimension])[resource]
    if index:
        indexes = [it["IndexName"] for it in described["GlobalSecondaryIndexes"]]
        assert index[0] == "GlobalSecondaryIndexName"
        assert index[1] in indexes


def test_all_functions_queues_tables_and_indexes_are_on_it(stack: Stack) -> None:
    places = {tuple(it[2:]) for it in shown() if it[0] != "Articles"}
    named = {(it, name) for it, kind in KINDS.items() for name in stack.of_type(kind)}
    indexes = {
        ("TableName", name, "GlobalSecondaryIndexName", it["IndexName"])
        for name, table in stack.of_type("DynamoDB::Table").items()
        for it in table["GlobalSecondaryIndexes"]
    }

    assert places == named | indexes
    of_tables = sum("TableName" in it for it in places)
    for widget in GRAPHS:  # where one table is, all are, with their indexes
        there = [names for names, _ in dashboard.described(widget) if "TableName" in names]
        assert len(there) in (0, of_tables), widget["title"]


def test_every_metric_that_the_service_sends_is_on_it_or_left_out_for_a_reason() -> None:
    assert {it[1] for it in shown() if it[0] == "Articles"} == counted_in_code() - LEFT_OUT


def test_every_metric_that_the_service_sends_is_explained() -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    explained = page.partition("\n## Metrics and logs\n")[2].partition("A log line is")[0]

    names = set(re.findall(r"`([A-Z]\w+)`", explained)) - {"Articles"}
    assert names == counted_in_code() - {"UploadsFailed"}


def test_a_line_for_an_alarm_is_where_the_alarm_is() -> None:
    thresholds = {
        (metric(f"{it['Namespace']} {it['MetricName']}"), it["Threshold"])
        for it in alarms().values()
        if "MetricName" in it
    }
    for widget in GRAPHS:
        drawn = {it["value"] for it in widget.get("annotations", {}).get("horizontal", [])}
        ours = {metric(" ".join(it[:2])) for it, _ in dashboard.described(widget) if it}
        assert drawn <= {value for of, value in thresholds if of in ours}, widget["title"]


def test_the_share_of_a_timeout_is_of_that_functions_timeout(stack: Stack) -> None:
    [widget] = [it for it in GRAPHS if "timeout" in it["title"]]

    assert {(it.shown, it.factor) for it in dashboard.lines(widget)} == {
        (metric("AWS/Lambda Duration", FunctionName=name), 100 / (it["Timeout"] * 1000))
        for name, it in stack.of_type("Lambda::Function").items()
    }


def test_the_picture_in_the_docs_is_of_this_dashboard() -> None:
    picture = (ROOT / "docs/dashboard.svg").read_text("utf-8")

    titles = [it["properties"]["title"] for it in WIDGETS]
    assert dashboard.digest() in picture, "run `make dashboard`"
    assert [it for it in titles if it not in picture] == []
