"""Moving dead letters back, which moto cannot do; `limits` adds this to moto."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.sqs.exceptions import InvalidParameterValue

if TYPE_CHECKING:
    from moto.sqs.responses import SQSResponse


def start_message_move_task(handler: SQSResponse) -> ActionResult:
    """Move all messages of a queue at once, to a queue or to the one that they came from."""
    backend = handler.sqs_backend
    source = _name(handler._get_param("SourceArn"))  # noqa: SLF001 - as moto does
    given = handler._get_param("DestinationArn")  # noqa: SLF001
    sources = [it.name for it in backend.list_dead_letter_source_queues(source)]
    if not given and len(sources) != 1:
        raise InvalidParameterValue("Name the queue to move to: DestinationArn.")
    target = _name(given) if given else sources[0]
    while messages := backend.receive_message(source, 10, 0, 30):
        for it in messages:
            backend.send_message(
                target, it.body, message_attributes=it.message_attributes, group_id=it.group_id
            )
            backend.delete_message(source, it.receipt_handle or "")
    return ActionResult({"TaskHandle": str(uuid4())})


def list_message_move_tasks(_: SQSResponse) -> ActionResult:
    """Say that there is none under way: each is done at once."""
    return ActionResult({"Results": []})


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
