"""Messages as S3 sends them and batches as SQS gives them to a function."""

import json
from typing import Any

from tests.aws import records
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.newsroom import a_story


def notice(cloud: Cloud, uploaded: Item, **changes: Any) -> Item:
    """Write the record by which S3 tells of an object; None takes a member of `object` out."""
    bucket = changes.pop("bucket", cloud.outputs["InboxBucket"])
    return records.notice(uploaded, bucket, **changes)


def body(*notices: Any) -> str:
    return json.dumps({"Records": list(notices)})


def batch(*bodies: str, received: int = 1, queue: str = "uploads") -> Item:
    """Write a batch of messages `1`, `2`…, each received for the `received`-th time."""
    return {
        "Records": [
            records.sqs_record(str(n), it, received=received, queue=queue)
            for n, it in enumerate(bodies, start=1)
        ]
    }


def bulk_batch(*bodies: str, received: int = 1) -> Item:
    """Write a batch of messages of the bulk queue."""
    return batch(*bodies, received=received, queue="bulk")


def failures(answer: dict[str, Any] | None) -> list[str]:
    """Name the messages that must come again; the function itself must not have failed."""
    assert answer is not None
    assert answer.keys() == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def upload(cloud: Cloud, name: str = "ferry.json", file: Any = None, **changes: Any) -> str:
    """Upload a file and write the message that tells of it."""
    put = cloud.upload(f"incoming/courier/{name}", file or a_story(id=name))
    return body(notice(cloud, put, **changes))


def outcomes(cloud: Cloud) -> dict[str, str]:
    """Give the outcome of each upload, or its state as long as there is none."""
    told = {
        it["key"].rpartition("/")[2]: (it.get("outcome"), it["state"])
        for it in cloud.receipts()
        if "state" in it  # not a note of when a watched feed uploaded
    }
    return {name: outcome or state for name, (outcome, state) in told.items()}
