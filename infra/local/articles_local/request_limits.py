"""What SQS, EventBridge and S3 refuse and moto accepts; `limits` patches these guards into moto."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.events.exceptions import ValidationException
from moto.s3.exceptions import S3ClientError
from moto.sqs.exceptions import BatchRequestTooLong, InvalidParameterValue, SQSException

if TYPE_CHECKING:
    from collections.abc import Callable

    from moto.events.models import EventsBackend
    from moto.s3.responses import S3Response
    from moto.sqs.models import Message, Queue, SQSBackend
    from moto.sqs.responses import SQSResponse

    Json = dict[str, Any]
    Moto = Callable[..., Any]

MAX_REQUEST_BYTES = 1024 * 1024  # of all messages, or all events, in a request
MAX_ENTRIES = 10  # moto refuses more

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GROUP = re.compile("[!-~]{1,128}")


def size_of(text: str | bytes) -> int:
    """Count bytes of UTF-8; a lone surrogate, which moto accepts, is counted too."""
    return len(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)


def send_message(moto: Moto, handler: SQSResponse) -> object:
    queue = handler.sqs_backend.get_queue(handler._get_queue_name())  # noqa: SLF001 - as moto does
    if reason := _refusal_of_message(queue, handler.params):
        raise reason
    return moto(handler)


def send_message_batch(
    moto: Moto, backend: SQSBackend, queue_name: str, entries: Json
) -> tuple[list[Message], list[Json]]:
    """Send the valid entries, and return the error of each other one."""
    if (size := sum(map(_message_size, entries.values()))) > MAX_REQUEST_BYTES:
        raise BatchRequestTooLong(size)
    queue = backend.get_queue(queue_name)
    reasons = {key: _refusal_of_message(queue, it) for key, it in entries.items()}
    legal = {key: it for key, it in entries.items() if not reasons[key]}
    sent, failed = moto(backend, queue_name, entries if len(entries) > MAX_ENTRIES else legal)
    refused = [
        {"Id": entries[key]["Id"], "SenderFault": True, "Code": it.code, "Message": it.message}
        for key, it in reasons.items()
        if it
    ]
    return sent, failed + refused


def _refusal_of_message(queue: Queue, message: Json) -> SQSException | None:
    if _NOT_XML.search(message["MessageBody"]):
        return SQSException(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "
            "#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
        )
    limit = queue.maximum_message_size  # type: ignore[attr-defined]
    if _message_size(message) > limit:
        return InvalidParameterValue(
            "One or more parameters are invalid. "
            f"Reason: Message must be shorter than {limit} bytes."
        )
    group = message.get("MessageGroupId")
    if group is not None and not _GROUP.fullmatch(group):
        return InvalidParameterValue(
            f"Value {group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can "
            "only include alphanumeric and punctuation characters. 1 to 128 in length."
        )
    return None


def _message_size(message: Json) -> int:
    """Count the body, and the name, type and value of each attribute."""
    parts = [message["MessageBody"]]
    for name, it in (message.get("MessageAttributes") or {}).items():
        parts += [name, it["DataType"], it.get("StringValue") or it.get("BinaryValue") or ""]
    return sum(map(size_of, parts))


def put_events(moto: Moto, backend: EventsBackend, events: list[Json]) -> list[Json]:
    if sum(map(_event_size, events)) > MAX_REQUEST_BYTES:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    refusals = [_refusal_of_event(it) for it in events]
    legal = [it for it, refusal in zip(events, refusals, strict=True) if not refusal]
    answers = iter(moto(backend, events if len(events) > MAX_ENTRIES else legal))
    return [refusal or next(answers) for refusal in refusals]


def _refusal_of_event(event: Json) -> Json | None:
    """Return an error that moto does not find; it finds details that are not JSON at all."""
    if len(event.get("DetailType", "")) > 128:
        reason = "Reason: DetailType must not be longer than 128 characters."
        return {
            "ErrorCode": "InvalidArgument",
            "ErrorMessage": f"Parameter DetailType is not valid. {reason}",
        }
    if not (event.get("Detail") or "{").lstrip().startswith("{"):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return None


def _event_size(event: Json) -> int:
    """Count as the documentation of EventBridge says."""
    parts = [event.get(name, "") for name in ("Source", "DetailType", "Detail")]
    return sum(map(size_of, [*parts, *event.get("Resources", [])])) + 14 * ("Time" in event)


def key_response(moto: Moto, handler: S3Response, request: object, url: str) -> object:
    if size_of(handler.parse_key_name()) > 1024:
        raise S3ClientError("KeyTooLongError", "Your key is too long")
    return moto(handler, request, url)
