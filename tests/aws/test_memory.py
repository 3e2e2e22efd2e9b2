"""The memory behind the fault figures does what moto does, for requests like those of the service.

MiniStack plays the same histories in `make faults`, as a third opinion.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.faults.emulated import Emulated, in_moto
from tests.faults.paths import NOON

from .expressions import Item
from .memory import Memory

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
    with in_moto() as emulated:
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
        answer = getattr(client, operation)(TableName="receipts", **asked)
    except ClientError as error:
        return error.response["Error"]["Code"]
    found = {name: it for name, it in answer.items() if name in ("Item", "Items", "Attributes")}
    for item in (found.get("Item"), found.get("Attributes"), *found.get("Items", ())):
        if item and "parts" in item:
            item["parts"]["NS"] = sorted(item["parts"]["NS"], key=int)
    return found


def test_objects_are_given_as_moto_gives_them(moto: Emulated) -> None:
    memory = Memory()
    memory.reset()
    found = []
    for aws in (memory, moto):
        version = aws.put("incoming/courier/a.json", b"0123456789", NOON)
        s3, asked = aws.client("s3"), {"Bucket": "inbox", "Key": "incoming/courier/a.json"}
        part = s3.get_object(**asked, VersionId=version, Range="bytes=2-4")
        aws.forget("incoming/courier/a.json", version)
        found.append(
            [
                (part["Body"].read(), part["ContentLength"], part["LastModified"]),
                _code(lambda: s3.get_object(**asked, VersionId=version)),  # noqa: B023
                _code(lambda: s3.get_object(Bucket="inbox", Key="other")),  # noqa: B023
                [_code(lambda: _put_new(s3)) for _ in range(2)],  # noqa: B023
            ]
        )

    assert found[0] == found[1]


def _put_new(s3: Any) -> None:
    s3.put_object(Bucket="archive", Key="report", Body=b"1", IfNoneMatch="*")


def _code(ask: Any) -> str | None:
    try:
        ask()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None
