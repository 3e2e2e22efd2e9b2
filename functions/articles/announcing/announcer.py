"""Sending events to the bus: in waves, so that no article's events overtake each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from articles.announcing.events import SOURCE, Event, detail
from articles.times import Clock

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import (
        PutEventsRequestEntryTypeDef,
    )

# PutEvents takes ten entries and 256 KB (1 MB since 2026, but not with every SDK).
MAX_ENTRIES = 10
MAX_REQUEST_BYTES = 250_000
ATTEMPTS = 4
PAUSE_SECONDS = 0.2  # before the second; each further one is twice as long
# Entries that fail with anything else are refused for good: sending them again changes nothing.
_PASSING = frozenset(
    {"ThrottlingException", "InternalFailure", "InternalException", "ServiceUnavailable"}
)
# A request that is refused with one of these will never be taken; with any other it may be.
_FOR_GOOD = frozenset({"ValidationException", "InvalidArgument", "RequestEntityTooLargeException"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event, and the stream record (or the place in the index) that it comes from.

    `uploaded_at` is when the upload was put, of an event that only waited for the service.
    """

    sequence: str
    event: Event
    uploaded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that the bus refused for good."""

    outgoing: Outgoing
    cause: str


@dataclass(frozen=True, slots=True)
class Announced:
    """What became of a batch: what must be sent again, what was refused, and AWS's errors."""

    unsent: list[Outgoing] = field(default_factory=list)
    refused: list[RefusedEvent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Announcer:
    """The event bus."""

    def __init__(self, events: "EventBridgeClient", bus: str, clock: Clock) -> None:
        self._events = events
        self._bus = bus
        self._clock = clock

    def send(self, batch: Sequence[Outgoing]) -> Announced:
        """Send a batch; an article whose event could not be sent gets no later one."""
        announced = Announced()
        for wave in _waves(batch):
            blocked = {outgoing.event.subject for outgoing in announced.unsent}
            sendable = [outgoing for outgoing in wave if outgoing.event.subject not in blocked]
            for request in requests(sendable):
                self._put(request, announced)
        return announced

    def _put(self, request: Sequence[Outgoing], announced: Announced) -> None:
        """Send one request, and what failed of it again; note what is still unsent or refused."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._clock.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                answer = self._events.put_events(Entries=[self._entry(one) for one in request])
            except (BotoCoreError, ClientError) as error:
                self._note(error, request, announced)
                return
            results = list(zip(request, answer["Entries"], strict=True))
            announced.refused.extend(
                RefusedEvent(outgoing, f"{result.get('ErrorCode')}: {result.get('ErrorMessage')}")
                for outgoing, result in results
                if (code := result.get("ErrorCode")) and code not in _PASSING
            )
            request = [one for one, result in results if result.get("ErrorCode") in _PASSING]
            if not request:
                return
        announced.unsent.extend(request)

    def _note(
        self, error: BotoCoreError | ClientError, request: Sequence[Outgoing], announced: Announced
    ) -> None:
        """Note a request that failed as a whole: botocore has tried it for a while already."""
        announced.faults.append(str(error))
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code not in _FOR_GOOD:
            announced.unsent.extend(request)
        elif len(request) == 1:
            announced.refused.append(RefusedEvent(request[0], str(error)))
        else:  # one bad entry fails the whole request: send each on its own
            for outgoing in request:
                self._put([outgoing], announced)

    def _entry(self, outgoing: Outgoing) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": outgoing.event.type,
            "Detail": detail(outgoing.event),
        }


def _waves(batch: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """Put the n-th event of every article into the n-th wave."""
    waves: defaultdict[int, list[Outgoing]] = defaultdict(list)
    seen: defaultdict[str, int] = defaultdict(int)
    for outgoing in batch:
        waves[seen[outgoing.event.subject]].append(outgoing)
        seen[outgoing.event.subject] += 1
    yield from (waves[number] for number in sorted(waves))


def requests(wave: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    """Put events into requests that PutEvents takes, and SendMessageBatch as well."""
    request: list[Outgoing] = []
    size = 0
    for outgoing in wave:
        length = len(detail(outgoing.event).encode()) + 200  # source, type and bus count as well
        if request and (len(request) == MAX_ENTRIES or size + length > MAX_REQUEST_BYTES):
            yield request
            request, size = [], 0
        request.append(outgoing)
        size += length
    if request:
        yield request
