"""Moto, where it does the same work over and over, made faster; what it answers stays the same.

Each replacement receives moto's own, which has the last word on whatever is unusual.
"""

from __future__ import annotations

import base64
import re
import time
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import jsonpath_ng.ext
from moto.core.common_models import BaseModel
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import models
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from moto.s3.models import FakeKey, FakeMultipart
from moto.sqs import models as sqs
from moto.sqs.models import SQSBackend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moto.dynamodb.models.dynamo_type import Item
    from moto.dynamodb.models.table import Table
    from moto.sqs.models import Message

    from .request_limits import Json, Moto

_CLAUSE = re.compile(r"(?:^| )(SET|REMOVE) ")
_NAME, _VALUE = r"#?\w+", r":\w+"
_ACTION = {
    "SET": re.compile(
        rf"(?P<target>{_NAME}) = "
        rf"(?:(?P<value>{_VALUE})|if_not_exists\((?P<unless>{_NAME}), (?P<default>{_VALUE})\))"
    ),
    "REMOVE": re.compile(rf"(?P<target>{_NAME})"),
}


@contextmanager
def hastened() -> Iterator[None]:
    """Patch moto, and mend it at the end: it is global to the process."""
    with ExitStack() as patched:
        patched.enter_context(patch.object(BaseModel, "__new__", _untracked(BaseModel.__new__)))
        for owner, name, faster in (
            (UpdateExpressionParser, "make", _make),
            (models, "UpdateExpressionValidator", _validator),
            (models, "UpdateExpressionExecutor", _executor),
            (BaseJSONSerializer, "_serialize_type_structure", _serialize),
            (jsonpath_ng.ext, "parse", lru_cache(256)),  # builds its grammar for each path
            (sqs, "unix_time_millis", _milliseconds),
            (SQSBackend, "is_message_valid_based_on_retention_period", _is_kept),
        ):
            patched.enter_context(patch.object(owner, name, faster(getattr(owner, name))))
        yield


class _Action(NamedTuple):
    """One change of a whole attribute, with names and values as the expression has them.

    It becomes the value; or what `unless` is, and the default where that is not there; or nothing.
    """

    target: str
    value: str | None = None
    unless: str | None = None
    default: str | None = None


class _Update:
    """What an update changes, in place of the tree that moto validates, normalizes and executes."""

    def __init__(self, item: Item, changes: dict[str, DynamoType | None]) -> None:
        self._item, self._changes = item, changes

    def validate(self) -> _Update:
        return self

    def normalize(self) -> None:
        """It is flat already."""

    def execute(self) -> None:
        for name, value in self._changes.items():
            if value is None:
                self._item.attrs.pop(name, None)
            else:
                self._item.attrs[name] = value


def _make(moto: Moto) -> Moto:
    """Parse each expression once, and note on its tree what it does if that is simple."""

    def make(expression: str) -> Any:  # noqa: ANN401 - moto's nodes have no types
        tree = moto(expression)
        tree.actions = _actions(expression)
        return tree

    return lru_cache(256)(make)


def _validator(moto: Moto) -> Moto:
    """Take the short way for simple updates: moto walks through its tree ten times, and twice."""

    def validator(
        tree: Any,  # noqa: ANN401
        expression_attribute_names: Mapping[str, str],
        expression_attribute_values: Mapping[str, Json],
        item: Item,
        table: Table,
    ) -> Any:  # noqa: ANN401
        names, values = expression_attribute_names, expression_attribute_values
        changes = _changes(tree.actions, names, values, item, table) if tree.actions else None
        return moto(tree, names, values, item, table) if changes is None else _Update(item, changes)

    return validator


def _executor(moto: Moto) -> Moto:
    return lambda tree, *given: tree if isinstance(tree, _Update) else moto(tree, *given)


def _actions(expression: str) -> list[_Action] | None:
    """Read an expression that sets and removes whole attributes, and does nothing else."""
    before, *parts = _CLAUSE.split(expression)
    clauses = dict(zip(parts[::2], parts[1::2], strict=True))
    if before or 2 * len(clauses) != len(parts):
        return None
    actions = []
    for clause, text in clauses.items():
        for action in re.split(r", (?![^(]*\))", text):
            if not (found := _ACTION[clause].fullmatch(action)):
                return None
            actions.append(_Action(**found.groupdict()))
    return actions


def _changes(
    actions: list[_Action],
    names: Mapping[str, str],
    values: Mapping[str, Json],
    item: Item,
    table: Table,
) -> dict[str, DynamoType | None] | None:
    """Work out the new values; None where moto has something to refuse."""
    kinds = {it["AttributeName"]: it["AttributeType"] for it in table.attr}
    changes: dict[str, DynamoType | None] = {}
    for action in actions:
        target = _name(action.target, names)
        if target is None or target in changes or target in table.table_key_attrs:
            return None
        value = None
        if bound := action.value or action.default:
            if bound not in values:
                return None
            value = DynamoType(values[bound])
        if action.unless:
            unless = _name(action.unless, names)
            if unless is None:
                return None
            value = item.attrs.get(unless, value)
        if value and target in kinds and (value.type != kinds[target] or not value.value):
            return None
        changes[target] = value
    return changes


def _name(written: str, names: Mapping[str, str]) -> str | None:
    if written.startswith("#"):
        return names.get(written)
    return None if written.upper() in _reserved() else written


@cache
def _reserved() -> frozenset[str]:
    return frozenset(ReservedKeywords.get_reserved_keywords())


def _serialize(moto: Moto) -> Moto:
    """Write attributes of items as they are: moto looks for ten members in each, by two names."""

    def serialize(serializer: Any, serialized: Json, value: Any, shape: Any, key: str) -> None:  # noqa: ANN401
        if shape.name == "AttributeValue" and isinstance(value, dict):
            serialized[key] = _as_json(value)
        else:
            moto(serializer, serialized, value, shape, key)

    return serialize


def _as_json(value: Any) -> Any:  # noqa: ANN401 - an attribute, or a part of one
    if isinstance(value, dict):
        return {name: _as_json(it) for name, it in value.items()}
    if isinstance(value, list):
        return [_as_json(it) for it in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _untracked(moto: Moto) -> Moto:
    """Let go of what is gone: moto keeps every object for ever, to show them on a page.

    It goes by this when it closes the files of objects in S3, of which all versions are kept.
    """

    def make(kind: type[BaseModel], *given: object, **named: object) -> BaseModel:
        is_file = kind in (FakeKey, FakeMultipart)
        return moto(kind, *given, **named) if is_file else object.__new__(kind)

    return make


def _milliseconds(_: Moto) -> Moto:
    """Tell the time, which moto asks for each message of a queue when it receives or sends one."""
    return lambda: time.time() * 1000


def _is_kept(_: Moto) -> Moto:
    """Look at the one attribute of the queue; for each of them, moto counts its messages."""

    def is_kept(backend: SQSBackend, queue: str, message: Message) -> bool:
        kept: int = vars(backend.get_queue(queue))["message_retention_period"]
        return kept + (message.sent_timestamp or 0) / 1000 > time.time()

    return is_kept
