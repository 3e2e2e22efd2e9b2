"""Putting back an item that the table has lost: what has been stored since converges with it.

Whoever stored a version meanwhile found nothing there, so it got the first generation. Subscribers
hold the lost one, and drop what has an earlier generation; see docs/decisions/0015-generations.md.
"""

from typing import TYPE_CHECKING, Any, Literal

from articles.storing.items import Item, to_item
from articles.versions.order import KILL, generation_of, in_generation, rank_of, rest_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# What became of an item: it was put, what is there took on its generation, or is later anyway.
Put = Literal["put", "lifted", "kept"]

_OF_OPERATORS = ("spared", "revived")


def put_back(dynamodb: "DynamoDBClient", table: str, item: Item) -> Put:
    """Store an item (as DynamoDB has it) unless something later is there; gives what was done.

    What is there stays if it is no older version, and no kill that was taken back. Where the item
    is of a later generation, it is lifted to that.
    """
    own = item["order_key"]["S"]
    done: Put = "put"
    put, seen = item, None
    while (stored := put_instead(dynamodb, table, put, of=seen)) is not None:
        if "order_key" not in stored:  # it is gone by now
            done, put, seen = "put", item, None
            continue
        seen = stored["order_key"]["S"]
        if seen >= own:
            return "kept"
        if _is_outdated(rest_of(seen), item):
            done, put = "put", item
        else:
            notes = {name: item[name] for name in _OF_OPERATORS if name in item}
            lifted = in_generation(generation_of(own), rest_of(seen))
            done, put = "lifted", stored | notes | to_item({"order_key": lifted})
    return done


def _is_outdated(rest: str, item: Item) -> bool:
    """Whether a version loses to an item, but for the generation: older, or a kill taken back."""
    spared = item.get("spared", {}).get("S", "")
    own = rest_of(item["order_key"]["S"])
    return rest < own or (rank_of(rest) == KILL and rest <= spared)


def put_instead(
    dynamodb: "DynamoDBClient", table: str, item: Item, *, of: str | None
) -> Item | None:
    """Put an item in the place of the version with a key, or of none.

    Gives None if that was done, else what is there by now, which may be nothing.
    """
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(order_key)"}
    if of:
        condition = {
            "ConditionExpression": "order_key = :seen",
            "ExpressionAttributeValues": to_item({":seen": of}),
        }
    try:
        dynamodb.put_item(
            TableName=table,
            Item=item,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **condition,
        )
    except dynamodb.exceptions.ConditionalCheckFailedException as refused:
        answer: Any = refused.response
        there: Item = answer.get("Item", {})
        return there
    return None
