"""Messages as S3 sends them and batches as SQS gives them to a function."""

import json
from typing import Any
from urllib.parse import quote_plus

from .cloud import Cloud
from .newsroom import a_story

Message = dict[str, Any]


def notice(cloud: Cloud, uploaded: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Write the record by which S3 tells of an object; None takes a member of `object` out."""
    told = {
        "key": quote_plus(uploaded["key"], safe="/"),
        "size": 1,
        "eTag": uploaded.get("etag"),
        "versionId": uploaded.get("version"),
        "sequencer": "0055AED6DCD90281E5",
    }
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "1970-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:uploader"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"},
    }
    record |= {name: changes.pop(name) for name in record.keys() & changes.keys()}
    bucket = changes.pop("bucket", cloud.outputs["InboxBucket"])
    told = {name: value for name, value in {**told, **changes}.items() if value is not None}
    described = {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}
    return {**record, "s3": {"s3SchemaVersion": "1.0", "bucket": described, "object": told}}


def body(*notices: Any) -> str:
    return json.dumps({"Records": list(notices)})


def batch(*bodies: str, received: int = 1) -> dict[str, Any]:
    """Write a batch of messages `1`, `2`…, each received for the `received`-th time."""
    return {"Records": [_message(str(n), it, received) for n, it in enumerate(bodies, start=1)]}


def bulk_batch(*bodies: str, received: int = 1) -> dict[str, Any]:
    """Write a batch of messages of the bulk queue."""
    of_bulk = "arn:aws:sqs:us-east-1:123456789012:articles-bulk-test"
    messages = batch(*bodies, received=received)["Records"]
    return {"Records": [{**it, "eventSourceARN": of_bulk} for it in messages]}


def failures(answer: dict[str, Any] | None) -> list[str]:
    """Name the messages that must come again; the function itself must not have failed."""
    assert answer is not None
    assert answer.keys() == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def _message(name: str, text: str, received: int) -> Message:
    return {
        "messageId": name,
        "receiptHandle": f"handle-{name}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": str(received),
            "SentTimestamp": "1772359200000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1772359200001",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:articles-uploads-test",
        "awsRegion": "us-east-1",
    }


def upload(cloud: Cloud, name: str = "ferry.json", file: Any = None, **changes: Any) -> str:
    """Upload a file and write the message that tells of it."""
    put = cloud.upload(f"incoming/courier/{name}", file or a_story(id=name))
    return body(notice(cloud, put, **changes))


def outcomes(cloud: Cloud) -> dict[str, str]:
    """Give the outcome of each upload, or its state as long as there is none."""
    told = {
        it["key"].rpartition("/")[2]: (it.get("outcome"), it["state"]) for it in cloud.receipts()
    }
    return {name: outcome or state for name, (outcome, state) in told.items()}
