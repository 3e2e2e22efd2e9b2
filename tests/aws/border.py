"""The border to AWS: every request passes here, and a test may answer some of them itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3

from articles import first_attempt

from .memory import error

Parameters = dict[str, Any]
Answer = tuple[SimpleNamespace, dict[str, Any]]


@dataclass
class Fault:
    """Answers requests of one operation with an error, `times` times."""

    operation: str
    code: str
    status: int
    times: int
    concerns: Callable[[Parameters], bool]
    kills: bool = False
    says: str = ""

    def answer(self) -> Answer:
        self.times -= 1
        if self.kills:
            raise KeyboardInterrupt  # what `except Exception` does not see: the process is gone
        error = {"Code": self.code, "Message": self.says or f"asked for {self.code}"}
        return SimpleNamespace(status_code=self.status), {
            "Error": error,
            "ResponseMetadata": {"HTTPStatusCode": self.status},
        }


@dataclass
class Bus:
    """An event bus that takes what it is given, save for what a test has it refuse."""

    entries: list[Parameters] = field(default_factory=list)
    requests: list[list[Parameters]] = field(default_factory=list)
    _refusals: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events taken, as their subscribers see them."""
        return [json.loads(entry["Detail"]) for entry in self.entries]

    def refuse(self, part: str, code: str, *, times: int = 1_000_000) -> None:
        """Refuse the entries whose detail holds `part`, with an error code of PutEvents."""
        self._refusals.append((part, code, times))

    def accept(self) -> None:
        self._refusals.clear()

    def put(self, entries: list[Parameters]) -> dict[str, Any]:
        self.requests.append(entries)
        answers = [self._put(entry) for entry in entries]
        failed = sum("ErrorCode" in answer for answer in answers)
        return {"FailedEntryCount": failed, "Entries": answers, "ResponseMetadata": {}}

    def _put(self, entry: Parameters) -> dict[str, Any]:
        for place, (part, code, times) in enumerate(self._refusals):
            if times and part in entry["Detail"]:
                self._refusals[place] = (part, code, times - 1)
                return {"ErrorCode": code, "ErrorMessage": "asked to refuse"}
        self.entries.append(entry)
        return {"EventId": f"event-{len(self.entries)}"}


@dataclass
class Border:
    """Sees the requests of the memory, whose hook it is, or of all clients of one boto3 session.

    The bus stands here too, unless there is one behind: moto forgets events that no rule takes.
    """

    requests: list[tuple[str, Parameters]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    bus: Bus = field(default_factory=Bus)
    has_bus_behind: bool = False

    def watch(self, session: boto3.Session) -> None:
        session.events.register("before-parameter-build", self._remember)
        session.events.register("before-call", self._answer)  # type: ignore[arg-type]
        session.events.register("after-call", self._lose_answer)

    @contextmanager
    def crossed(self, session: boto3.Session) -> Iterator["Border"]:
        """Have the functions of this process cross it, which are of the default session.

        Their requests to DynamoDB go through botocore: no hook sees what the first attempt settles.
        """
        self.watch(session)
        with (
            patch.object(boto3, "DEFAULT_SESSION", session),
            patch.object(first_attempt, "hasten", lambda client: client),
        ):
            yield self

    def __call__(self, phase: str, operation: str, asked: Parameters) -> Parameters | None:
        if phase == "after":
            self._lose(operation)
            return None
        self.requests.append((operation, asked))
        _, answer = self._answered(operation, asked) or (None, None)
        if answer and "Error" in answer:
            raise error(answer["Error"]["Code"], operation, answer["Error"]["Message"])
        return answer

    def clear(self) -> None:
        self.requests.clear()
        self.faults.clear()
        self.lost.clear()
        self.bus = Bus()

    def fail(
        self,
        operation: str,
        code: str,
        *,
        status: int = 400,
        times: int = 1_000_000,
        concerns: Callable[[Parameters], bool] = lambda _: True,
        kills: bool = False,
        says: str = "",
    ) -> None:
        """Have an operation fail from now on, as it looks once botocore has given up retrying."""
        self.faults.append(Fault(operation, code, status, times, concerns, kills, says))

    def lose_answer(self, operation: str) -> None:
        """Have the next request of an operation done, and its answer lost."""
        self.lost.append(operation)

    def heal(self) -> None:
        self.faults.clear()

    def asked(self, operation: str) -> list[Parameters]:
        return [parameters for name, parameters in self.requests if name == operation]

    def _remember(self, params: Parameters, model: Any, context: Parameters, **_: Any) -> None:
        context["asked"] = params
        self.requests.append((model.name, params))

    def _answer(self, model: Any, context: Parameters, **_: Any) -> Answer | None:
        return self._answered(model.name, context.get("asked", {}))

    def _answered(self, operation: str, asked: Parameters) -> Answer | None:
        for fault in self.faults:
            if fault.operation == operation and fault.times and fault.concerns(asked):
                return fault.answer()
        if operation == "PutEvents" and not self.has_bus_behind:
            return SimpleNamespace(status_code=200), self.bus.put(asked["Entries"])
        return None

    def _lose_answer(self, model: Any, **_: Any) -> None:
        self._lose(model.name)

    def _lose(self, operation: str) -> None:
        if operation in self.lost:
            self.lost.remove(operation)
            raise TimeoutError("the answer was lost")
