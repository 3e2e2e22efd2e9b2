"""What AWS refuses and moto accepts, and the guards that refuse it here.

A guard replaces a function of moto and receives the original as its first argument. This module has
the guards for DynamoDB: the sizes of items, keys and expressions. post_policy.py has those for
uploads by a form; event_bus.py and redrive.py correct what moto does, and add what it cannot do.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.dynamodb import exceptions, responses
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.events.models import EventPattern, EventsBackend, Replay, Rule
from moto.events.responses import EventsHandler
from moto.events.utils import EventTemplateParser
from moto.s3.responses import S3Response
from moto.sqs.models import SQSBackend
from moto.sqs.responses import SQSResponse

from . import event_bus, post_policy, redrive, request_limits
from .request_limits import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moto.dynamodb.models.table import StreamShard, Table

    from .request_limits import Json, Moto

MAX_ITEM_BYTES = 400 * 1024
MAX_KEY_BYTES = {"HASH": 2048, "RANGE": 1024}


@contextmanager
def enforced() -> Iterator[None]:
    """Patch the guards into moto, and remove them at the end: moto is global to the process."""
    with ExitStack() as patched:
        # Moto counts binaries in base64, and what an update replaces twice.
        patched.enter_context(patch.object(LimitedSizeDict, "__setitem__", dict.__setitem__))
        for owner, name, guard in (
            (responses.DynamoHandler, "_authenticate_and_authorize_normal_action", _authorize),
            (responses, "validate_put_has_empty_keys", _validate_item),
            (DynamoDBBackend, "get_keys_value", _get_keys_value),
            (DynamoDBBackend, "update_item", _update_item),
            (SQSResponse, "send_message", request_limits.send_message),
            (SQSBackend, "send_message_batch", request_limits.send_message_batch),
            (EventsBackend, "put_events", request_limits.put_events),
            (EventsBackend, "create_archive", event_bus.create_archive),
            (EventPattern, "matches_event", event_bus.matches_event),
            (EventTemplateParser, "parse", event_bus.parse),
            (EventsHandler, "test_event_pattern", event_bus.try_pattern),
            (Rule, "send_to_targets", event_bus.send_to_targets),
            (Replay, "replay_events", event_bus.replay_events),
            (S3Response, "_key_response", request_limits.key_response),
            (S3Response, "_bucket_response_post", post_policy.bucket_response_post),
        ):
            moto = getattr(owner, name)
            patched.enter_context(patch.object(owner, name, _guarded(moto, guard)))
        for added in (redrive.start_message_move_task, redrive.list_message_move_tasks):
            patched.enter_context(patch.object(SQSResponse, added.__name__, added, create=True))
        yield


def _guarded(moto: Moto, guard: Moto) -> Moto:
    return lambda *args, **kwargs: guard(moto, *args, **kwargs)


def item_size(item: Mapping[str, Any]) -> int:
    """Count as DynamoDB does: names and values in UTF-8; maps add 3 bytes, and 1 per member."""
    return sum(size_of(name) + _value_size(*_parts(value)) for name, value in item.items())


def _value_size(kind: str, held: Any) -> int:  # noqa: ANN401 - the type depends on the kind
    match kind:
        case "S" | "B":
            return size_of(held)
        case "N":
            return _number_size(held)
        case "M":
            return 3 + len(held) + item_size(held)
        case "L":
            return 3 + len(held) + sum(_value_size(*_parts(member)) for member in held)
        case "SS" | "NS" | "BS":
            return sum(_value_size(kind[0], member) for member in held)
        case _:
            return 1


def _number_size(number: str) -> int:
    """Count one byte per two digits on each side of the point, one for a minus, and one more."""
    whole, _, fraction = number.lstrip("-").strip("0").partition(".")
    return 1 + number.startswith("-") + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2


def _parts(value: DynamoType | Json) -> tuple[str, Any]:
    """Return kind and value of what moto stores, or of what a request contains."""
    if isinstance(value, DynamoType):
        return value.type, value.value
    return next(iter(value.items()))


def _authorize(moto: Moto, handler: responses.DynamoHandler, resource: str) -> None:
    """Refuse a long expression where moto first checks who makes the request."""
    moto(handler, resource)
    for name, text in handler.body.items():
        if name.endswith("Expression") and (size := size_of(text)) > 4096:
            raise MockValidationException(
                f"Invalid {name}: Expression size has exceeded the maximum allowed size; "
                f"expression size: {size}"
            )


def _validate_item(moto: Moto, item: Json, table: Table, **_: str) -> None:
    """Check an item before its condition."""
    moto(item, table, custom_error_msg=exceptions.KeyIsEmptyStringException("{}").message)
    _check_index_keys(item, table)
    if item_size(item) > MAX_ITEM_BYTES:
        raise exceptions.ItemSizeTooLarge


def _get_keys_value(moto: Moto, backend: DynamoDBBackend, table: Table, key: Json) -> object:
    """Refuse to get what could not be put."""
    responses.validate_put_has_empty_keys(key, table)
    table._validate_key_sizes(key)  # noqa: SLF001 - moto checks this only on put
    return moto(backend, table, key)


def _update_item(
    moto: Moto, backend: DynamoDBBackend, table_name: str, *args: object, **kwargs: object
) -> Item:
    """Check the result of an update; a table without a stream (there is none) is exempt."""
    shard = backend.get_table(table_name).stream_shard
    known = len(shard.items) if shard else 0
    item: Item = moto(backend, table_name, *args, **kwargs)
    if shard:
        _keep_or_undo(item, shard, known)
    return item


def _keep_or_undo(item: Item, shard: StreamShard, known: int) -> None:
    """Undo what is refused: moto has changed the item in place, and written to the stream."""
    try:
        _check_index_keys(item.attrs, shard.table)
        if item_size(item.attrs) > MAX_ITEM_BYTES:
            raise exceptions.ItemSizeToUpdateTooLarge
    except MockValidationException:
        _restore(item, shard.table, shard.items[-1].record["dynamodb"].get("OldImage"))
        del shard.items[known:]
        raise


def _restore(item: Item, table: Table, old: Json | None) -> None:
    if old:
        item.attrs = Item(item.hash_key, item.range_key, old).attrs
    else:
        table.delete_item(item.hash_key, item.range_key)


def _check_index_keys(item: Json, table: Table) -> None:
    kinds = {it["AttributeName"]: it["AttributeType"] for it in table.attr}
    for index in table.global_indexes:
        for name, role in ((it["AttributeName"], it["KeyType"]) for it in index.schema):
            fault = name in item and _fault(name, kinds[name], role, *_parts(item[name]))
            if fault:
                raise MockValidationException(
                    f"One or more parameter values were invalid: {fault} IndexName: {index.name}"
                )


def _fault(name: str, expected: str, role: str, kind: str, held: str | bytes) -> str:
    """Return why an index refuses a key; moto checks for empty keys only on put."""
    if kind != expected:
        return f"Type mismatch for Index Key {name} Expected: {expected} Actual: {kind}"
    if not held:
        raise exceptions.EmptyKeyAttributeException(key_in_index=True)
    if (size := size_of(held)) > (limit := MAX_KEY_BYTES[role]):
        sizes = f"Actual Size: {size} bytes Max Size: {limit} bytes"
        return f"Size limit exceeded for Index Key {name} {sizes}"
    return ""
