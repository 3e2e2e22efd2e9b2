"""Dead letters: what lies in their queue and why, and the way back to the queue they came from.

A letter that is sent back is the same message of the same run: a redelivery, which changes nothing
where an earlier one was done. It is sent before it is deleted: a crash in between only repeats it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from articles.refs import VersionRef, label
from articles.times import format_instant
from articles.uploads.message import Poison, Upload, announced
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.output import Output

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BATCH = 10  # what ReceiveMessage gives
# While they are looked at, letters are hidden from others, and from the next ReceiveMessage.
HIDDEN_SECONDS = 900
MAX_ROWS = 50
LONG_POLL_SECONDS = 1  # asks all servers of the queue: an empty answer means an empty queue


@dataclass(frozen=True)
class Letter:
    """A dead letter; `cause` says why it is one, where that is known.

    `uploads` are those that it announces; `poison` says why it cannot be read as a notification.
    """

    message_id: str
    handle: str
    body: str
    sent_at: datetime
    uploads: tuple[Upload, ...] = ()
    poison: str | None = None
    cause: str | None = None

    @property
    def is_part(self) -> bool:
        return any(upload.part for upload in self.uploads)

    def is_about(self, prefix: str) -> bool:
        return any(upload.key.startswith(prefix) for upload in self.uploads)


class DeadLetters:
    """The queue of dead letters of a service; what was received and not deleted is shown again."""

    def __init__(self, service: Deployment) -> None:
        self._service = service
        self._url = service.outputs["DeadLetterQueueUrl"]
        self._held: dict[str, str] = {}  # handles of what others cannot receive now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._held.values():
            self._service.sqs.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=handle, VisibilityTimeout=0
            )

    @property
    def keep(self) -> timedelta:
        """How long a message is kept, from the first time it was sent."""
        answer = self._service.sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["MessageRetentionPeriod"]
        )
        return timedelta(seconds=int(answer["Attributes"]["MessageRetentionPeriod"]))

    def __iter__(self) -> Iterator[Letter]:
        """Receive each letter once; it stays hidden until the end."""
        seen: set[str] = set()
        while True:
            messages = self._service.sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=LONG_POLL_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            # One that comes again was hidden for too short a time: all have been received.
            new = [self._read(it) for it in messages if it["MessageId"] not in seen]
            if not new:
                return
            seen.update(letter.message_id for letter in new)
            self._held |= {letter.message_id: letter.handle for letter in new}
            yield from self._explained(new)

    def send_back(self, letter: Letter) -> None:
        """Send a letter to the queue of its kind; it must be deleted here only after that."""
        if letter.is_part:
            self._service.sqs.send_message(
                QueueUrl=self._service.outputs["BulkQueueUrl"],
                MessageBody=letter.body,
                MessageGroupId=label(letter.uploads[0].feed),
            )
        else:
            self._service.sqs.send_message(
                QueueUrl=self._service.outputs["UploadsQueueUrl"], MessageBody=letter.body
            )

    def delete(self, letter: Letter) -> None:
        self._service.sqs.delete_message(QueueUrl=self._url, ReceiptHandle=letter.handle)
        del self._held[letter.message_id]

    def _explained(self, letters: Sequence[Letter]) -> Iterator[Letter]:
        """Add what the receipts say to letters that do not say it themselves."""
        refs = [ref for letter in letters for ref in _refs(letter)]
        receipts = self._service.lookup.receipts_at(refs)
        for letter in letters:
            causes = [receipts[it].cause for it in _refs(letter) if it in receipts]
            known = [letter.cause, letter.poison, *causes]
            yield replace(letter, cause=next((it for it in known if it), None))

    def _read(self, message: "MessageTypeDef") -> Letter:
        uploads: tuple[Upload, ...] = ()
        poison: str | None = None
        try:
            uploads = tuple(announced(message["Body"], bucket=self._service.inbox))
        except Poison as why:
            poison = str(why)
        attributes = message.get("MessageAttributes", {})
        return Letter(
            message_id=message["MessageId"],
            handle=message["ReceiptHandle"],
            body=message["Body"],
            sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
            uploads=uploads,
            poison=poison,
            cause=attributes["cause"].get("StringValue") if "cause" in attributes else None,
        )


def replay(
    out: Output, service: Deployment, *, prefix: str, send: bool, drop_poison: bool
) -> Counter[str]:
    """Show the dead letters about keys with a prefix; with `send`, send them back to their queues.

    Poison stays unless it is to be dropped. Returns how many letters there are by their fate.
    """
    counts: Counter[str] = Counter()
    rows: list[tuple[object, ...]] = []
    with DeadLetters(service) as letters:
        keep = letters.keep
        for letter in letters:
            if prefix and not letter.is_about(prefix):
                continue
            fate = _fate(letter, send=send, drop_poison=drop_poison)
            if fate == "sent":
                letters.send_back(letter)
            if fate in ("sent", "dropped"):
                letters.delete(letter)
            counts[fate] += 1
            _print_lines(out, letter, fate, letter.sent_at + keep)
            rows += _rows(letter, fate, letter.sent_at + keep)[: MAX_ROWS - len(rows)]
    out.table(("key", "part", "age", "expires", "letter", "cause"), rows)
    if (more := counts.total() - len(rows)) > 0:
        out.text(f"… and {more:,} more; --json prints them all")
    out.line(type="summary", letters=dict(counts))
    counted = ", ".join(f"{count:,} {fate}" for fate, count in counts.items())
    out.text(f"letters: {counted or 'none'}")
    return counts


def _fate(letter: Letter, *, send: bool, drop_poison: bool) -> str:
    if letter.poison:
        return "dropped" if send and drop_poison else "poison"
    return "sent" if send else "waiting"


def _refs(letter: Letter) -> list[VersionRef]:
    return [(upload.key, upload.version_name) for upload in letter.uploads]


def _print_lines(out: Output, letter: Letter, fate: str, expires: datetime) -> None:
    common = {
        "message_id": letter.message_id,
        "state": fate,
        "poison": letter.poison is not None,
        "cause": letter.cause,
        "sent_at": format_instant(letter.sent_at),
        "expires_at": format_instant(expires),
    }
    for upload in letter.uploads or (None,):
        about: dict[str, object] = {}
        if upload:
            about = {"key": upload.key, "version": upload.version_name, "feed": upload.feed}
            about |= {"part": upload.part.number} if upload.part else {}
            about |= {"run": upload.run} if upload.run else {}
        out.line(type="letter", **about, **common)


def _rows(letter: Letter, fate: str, expires: datetime) -> list[tuple[object, ...]]:
    age = _days(datetime.now(UTC) - letter.sent_at)
    left = f"in {_days(expires - datetime.now(UTC))}"
    rows = [(it.key, it.part.number if it.part else "") for it in letter.uploads] or [("", "")]
    return [(*row, age, left, fate, letter.cause) for row in rows]


def _days(age: timedelta) -> str:
    """Say how long something takes, to the hour."""
    return f"{age.days} d {age.seconds // 3600} h"
