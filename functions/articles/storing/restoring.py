"""Putting back what the tables have lost, from copies that point-in-time recovery has restored.

For tools: no Lambda function loads it. Nothing later is overwritten, and all may be repeated.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from articles.storing.items import Item, to_item
from articles.storing.keys import article_key, receipt_key
from articles.storing.many import many
from articles.storing.putting_back import FIRST_TIMES, NOTES, joined, put_back, wins
from articles.versions.order import generation_of, in_generation, is_same_version, rest_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class State(StrEnum):
    """What the live table has of an item of the copy."""

    SAME = "same"
    LATER = "later"  # it has something later
    INCOMPLETE = "incomplete"  # it has something later, without what the copy knows of the article
    MISSING = "missing"
    OLDER = "older"
    DAMAGED = "damaged"  # the same version, but not as it was written
    OVER = "over"  # nothing any more, nor should it: what is kept no longer
    UNFINISHED = "unfinished"  # nothing, and the copy has only the beginning


RESTORED = frozenset({State.MISSING, State.OLDER, State.DAMAGED, State.INCOMPLETE})
# Of the item of one write, these may be another's, or another.
_NOT_OF_A_WRITE = {"order_key", *NOTES, *FIRST_TIMES}


class Finding(NamedTuple):
    """An item of the copy, and what the live table has of it, if anything."""

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

    `lift` is by how many generations each item of the copy is raised: subscribers take it then,
    although they hold what was replayed or repaired since, and is lost.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, lift: int = 0) -> None:
        self.table = table
        self._dynamodb = dynamodb
        self._lift = lift

    def findings(self, items: Sequence[Item], now: datetime) -> Iterator[Finding]:
        ids = [it["article_id"] for it in items]
        found = many(self._dynamodb, self.table, map(article_key, ids))
        live = {it["article_id"]: it for it in found}
        for article_id, item in zip(ids, items, strict=True):
            there = live.get(article_id)
            yield Finding(item, there, self._state(item, there, now))

    def _state(self, item: Item, live: Item | None, now: datetime) -> State:
        if live is None:
            return State.OVER if _is_over(item, now) else State.MISSING
        if _is_damaged(item, live):
            return State.DAMAGED
        if joined(item, live, lift=self._lift) == live:
            return State.SAME if live == item else State.LATER
        return State.OLDER if wins(item, live) else State.INCOMPLETE

    def restore(self, finding: Finding) -> bool:
        item, live = finding.item, finding.live or {}
        if finding.state is State.DAMAGED and "order_key" in live:
            # The next generation, or subscribers that have taken the damage would keep it.
            generation = generation_of(live["order_key"]) + 1
            item = item | {"order_key": in_generation(generation, rest_of(item["order_key"]))}
        return put_back(self._dynamodb, self.table, item, there=live, lift=self._lift)


class Receipts:
    """The receipts table: only what is missing, and was finished, is put back."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.table = table
        self._dynamodb = dynamodb

    def findings(self, items: Sequence[Item], now: datetime) -> Iterator[Finding]:
        keys = [receipt_key(it["key"], it["version"]) for it in items]
        found = many(self._dynamodb, self.table, keys)
        live = {(it["key"], it["version"]): it for it in found}
        for item in items:
            there = live.get((item["key"], item["version"]))
            yield Finding(item, there, _receipt_state(item, there, now))

    def restore(self, finding: Finding) -> bool:
        try:
            self._dynamodb.put_item(
                TableName=self.table,
                Item=to_item(finding.item),
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": "key"},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _is_damaged(item: Item, live: Item) -> bool:
    """Whether the live table has what was written at the same time, but not as it was written."""
    if "order_key" not in live:
        return True
    if not is_same_version(live["order_key"], item["order_key"]):
        return False
    written, found = ({n: it[n] for n in it.keys() - _NOT_OF_A_WRITE} for it in (item, live))
    return written.get("ingested_at") == found.get("ingested_at") and written != found


def _receipt_state(item: Item, live: Item | None, now: datetime) -> State:
    if live is not None:
        return State.SAME if live == item else State.LATER
    if _is_over(item, now):
        return State.OVER
    return State.UNFINISHED if item.get("state") == "processing" else State.MISSING


def _is_over(item: Item, now: datetime) -> bool:
    """Whether DynamoDB would remove it, and perhaps has."""
    return "ttl" in item and item["ttl"] <= int(now.timestamp())
