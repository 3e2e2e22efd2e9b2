"""Sending uploads to be read again: the same messages on the same queue, at a pace it can bear."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from articles.storing.receipts import Receipt
from articles.uploads.message import Upload, notice
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal import waiting
from articles_cli.terminal.waiting import Interrupted

if TYPE_CHECKING:
    from articles.refs import VersionRef

BATCH = 10  # what SendMessageBatch takes
# Articles a second. A partition of the index by feed takes 1,000 writes: what uploaders send
# meanwhile must fit, too.
PER_SECOND = 500.0
# Receipts asked for at once; they come in about the order in which the messages were sent.
LOOKED_AT = 500


class NotSentError(Exception):
    """SQS did not take a message."""


def new_run() -> int:
    """Return the number of a new run, higher than any before it: milliseconds since 1970."""
    return int(time.time() * 1000)


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
            raise NotSentError(
                f"SQS did not take {len(failed)} messages: {failed[0].get('Message')}"
            )
        yield from (upload for upload, _ in batch)
        articles = sum(max(1, count) for _, count in batch)
        waiting.rest(articles / per_second - (time.monotonic() - began))


def awaited(
    service: Deployment, uploads: Iterable[Upload], *, timeout: float, interrupted: Interrupted
) -> Iterator[Receipt]:
    """Wait for the receipts of uploads, of their runs or later ones; gives each as it comes.

    Ends when all are there, when nothing has moved for `timeout` seconds, or when interrupted. A
    part that is stored is a move: a large upload takes as long as it takes.
    """
    pending = {(it.key, it.version_name): it.run for it in uploads}
    parts_done: dict[VersionRef, int] = {}
    deadline = time.monotonic() + timeout
    while pending and not interrupted.is_set():
        looked_at = list(islice(pending, LOOKED_AT))
        found = service.lookup.receipts_at(looked_at).items()
        begun = {ref: it for ref, it in found if it.run >= pending[ref]}
        final = {ref: it for ref, it in begun.items() if it.state != "processing"}
        done = {ref: len(it.done) for ref, it in begun.items() if ref not in final}
        for ref in looked_at:  # those that are not there yet come after the others
            run = pending.pop(ref)
            if ref not in final:
                pending[ref] = run
        yield from final.values()
        if final or done.items() - parts_done.items():
            parts_done |= done
            deadline = time.monotonic() + timeout
        elif time.monotonic() > deadline:
            return
        else:
            waiting.pause()
