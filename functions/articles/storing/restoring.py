"""Putting back what the tables have lost, from copies that point-in-time recovery has restored.

For tools: no Lambda function loads it. Nothing later is overwritten, and all may be repeated.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import article_key, receipt_key
from articles.storing.many import many
from articles.storing.putting_back import put_back, put_instead
from articles.versions.order import LAST_GENERATION, generation_of, in_generation, rest_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class State(StrEnum):
    """What the live table has of an item of the copy."""

    SAME = "same"
    LATER = "later"  # it has something later
    MISSING = "missing"
    OLDER = "older"
    DAMAGED = "damaged"  # the same version, but not as it was written
    OVER = "over"  # nothing any more, nor should it: what is kept no longer
    UNFINISHED = "unfinished"  # nothing, and the copy has only the beginning


RESTORED = frozenset({State.MISSING, State.OLDER, State.DAMAGED})


class Finding(NamedTuple):
    """An item of the copy (as DynamoDB has it), and what the live table has of it, if anything."""

    item: Item
    live: Item | None
    state: State


class Restoration(Protocol):
    """How one table is put back; `table` is the live one."""

    table: str

    def findings(self, items: Sequence[Item], now: datetime) -> Iterator[Finding]:
        """Compare items of the copy with the live table."""

    def restore(self, finding: Finding) -> bool:
        """Put an item back; False when there is something later by now."""


class Articles:
    """The articles table.

    `lift` is by how many generations that is raised which is put back: subscribers take it then,
    although they hold what was replayed or repaired since, and is lost.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, lift: int = 0) -> None:
        self.table = table
        self._dynamodb = dynamodb
        self._lift = lift

    def findings(self, items: Sequence[Item], now: datetime) -> Iterator[Finding]:
        ids = [it["article_id"]["S"] for it in items]
        found = many(self._dynamodb, self.table, map(article_key, ids))
        live = {it["article_id"]: it for it in found}
        for article_id, item in zip(ids, items, strict=True):
            there = live.get(article_id)
            yield Finding(item, there, _state(from_item(item), there, now))

    def restore(self, finding: Finding) -> bool:
        item, live = finding.item, finding.live or {}
        if finding.state is State.DAMAGED and "order_key" in live:
            # The next generation, or subscribers that have taken the damage would keep it.
            healed = _lifted(item, 1)
            return put_instead(self._dynamodb, self.table, healed, of=live["order_key"]) is None
        return put_back(self._dynamodb, self.table, _lifted(item, self._lift)) != "kept"


class Receipts:
    """The receipts table: only what is missing, and was finished, is put back."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.table = table
        self._dynamodb = dynamodb

    def findings(self, items: Sequence[Item], now: datetime) -> Iterator[Finding]:
        keys = [receipt_key(it["key"]["S"], it["version"]["S"]) for it in items]
        found = many(self._dynamodb, self.table, keys)
        live = {(it["key"], it["version"]): it for it in found}
        for item in items:
            there = live.get((item["key"]["S"], item["version"]["S"]))
            yield Finding(item, there, _receipt_state(from_item(item), there, now))

    def restore(self, finding: Finding) -> bool:
        try:
            self._dynamodb.put_item(
                TableName=self.table,
                Item=finding.item,
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": "key"},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _state(item: Item, live: Item | None, now: datetime) -> State:
    if live is None:
        return State.OVER if _is_over(item, now) else State.MISSING
    own, theirs = item["order_key"], live.get("order_key")
    if theirs is None:
        return State.DAMAGED
    if theirs != own:
        return State.LATER if theirs > own else State.OLDER
    # Under one key, its embargo may have ended, or it was lost and read again.
    if live.get("ingested_at", "") > item["ingested_at"]:
        return State.LATER
    return State.SAME if live == item else State.DAMAGED


def _receipt_state(item: Item, live: Item | None, now: datetime) -> State:
    if live is not None:
        return State.SAME if live == item else State.LATER
    if _is_over(item, now):
        return State.OVER
    return State.UNFINISHED if item.get("state") == "processing" else State.MISSING


def _is_over(item: Item, now: datetime) -> bool:
    """Whether DynamoDB would remove it, and perhaps has."""
    return "ttl" in item and item["ttl"] <= int(now.timestamp())


def _lifted(item: Item, by: int) -> Item:
    key = item["order_key"]["S"]
    generation = min(generation_of(key) + by, LAST_GENERATION)
    return item | to_item({"order_key": in_generation(generation, rest_of(key))})
