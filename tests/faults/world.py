"""The service, and a delivery that does to it what S3, SQS, Lambda and operators may do.

Uploads are object versions of any age. Each is told of by a message of our own (version, sequencer,
encoded key); messages are given to the real handlers in batches, as often and in such an order as a
history wants. What is not acknowledged comes again, and after five strikes lies in the dead
letters. What the tables' streams tell goes to the real publish function. The AWS behind is
tests/aws, or an emulator that others have built.
"""

import json
import os
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from articles.logs import Handler
from articles.storing.items import from_item
from articles.storing.mending import Mending
from articles.uploads.message import Upload, notice
from tests.aws.clock import TestClock
from tests.aws.expressions import Item
from tests.aws.memory import Memory
from tests.aws.records import sqs_record
from tests.aws.service import build, changes, variables

from .emulated import Emulated

STRIKES = 5
ENVIRONMENT = {
    **variables("IngestFunction"),
    **variables("PublishFunction"),
    "MAX_RECEIVES": str(STRIKES),
    "WRITES_AT_ONCE": "1",  # else the order of calls were up to threads
    "MAX_INLINE_BYTES": "20000",  # small: large uploads are to be part of every history
    "MAX_RECORD_BYTES": "20000",
    "PART_RECORDS": "3",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "faults",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}
ALL_THE_TIME = 300_000


Aws = Memory | Emulated


class Crash(BaseException):
    """The process is gone: nothing of the function runs any more."""


@dataclass(eq=False)  # of two copies, one may have come and the other not
class Message:
    """A message of a queue, and how often it was received."""

    queue: str
    body: str
    received: int = 0

    @property
    def key(self) -> str:
        """Give the key of the upload that it is about."""
        return self.place[0]

    @property
    def place(self) -> tuple[str, str]:
        """Give the key and the version of the upload that it is about."""
        [told] = json.loads(self.body)["Records"]
        described = told["s3"]["object"]
        return unquote_plus(described["key"]), described["versionId"]


