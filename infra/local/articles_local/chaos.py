"""Faults of AWS, played on purpose: what S3, SQS, Lambda and DynamoDB may do, and do rarely.

The queues deliver twice and in any order, streams deliver again what a function has seen, requests
are throttled or done without an answer, and functions die between two requests. What a seed plays
is the same again, as long as the functions ask for the same.

It ends: a message that has failed several times, or a batch that was given again, is left alone.
So nothing becomes a dead letter by chaos alone.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from enum import StrEnum
from io import BytesIO
from itertools import compress
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from botocore import endpoint
from werkzeug.wrappers import Response

from .pumps import QueuePump, StreamPump
from .server import lock, traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from .function import Context, Function
    from .mapping import Mapping
    from .template import Json

    Environ = dict[str, Any]
    Pump = QueuePump | StreamPump

DUPLICATED = 0.3  # of the messages and of the batches
THROTTLED = 0.05  # of the requests; each is followed by some more
IN_A_ROW = (0, 1, 8)
LOST = 0.03  # of the answers
REFUSED = 0.3  # of the requests with events, in part
DIES = 0.3  # of the invocations
PATIENCE = 3  # failures after which a message or a batch is left alone; the queues have five

# What a service says if it did not do what was asked for, or if its answer is lost.
THROTTLES = {
    "DynamoDB_20120810": (400, "ProvisionedThroughputExceededException"),
    "AmazonSQS": (400, "ThrottlingException"),
    "AWSEvents": (400, "ThrottlingException"),
    "": (503, "SlowDown"),  # S3
}
FAILS = {
    "DynamoDB_20120810": (500, "InternalServerError"),
    "AmazonSQS": (500, "InternalFailure"),
    "AWSEvents": (500, "InternalException"),
    "": (500, "InternalError"),
}
IS_DEAD = (403, "AccessDenied")  # nothing is done, and no client tries again


class Kind(StrEnum):
    """What may be played."""

    DUP = "dup"
    REORDER = "reorder"
    THROTTLE = "throttle"
    CRASH = "crash"


class DeadError(Exception):
    """The process of a function is gone, with whatever it knew."""


class Chaos:
    """Plays faults of some kinds inside `at_work`; `played` counts them."""

    def __init__(self, kinds: Collection[Kind], seed: int) -> None:
        self.kinds, self.seed = frozenset(kinds), seed
        self.played: Counter[str] = Counter()
        self._chance = Random(seed)  # noqa: S311 - the same again
        self._is_at_work = False
        self._life: _Life | None = None  # of the function that is invoked, if one is

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Play faults; botocore does not pause before it tries again."""
        with ExitStack() as patched:
            moto = traffic.answer
            patched.enter_context(
                patch.object(traffic, "answer", lambda environ: self._answer(moto, environ))
            )
            patched.enter_context(
                patch.object(endpoint, "time", SimpleNamespace(sleep=lambda _: None))
            )
            self._is_at_work = True
            try:
                yield
            finally:
                self._is_at_work = False

    def happens(self, kind: Kind, share: float) -> bool:
        return self._is_at_work and kind in self.kinds and self._chance.random() < share

    def mortal(self, function: Function, load: Callable[[], Function]) -> Function:
        """Return a function that may die when it is invoked; the next time it starts anew."""
        alive = function.handler

        def handler(event: Json, context: Context) -> Json | None:
            nonlocal alive
            self._life = life = _Life(self, event)
            try:
                answer = alive(event, context)
            finally:
                self._life = None
                if life.is_over:
                    self.played["crashes"] += 1
                    alive = load().handler
            if life.is_over:
                raise DeadError
            return answer

        return replace(function, handler=handler)

    def shuffled(self, pumps: list[Pump]) -> list[Pump]:
        """Return the sources in the order in which they are read."""
        if self.happens(Kind.REORDER, 1):
            return self._chance.sample(pumps, len(pumps))
        return pumps

    def shuffle(self, messages: list[Any]) -> None:
        if len(messages) > 1 and self.happens(Kind.REORDER, 1):
            before = list(messages)
            self._chance.shuffle(messages)
            self.played["reordered batches"] += messages != before

    def some(self, limit: int) -> int:
        """Return a number from 1 to `limit`, which is likely to be a small one."""
        return min(limit, self._chance.choice((1, 2, 5, limit)))

    def number(self, limit: int) -> int:
        return self._chance.randint(1, limit)

    def _answer(self, moto: Callable[[Environ], Response], environ: Environ) -> Response:
        """Answer a request of a function that is invoked; others are not disturbed."""
        return self._life.answer(moto, environ) if self._life else moto(environ)


