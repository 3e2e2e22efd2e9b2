"""Moto made faster answers as moto does, byte for byte."""

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from articles_local import fast_moto, limits, server

Json = dict[str, Any]
Answer = tuple[int, str | None, str]  # the status, the type of the content, the content

TABLE: Json = {
    "TableName": "t",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("id", "feed_month", "feed_day")
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_month",
            "KeySchema": [
                {"AttributeName": "feed_month", "KeyType": "HASH"},
                {"AttributeName": "feed_day", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}
BYTES = base64.b64encode(b"\x00\xffbody").decode()
ITEM: Json = {
    "a": {"S": "old"},
    "octets": {"B": BYTES},
    "a_map": {"M": {"list": {"L": [{"B": BYTES}, {"NULL": True}]}, "yes": {"BOOL": True}}},
    "a_list": {"L": [{"S": "x"}]},
    "numbers": {"NS": ["1", "2"]},
    "blobs": {"BS": [BYTES]},
    "feed_month": {"S": "2026-11"},
    "feed_day": {"S": "28"},
    "n": {"N": "1"},
}
VALUES = {
    ":a": {"S": "new"},
    ":m": {"M": {"deep": {"M": {"bytes": {"B": BYTES}}}}},
    ":n": {"N": "2"},
    ":s": {"NS": ["2", "3"]},
    ":empty": {"S": ""},
    ":list": {"L": [{"S": "y"}]},
}
NAMES = {"#a": "a", "#status": "status", "#id": "id", "#feed_month": "feed_month"}
SIMPLE = [
    "SET a = :a",
    "SET #a = :a, fresh = :m REMOVE a_list, #feed_month",
    "REMOVE numbers SET a = :m",
    "SET kept = if_not_exists(a, :a), fresh = if_not_exists(nothing, :n), #status = :s",
    "SET feed_month = :a, twin = if_not_exists(octets, :a)",
    "REMOVE nothing",
]
UNUSUAL = [
    "SET a=:a",
    "SET a = :a,n = :n",
    " SET a = :a ",
    "SET n = n + :n",
    "SET a_map.yes = :a, a_list[0] = :n",
    "SET a_list = list_append(a_list, :list)",
    "ADD n :n",
    "ADD numbers :s REMOVE a",
    "DELETE numbers :s",
    "SET a = a_list[0]",
]
REFUSED = [
    "SET #id = :a",
    "SET id = :a",
    "SET status = :a",
    "SET a = :unknown",
    "SET #unknown = :a",
    "SET x = if_not_exists(#unknown, :a)",
    "SET x = if_not_exists(status, :a)",
    "SET a = :a, a = :n",
    "SET a = :a, #a = :n",
    "SET a = :a SET n = :n",
    "SET feed_month = :n",
    "SET feed_month = :empty",
    "SET feed_month = if_not_exists(n, :a)",
    "SET a :a",
    "SET",
    "PUT a = :a",
    "SET a = :a, ",
]
EXPRESSIONS = [*SIMPLE, *UNUSUAL, *REFUSED]


def used(known: dict[str, Any], expression: str) -> dict[str, Any]:
    """Choose what an expression mentions: DynamoDB refuses to be told more."""
    return {it: value for it, value in known.items() if re.search(rf"{it}\b", expression)}


def updates() -> Iterator[Json]:
    returned = ("ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "NONE")
    for number, expression in enumerate(EXPRESSIONS):
        for key, condition in (
            ("known", ""),
            ("unknown", "attribute_not_exists(a) OR a < :a"),
            ("known", "attribute_not_exists(id)"),
        ):
            said = f"{expression} {condition}"
            yield {
                "TableName": "t",
                "Key": {"id": {"S": f"{key}{number}"}},
                "UpdateExpression": expression,
                "ReturnValues": returned[number % len(returned)],
                **({"ConditionExpression": condition} if condition else {}),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **({"ExpressionAttributeNames": it} if (it := used(NAMES, said)) else {}),
                **({"ExpressionAttributeValues": it} if (it := used(VALUES, said)) else {}),
            }


def requests() -> Iterator[tuple[str, Json]]:
    yield "DynamoDB_20120810.CreateTable", TABLE
    for number in range(len(EXPRESSIONS)):
        item = {"id": {"S": f"known{number}"}, **ITEM}
        yield "DynamoDB_20120810.PutItem", {"TableName": "t", "Item": item}
    for update in updates():
        yield "DynamoDB_20120810.UpdateItem", update
    keys = [update["Key"] for update in updates()]
    for key in keys:
        yield "DynamoDB_20120810.GetItem", {"TableName": "t", "Key": key}
    yield "DynamoDB_20120810.BatchGetItem", {"RequestItems": {"t": {"Keys": keys[0::3]}}}
    yield "DynamoDB_20120810.Scan", {"TableName": "t"}
    yield "DynamoDB_20120810.NoSuchAction", {}
    yield "AWSEvents.CreateEventBus", {"Name": "bus"}
    yield "AmazonSQS.CreateQueue", {"QueueName": "q"}
    queue = {"QueueUrl": "http://localhost/123456789012/q"}
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    rule = {"EventBusName": "bus", "EventPattern": '{"source": ["s"], "detail": {"a": [1]}}'}
    yield "AWSEvents.PutRule", {"Name": "r", **rule}
    targets = [{"Id": "q", "Arn": arn}]
    yield "AWSEvents.PutTargets", {"Rule": "r", "EventBusName": "bus", "Targets": targets}
    entry = {"Source": "s", "DetailType": "d", "Detail": '{"a": [1]}', "EventBusName": "bus"}
    yield "AWSEvents.PutEvents", {"Entries": [entry, entry | {"Detail": "no"}]}
    yield "AmazonSQS.SendMessage", {**queue, "MessageBody": "text"}
    yield "AmazonSQS.SendMessage", {**queue, "MessageBody": "later", "DelaySeconds": 60}
    everything = {**queue, "AttributeNames": ["All"]}
    yield "AmazonSQS.ReceiveMessage", {**everything, "MaxNumberOfMessages": 10}
    yield "AmazonSQS.GetQueueAttributes", everything


def ask(answer: Callable[[Json], Response], target: str, body: Json) -> Answer:
    scope = "embedded/20261128/us-east-1/{}/aws4_request"
    service = {"DynamoDB": "dynamodb", "AmazonSQS": "sqs", "AWSEvents": "events"}
    name = service.get(re.split(r"[._]", target)[0], "dynamodb")
    headers = {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope.format(name)}, Signature=0",
    }
    data = json.dumps(body)
    built = EnvironBuilder("/", method="POST", headers=Headers(headers), data=data)
    try:
        got = answer(built.get_environ())
    except Exception as error:  # noqa: BLE001 - a fault of moto's, which is a fault here, too
        return 500, None, repr(error)
    return got.status_code, got.content_type, got.get_data(as_text=True)


def through_flask(environ: Json) -> Response:
    return Response.from_app(server._moto, environ, buffered=True)  # noqa: SLF001


def answers(answer: Callable[[Json], Response]) -> list[Answer]:
    """Ask an empty moto everything, what its stream tells included; times are left out."""
    moto_api_backend.reset()
    mock_random.seed(1)
    given = [ask(answer, *it) for it in requests()]
    streams = "DynamoDBStreams_20120810"
    arn = json.loads(ask(answer, f"{streams}.ListStreams", {})[2])["Streams"][0]["StreamArn"]
    stream = ask(answer, f"{streams}.DescribeStream", {"StreamArn": arn})
    [shard] = json.loads(stream[2])["StreamDescription"]["Shards"]
    begin = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = json.loads(ask(answer, f"{streams}.GetShardIterator", begin)[2])["ShardIterator"]
    told = ask(answer, f"{streams}.GetRecords", {"ShardIterator": iterator})
    times = re.compile(
        r"\b1\d{9}(\.\d+|\d{3})?\b|\d{4}-\d\d-\d\dT[\d:.]+Z?|(?<=OfBody\W{4})\w+|(?<=Iterator\W{4}).*|(?<=SizeBytes\W{3})\d+"
    )
    return [(*it[:2], times.sub("<time>", it[2])) for it in (*given, stream, told)]


def test_each_answer_is_that_of_moto() -> None:
    with limits.enforced():
        slow = answers(through_flask)
        with fast_moto.hastened():
            fast = answers(server._answer)  # noqa: SLF001

    assert fast == slow
    outcomes = [slow[1 + len(EXPRESSIONS) + 3 * it][0] for it in range(len(EXPRESSIONS))]
    allowed = len(SIMPLE) + len(UNUSUAL)
    assert set(outcomes[:allowed]) == {200}
    assert set(outcomes[allowed:]) == {400, 500}


def test_an_update_costs_less_than_half() -> None:
    """Not so where moto no longer goes by what is patched."""
    numbers = range(20)  # as many attributes as an article has
    update = {
        "TableName": "t",
        "Key": {"id": {"S": "known"}},
        "UpdateExpression": "SET " + ", ".join(f"#{it} = :{it}" for it in numbers),
        "ExpressionAttributeNames": {f"#{it}": f"a{it}" for it in numbers},
        "ExpressionAttributeValues": {f":{it}": {"S": "text"} for it in numbers},
    }

    def seconds(answer: Callable[[Json], Response]) -> float:
        moto_api_backend.reset()
        ask(answer, "DynamoDB_20120810.CreateTable", TABLE)
        rounds = []
        for _ in range(20):
            began = time.process_time()
            assert ask(answer, "DynamoDB_20120810.UpdateItem", update)[0] == 200
            rounds.append(time.process_time() - began)
        return min(rounds)

    with limits.enforced():
        slow = seconds(through_flask)
        with fast_moto.hastened():
            fast = seconds(server._answer)  # noqa: SLF001
    assert fast < slow / 2
