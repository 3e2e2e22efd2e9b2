"""What S3, SQS and the streams of DynamoDB tell: the records of events, as Lambda gives them."""

import base64
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote_plus

from .expressions import Item

REGION, ACCOUNT = "us-east-1", "123456789012"


def notice(uploaded: Item, bucket: str, **changes: Any) -> Item:
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
        "awsRegion": REGION,
        "eventTime": "1970-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:uploader"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"},
    }
    record |= {name: changes.pop(name) for name in record.keys() & changes.keys()}
    told = {name: value for name, value in {**told, **changes}.items() if value is not None}
    described = {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}
    return {**record, "s3": {"s3SchemaVersion": "1.0", "bucket": described, "object": told}}


def sqs_record(name: str, body: str, *, received: int = 1, queue: str) -> Item:
    """Write a message of a queue, which is received for the `received`-th time."""
    return {
        "messageId": name,
        "receiptHandle": f"handle-{name}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(received),
            "SentTimestamp": "1772359200000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1772359200001",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def stream_record(
    sequence: int,
    keys: Iterable[str],
    old: Item | None,
    new: Item | None,
    *,
    table: str,
    by_ttl: bool = False,
) -> Item:
    """Write a change as a table's stream tells it to a function; images are DynamoDB JSON."""
    identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    known = new or old or {}
    images = {"OldImage": old, "NewImage": new}
    return {
        "eventID": f"{sequence:032}",
        "eventName": "REMOVE" if not new else ("MODIFY" if old else "INSERT"),
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": 1772355600.0,
            "Keys": {name: known[name] for name in keys},
            "SequenceNumber": str(sequence),
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **{name: as_lambda_tells(image) for name, image in images.items() if image},
        },
        **({"userIdentity": identity} if by_ttl else {}),
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/1",
    }


def as_lambda_tells(image: Item) -> Item:
    """Write binaries as base64: a function is given its event as JSON."""
    return {
        name: {"B": base64.b64encode(bytes(value["B"])).decode()} if "B" in value else value
        for name, value in image.items()
    }


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
