"""Sending events to the bus: in waves, so that no article's events overtake each other."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from articles.events import SOURCE, Event, detail

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import (
        PutEventsRequestEntryTypeDef,
        PutEventsResultEntryTypeDef,
    )

logger = Logger(child=True)

# PutEvents takes ten entries and 256 KB (1 MB since 2026, but not with every SDK).
MAX_ENTRIES = 10
MAX_REQUEST_BYTES = 250_000
ATTEMPTS = 4
# Entries that fail with anything else are refused for good: sending them again changes nothing.
_PASSING = frozenset(
    {"ThrottlingException", "InternalFailure", "InternalException", "ServiceUnavailable"}
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event, and the stream record that it comes from."""

    sequence: str
    event: Event


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that the bus refused for good."""

    outgoing: Outgoing
    cause: str


@dataclass(frozen=True, slots=True)
class Announced:
    """What became of a batch: the sequence numbers to be given again, and what never will go."""

    unsent: tuple[str, ...]
    refused: tuple[Refused, ...]


class Announcer:
    """The event bus."""

    def __init__(self, events: "EventBridgeClient", bus: str, *, pause: float = 0.2) -> None:
        self._events = events
        self._bus = bus
        self._pause = pause

    def send(self, batch: Sequence[Outgoing]) -> Announced:
        """Send a batch; an article whose event could not be sent gets no later one."""
        unsent: list[str] = []
        refused: list[Refused] = []
        blocked: set[str] = set()
        for wave in _waves(batch):
            sendable = [outgoing for outgoing in wave if outgoing.event.subject not in blocked]
            for request in _requests(sendable):
                failed, broken = self._put(request)
                refused += broken
                unsent += [outgoing.sequence for outgoing in failed]
                blocked |= {outgoing.event.subject for outgoing in failed}
        return Announced(tuple(unsent), tuple(refused))

    def _put(self, request: Sequence[Outgoing]) -> tuple[Sequence[Outgoing], list[Refused]]:
        """Send one request; give what is still unsent after some attempts, and what was refused."""
        refused: list[Refused] = []
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(self._pause * 2 ** (attempt - 1))
            try:
                answer = self._events.put_events(Entries=[self._entry(one) for one in request])
            except (BotoCoreError, ClientError) as error:
                # botocore has tried for a while: this request must come again, the ones before not.
                logger.warning("events not sent", extra={"cause": str(error)})
                break
            results = list(zip(request, answer["Entries"], strict=True))
            refused += [
                Refused(outgoing, _cause(result))
                for outgoing, result in results
                if result.get("ErrorCode", "ThrottlingException") not in _PASSING
            ]
            request = [one for one, result in results if result.get("ErrorCode") in _PASSING]
            if not request:
                break
        return request, refused

    def _entry(self, outgoing: Outgoing) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": outgoing.event.type,
            "Detail": detail(outgoing.event),
        }


def _cause(result: "PutEventsResultEntryTypeDef") -> str:
    return f"{result.get('ErrorCode')}: {result.get('ErrorMessage', '')}"


def _waves(batch: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """Put the n-th event of every article into the n-th wave."""
    waves: defaultdict[int, list[Outgoing]] = defaultdict(list)
    seen: defaultdict[str, int] = defaultdict(int)
    for outgoing in batch:
        waves[seen[outgoing.event.subject]].append(outgoing)
        seen[outgoing.event.subject] += 1
    yield from (waves[number] for number in sorted(waves))


def _requests(wave: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
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
