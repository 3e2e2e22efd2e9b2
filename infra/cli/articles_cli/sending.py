"""Sending uploads to be read again: the same messages on the same queue, at a pace it can bear."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice

from articles.uploads.message import Upload, notice
from articles_cli import waiting
from articles_cli.deployment import Deployment

BATCH = 10  # what SendMessageBatch takes
# Articles a second. A partition of the index by feed takes 1,000 writes: what uploaders send
# meanwhile must fit, too.
PER_SECOND = 500.0


class NotSentError(Exception):
    """SQS did not take a message."""


def new_run() -> int:
    """Return the number of a new run, which is higher than that of any before it."""
    return int(time.time())


def send(
    service: Deployment,
    uploads: Iterable[tuple[Upload, int]],
    *,
    per_second: float = PER_SECOND,
) -> Iterator[Upload]:
    """Send messages for uploads, each with the number of its articles; gives those that were sent.

    Raises NotSentError for the first that SQS refuses.
    """
    left = iter(uploads)
    while batch := list(islice(left, BATCH)):
        began = time.monotonic()
        answer = service.sqs.send_message_batch(
            QueueUrl=service.outputs["UploadsQueueUrl"],
            Entries=[
                {"Id": str(number), "MessageBody": notice(upload, bucket=service.inbox)}
                for number, (upload, _) in enumerate(batch)
            ],
        )
        if failed := answer.get("Failed"):
            raise NotSentError(f"{len(failed)} messages: {failed[0].get('Message')}")
        yield from (upload for upload, _ in batch)
        articles = sum(max(1, count) for _, count in batch)
        waiting.rest(articles / per_second - (time.monotonic() - began))
