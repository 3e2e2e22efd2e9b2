import json
from typing import Any

import pytest

from articles.announcing.events import SOURCE
from articles.batches import seconds_for_one
from articles.limits import Limits

from .stack import Stack, target

SOURCE_QUEUES = ["UploadsQueue", "BulkQueue"]
QUEUE_MAPPINGS = ["UploadsToIngest", "BulkToIngest"]
STREAM_MAPPINGS = ["ArticlesToPublish", "ReceiptsToPublish"]


def test_these_are_all_the_mappings(stack: Stack) -> None:
    assert [*stack.mappings("SQS::Queue")] == QUEUE_MAPPINGS
    assert [*stack.mappings("DynamoDB::Table")] == STREAM_MAPPINGS
    assert len(stack.of_type("Lambda::EventSourceMapping")) == 4


def test_an_object_put_under_incoming_and_no_other_reaches_the_uploads_queue(stack: Stack) -> None:
    [notice] = stack.properties("InboxBucket")["NotificationConfiguration"]["QueueConfigurations"]

    assert notice["Event"] == "s3:ObjectCreated:*"
    assert target(notice["Queue"]) == "UploadsQueue"
    assert notice["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "incoming/"}]


@pytest.mark.parametrize("name", QUEUE_MAPPINGS)
def test_a_message_at_work_is_not_given_out_again(stack: Stack, name: str) -> None:
    mapping = stack.properties(name)
    queue = stack.properties(target(mapping["EventSourceArn"]))
    function = stack.properties(target(mapping["FunctionName"]))

    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_small_uploads_come_in_tens_and_a_large_one_alone(stack: Stack) -> None:
    assert stack.properties("UploadsToIngest")["BatchSize"] == 10
    assert stack.properties("BulkToIngest")["BatchSize"] == 1


@pytest.mark.parametrize(("name", "at_once"), [("IngestFunction", 1), ("BulkFunction", 6)])
def test_the_costliest_upload_is_done_in_the_time_of_its_function(
    stack: Stack, name: str, at_once: int
) -> None:
    function = stack.properties(name)

    needed = seconds_for_one(Limits(), function["MemorySize"])

    assert at_once * needed < function["Timeout"]


@pytest.mark.parametrize("name", QUEUE_MAPPINGS)
def test_a_burst_waits_in_the_queue(stack: Stack, name: str) -> None:
    limit = stack.properties(name)["ScalingConfig"]["MaximumConcurrency"]

    assert stack.template["Parameters"][limit["Ref"]]["MinValue"] == 2


@pytest.mark.parametrize("name", QUEUE_MAPPINGS + STREAM_MAPPINGS)
def test_one_bad_record_does_not_repeat_its_batch(stack: Stack, name: str) -> None:
    assert stack.properties(name)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", SOURCE_QUEUES)
def test_a_message_that_fails_five_times_goes_to_the_dead_letters(stack: Stack, name: str) -> None:
    redrive = stack.properties(name)["RedrivePolicy"]

    assert target(redrive["deadLetterTargetArn"]) == "DeadLetterQueue"
    assert int(stack.literal(redrive["maxReceiveCount"])) == 5


@pytest.mark.parametrize("name", QUEUE_MAPPINGS)
def test_ingest_knows_its_last_strike(stack: Stack, name: str) -> None:
    mapping = stack.properties(name)
    redrive = stack.properties(target(mapping["EventSourceArn"]))["RedrivePolicy"]
    environment = stack.properties(target(mapping["FunctionName"]))["Environment"]["Variables"]

    known, counted = environment["MAX_RECEIVES"], redrive["maxReceiveCount"]
    assert int(stack.literal(known)) == int(stack.literal(counted))


def test_only_the_queues_that_have_them_may_send_dead_letters(stack: Stack) -> None:
    allowed = stack.properties("DeadLetterQueue")["RedriveAllowPolicy"]
    names = [stack.properties(name)["QueueName"]["Fn::Sub"] for name in SOURCE_QUEUES]

    assert allowed["redrivePermission"] == "byQueue"
    assert [arn["Fn::Sub"].rpartition(":")[2] for arn in allowed["sourceQueueArns"]] == names


@pytest.mark.parametrize("name", [*SOURCE_QUEUES, "DeadLetterQueue", "PublishFailureQueue"])
def test_what_waits_or_failed_is_kept_for_two_weeks(stack: Stack, name: str) -> None:
    assert stack.properties(name)["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


@pytest.mark.parametrize("name", STREAM_MAPPINGS)
class TestStreamMapping:
    def test_starts_with_the_first_change_there_ever_was(self, stack: Stack, name: str) -> None:
        assert stack.properties(name)["StartingPosition"] == "TRIM_HORIZON"

    def test_is_read_by_one_function_for_each_shard_unless_told_otherwise(
        self, stack: Stack, name: str
    ) -> None:
        factor = stack.properties(name)["ParallelizationFactor"]

        assert stack.values({})[factor["Ref"]] == "1"

    def test_tries_again_for_half_the_life_of_the_stream(self, stack: Stack, name: str) -> None:
        mapping = stack.properties(name)

        assert mapping["MaximumRetryAttempts"] == -1
        assert mapping["MaximumRecordAgeInSeconds"] == 12 * 60 * 60

    def test_looks_for_the_record_that_makes_the_function_fail(
        self, stack: Stack, name: str
    ) -> None:
        assert stack.properties(name)["BisectBatchOnFunctionError"] is True

    def test_sets_aside_what_it_gives_up(self, stack: Stack, name: str) -> None:
        failure = stack.properties(name)["DestinationConfig"]["OnFailure"]["Destination"]

        assert target(failure) == "PublishFailureQueue"


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


def test_events_are_archived_where_the_parameter_says_for_how_long(stack: Stack) -> None:
    archive = stack.properties("EventArchive")

    assert stack.template["Parameters"]["KeepEventsDays"]["Default"] == "0"
    assert stack.resources["EventArchive"]["Condition"] == "KeepsEvents"
    assert stack.template["Conditions"]["KeepsEvents"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "KeepEventsDays"}, "0"]}]
    }
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
    rule = stack.properties("ReconcileSchedule")
    [aim] = rule["Targets"]

    assert stack.template["Parameters"]["ReconcileEvery"]["Default"] == ""
    assert stack.template["Conditions"]["Reconciles"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ReconcileEvery"}, ""]}]
    }
    assert rule["State"] == {"Fn::If": ["Reconciles", "ENABLED", "DISABLED"]}
    assert rule["ScheduleExpression"]["Fn::If"][:2] == ["Reconciles", {"Ref": "ReconcileEvery"}]
    assert target(aim["Arn"]) == "ReconcileFunction"
