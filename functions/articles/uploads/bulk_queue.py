"""The queue of large uploads: a message for each to be planned, and one for each part to be stored.

Each names its feed as its group (SQS fair queues), so one feed's archive does not keep the others
waiting.
None of them is a continuation: planning sends parts, and a part sends nothing, so no chain of
invocations is longer than three.
"""

from typing import TYPE_CHECKING

from articles.refs import Part, label
from articles.uploads.message import Upload, notice

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

# What SendMessageBatch takes.
BATCH = 10


class NotSentError(Exception):
    """SQS did not take a message: transient, as all faults of AWS."""


class BulkQueue:
    """The bulk queue."""

    def __init__(self, sqs: "SQSClient", url: str, *, inbox: str) -> None:
        self._sqs = sqs
        self._url = url
        self._inbox = inbox

    def defer(self, upload: Upload) -> None:
        """Have an upload, or a part of it, ingested alone."""
        body = notice(upload, bucket=self._inbox, part=upload.part)
        self._sqs.send_message(
            QueueUrl=self._url, MessageBody=body, MessageGroupId=label(upload.feed)
        )

    def send(self, upload: Upload, parts: list[Part]) -> None:
        """Have parts stored; one that is sent twice does no harm."""
        for start in range(0, len(parts), BATCH):
            answer = self._sqs.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {
                        "Id": str(part.number),
                        "MessageBody": notice(upload, bucket=self._inbox, part=part),
                        "MessageGroupId": label(upload.feed),
                    }
                    for part in parts[start : start + BATCH]
                ],
            )
            if failed := answer.get("Failed"):
                raise NotSentError(f"{len(failed)} parts: {failed[0].get('Message')}")
