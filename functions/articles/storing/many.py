"""Many items at once, by their keys."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from articles.storing.items import Item, from_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

AT_ONCE = 100  # what BatchGetItem takes


def many(
    dynamodb: "DynamoDBClient", table: str, keys: Iterable[Item], attributes: Sequence[str] = ()
) -> Iterator[Item]:
    """Read items consistently, in any order, whole or only some attributes; not all may exist."""
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    left = iter(keys)
    while batch := list(islice(left, AT_ONCE)):
        # An answer is cut at 16 MB, or where DynamoDB throttles; one without any item is an error,
        # which botocore retries after a pause.
        while batch:
            asked: KeysAndAttributesTypeDef = {"Keys": batch, "ConsistentRead": True}
            if names:
                asked["ProjectionExpression"] = ", ".join(names)
                asked["ExpressionAttributeNames"] = names
            answer = dynamodb.batch_get_item(RequestItems={table: asked})
            yield from map(from_item, answer["Responses"].get(table, []))
            unprocessed = answer["UnprocessedKeys"].get(table)
            batch = list(unprocessed["Keys"]) if unprocessed else []
