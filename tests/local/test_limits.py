"""What DynamoDB would refuse is refused, in its words, and leaves nothing behind."""

from typing import Any

import pytest

from articles_local import EmbeddedAws

from .refusal import Item, refusal

MAX_ITEM = 409_600
TOO_LARGE = "Item size has exceeded the maximum allowed size"
TOO_LARGE_TO_UPDATE = "Item size to update has exceeded the maximum allowed size"
INVALID = "One or more parameter values were invalid:"
NOT_VALID = "One or more parameter values are not valid."
EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."


@pytest.fixture
def articles(aws: EmbeddedAws) -> "Table":
    return Table(aws, "ArticlesTable")


@pytest.fixture
def receipts(aws: EmbeddedAws) -> "Table":
    return Table(aws, "ReceiptsTable")


class Table:
    def __init__(self, aws: EmbeddedAws, output: str) -> None:
        self._dynamodb = aws.client("dynamodb")
        self._name = aws.outputs[output]
        self._streams = aws.client("dynamodbstreams")

    def put(self, item: Item, **asked: Any) -> None:
        self._dynamodb.put_item(TableName=self._name, Item=item, **asked)

    def update(self, key: Item, expression: str, values: Item, **asked: Any) -> None:
        self._dynamodb.update_item(
            TableName=self._name,
            Key=key,
            UpdateExpression=expression,
            ExpressionAttributeValues=values,
            **asked,
        )

    def get(self, key: Item) -> Item | None:
        item: Item | None = self._dynamodb.get_item(TableName=self._name, Key=key).get("Item")
        return item

    def delete(self, key: Item) -> None:
        self._dynamodb.delete_item(TableName=self._name, Key=key)

    def changes(self, key: Item) -> list[Item]:
        """Give what the stream tells of an item."""
        table = self._dynamodb.describe_table(TableName=self._name)["Table"]
        arn = table["LatestStreamArn"]
        [shard] = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        iterator = self._streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = self._streams.get_records(ShardIterator=iterator)["Records"]
        return [it["dynamodb"] for it in records if it["dynamodb"]["Keys"] == key]


def article(name: str, **attributes: Any) -> tuple[Item, Item]:
    """Make a key and an item."""
    key = {"article_id": {"S": name}}
    return key, {**key, **attributes}


def padding(name: str, taken: int) -> dict[str, bytes]:
    """Fill an article's item up to the limit, beside its key and what else is `taken`."""
    return {"B": bytes(MAX_ITEM - len("article_id") - len(name) - len("body") - taken)}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é⛴"}, 5),
        ({"B": b"\x00\xff"}, 2),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"N": "0"}, 1),
        ({"N": "17000"}, 2),
        ({"N": "-123.45"}, 5),
        ({"M": {}}, 3),
        ({"M": {"été": {"S": "a"}, "b": {"B": b"\xff"}}}, 3 + (1 + 5 + 1) + (1 + 1 + 1)),
        ({"L": [{"S": "ab"}, {"L": []}]}, 3 + (1 + 2) + (1 + 3)),
        ({"SS": ["a", "é"]}, 3),
        ({"NS": ["1", "-1"]}, 5),
        ({"BS": [b"\xff", b"\x00\x00"]}, 3),
    ],
    ids=str,
)
def test_an_item_of_400_kb_is_the_largest(articles: Table, value: Item, size: int) -> None:
    key, item = article("largest", x=value, body=padding("largest", 1 + size))
    articles.put(item)
    assert articles.get(key) == item

    larger = {**item, "body": padding("largest", size)}

    assert refusal(articles.put, item=larger) == ("ValidationException", TOO_LARGE)
    assert articles.get(key) == item


def test_a_long_binary_is_taken_and_replaced_by_another(articles: Table) -> None:
    key, item = article("binary", body={"B": b"\x01" * 390 * 1024})
    articles.put(item)

    articles.update(key, "SET body = :body", {":body": {"B": b"\x02" * 390 * 1024}})

    assert articles.get(key) == {**key, "body": {"B": b"\x02" * 390 * 1024}}


def test_an_item_is_weighed_before_its_condition_is_looked_at(articles: Table) -> None:
    _, item = article("weighed", body={"B": bytes(MAX_ITEM)})

    refused = refusal(articles.put, item=item, ConditionExpression="attribute_exists(body)")

    assert refused == ("ValidationException", TOO_LARGE)


@pytest.mark.parametrize(
    "expression",
    ["SET body = :long", "SET article.images[1].alt = :long REMOVE title", "ADD tags :long"],
)
def test_an_update_to_too_large_an_item_leaves_the_old_one(
    articles: Table, expression: str
) -> None:
    images = {"L": [{"M": {}}, {"M": {"alt": {"S": "A ferry"}, "raw": {"B": b"\xff"}}}]}
    nested = {"M": {"images": images, "price": {"N": "1"}}}
    key, item = article(
        expression, article=nested, tags={"SS": ["sea"]}, title={"S": "A"}, body={"B": b"\x01\xff"}
    )
    articles.put(item)
    before = articles.changes(key)
    long: Item = {"SS": ["x" * MAX_ITEM]} if "ADD" in expression else {"S": "x" * MAX_ITEM}

    refused = refusal(articles.update, key=key, expression=expression, values={":long": long})

    assert refused == ("ValidationException", TOO_LARGE_TO_UPDATE)
    assert articles.get(key) == item
    assert articles.changes(key) == before
    articles.update(key, "SET title = :title", {":title": {"S": "B"}})
    [change] = articles.changes(key)[len(before) :]
    assert change["OldImage"] == item
    assert change["NewImage"] == {**item, "title": {"S": "B"}}


