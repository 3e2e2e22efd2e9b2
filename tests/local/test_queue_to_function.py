import json
from typing import Any
from urllib.parse import unquote_plus

from articles_local import EmbeddedAws

from .conftest import Told

KEY = "incoming/reuters/a+b 100%/é.json"


def upload(aws: EmbeddedAws, key: str = KEY, body: bytes = b"{}") -> dict[str, Any]:
    answer: dict[str, Any] = aws.client("s3").put_object(
        Bucket=aws.outputs["InboxBucket"], Key=key, Body=body
    )
    return answer


def send(aws: EmbeddedAws, queue: str = "UploadsQueueUrl", **asked: Any) -> str:
    answer = aws.client("sqs").send_message(
        QueueUrl=aws.outputs[queue], MessageBody=json.dumps(asked)
    )
    message: str = answer["MessageId"]
    return message


def given(invocations: list[dict[str, Any]]) -> list[list[str]]:
    return [[it["messageId"] for it in told["event"]["Records"]] for told in invocations]


def notices(invocations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bodies = [json.loads(it["body"]) for told in invocations for it in told["event"]["Records"]]
    return [notice for body in bodies for notice in body["Records"]]


def dead_letters(aws: EmbeddedAws) -> list[str]:
    answer = aws.client("sqs").receive_message(
        QueueUrl=aws.outputs["DeadLetterQueueUrl"], MaxNumberOfMessages=10
    )
    return [it["MessageId"] for it in answer.get("Messages", [])]


def test_an_upload_is_notified_in_the_form_of_aws(aws: EmbeddedAws, told: Told) -> None:
    put = upload(aws, body=b"{  }")

    aws.drain()

    [notice] = notices(told("ingest"))
    assert notice["eventName"] == "ObjectCreated:Put"
    assert notice["s3"]["bucket"]["name"] == aws.outputs["InboxBucket"]
    uploaded = notice["s3"]["object"]
    assert uploaded["key"] == "incoming/reuters/a%2Bb+100%25/%C3%A9.json"
    assert unquote_plus(uploaded["key"]) == KEY
    assert uploaded["versionId"] == put["VersionId"]
    assert uploaded["eTag"] == put["ETag"].strip('"')
    assert uploaded["size"] == 4


def test_the_sequencer_grows_with_every_put(aws: EmbeddedAws, told: Told) -> None:
    for _ in range(12):
        upload(aws)

    aws.drain()

    sequencers = [it["s3"]["object"]["sequencer"] for it in notices(told("ingest"))]
    assert len(set(sequencers)) == 12
    assert sequencers == sorted(sequencers)
    assert all(it == it.upper() and int(it, 16) for it in sequencers)


def test_a_multipart_upload_is_notified_once(aws: EmbeddedAws, told: Told) -> None:
    s3 = aws.client("s3")
    what = {"Bucket": aws.outputs["InboxBucket"], "Key": "incoming/large.json"}
    upload_id = s3.create_multipart_upload(**what)["UploadId"]
    part = s3.upload_part(**what, UploadId=upload_id, PartNumber=1, Body=b"{}")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**what, UploadId=upload_id, MultipartUpload=parts)

    aws.drain()

    names = [it["eventName"] for it in notices(told("ingest"))]
    assert names == ["ObjectCreated:CompleteMultipartUpload"]


def test_what_lies_outside_the_notified_prefix_is_not_notified(
    aws: EmbeddedAws, told: Told
) -> None:
    upload(aws, key="outgoing/a.json")

    aws.drain()

    assert told("ingest") == []


def test_a_batch_is_as_large_as_the_template_says(aws: EmbeddedAws, told: Told) -> None:
    for _ in range(12):
        send(aws)
    for _ in range(2):
        send(aws, "BulkQueueUrl")

    aws.drain()

    assert [len(it) for it in given(told("ingest"))] == [10, 2]
    assert [len(it) for it in given(told("bulk"))] == [1, 1]


def test_only_the_failed_message_of_a_batch_is_delivered_again(
    aws: EmbeddedAws, told: Told
) -> None:
    good, bad, fine = send(aws), send(aws, fails=2), send(aws)

    aws.drain()

    assert given(told("ingest")) == [[good, bad, fine], [bad], [bad]]
    assert dead_letters(aws) == []


def test_a_function_that_raises_gets_the_whole_batch_again(aws: EmbeddedAws, told: Told) -> None:
    batch = [send(aws), send(aws, fails=1, by="raising")]

    aws.drain()

    assert given(told("ingest")) == [batch, batch]


def test_after_its_last_strike_a_message_is_a_dead_letter(aws: EmbeddedAws, told: Told) -> None:
    hopeless = send(aws, fails=99)

    aws.drain()

    strikes = [
        it["attributes"]["ApproximateReceiveCount"]
        for invocation in told("ingest")
        for it in invocation["event"]["Records"]
    ]
    assert strikes == ["1", "2", "3", "4", "5"]
    assert dead_letters(aws) == [hopeless]