class Functions:
    """The three functions, put together as Lambda does, but for their clients and their clock."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._built: dict[str, Handler] = {}
        self._settings: dict[str, str] = {}
        for name in ("IngestFunction", "PublishFunction", "ReleaseFunction"):
            self.restart(name)

    def __getitem__(self, name: str) -> Handler:
        return self._built[name]

    @property
    def has_other_feeds(self) -> bool:
        return bool(self._settings)

    def mend(self, feeds: Path | None) -> None:
        """Deploy other feeds; None: those of the project."""
        self._settings = {"FEEDS_FILE": str(feeds)} if feeds else {}
        self.restart("IngestFunction")

    def restart(self, name: str) -> None:
        """Forget what a warm function knows: the next call is a cold start."""
        clients: Any = SimpleNamespace(
            **{it: self._aws.client(it) for it in ("s3", "dynamodb", "sqs", "events")}
        )
        clock = TestClock(lambda: self._aws.now())  # noqa: PLW0108 - of now, not of then
        self._built[name] = build(name, ENVIRONMENT | self._settings, clients, clock)


@dataclass
class World:
    """One history: what was uploaded, what waits, what is stored, what was announced."""

    aws: Aws
    functions: "Functions"
    waiting: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)  # of each upload, the first message
    given_up: list[Item] = field(default_factory=list)
    remaining_ms: float = ALL_THE_TIME
    _versions: int = 0
    _read: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def upload(
        self, key: str, body: Any, *, at: datetime, sequencer: str | None = None, told: int = 1
    ) -> Message:
        """Put an object version into the inbox; its notice waits, as often as S3 tells of it."""
        self._versions += 1
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        version = self.aws.put(key, data, at)
        known = Upload(
            key,
            version,
            etag="e",
            sequencer=sequencer or f"{self._versions:018X}",
            size=len(data),
        )
        body_of = notice(known, bucket="inbox")
        self.waiting += [Message("uploads", body_of) for _ in range(told)]
        self.told.append(self.waiting[-1])
        return self.waiting[-1]

    def tell_again(self, message: Message, *, run: int = 0) -> None:
        """Give an upload's notice once more: S3 does, and an operator's replay, under a `run`."""
        [told] = json.loads(message.body)["Records"]
        self.waiting.append(Message("uploads", json.dumps({"Records": [{**told, "run": run}]})))

    def deliver(self, batch: Sequence[Message]) -> None:
        """Give waiting messages to ingest: those that it does not take wait again, or are dead."""
        for message in batch:
            message.received += 1
            self.waiting.remove(message)
        failed = self.invoke(batch)
        for message in failed:
            (self.dead if message.received >= STRIKES else self.waiting).append(message)
        self.collect()

    def invoke(self, batch: Sequence[Message]) -> list[Message]:
        """Run the handler on messages of one queue; gives those that come again.

        None does that the function has deleted itself, even if it dies after that.
        """
        event = {
            "Records": [
                sqs_record(str(n), it.body, received=it.received, queue=it.queue)
                for n, it in enumerate(batch)
            ]
        }
        self.aws.deleted.clear()
        try:
            answer = self.functions["IngestFunction"](event, _context(lambda: self.remaining_ms))
        except Crash:
            self.functions.restart("IngestFunction")
            failed = {str(n) for n in range(len(batch))}
        else:
            failed = {it["itemIdentifier"] for it in answer["batchItemFailures"]}
        failed -= {handle.removeprefix("handle-") for handle in self.aws.deleted}
        return [it for n, it in enumerate(batch) if str(n) in failed]

    def drain(self) -> None:
        """Deliver what waits, one message after the other, until nothing does; and publish it."""
        while self.waiting:
            self.deliver(self.waiting[:1])
        while self.publish():
            pass

    def publish(self, *, limit: int = 100) -> bool:
        """Give publish the next changes of each table; tell whether there were any."""
        moved = [self._publish(name, limit) for name in ("articles", "receipts")]
        return any(moved)

    def release(self) -> None:
        """Run the schedule once; when it fails, the next minute comes."""
        try:
            self.functions["ReleaseFunction"]({}, _context(lambda: 30_000))
        except (Crash, ClientError):
            self.functions.restart("ReleaseFunction")

    def expire(self) -> None:
        """Let the retention of all articles be over: DynamoDB removes them."""
        items = self.aws.tables["articles"].items
        items |= {place: {**it, "ttl": {"N": "1772366400"}} for place, it in items.items()}
        self.aws.expire(self.aws.now())

    def redrive(self) -> None:
        """Put the dead letters back, as an operator does, with their strikes forgotten."""
        for message in self.dead:
            message.received = 0
        self.waiting += self.dead
        self.dead = []

    def operate(self, act: Callable[[Mending], object]) -> None:
        """Have an operator do something: what dies or fails is done again."""
        while True:
            try:
                act(Mending(self.aws.client("dynamodb"), "articles"))
            except (Crash, ClientError):
                continue
            return

    def items(self) -> dict[str, Item]:
        """Give the articles by their id."""
        found = self.aws.tables["articles"].items
        return {place[0]: from_item(item) for place, item in found.items()}

    def receipts(self) -> dict[tuple[str, str], Item]:
        """Give the receipts, without the items of parts."""
        found = {it: from_item(item) for it, item in self.aws.tables["receipts"].items.items()}
        return {(it[0], it[1]): item for it, item in found.items() if "part" not in item}

    def report(self, receipt: Item) -> Item | None:
        """Give the report that a receipt names."""
        if "report" not in receipt:
            return None
        report: Item = json.loads(self.aws.report(receipt["report"]))
        return report

    def events(self) -> list[Item]:
        """Give the events that left, in their order."""
        return [json.loads(entry["Detail"]) for entry in self.aws.entries]

    def _publish(self, name: str, limit: int) -> bool:
        table, first = self.aws.tables[name], self._read[name]
        last = min(first + limit, len(table.changes))
        wanted = changes(name, table, first, last)
        if not wanted:  # of what a mapping filters out, Lambda invokes nothing
            self._read[name] = last
            return last > first
        try:
            answer = self.functions["PublishFunction"](
                {"Records": wanted}, _context(lambda: 60_000)
            )
        except (Crash, ClientError):  # the batch is given again
            self.functions.restart("PublishFunction")
            return True
        failed = [int(it["itemIdentifier"]) for it in answer["batchItemFailures"]]
        self._read[name] = min(failed, default=last)
        self.collect()
        return last > first

    def collect(self) -> None:
        """Take what the functions have sent to where SQS would."""
        for sent in self.aws.sent:
            queue = sent["QueueUrl"].rpartition("/")[2]
            if queue == "failures":
                self.given_up.append(sent)
            else:
                place = self.dead if queue == "dead" else self.waiting
                place.append(Message(queue, sent["MessageBody"]))
        self.aws.sent.clear()


@contextmanager
def worlds(aws: Aws | None = None) -> Iterator[Callable[[], World]]:
    """Load the functions once; gives a maker of empty worlds, of which one is used at a time."""
    aws = Memory() if aws is None else aws
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    with (
        open(os.devnull, "w") as nowhere,  # noqa: PTH123
        redirect_stdout(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "No application metrics")
        functions = Functions(aws)

        def empty() -> World:
            aws.reset()
            if functions.has_other_feeds:
                functions.mend(None)
            return World(aws, functions)

        try:
            yield empty
        finally:
            os.environ.clear()
            os.environ.update(before)


def _context(remaining_ms: Callable[[], float]) -> Any:
    return SimpleNamespace(
        function_name="faults",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:faults",
        aws_request_id="request",
        get_remaining_time_in_millis=remaining_ms,
    )