def test_an_update_that_would_make_too_large_an_item_makes_none(articles: Table) -> None:
    key, _ = article("none")
    values = {":body": {"B": bytes(MAX_ITEM)}}

    refused = refusal(articles.update, key=key, expression="SET body = :body", values=values)

    assert refused == ("ValidationException", TOO_LARGE_TO_UPDATE)
    assert articles.get(key) is None
    assert articles.changes(key) == []


def test_what_an_update_leaves_alone_counts(articles: Table) -> None:
    key, item = article("alone", body=padding("alone", 5))
    articles.put(item)

    articles.update(key, "SET note = :x", {":x": {"S": "x"}})
    refused = refusal(
        articles.update, key=key, expression="SET note = :x", values={":x": {"S": "xx"}}
    )

    assert refused == ("ValidationException", TOO_LARGE_TO_UPDATE)
    assert articles.get(key) == {**item, "note": {"S": "x"}}


def too_long(name: str, size: int, limit: int, index: str) -> str:
    sizes = f"Actual Size: {size} bytes Max Size: {limit} bytes"
    return f"{INVALID} Size limit exceeded for Index Key {name} {sizes} IndexName: {index}"


def another_type(kind: str) -> str:
    kinds = f"Expected: S Actual: {kind}"
    return f"{INVALID} Type mismatch for Index Key url_key {kinds} IndexName: by_url"


UNSUPPORTED = "A value specified for a secondary index key is not supported."
FAULTY_INDEX_KEYS = {
    "long partition key": (
        {"url_key": {"S": "u" * 2049}},
        too_long("url_key", 2049, 2048, "by_url"),
    ),
    "long sort key": ({"listing": {"S": "é" * 513}}, too_long("listing", 1026, 1024, "by_feed")),
    "number": ({"url_key": {"N": "1"}}, another_type("N")),
    "null": ({"url_key": {"NULL": True}}, another_type("NULL")),
    "empty": (
        {"feed_month": {"S": ""}},
        f"{NOT_VALID} {UNSUPPORTED} {EMPTY} IndexName: by_feed, IndexKey: feed_month",
    ),
}


@pytest.mark.parametrize(
    ("attribute", "message"), FAULTY_INDEX_KEYS.values(), ids=FAULTY_INDEX_KEYS
)
def test_a_put_keeps_to_what_an_index_takes(articles: Table, attribute: Item, message: str) -> None:
    key, item = article("put", **attribute)

    assert refusal(articles.put, item=item) == ("ValidationException", message)
    assert articles.get(key) is None


@pytest.mark.parametrize(
    ("attribute", "message"), FAULTY_INDEX_KEYS.values(), ids=FAULTY_INDEX_KEYS
)
def test_an_update_keeps_to_what_an_index_takes(
    articles: Table, attribute: Item, message: str
) -> None:
    key, item = article("updated", url_key={"S": "u" * 2048}, listing={"S": "é" * 512})
    articles.put(item)
    before = articles.changes(key)
    [(name, value)] = attribute.items()
    if value == {"S": ""}:
        message = (
            f"{NOT_VALID} The update expression attempted to update a secondary index key to a "
            f"value that is not supported. {EMPTY}"
        )

    refused = refusal(
        articles.update,
        key=key,
        expression="SET #name = :value",
        values={":value": value},
        ExpressionAttributeNames={"#name": name},
    )

    assert refused == ("ValidationException", message)
    assert articles.get(key) == item
    assert articles.changes(key) == before


FAULTY_KEYS = {
    "empty partition key": (("", "v"), f"{NOT_VALID} {EMPTY} Key: key"),
    "empty sort key": (("k", ""), f"{NOT_VALID} {EMPTY} Key: version"),
    "long partition key": (
        ("é" * 1025, "v"),
        f"{INVALID} Size of hashkey has exceeded the maximum size limit of2048 bytes",
    ),
    "long sort key": (
        ("k", "v" * 1025),
        f"{INVALID} Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    ),
}


@pytest.mark.parametrize(("key", "message"), FAULTY_KEYS.values(), ids=FAULTY_KEYS)
def test_no_request_takes_a_key_that_none_can_have(
    receipts: Table, key: tuple[str, str], message: str
) -> None:
    names = {"key": {"S": key[0]}, "version": {"S": key[1]}}
    expected = ("ValidationException", message)
    update: Item = {"key": names, "expression": "ADD n :n", "values": {":n": {"N": "1"}}}
    condition = "attribute_exists(feed)"

    assert refusal(receipts.put, item=names) == expected
    assert refusal(receipts.update, **update) == expected
    assert refusal(receipts.update, **update, ConditionExpression=condition) == expected
    assert refusal(receipts.get, key=names) == expected
    assert refusal(receipts.delete, key=names) == expected
    assert receipts.changes(names) == []


def test_the_longest_keys_are_taken(receipts: Table) -> None:
    key = {"key": {"S": "é" * 1024}, "version": {"S": "v" * 1024}}

    receipts.put(key)

    assert receipts.get(key) == key


def test_an_expression_of_4_kb_is_the_longest(articles: Table) -> None:
    key, item = article("expression")
    expression, values = "SET a = :a".ljust(4096), {":a": {"S": "a"}}
    articles.update(key, expression, values)
    message = "Expression size has exceeded the maximum allowed size; expression size: 4097"

    updated = refusal(articles.update, key=key, expression=expression + " ", values=values)
    put = refusal(articles.put, item=item, ConditionExpression="attribute_exists(a)".ljust(4097))

    assert updated == ("ValidationException", f"Invalid UpdateExpression: {message}")
    assert put == ("ValidationException", f"Invalid ConditionExpression: {message}")
    assert articles.get(key) == {**item, "a": {"S": "a"}}
