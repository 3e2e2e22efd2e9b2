"""The AWS in memory does what moto does, for the requests of the service and others like them.

MiniStack plays the histories of `make faults`, too, as a third opinion.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from articles.reconciling import Reconciliation
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item, copied
from tests.aws.memory import INDEXES, KEYS, Index, Memory
from tests.faults.emulated import Emulated
from tests.faults.emulated import in_moto as emulated_by_moto
from tests.faults.paths import NOON, PATHS, Path
from tests.faults.world import worlds

from .conftest import InMoto

CONDITIONS = (
    "attribute_not_exists(#order) OR #order < :order",
    "attribute_not_exists(#state) OR #run < :run OR (#run = :run AND #state <> :done)",
    "attribute_exists(#plan) AND #run = :run AND #state <> :done",
    "#order = :order",
    "#run >= :run AND (#state = :done OR #order <= :order)",
    "#state <> :done",
    "#order > :order",
)
UPDATES = (
    "SET #order = :order, #state = :done",
    "SET #run = :run, was = if_not_exists(#order, :order) REMOVE #plan",
    "SET #order = :order, seen = if_not_exists(seen, :order), was = if_not_exists(#order, :run)",
    "ADD parts :part",
    "REMOVE #plan, #state",
    "SET #plan = :plan",
)
NAMES = {"#order": "order_key", "#state": "state", "#run": "run", "#plan": "plan"}


@pytest.fixture(scope="module")
def moto() -> Iterator[Emulated]:
    with emulated_by_moto() as emulated:
        yield emulated


@pytest.mark.parametrize("seed", range(6))
def test_a_history_of_requests_leaves_what_it_leaves_in_moto(moto: Emulated, seed: int) -> None:
    random, memory = Random(seed), Memory()  # noqa: S311 - the same again
    memory.reset()
    moto.reset()
    clients = [it.client("dynamodb") for it in (memory, moto)]
    refused = 0

    for _ in range(60):
        operation, asked = _request(random)
        one, other = (_answer(client, operation, asked) for client in clients)
        assert one == other, (operation, asked)
        refused += one == "ConditionalCheckFailedException"

    assert 5 < refused < 55
    assert memory.tables["receipts"].items == moto.tables["receipts"].items
    assert memory.tables["receipts"].changes == moto.tables["receipts"].changes


def _request(random: Random) -> tuple[str, Item]:
    key = {"key": {"S": random.choice("ab")}, "version": {"S": random.choice(("v", "v#1", "v#2"))}}
    values = {
        ":order": {"S": random.choice(("1", "11", "2", "ä"))},
        ":done": {"S": "done"},
        ":run": {"N": random.choice("0129")},
        ":part": {"NS": [random.choice(("1", "2", "10"))]},
        ":plan": {"M": {"parts": {"N": "3"}}},
        ":start": {"S": "v#"},
        ":key": key["key"],
    }
    kind = random.random()
    if kind < 0.15:
        return "get_item", {"Key": key, "ConsistentRead": True}
    if kind < 0.3:
        condition = "#key = :key AND begins_with(version, :start)"
        return "query", _complete({"KeyConditionExpression": condition}, values)
    asked: Item = {"ConditionExpression": random.choice(CONDITIONS)}
    if kind < 0.5:
        members = {"order_key": ":order", "state": ":done", "run": ":run", "plan": ":plan"}
        chosen = random.sample(sorted(members), random.randint(0, 4))
        item = key | {name: values[members[name]] for name in chosen}
        return "put_item", _complete({**asked, "Item": item}, values)
    asked |= {"Key": key, "UpdateExpression": random.choice(UPDATES), "ReturnValues": "ALL_NEW"}
    return "update_item", _complete(asked, values)


def _complete(asked: Item, values: Item) -> Item:
    """Give a request the names and values that its expressions use, and no others."""
    text = " ".join(it for name, it in asked.items() if name.endswith("Expression"))
    names = {**NAMES, "#key": "key"}
    used = {name: it for name, it in names.items() if name in text}
    asked["ExpressionAttributeValues"] = {n: it for n, it in values.items() if n in text}
    return asked | ({"ExpressionAttributeNames": used} if used else {})


def _answer(client: Any, operation: str, asked: Item) -> Any:
    """Give what a request is answered, without what only a real service says."""
    if "ExpressionAttributeValues" in asked and not asked["ExpressionAttributeValues"]:
        asked = {name: it for name, it in asked.items() if name != "ExpressionAttributeValues"}
    try:
        answer = getattr(client, operation)(**{"TableName": "receipts", **asked})
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        old = error.response.get("Item")
        return (code, _in_order(old)) if old else code
    names = ("Item", "Items", "Attributes", "Count")
    return {name: _in_order(answer[name]) for name in names if name in answer}


def _in_order(value: Any) -> Any:
    """Sort sets: DynamoDB gives their members in any order."""
    if isinstance(value, dict):
        return {
            name: sorted(it, key=int) if name == "NS" else _in_order(it)
            for name, it in value.items()
        }
    return [_in_order(it) for it in value] if isinstance(value, list) else value


@pytest.mark.filterwarnings("ignore:No application metrics")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_what_the_service_asks_on_any_path_is_answered_as_moto_answers_it(
    moto: Emulated, path: Path
) -> None:
    asked = list(_requests_of(path))
    memory = Memory()
    memory.reset()
    moto.reset()
    clients = [it.client("dynamodb") for it in (memory, moto)]

    for operation, parameters in asked:
        one, other = (_answer(client, operation, parameters) for client in clients)
        assert one == other, (operation, parameters)

    for name, table in memory.tables.items():
        assert _in_order([*table.items.values()]) == _in_order([*moto.tables[name].items.values()])


OPERATIONS = {
    "GetItem": "get_item",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "Query": "query",
}


def _requests_of(path: Path) -> Iterator[tuple[str, Item]]:
    """Play a path; gives what was asked of DynamoDB."""
    asked: list[tuple[str, Item]] = []

    def note(phase: str, operation: str, parameters: Item) -> None:
        if phase == "before" and operation in OPERATIONS:
            asked.append((OPERATIONS[operation], copied(parameters)))

    with worlds() as empty:
        world = empty()
        world.aws.hook = note
        path.before(world)
        world.drain()
        path.act(world)
        world.drain()
        world.release()
    return iter(asked)


def test_objects_are_given_as_moto_gives_them(moto: Emulated) -> None:
    memory = Memory()
    memory.reset()
    assert _objects(memory) == _objects(moto)


def _objects(aws: Memory | Emulated) -> list[Any]:
    """Put, overwrite and delete an object, and read it in every way."""
    version = aws.put("incoming/courier/a.json", b"0123456789", NOON)
    s3, asked = aws.client("s3"), {"Bucket": "inbox", "Key": "incoming/courier/a.json"}
    etag = hashlib.md5(b"0123456789", usedforsecurity=False).hexdigest()
    part = s3.get_object(**asked, VersionId=version, Range="bytes=2-4")
    whole = s3.get_object(**asked, IfMatch=etag)
    newer = aws.put("incoming/courier/a.json", b"newer", NOON)
    found = [
        (part["Body"].read(), part["ContentLength"], part["LastModified"]),
        (whole["Body"].read(), whole["ContentLength"]),
        s3.get_object(**asked)["Body"].read(),
        s3.get_object(**asked, VersionId=version)["Body"].read(),
        [_code(lambda it=it: s3.get_object(**asked, IfMatch=it)) for it in (etag, "*", "é ⛴")],
        [_code(lambda: _put_new(s3)) for _ in range(2)],
    ]
    aws.forget("incoming/courier/a.json", newer)
    aws.forget("incoming/courier/a.json", version)
    return [
        *found,
        _code(lambda: s3.get_object(**asked, VersionId=version)),
        _code(lambda: s3.get_object(**asked, VersionId="never-was")),
        _code(lambda: s3.get_object(**asked)),
        _code(lambda: s3.get_object(Bucket="inbox", Key="other")),
    ]


def test_what_reconcile_asks_is_answered_as_moto_answers_it(moto: Emulated) -> None:
    memory = Memory()
    memory.reset()
    moto.reset()
    assert _missing(memory) == _missing(moto)


def _missing(aws: Memory | Emulated) -> list[list[tuple[str, bool]]]:
    """Put versions of two objects, of which the first has a receipt; gives the others."""
    names = {}
    for number, key in enumerate(("b.json", "a.json", "b.json", "b.json")):
        version = aws.put(f"incoming/courier/{key}", b"{}", NOON)
        names[version] = f"{key} {number}"
        if number == 0:
            receipt = {"key": {"S": f"incoming/courier/{key}"}, "version": {"S": version}}
            aws.client("dynamodb").put_item(TableName="receipts", Item=receipt)
    look = Reconciliation(aws.client("s3"), aws.client("dynamodb"), "inbox", "receipts")
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2100))
    return [
        [(names[it.version], it.is_latest) for it in looked.missing]
        for looked in look.missing(since=first, until=last)
    ]


def _put_new(s3: Any) -> None:
    s3.put_object(Bucket="archive", Key="report", Body=b"1", IfNoneMatch="*")


def _code(ask: Any) -> str | None:
    try:
        ask()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


# ── The template's tables, and what AWS refuses ──────────────────────────────────────────────────


def test_the_tables_in_memory_are_those_of_the_template(in_moto: InMoto) -> None:
    for name, output in (("articles", "ArticlesTable"), ("receipts", "ReceiptsTable")):
        described = in_moto.clients.dynamodb.describe_table(TableName=in_moto.outputs[output])
        table = described["Table"]
        indexes = {
            it["IndexName"]: Index(
                _names(it["KeySchema"]), tuple(it["Projection"].get("NonKeyAttributes", ()))
            )
            for it in table["GlobalSecondaryIndexes"]
        }
        assert (_names(table["KeySchema"]), indexes) == (KEYS[name], INDEXES[name])


def _names(schema: list[Item]) -> tuple[str, ...]:
    return tuple(it["AttributeName"] for it in schema)


def article(**members: str) -> Item:
    return {name: {"S": it} for name, it in {"article_id": "a", **members}.items()}


def update(size: int) -> Item:
    return {
        "Key": article(),
        "UpdateExpression": "SET #a = :a",
        "ExpressionAttributeNames": {"#a": "a"},
        "ExpressionAttributeValues": {":a": {"S": "x" * size}},
    }


MOST = 400 * 1024 - len("article_id") - len("a")
REQUESTS: dict[str, tuple[str, Item]] = {
    "the largest item": ("put_item", {"Item": article(x="y" * (MOST - 1))}),
    "one too large": ("put_item", {"Item": article(x="y" * MOST)}),
    "the largest update": ("update_item", update(MOST - 1)),
    "an update too large": ("update_item", update(MOST)),
    "the longest key": ("put_item", {"Item": article(article_id="k" * 2048)}),
    "a key too long": ("put_item", {"Item": article(article_id="k" * 2049)}),
    "a key too long to look for": ("get_item", {"Key": article(article_id="k" * 2049)}),
    "an empty key": ("put_item", {"Item": article(article_id="")}),
    "an empty key of an index": ("put_item", {"Item": article(held="")}),
    "the longest key of an index": ("put_item", {"Item": article(url_key="k" * 2048)}),
    "a key of an index too long": ("put_item", {"Item": article(url_key="k" * 2049)}),
    "a sort key of an index too long": ("put_item", {"Item": article(listing="k" * 1025)}),
    "an expression too long": (
        "put_item",
        {"Item": article(), "ConditionExpression": f"attribute_exists({'a' * 4096})"},
    ),
    "a value that is not used": (
        "update_item",
        update(1) | {"ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}}},
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_what_dynamodb_refuses_is_refused_in_memory(in_moto: InMoto, name: str) -> None:
    in_moto.empty()
    operation, asked = REQUESTS[name]

    one, other = (
        _code(
            lambda it=it: getattr(it.clients.dynamodb, operation)(
                TableName=it.outputs["ArticlesTable"], **asked
            )
        )
        for it in (Cloud(), in_moto)
    )

    assert one == other == (None if name.startswith("the ") else "ValidationException")


@pytest.mark.parametrize(
    "value", [{"S": 7}, {"M": {"a": {"S": 7}}}, {"L": [{"N": 7}]}, {"SS": "a"}]
)
def test_a_value_of_another_kind_than_it_says_is_refused_in_memory(value: Item) -> None:
    asked = {"TableName": "articles", "Item": {**article(), "x": value}}

    assert _code(lambda: Cloud().clients.dynamodb.put_item(**asked)) == "ValidationException"


MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("service", "operation", "asked", "code"),
    [
        ("sqs", "send_message", {"MessageBody": "x" * MIB}, None),
        ("sqs", "send_message", {"MessageBody": "x" * (MIB + 1)}, "InvalidParameterValue"),
        ("sqs", "send_message", {"MessageBody": "\x00"}, "InvalidMessageContents"),
        (
            "sqs",
            "send_message_batch",
            {"Entries": [{"Id": str(n), "MessageBody": "a"} for n in range(11)]},
            "TooManyEntriesInBatchRequest",
        ),
        (
            "sqs",
            "send_message_batch",
            {"Entries": [{"Id": str(n), "MessageBody": "x" * (MIB // 2 + n)} for n in range(2)]},
            "BatchRequestTooLong",
        ),
        ("events", "put_events", {"Entries": [{"Detail": "{}"}] * 11}, "ValidationException"),
        ("events", "put_events", {"Entries": [{"Detail": "x" * MIB * 2}]}, "ValidationException"),
        ("s3", "put_object", {"Bucket": "archive", "Key": "k" * 1024}, None),
        ("s3", "put_object", {"Bucket": "archive", "Key": "k" * 1025}, "KeyTooLongError"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_what_the_others_refuse_is_refused_in_memory(
    in_moto: InMoto, service: Any, operation: str, asked: Item, code: str | None
) -> None:
    there = in_moto.plain.client(service)
    if service == "sqs":
        asked = {"QueueUrl": there.create_queue(QueueName="any")["QueueUrl"], **asked}
    elif service == "s3":
        there.create_bucket(Bucket="archive")
        asked = {"Body": b"", **asked}

    one, other = (
        _code(lambda it=it: getattr(it, operation)(**asked))
        for it in (getattr(Cloud().clients, service), there)
    )

    assert one == (other and other.rpartition(".")[2]) == code
