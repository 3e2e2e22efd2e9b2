"""Large uploads: their messages in any order, faults at any request, and what is told of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from tests.aws.border import Parameters
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.newsroom import a_story

from .messages import batch, body, bulk_batch, failures, notice

NAME = "large.json"

# What tells of the way to an article's state and not of the state.
OF_THE_WAY = {"first_ingested_at", "previous_hash", "released_at", "ingested_at"}
# What tells of the way of an upload and not of its content.
_OF_THE_RECEIPT = {"ttl", "finished_at", "plan", "done", "was_failed"}


@dataclass
class Bulk:
    """The way of large uploads; `limits` are settings of both functions, by default tiny ones."""

    cloud: Cloud
    limits: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limits = {"MAX_INLINE_BYTES": "1", "PART_RECORDS": "2", **self.limits}
        self.ingest = self.cloud.function("IngestFunction", **self.limits)
        self.function = self.cloud.function("BulkFunction", **self.limits)

    def take(self, notice_of_s3: str, *, received: int = 1) -> list[str]:
        """Deliver S3's notice to ingest; gives it back if it must come again."""
        answer = self.ingest.invoke(batch(notice_of_s3, received=received))
        return [notice_of_s3] if failures(answer) else []

    def put_off(self, notice_of_s3: str, *, received: int = 1) -> str:
        """Take S3's notice to ingest; gives the message that asks for a plan."""
        assert self.take(notice_of_s3, received=received) == []
        [message] = self.waiting()
        return message

    def plan(self, notice_of_s3: str) -> list[str]:
        """Have an upload put off and planned; gives the messages of its parts in their order."""
        return self.planned(notice_of_s3)[1]

    def planned(self, notice_of_s3: str) -> tuple[str, list[str]]:
        """Do what `plan` does; gives the message that asks for it, too."""
        asked = self.put_off(notice_of_s3)
        assert self.deliver(asked) == []
        return asked, self.waiting()

    def deliver(self, *messages: str, received: int = 1) -> list[str]:
        """Deliver one message after the other; gives those that must come again."""
        return [
            message
            for message in messages
            if failures(self.function.invoke(bulk_batch(message, received=received)))
        ]

    def waiting(self) -> list[str]:
        """Take all messages out of the bulk queue; parts in the order of their numbers."""
        return sorted(self.cloud.all_messages("BulkQueueUrl"), key=number)


def number(message: str) -> int:
    """Number a part's message; that of an upload to be planned is 0."""
    [told] = json.loads(message)["Records"]
    return int(told.get("part", {}).get("number", 0))


def uploaded(cloud: Cloud, data: bytes, name: str = NAME, *, run: int = 0) -> str:
    """Upload a file and write S3's notice with its size."""
    put = cloud.upload(f"incoming/courier/{name}", data)
    return body({**notice(cloud, put, size=len(data)), "run": run})


def rerun(message: str, run: int) -> str:
    """Write the same message for a replay."""
    [told] = json.loads(message)["Records"]
    return body({**told, "run": run})


class State(NamedTuple):
    """What an upload has come to, whatever its way was."""

    articles: list[Item]
    receipt: Item
    report: Item


def state(cloud: Cloud) -> State:
    """Read what the upload has come to, but for when and how."""
    receipt = receipt_of(cloud)
    return State(
        sorted((without(it, OF_THE_WAY) for it in cloud.articles()), key=_article_id),
        without(receipt, _OF_THE_RECEIPT),
        without(cloud.report(receipt["report"]), _OF_THE_RECEIPT),
    )


def receipt_of(cloud: Cloud, name: str = NAME) -> Item:
    """Read the one receipt of a file."""
    named = [item for item in cloud.receipts() if item["key"].endswith(f"/{name}")]
    [receipt] = [item for item in named if "part" not in item]
    return receipt


def at_once(cloud: Cloud, notice_of_s3: str, **settings: str) -> State:
    """Ingest an upload at once; gives what it has come to, and forgets it."""
    ingest = cloud.function("IngestFunction", **settings)
    assert failures(ingest.invoke(batch(notice_of_s3))) == []
    assert cloud.border.asked("SendMessage") == []
    found = state(cloud)
    cloud.empty()
    return found


def _article_id(item: Item) -> str:
    return str(item["article_id"])


def without(item: Item, names: set[str]) -> Item:
    return {name: value for name, value in item.items() if name not in names}


class Request(NamedTuple):
    """One request of a delivery: the `nth` of an operation, counted from 0."""

    operation: str
    nth: int


# How a request can fail: its process is gone, AWS refuses it, or it is done and nobody hears of it.
KILLED, REFUSED, LOST = "killed", "refused", "answer lost"


def requests(cloud: Cloud, deliver: Callable[[], list[str]]) -> list[Request]:
    """Deliver without a fault; gives the requests that were made."""
    begin = len(cloud.border.requests)
    assert deliver() == []
    operations = [operation for operation, _ in cloud.border.requests[begin:]]
    return [
        Request(operation, operations[:place].count(operation))
        for place, operation in enumerate(operations)
    ]


def survives(cloud: Cloud, how: str, at: Request, deliver: Callable[[], list[str]]) -> bool:
    """Deliver, with a fault at one request; False when the message must come again."""
    border, seen = cloud.border, count()

    def is_the_one(_: Parameters) -> bool:
        if next(seen) != at.nth:
            return False
        if how == LOST:
            border.lose_answer(at.operation)
        return how != LOST

    border.fail(at.operation, "InternalError", status=500, concerns=is_the_one, kills=how == KILLED)
    try:
        return deliver() == []
    except KeyboardInterrupt:
        return False
    finally:
        border.heal()


def interrupted(
    cloud: Cloud, at: Request, deliver: Callable[[], list[str]], between: Callable[[], list[str]]
) -> None:
    """Make two deliveries at once: the second, as a whole, before one request of the first."""
    seen = count()

    def meanwhile(_: Parameters) -> bool:
        if next(seen) == at.nth:
            assert between() == []
        return False

    cloud.border.fail(at.operation, "never", concerns=meanwhile)
    assert deliver() == []
    cloud.border.heal()


def lines(records: list[Any]) -> bytes:
    """Write NDJSON; a text stands as it is."""
    written = (it if isinstance(it, str) else json.dumps(it) for it in records)
    return "\n".join(written).encode()


def essence(events: list[Item]) -> list[tuple[str, str, Any]]:
    """Give what events tell, in an order of their own: articles of two parts have none."""
    return sorted(
        (it["type"], it["subject"], it["data"].get("order_key") or it["data"]["outcome"])
        for it in events
    )


# Two parts of two records.
FEW = lines([*(a_story(id=str(number)) for number in range(3)), {"neither": "nor"}])
# Four parts of two: articles; what is none; two versions of one; one that is withheld, one more.
STORIES: list[Any] = [
    a_story(id="1", title="One"),
    a_story(id="2", title="Two"),
    7,
    {"neither": "a title", "nor": "a text"},
    a_story(id="3", title="Three"),
    a_story(id="3", title="Older", updated_at="2026-03-01T08:00:00Z"),
    a_story(id="4", title="Four", status="withheld"),
    a_story(id="5", title="Five ⛴", author="Ann Miller", published_at="1000000000000"),
]
BROKEN = '{"id": "6", "title": "Six", "text": "Six.",'
LINES = lines([*STORIES[:2], BROKEN, *STORIES[3:]])
COUNTS = {"created": 4, "withheld": 1, "superseded": 1, "rejected": 2}
PARTLY = ("done", "partial")  # how their upload is announced
