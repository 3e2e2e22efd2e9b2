"""Where `announce` sends events: to all subscribers, or to one queue."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import NAMESPACE_URL, uuid5

from articles.announcing.announcer import Announcer, Outgoing
from articles.announcing.events import SOURCE, Event, detail
from articles.times import Clock, format_instant
from articles_cli.stack.deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BUS = "bus"


class Unsent(NamedTuple):
    """An event that was not taken, and why."""

    outgoing: Outgoing
    cause: str


class Target(Protocol):
    """Where events are sent; `send` gives those that were not taken."""

    def send(self, batch: Sequence[Outgoing]) -> list[Unsent]: ...


def is_target(name: str) -> bool:
    return name == BUS or name.startswith(("https://", "http://"))


def target(service: Deployment, name: str) -> Target:
    """Find a target by its name on the command line: a queue by its URL, or the bus."""
    return Bus(service) if name == BUS else Queue(service, name)


class Bus:
    """The bus, and with it all its subscribers."""

    def __init__(self, service: Deployment) -> None:
        bus = service.outputs["EventBusName"]
        self._announcer = Announcer(service.client("events"), bus, Clock())

    def send(self, batch: Sequence[Outgoing]) -> list[Unsent]:
        announced = self._announcer.send(batch)
        cause = next(iter(announced.faults), "EventBridge is throttled")
        refused = [Unsent(it.outgoing, it.cause) for it in announced.refused]
        return refused + [Unsent(it, cause) for it in announced.unsent]


class Queue:
    """One queue, which gets what a rule of the bus would send to it."""

    def __init__(self, service: Deployment, url: str) -> None:
        self._sqs: SQSClient = service.sqs
        self._url = url
        self._account = service.outputs["UploadsQueueUrl"].split("/")[-2]

    def send(self, batch: Sequence[Outgoing]) -> list[Unsent]:
        entries = [self._entry(str(n), it.event) for n, it in enumerate(batch)]
        answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)
        return [
            Unsent(batch[int(it["Id"])], f"{it['Code']}: {it.get('Message', '')}")
            for it in answer.get("Failed", [])
        ]

    def _entry(self, name: str, event: Event) -> "SendMessageBatchRequestEntryTypeDef":
        entry: SendMessageBatchRequestEntryTypeDef = {
            "Id": name,
            "MessageBody": json.dumps(self._envelope(event), ensure_ascii=False),
        }
        if self._url.endswith(".fifo"):
            entry |= {"MessageGroupId": event.subject, "MessageDeduplicationId": event.id}
        return entry

    def _envelope(self, event: Event) -> dict[str, object]:
        """Write an event as EventBridge sends it; told again, it has the same `id`."""
        return {
            "version": "0",
            "id": str(uuid5(NAMESPACE_URL, f"{event.dataschema}:{event.id}")),
            "detail-type": event.type,
            "source": SOURCE,
            "account": self._account,
            "time": format_instant(Clock().now()),
            "region": self._sqs.meta.region_name,
            "resources": [],
            "detail": json.loads(detail(event)),
        }