class _Life:
    """One invocation: the requests that it makes, and the one with which it ends."""

    def __init__(self, chaos: Chaos, event: Json) -> None:
        self._chaos = chaos
        self._is_spared = any(_receives(it) >= PATIENCE for it in event.get("Records", []))
        self._left = self._throttled = 0
        self.is_over = False
        if not self._is_spared and chaos.happens(Kind.CRASH, DIES):
            self._left = chaos.number(3 + 3 * len(event.get("Records", [])))

    def answer(self, moto: Callable[[Environ], Response], environ: Environ) -> Response:
        service = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0]
        if self.is_over:
            return _refusal(service, *IS_DEAD)
        if self._left:
            self._left -= 1
            if not self._left:
                self.is_over = True
                if self._chaos.number(2) == 1:  # after it was done, of which nobody hears
                    moto(environ)
                return _refusal(service, *IS_DEAD)
        if self._is_throttled():
            self._chaos.played["throttled requests"] += 1
            return _refusal(service, *THROTTLES[service])
        if self._fails(LOST):
            self._chaos.played["lost answers"] += 1
            moto(environ)
            return _refusal(service, *FAILS[service])
        if service == "AWSEvents" and self._fails(REFUSED):
            return self._some_refused(moto, environ)
        return moto(environ)

    def _fails(self, share: float) -> bool:
        return not self._is_spared and self._chaos.happens(Kind.THROTTLE, share)

    def _some_refused(self, moto: Callable[[Environ], Response], environ: Environ) -> Response:
        """Put some of the events of a request, and refuse the others one by one."""
        entries = json.load(environ["wsgi.input"])["Entries"]
        are_put = [self._chaos.number(2) == 1 for _ in entries]
        self._chaos.played["refused events"] += are_put.count(False)
        some = json.dumps({"Entries": list(compress(entries, are_put))}).encode()
        answered: list[Json] = []
        if any(are_put):
            put = moto(environ | {"wsgi.input": BytesIO(some), "CONTENT_LENGTH": str(len(some))})
            answered = json.loads(put.get_data())["Entries"]
        answers = iter(answered)
        refused = {"ErrorCode": "ThrottlingException", "ErrorMessage": "chaos"}
        return Response(
            json.dumps(
                {
                    "FailedEntryCount": are_put.count(False),
                    "Entries": [next(answers) if it else refused for it in are_put],
                }
            ),
            content_type="application/x-amz-json-1.1",
        )

    def _is_throttled(self) -> bool:
        if self._throttled:
            self._throttled -= 1
            return True
        begins = self._fails(THROTTLED)
        self._throttled = IN_A_ROW[self._chaos.number(len(IN_A_ROW)) - 1] if begins else 0
        return begins


class ChaoticQueue(QueuePump):
    """A queue that delivers in any order, and again what was taken."""

    def __init__(self, mapping: Mapping, sqs: SQSClient, chaos: Chaos) -> None:
        super().__init__(mapping, sqs)
        self._chaos = chaos
        self._later: list[str] = []

    def tell_again(self) -> None:
        """Send again what was taken, as S3 may at any time."""
        self._chaos.played["late duplicates"] += len(self._later)
        for body in self._later:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)
        self._later.clear()

    def pump(self) -> bool:
        with lock:
            self._chaos.shuffle(self.queue._messages)  # noqa: SLF001 - in the order of delivery
        return super().pump()

    def settle(self, messages: list[MessageTypeDef], failed: set[str]) -> None:
        """Lose some acknowledgements: those messages come again."""
        taken = [it for it in messages if it["MessageId"] not in failed]
        again = {
            it["MessageId"]
            for it in taken
            if int(it["Attributes"]["ApproximateReceiveCount"]) < PATIENCE
            and self._chaos.happens(Kind.DUP, DUPLICATED)
        }
        self._chaos.played["duplicates"] += len(again)
        self._later += [it["Body"] for it in taken if self._chaos.happens(Kind.DUP, DUPLICATED)]
        super().settle(messages, failed | again)


class ChaoticStream(StreamPump):
    """A stream in batches of any size, of which some come again; its order is promised."""

    def __init__(self, mapping: Mapping, chaos: Chaos) -> None:
        super().__init__(mapping)
        self._chaos, self._repeated = chaos, 0

    @property
    def batch_size(self) -> int:
        limit = super().batch_size
        return self._chaos.some(limit) if self._chaos.happens(Kind.REORDER, 1) else limit

    def advance(self, done: int) -> None:
        """Forget that some changes were taken."""
        if done and self._repeated < PATIENCE and self._chaos.happens(Kind.DUP, DUPLICATED):
            self._repeated += 1
            self._chaos.played["repeated batches"] += 1
            done -= self._chaos.number(done)
        else:
            self._repeated = 0
        super().advance(done)


def _receives(record: Json) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 0))


def _refusal(service: str, status: int, code: str) -> Response:
    """Say no in the words of S3, or of a service that talks JSON."""
    if service:
        body = json.dumps({"__type": code, "message": "chaos"})
        return Response(body, status, content_type="application/x-amz-json-1.0")
    body = f"<Error><Code>{code}</Code><Message>chaos</Message></Error>"
    return Response(body, status, content_type="application/xml")
