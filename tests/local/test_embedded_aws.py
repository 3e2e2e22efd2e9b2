import os
import threading
from io import StringIO

import boto3
import pytest

from articles_local import EmbeddedAws

from .conftest import Told, embedded


def test_the_stack_is_found_by_its_name_with_its_nine_outputs(aws: EmbeddedAws) -> None:
    formation = boto3.client(
        "cloudformation",
        region_name="us-east-1",
        endpoint_url=aws.endpoint_url,
        aws_access_key_id="another",
        aws_secret_access_key="process",
    )

    [stack] = formation.describe_stacks(StackName="articles-test")["Stacks"]

    found = {it["OutputKey"]: it["OutputValue"] for it in stack["Outputs"]}
    assert aws.outputs.items() <= found.items()
    assert sorted(aws.outputs) == [
        "ArchiveBucket",
        "ArticlesTable",
        "BulkQueueUrl",
        "DeadLetterQueueUrl",
        "EventBusName",
        "InboxBucket",
        "PublishFailureQueueUrl",
        "ReceiptsTable",
        "UploadsQueueUrl",
    ]


def test_a_function_has_the_environment_of_the_template_and_nothing_of_the_callers_aws(
    aws: EmbeddedAws, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.amazonaws.com")
    before = dict(os.environ)
    aws.client("s3").put_object(Bucket=aws.outputs["InboxBucket"], Key="incoming/a", Body=b"{}")

    aws.drain()

    assert dict(os.environ) == before
    [environment] = [it["environment"] for it in told("ingest")]
    assert environment["INBOX_BUCKET"] == aws.outputs["InboxBucket"]
    assert environment["MAX_RECEIVES"] == "5"
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "articles-ingest-test"
    assert "AWS_ENDPOINT_URL_S3" not in environment


def test_functions_with_one_handler_share_no_globals(aws: EmbeddedAws, told: Told) -> None:
    send = aws.client("sqs").send_message
    send(QueueUrl=aws.outputs["UploadsQueueUrl"], MessageBody="{}")
    send(QueueUrl=aws.outputs["BulkQueueUrl"], MessageBody="{}")

    aws.drain()

    assert [it["invocation"] for it in told("bulk")] == [1]
    assert told("ingest")[0]["environment"]["POWERTOOLS_SERVICE_NAME"] == "ingest"


def test_what_functions_print_goes_to_the_log_alone(
    aws: EmbeddedAws, log: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.drain()

    assert capsys.readouterr() == ("", "")
    assert "release is loaded" in log.getvalue()


def test_a_drain_runs_the_schedule_once(aws: EmbeddedAws, told: Told) -> None:
    aws.drain()

    [release] = told("release")
    assert release["event"]["detail-type"] == "Scheduled Event"
    assert 29_000 < release["remaining"] <= 30_000


def test_a_schedule_that_the_template_switches_off_does_not_run(
    aws: EmbeddedAws, told: Told
) -> None:
    aws.drain()

    assert told("reconcile") == []


def test_nothing_moves_when_all_is_quiet(aws: EmbeddedAws) -> None:
    aws.drain()

    assert not aws.pump()


def test_a_long_poll_does_not_hold_up_others(aws: EmbeddedAws) -> None:
    queue = aws.outputs["PublishFailureQueueUrl"]
    answers = []
    poll = threading.Thread(
        target=lambda: answers.append(
            aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)
        )
    )
    poll.start()

    aws.client("sqs").send_message(QueueUrl=queue, MessageBody="at last")
    poll.join(timeout=4)

    assert [it["Body"] for it in answers[0]["Messages"]] == ["at last"]


def test_one_instance_knows_nothing_of_the_one_before() -> None:
    def objects(aws: EmbeddedAws) -> int:
        count: int = aws.client("s3").list_objects_v2(Bucket=aws.outputs["InboxBucket"])["KeyCount"]
        return count

    with embedded(StringIO()) as first:
        first.client("s3").put_object(
            Bucket=first.outputs["InboxBucket"], Key="incoming/a", Body=b"{}"
        )
        assert objects(first) == 1

    log = StringIO()
    with embedded(log) as second:
        assert objects(second) == 0
        second.drain()
    assert '"message":"released"' in log.getvalue()
