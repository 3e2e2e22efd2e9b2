"""The publish failure queue: what could not be announced."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple, Self

from articles.quoting import cut
from articles_cli.stack.deployment import Deployment
from articles_cli.stories.names import is_article_id

PAGE = 10  # what ReceiveMessage gives
MAX_MESSAGES = 10_000
MESSAGE_SHOWN = 100
HIDDEN_SECONDS = 600  # for a pass over them; at its end, what is left is released


class Failure(NamedTuple):
    """A message of the queue; without an `article_id` it is not about one article."""

    handle: str
    article_id: str | None
    about: str
    cause: str


class Failures:
    """The queue, within `with`: what is not deleted by its end is in the queue again."""

    def __init__(self, service: Deployment) -> None:
        self._sqs = service.sqs
        self._url = service.outputs["PublishFailureQueueUrl"]
        self._held: dict[str, None] = {}
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        held = iter(self._held)
        while handles := list(islice(held, PAGE)):
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                    for number, handle in enumerate(handles)
                ],
            )

    def pages(self) -> Iterator[list[Failure]]:
        """Give each message once, at most MAX_MESSAGES."""
        for _ in range(MAX_MESSAGES // PAGE):
            messages = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=PAGE,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            ).get("Messages", [])
            new = [it for it in messages if it["MessageId"] not in self._seen]
            if not new:  # of a long pass, those of its beginning come again
                return
            self._seen |= {it["MessageId"] for it in new}
            self._held |= dict.fromkeys(it["ReceiptHandle"] for it in messages)
            yield [_failure(it["ReceiptHandle"], it["Body"]) for it in new]

    def delete(self, failure: Failure) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=failure.handle)
        del self._held[failure.handle]


def _failure(handle: str, message: str) -> Failure:
    """Read a message of publish, or one in which Lambda gives up a range of a stream."""
    body = _object(message)
    if body is None:  # somebody else wrote to the queue
        return Failure(handle, None, cut(message, MESSAGE_SHOWN), "it is no message of publish")
    if span := body.get("DDBStreamBatchInfo"):
        first, last = (span[f"approximateArrivalOf{it}Record"] for it in ("First", "Last"))
        cause = str(body.get("requestContext", {}).get("condition"))
        return Failure(handle, None, f"changes from {first} to {last}", cause)
    about = str(body.get("subject"))
    return Failure(handle, _article_id(about), about, str(body.get("cause")))


def _article_id(subject: str) -> str | None:
    """Read the id of an article, or the keys of its item; None for what is about an upload."""
    if is_article_id(subject):
        return subject
    keys = _object(subject)
    found = keys and keys.get("article_id")
    return found.get("S") if isinstance(found, dict) else None


def _object(text: str) -> dict[str, Any] | None:
    """Read a JSON object; None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
