"""Items of DynamoDB as plain values, and back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

Item = dict[str, Any]

_serialize_other = TypeSerializer().serialize


class _Deserializer(TypeDeserializer):
    """Reads numbers as int: an item holds no others, and JSON knows no Decimal."""

    def _deserialize_n(self, value: str) -> int:
        return int(value)


_deserialize = _Deserializer().deserialize


def from_item(item: dict[str, Any]) -> Item:
    """Turn an item or a stream image into plain values; binaries are boto3's Binary."""
    return {name: _deserialize(value) for name, value in item.items()}


def to_item(values: Item) -> dict[str, Any]:
    """Turn plain values into an item; what is None is left out."""
    return {name: _serialize(value) for name, value in values.items() if value is not None}


def _serialize(value: object) -> dict[str, Any]:
    """Serialize a value; almost all of an article is what needs no look at other types."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, dict):
        return {"M": {name: _serialize(it) for name, it in value.items()}}
    if isinstance(value, list):
        return {"L": [_serialize(it) for it in value]}
    return dict(_serialize_other(value))


def conditional(
    condition: ConditionBase,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
    values: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the parameters of a conditional write; its other expressions use `names`, `values`."""
    built = ConditionExpressionBuilder().build_expression(condition)
    return {
        "ConditionExpression": built.condition_expression,
        "ExpressionAttributeNames": {**built.attribute_name_placeholders, **names},
        "ExpressionAttributeValues": to_item({**built.attribute_value_placeholders, **values}),
    }
