"""What AWS refuses of a request for its form or its size, by the guards of the embedded AWS.

A request passes botocore's own check of its parameters, too: the clients in memory have none.
That of DynamoDB is switched off in the functions: DynamoDB refuses the same.
"""

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ParamValidationError
from botocore.session import get_session
from botocore.validate import ParamValidator

from articles_local.limits import MAX_ITEM_BYTES, MAX_KEY_BYTES, item_size
from articles_local.request_limits import (
    MAX_ENTRIES,
    MAX_REQUEST_BYTES,
    _event_size,
    _message_size,
    _refusal_of_event,
    _refusal_of_message,
    size_of,
)

from .expressions import Item
from .memory import INDEXES, KEYS, error

MAX_OBJECT_KEY_BYTES = 1024
MAX_EXPRESSION_BYTES = 4096
_SERVICES = {
    "GetObject": "s3",
    "PutObject": "s3",
    "ListObjectVersions": "s3",
    "SendMessage": "sqs",
    "SendMessageBatch": "sqs",
    "DeleteMessage": "sqs",
    "PutEvents": "events",
}
_KINDS: dict[str, type] = {"S": str, "N": str, "B": bytes, "BOOL": bool, "NULL": bool, "M": dict}
_KINDS |= {"L": list, "SS": list, "NS": list, "BS": list}
_QUEUE = cast("Any", SimpleNamespace(maximum_message_size=MAX_REQUEST_BYTES))


class Limits:
    """A guard of the memory."""

    def request(self, operation: str, asked: Item) -> None:
        """Refuse what is wrong with a request whatever is stored."""
        if operation == "UploadFileobj":  # a transfer of many requests
            return
        _check_parameters(operation, asked)
        match _SERVICES.get(operation, "dynamodb"):
            case "dynamodb":
                _check_expressions(operation, asked)
                for table, given in _keys(asked):
                    _check_key(operation, table, given)
            case "s3" if size_of(asked.get("Key", "")) > MAX_OBJECT_KEY_BYTES:
                raise error("KeyTooLongError", operation)
            case "sqs" if operation != "DeleteMessage":
                _check_messages(operation, asked.get("Entries") or [asked])
            case "events":
                _check_events(operation, asked["Entries"])

    def item(self, operation: str, table: str, item: Item) -> None:
        """Refuse an item as it would be stored."""
        for name, index in INDEXES[table].items():
            for key, most in zip(index.keys, MAX_KEY_BYTES.values(), strict=False):
                if key in item and not 0 < size_of(item[key].get("S", "")) <= most:
                    raise error("ValidationException", operation, f"{key} of {name}: {item[key]}")
        if item_size(item) > MAX_ITEM_BYTES:
            raise error("ValidationException", operation, "Item size has exceeded the limit")


@cache
def _shape(operation: str) -> Any:
    model = get_session().get_service_model(_SERVICES.get(operation, "dynamodb"))
    return model.operation_model(operation).input_shape


def _check_parameters(operation: str, asked: Item) -> None:
    """Have botocore look at all but the values of items, for which it takes long."""
    items = {it: asked[it] for it in ("Item", "ExpressionAttributeValues") if it in asked}
    report = ParamValidator().validate({**asked, **{it: {} for it in items}}, _shape(operation))
    if report.has_errors() and operation in _SERVICES:
        raise ParamValidationError(report=report.generate_report())
    if report.has_errors() or not all(_is_value(it) for of in items.values() for it in of.values()):
        raise error("ValidationException", operation, report.generate_report())


def _is_value(given: Item) -> bool:
    """Whether something is a value in DynamoDB's JSON."""
    [(kind, held)] = given.items()
    if not isinstance(held, _KINDS[kind]):
        return False
    match held:
        case dict():
            return all(map(_is_value, held.values()))
        case list() if kind == "L":
            return all(map(_is_value, held))
    return True


def _check_expressions(operation: str, asked: Item) -> None:
    texts = [text for name, text in asked.items() if name.endswith("Expression")]
    if any(size_of(text) > MAX_EXPRESSION_BYTES for text in texts):
        raise error("ValidationException", operation, "Expression size has exceeded the limit")
    for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        given = asked.get(kind)
        if given is not None and not (given and all(it in " ".join(texts) for it in given)):
            raise error("ValidationException", operation, f"{kind} that are not used: {given}")


def _keys(asked: Item) -> Iterator[tuple[str, Item]]:
    """Give each key that is asked for, with its table."""
    for table, many in asked.get("RequestItems", {}).items():
        yield from ((table, key) for key in many["Keys"])
    if "TableName" in asked:
        yield asked["TableName"], asked.get("Key") or asked.get("Item") or {}


def _check_key(operation: str, table: str, given: Item) -> None:
    for name, most in zip(KEYS[table], MAX_KEY_BYTES.values(), strict=False):
        if name in given and not 0 < size_of(given[name]["S"]) <= most:
            raise error("ValidationException", operation, f"the key {name} is too long or empty")


def _check_messages(operation: str, messages: list[Item]) -> None:
    """Refuse a whole batch for one message that SQS would fail alone: the service sends none."""
    if len(messages) > MAX_ENTRIES:
        raise error("TooManyEntriesInBatchRequest", operation)
    if len(messages) > 1 and sum(map(_message_size, messages)) > MAX_REQUEST_BYTES:
        raise error("BatchRequestTooLong", operation)
    for message in messages:
        if refusal := _refusal_of_message(_QUEUE, message):
            raise error(str(refusal.code), operation, refusal.message)


def _check_events(operation: str, entries: list[Item]) -> None:
    if len(entries) > MAX_ENTRIES or sum(map(_event_size, entries)) > MAX_REQUEST_BYTES:
        raise error("ValidationException", operation)
    for entry in entries:
        if refusal := _refusal_of_event(entry):
            raise error(refusal["ErrorCode"], operation, refusal["ErrorMessage"])
