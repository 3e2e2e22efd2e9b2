import json
from typing import Any

import pytest

from articles.announcing.events import SOURCE
from articles.batches import seconds_for_one
from articles.limits import Limits

from .stack import Stack, target

QUEUE_MAPPINGS = {"UploadsToIngest": "UploadsQueue", "BulkToIngest": "BulkQueue"}
STREAM_MAPPINGS = ["ArticlesToPublish", "ReceiptsToPublish"]


def test_these_are_all_the_mappings(stack: Stack) -> None:
    queues = stack.mappings("SQS::Queue").items()

    assert {name: target(it["EventSourceArn"]) for name, it in queues} == QUEUE_MAPPINGS
    assert [*stack.mappings("DynamoDB::Table")] == STREAM_MAPPINGS
    assert len(stack.of_type("Lambda::EventSourceMapping")) == 4


def test_an_object_put_under_incoming_and_no_other_reaches_the_uploads_queue(stack: Stack) -> None:
    [notice] = stack.properties("InboxBucket")["NotificationConfiguration"]["QueueConfigurations"]

    assert notice["Event"] == "s3:ObjectCreated:*"
    assert target(notice["Queue"]) == "UploadsQueue"
    assert notice["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "incoming/"}]


@pytest.mark.parametrize(("name", "batch"), [("UploadsToIngest", 10), ("BulkToIngest", 1)])
def test_a_message_is_not_given_out_while_it_is_at_work_and_goes_to_the_dead_letters_in_the_end(
    stack: Stack, name: str, batch: int
) -> None:
    mapping, queue = stack.properties(name), stack.properties(QUEUE_MAPPINGS[name])
    function, redrive = stack.properties(target(mapping["FunctionName"])), queue["RedrivePolicy"]
    limit = mapping["ScalingConfig"]["MaximumConcurrency"]
    known = function["Environment"]["Variables"]["MAX_RECEIVES"]

    assert mapping["BatchSize"] == batch
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert stack.template["Parameters"][limit["Ref"]]["MinValue"] == 2  # a burst waits in the queue
    assert target(redrive["deadLetterTargetArn"]) == "DeadLetterQueue"
    assert int(stack.literal(redrive["maxReceiveCount"])) == int(stack.literal(known)) == 5


@pytest.mark.parametrize(("name", "at_once"), [("IngestFunction", 1), ("BulkFunction", 6)])
def test_the_costliest_upload_is_done_in_the_time_of_its_function(
    stack: Stack, name: str, at_once: int
) -> None:
    function = stack.properties(name)

    needed = seconds_for_one(Limits(), function["MemorySize"])

    assert at_once * needed < function["Timeout"]


@pytest.mark.parametrize("name", [*QUEUE_MAPPINGS, *STREAM_MAPPINGS])
def test_one_bad_record_does_not_repeat_its_batch(stack: Stack, name: str) -> None:
    assert stack.properties(name)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_only_the_queues_that_have_them_may_send_dead_letters(stack: Stack) -> None:
    allowed = stack.properties("DeadLetterQueue")["RedriveAllowPolicy"]
    names = [stack.properties(it)["QueueName"]["Fn::Sub"] for it in QUEUE_MAPPINGS.values()]

    assert allowed["redrivePermission"] == "byQueue"
    assert [arn["Fn::Sub"].rpartition(":")[2] for arn in allowed["sourceQueueArns"]] == names


def test_what_waits_or_failed_is_kept_for_two_weeks(stack: Stack) -> None:
    kept = [it["MessageRetentionPeriod"] for it in stack.of_type("SQS::Queue").values()]

    assert kept == [14 * 24 * 60 * 60] * 4


@pytest.mark.parametrize("name", STREAM_MAPPINGS)
def test_a_stream_is_read_from_its_first_change_and_what_fails_is_tried_for_half_its_life(
    stack: Stack, name: str
) -> None:
    mapping = stack.properties(name)
    failed = mapping["DestinationConfig"]["OnFailure"]["Destination"]

    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert stack.values({})[mapping["ParallelizationFactor"]["Ref"]] == "1"
    assert mapping["MaximumRetryAttempts"] == -1
    assert mapping["MaximumRecordAgeInSeconds"] == 12 * 60 * 60
    assert mapping["BisectBatchOnFunctionError"] is True  # to find the record that makes it fail
    assert target(failed) == "PublishFailureQueue"


def passes(pattern: Any, record: Any) -> bool:
    if isinstance(pattern, list):
        return record in pattern
    return isinstance(record, dict) and all(
        passes(inner, record.get(key)) for key, inner in pattern.items()
    )


def change(kind: str, **image: Any) -> dict[str, Any]:
    return {"eventName": kind, "dynamodb": {"NewImage": image}}


def removal(**by: str) -> dict[str, Any]:
    return {"eventName": "REMOVE", "userIdentity": by, "dynamodb": {"OldImage": {}}}


def receipt(kind: str, state: str, *, announce: bool) -> dict[str, Any]:
    return change(kind, state={"S": state}, announce={"BOOL": announce})


def after(before: str, now: str, **more_before: Any) -> dict[str, Any]:
    record = change("MODIFY", state={"S": now})
    record["dynamodb"]["OldImage"] = {"state": {"S": before}, **more_before}
    return record


CASES = [
    ("ArticlesToPublish", change("INSERT"), True),
    ("ArticlesToPublish", change("MODIFY"), True),
    ("ArticlesToPublish", change("REMOVE"), False),  # an operator's DeleteItem
    ("ArticlesToPublish", removal(type="Service", principalId="dynamodb.amazonaws.com"), True),
    ("ArticlesToPublish", removal(type="Service", principalId="replication.example"), False),
    ("ReceiptsToPublish", receipt("INSERT", "done", announce=True), True),
    ("ReceiptsToPublish", receipt("MODIFY", "failed", announce=True), True),
    ("ReceiptsToPublish", receipt("MODIFY", "processing", announce=True), False),
    ("ReceiptsToPublish", receipt("INSERT", "done", announce=False), False),
    ("ReceiptsToPublish", change("INSERT", state={"S": "done"}), False),
    ("ReceiptsToPublish", receipt("REMOVE", "done", announce=True), False),
    ("ReceiptsToPublish", after("failed", "done"), True),
    ("ReceiptsToPublish", after("done", "done"), False),
    ("ReceiptsToPublish", after("failed", "processing"), False),
    ("ReceiptsToPublish", after("processing", "done", was_failed={"BOOL": True}), True),
    ("ReceiptsToPublish", after("processing", "processing", was_failed={"BOOL": True}), False),
]


@pytest.mark.parametrize(("name", "record", "announced"), CASES)
def test_only_what_may_be_news_reaches_publish(
    stack: Stack, name: str, record: dict[str, Any], *, announced: bool
) -> None:
    filters = stack.properties(name)["FilterCriteria"]["Filters"]

    assert any(passes(json.loads(it["Pattern"]), record) for it in filters) is announced


def test_the_archive_keeps_events_of_articles_for_the_days_that_are_given(stack: Stack) -> None:
    archive = stack.properties("EventArchive")

    assert archive["RetentionDays"] == {"Ref": "KeepEventsDays"}
    assert target(archive["SourceArn"]) == "Bus"
    # A message about an upload may quote a rejected record, which a takedown would not reach.
    pattern = {"source": [SOURCE], "detail-type": [{"prefix": "Article"}]}
    assert archive["EventPattern"] == pattern


def test_embargoes_are_looked_at_every_minute(stack: Stack) -> None:
    rule = stack.properties("EveryMinute")
    [aim] = rule["Targets"]

    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert target(aim["Arn"]) == "ReleaseFunction"


def test_uploads_are_reconciled_as_often_as_the_parameter_says_and_without_it_never(
    stack: Stack,
) -> None:
    never = stack.given(Stage="dev").properties("ReconcileSchedule")
    daily = stack.given(Stage="dev", ReconcileEvery="rate(1 day)").properties("ReconcileSchedule")
    [aim] = daily["Targets"]

    assert (never["State"], daily["State"]) == ("DISABLED", "ENABLED")
    assert daily["ScheduleExpression"] == {"Ref": "ReconcileEvery"}
    assert target(aim["Arn"]) == "ReconcileFunction"
