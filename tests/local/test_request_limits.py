"""What SQS, EventBridge and S3 would refuse is refused, in their words, one entry at a time."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws

from .refusal import Item, refusal

MIB = 1_048_576

# ── SQS ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def queue(aws: EmbeddedAws) -> Iterator["Queue"]:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="limits")["QueueUrl"]
    yield Queue(sqs, url)
    sqs.delete_queue(QueueUrl=url)


class Queue:
    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs, self._url = sqs, url

    def send(self, body: str, **asked: Any) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body, **asked)

    def send_all(self, *bodies: str, **asked: Any) -> Item:
        entries = [{"Id": str(n), "MessageBody": body, **asked} for n, body in enumerate(bodies)]
        answer: Item = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)
        return answer

    def receive(self) -> list[Item]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages: list[Item] = answer.get("Messages", [])
        return messages

    def bodies(self) -> list[str]:
        return [it["Body"] for it in self.receive()]


LARGE = f"One or more parameters are invalid. Reason: Message must be shorter than {MIB} bytes."
ATTRIBUTES = {
    "name": {"DataType": "String", "StringValue": "é"},
    "raw": {"DataType": "Binary", "BinaryValue": b"\xff"},
}
ATTRIBUTES_SIZE = len("nameString") + 2 + len("rawBinary") + 1


def test_a_message_of_1_mib_is_the_largest(queue: Queue) -> None:
    queue.send("é" * (MIB // 2))

    assert refusal(queue.send, body="é" * (MIB // 2) + "e") == ("InvalidParameterValue", LARGE)
    assert queue.bodies() == ["é" * (MIB // 2)]


def test_the_attributes_of_a_message_count(queue: Queue) -> None:
    longest = "x" * (MIB - ATTRIBUTES_SIZE)
    queue.send(longest, MessageAttributes=ATTRIBUTES)

    refused = refusal(queue.send, body=longest + "x", MessageAttributes=ATTRIBUTES)

    assert refused == ("InvalidParameterValue", LARGE)
    assert queue.bodies() == [longest]


def test_a_batch_of_1_mib_is_the_largest(queue: Queue) -> None:
    half = "x" * (MIB // 2 - ATTRIBUTES_SIZE)
    queue.send_all(half, half, MessageAttributes=ATTRIBUTES)
    assert queue.bodies() == [half, half]

    with pytest.raises(ClientError) as caught:
        queue.send_all(half, half + "x", MessageAttributes=ATTRIBUTES)

    assert caught.value.response["Error"]["Code"].endswith("BatchRequestTooLong")
    assert f"{MIB} bytes. You have sent {MIB + 1} bytes." in str(caught.value)
    assert queue.bodies() == []


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_message_holds_the_characters_of_xml_alone(queue: Queue, character: str) -> None:
    code, message = refusal(queue.send, body=f"a{character}b")

    assert code == "InvalidMessageContents"
    assert "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD" in message
    assert queue.bodies() == []


def test_a_message_holds_any_character_of_xml(queue: Queue) -> None:
    body = "\t\n\r \x7f\ud7ff\ue000\ufffd\U00010000\U0010ffff"

    queue.send(body)

    assert queue.bodies() == [body]


def test_one_message_that_is_refused_does_not_hold_up_its_batch(queue: Queue) -> None:
    answer = queue.send_all("a", "b\x00", "c")

    assert [it["Id"] for it in answer["Successful"]] == ["0", "2"]
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"]) == ("1", "InvalidMessageContents")
    assert failed["SenderFault"]
    assert queue.bodies() == ["a", "c"]


def test_a_batch_has_ten_messages_at_most(queue: Queue) -> None:
    with pytest.raises(ClientError) as caught:
        queue.send_all(*["a"] * 10, "b\x00")

    assert caught.value.response["Error"]["Code"].endswith("TooManyEntriesInBatchRequest")
    assert queue.bodies() == []


@pytest.mark.parametrize("group", ["courier", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "g" * 128])
def test_a_message_may_belong_to_a_group(queue: Queue, group: str) -> None:
    queue.send("alone", MessageGroupId=group)
    queue.send_all("in a batch", MessageGroupId=group)

    received = {it["Body"]: it["Attributes"]["MessageGroupId"] for it in queue.receive()}

    assert received == {"alone": group, "in a batch": group}


@pytest.mark.parametrize("group", ["", "g" * 129, "two words", "é", "a\n"])
def test_the_name_of_a_group_is_short_and_plain(queue: Queue, group: str) -> None:
    message = (
        f"Value {group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only "
        "include alphanumeric and punctuation characters. 1 to 128 in length."
    )

    refused = refusal(queue.send, body="alone", MessageGroupId=group)
    answer = queue.send_all("in a batch", MessageGroupId=group)

    assert refused == ("InvalidParameterValue", message)
    [failed] = answer["Failed"]
    assert (failed["Code"], failed["Message"]) == refused
    assert queue.bodies() == []


# ── EventBridge ──────────────────────────────────────────────────────────────────────────────────


def entries(aws: EmbeddedAws, *told: Item) -> list[Item]:
    whole = {"EventBusName": aws.outputs["EventBusName"], "Source": "limits", "DetailType": "Told"}
    return [{**whole, **it} for it in told]


def announce(aws: EmbeddedAws, *told: Item) -> list[Item]:
    put = aws.client("events").put_events(Entries=entries(aws, *told))
    assert put["FailedEntryCount"] == sum("ErrorCode" in it for it in put["Entries"])
    answers: list[Item] = put["Entries"]
    return answers


def test_an_event_that_is_refused_does_not_hold_up_the_others(aws: EmbeddedAws, tap: Tap) -> None:
    answers = announce(
        aws,
        {"Detail": ' {"n": 1}'},
        {"Detail": "[1]"},
        {"Detail": '"text"'},
        {"Detail": "{"},
        {"Detail": '{"n": 2}', "DetailType": "t" * 129},
        {"Detail": '{"n": 3}', "DetailType": "é" * 128},
    )

    codes = [it.get("ErrorCode") for it in answers]
    assert codes == [None, *["MalformedDetail"] * 3, "InvalidArgument", None]
    assert answers[1]["ErrorMessage"] == "Detail is malformed."
    assert [it["detail"] for it in tap.read()] == [{"n": 1}, {"n": 3}]


def test_a_request_of_1_mib_is_the_largest(aws: EmbeddedAws) -> None:
    first = {"Detail": "{}", "Resources": ["arn:é"], "Time": 1_800_000_000}
    beside = 2 * len("limitsTold") + len("{}") + len("arn:é".encode()) + 14
    second = '{"é": "' + "x" * (MIB - beside - len('{"é": ""}'.encode())) + '"}'

    announce(aws, first, {"Detail": second})
    refused = refusal(
        aws.client("events").put_events, Entries=entries(aws, first, {"Detail": second + " "})
    )

    message = "Total size of the entries in the request is over the limit."
    assert refused == ("ValidationException", message)


def test_a_request_has_ten_entries_at_most(aws: EmbeddedAws, tap: Tap) -> None:
    eleven = entries(aws, *[{"Detail": "[]"}] * 11)

    code, message = refusal(aws.client("events").put_events, Entries=eleven)

    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 10")
    assert tap.read() == []


# ── S3 ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_key_of_an_object_has_1024_bytes_at_most(aws: EmbeddedAws) -> None:
    s3, bucket = aws.client("s3"), aws.outputs["ArchiveBucket"]
    longest = "é" * 512
    s3.put_object(Bucket=bucket, Key=longest, Body=b"kept")

    too_long = ("KeyTooLongError", "Your key is too long")
    asked = {"Bucket": bucket, "Key": longest + "e"}
    assert refusal(s3.put_object, **asked, Body=b"not kept") == too_long
    assert refusal(s3.create_multipart_upload, **asked) == too_long
    assert refusal(s3.get_object, **asked) == too_long
    assert refusal(s3.head_object, **asked) == ("400", "Bad Request")
    assert s3.get_object(Bucket=bucket, Key=longest)["Body"].read() == b"kept"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
