"""Putting an item back where it was lost: it is joined with what has been stored there since.

Who stored that found nothing, so it lacks what the item knows of its article: the generation, the
kill that was taken back, and that subscribers have seen it. All of that survives, whichever of the
two versions wins; see docs/decisions/0015-generations.md.
"""

from typing import TYPE_CHECKING, Any

from articles.refs import RecordRef
from articles.storing.items import Item, from_item, to_item
from articles.versions.order import (
    KILL,
    LAST_GENERATION,
    ORDINARY,
    comparable_rest,
    generation_of,
    in_generation,
    rank_of,
    rest_of,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

NOTES = ("spared", "revived")  # of operators
FIRST_TIMES = ("first_ingested_at", "released_at")
_LISTED = ("feed_month", "listing")


def put_back(
    dynamodb: "DynamoDBClient", table: str, item: Item, *, there: Item | None = None, lift: int = 0
) -> bool:
    """Store an item, joined with what is there by now; False if that is as it should be.

    `there` is what was last seen there; `lift` is as for `joined`.
    """
    seen = there or {}
    while (put := joined(item, seen, lift=lift)) != seen:
        stored = _put_instead(dynamodb, table, put, of=seen)
        if stored is None:
            return True
        seen = stored
    return False


def joined(item: Item, there: Item, *, lift: int = 0) -> Item:
    """Return what should be stored where an item was lost, and something, or nothing, is there.

    The generation is the later of both, or later still: by `lift` than that of the item, and by one
    where subscribers would else keep what has lost.
    """
    if "order_key" not in there:
        return item | {"order_key": _lifted(item["order_key"], lift)}
    winner, loser = (item, there) if wins(item, there) else (there, item)
    highest = max(_lifted(item["order_key"], lift), there["order_key"])
    key = in_generation(generation_of(highest), rest_of(winner["order_key"]))
    if key < loser["order_key"]:
        key = _lifted(key, 1)
    known = {} if _is_one_history(item, there) else _known(item, there, winner)
    return {**winner, **known, "order_key": key}


def wins(item: Item, there: Item) -> bool:
    """Whether an item that was lost wins over what is there by now.

    Two histories of an article meet as an ordinary write meets what is stored: the greater version
    wins, but for its generation; of two readings of one record, the later.
    """
    mine, theirs = item["order_key"], there["order_key"]
    is_same_record = _reading_of(item) == _reading_of(there) is not None
    if is_same_record and "expired" in {item["status"], there.get("status")}:
        return there.get("status") != "expired"  # no reading brings back what has expired
    ours = (generation_of(mine), item["ingested_at"])
    others = (generation_of(theirs), there.get("ingested_at", ""))
    if _is_one_history(item, there):
        return (mine, *ours) > (theirs, *others)
    if is_spared(theirs, origin_of(there), by=item):
        return True
    if is_spared(mine, origin_of(item), by=there):
        return False
    if is_same_record:
        return ours > others
    return (comparable_rest(mine), *ours) > (comparable_rest(theirs), *others)


def is_spared(order_key: str, origin: RecordRef | None, *, by: Item) -> bool:
    """Whether a version is a kill that an operator has taken back, or one that it had beaten.

    `by` is the item that notes it. The very record of the kill is kept out in whatever zone it is
    read.
    """
    rest = comparable_rest(order_key)
    if rank_of(rest) != KILL or "spared" not in by:
        return False
    spared = comparable_rest(in_generation(0, by["spared"]))
    return rest <= spared or RecordRef.read(by["revived"]) == origin


def origin_of(item: Item) -> RecordRef | None:
    """Return the record that an item was read from; None if nothing of it was ever stored."""
    return RecordRef.read(item["upload"]) if "upload" in item else None


def _reading_of(item: Item) -> RecordRef | None:
    """Return the record that an item is a reading of; None for what an operator has made of it."""
    is_reading = rank_of(rest_of(item["order_key"])) in (ORDINARY, KILL)
    return origin_of(item) if is_reading else None


def _is_one_history(item: Item, there: Item) -> bool:
    """Whether what is there came of the item, or the item of it: nothing was lost in between."""
    return bool(item.get("first_ingested_at") == there.get("first_ingested_at"))


def _known(item: Item, there: Item, winner: Item) -> Item:
    """Return what is known of an article from either history, and is no matter of its version."""
    both = (item, there)
    noted = max(both, key=lambda it: (it.get("spared", ""), it.get("revived", {}).get("at", "")))
    known = {name: noted[name] for name in NOTES if name in noted}
    for name in FIRST_TIMES:
        if found := [it[name] for it in both if name in it]:
            known[name] = min(found)
    # What was removed while it was lost has neither a date nor an upload of its own.
    article = winner.get("article", {})
    is_dated = "published_at" in article or "published_at_local" in article
    lacking = {"upload", *_LISTED} - (winner.keys() if is_dated else {"upload"} & winner.keys())
    return known | {name: item[name] for name in lacking if name in item}


def _lifted(key: str, by: int) -> str:
    return in_generation(min(generation_of(key) + by, LAST_GENERATION), rest_of(key))


def _put_instead(dynamodb: "DynamoDBClient", table: str, item: Item, *, of: Item) -> Item | None:
    """Put an item in the place of exactly what was seen, or of nothing.

    Gives None if that was done, else what is there by now, which may be nothing.
    """
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(order_key)"}
    if "order_key" in of:  # the end of an embargo moves the time alone
        condition = {
            "ConditionExpression": "order_key = :key"
            " AND (ingested_at = :at OR attribute_not_exists(ingested_at))",
            "ExpressionAttributeValues": to_item(
                {":key": of["order_key"], ":at": of.get("ingested_at", "")}
            ),
        }
    try:
        dynamodb.put_item(
            TableName=table,
            Item=to_item(item),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **condition,
        )
    except dynamodb.exceptions.ConditionalCheckFailedException as refused:
        answer: Any = refused.response
        return from_item(answer.get("Item", {}))
    return None
