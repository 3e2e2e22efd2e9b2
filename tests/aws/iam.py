"""IAM as AWS evaluates it: what a request asks for, and whether policies allow it.

No library is used: moto's judge ignores conditions, those on PyPI ask AWS itself, and the one on
npm is under the AGPL. What is not known here (an operator, a policy variable) is an error, and
never passed over.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple

from .expressions import Item
from .records import ACCOUNT, REGION

Context = Mapping[str, list[str]]

# The actions that allow an operation, where they have not the name of the operation itself.
ACTIONS = {
    "ListObjectVersions": ["s3:ListBucketVersions"],
    "ListObjectsV2": ["s3:ListBucket"],
    "HeadObject": ["s3:GetObject"],
    "CreateMultipartUpload": ["s3:PutObject"],
    "UploadPart": ["s3:PutObject"],
    "CompleteMultipartUpload": ["s3:PutObject"],
    "UploadFileobj": ["s3:PutObject", "s3:AbortMultipartUpload"],  # if a part of it fails
    "SendMessageBatch": ["sqs:SendMessage"],
    "DeleteMessageBatch": ["sqs:DeleteMessage"],
    "ChangeMessageVisibilityBatch": ["sqs:ChangeMessageVisibility"],
}
# What a service asks of the key of a stack that has one, for who asks the service.
ENCRYPTING = {
    "s3:GetObject": ["kms:Decrypt"],
    "s3:GetObjectVersion": ["kms:Decrypt"],
    "s3:PutObject": ["kms:GenerateDataKey", "kms:Decrypt"],  # Decrypt: of several parts
    "sqs:ReceiveMessage": ["kms:Decrypt"],
    "sqs:SendMessage": ["kms:GenerateDataKey", "kms:Decrypt"],
}
MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
OF_A_VERSION = {"s3:GetObject", "s3:DeleteObject"}


class Request(NamedTuple):
    """An action on one resource, with the keys that conditions may look at."""

    action: str
    arn: str
    context: Context = MappingProxyType({})


class Grant(NamedTuple):
    """A statement of a policy with one action and one resource."""

    effect: str
    action: str
    resource: str
    condition: Mapping[str, Mapping[str, Any]]

    def covers(self, request: Request) -> bool:
        return (
            _like(request.action.lower(), self.action.lower())
            and _like(request.arn, self.resource)
            and all(
                _holds(operator, request.context.get(key), _listed(wanted))
                for operator, keys in self.condition.items()
                for key, wanted in keys.items()
            )
        )


def grants(document: Mapping[str, Any]) -> list[Grant]:
    """Take a policy apart; each pair of an action and a resource is a grant of its own."""
    found = []
    for statement in document["Statement"]:
        if unknown := statement.keys() - MEMBERS:
            raise NotImplementedError(f"members of a statement: {unknown}")
        if (principal := statement.get("Principal", "*")) != "*":
            raise NotImplementedError(f"a principal: {principal}")
        found += [
            Grant(statement["Effect"], action, resource, statement.get("Condition", {}))
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        ]
    return found


def allows(policies: Iterable[Grant], request: Request) -> bool:
    """Say whether a request is allowed: by one grant at least, and denied by none."""
    effects = {it.effect for it in policies if it.covers(request)}
    return effects == {"Allow"}


def superfluous(policies: list[Grant], requests: list[Request]) -> list[Grant]:
    """Find the grants without which every request would be allowed all the same."""
    covering = [[n for n, one in enumerate(policies) if one.covers(it)] for it in requests]
    missed = {places[0] for places in covering if len(places) == 1}
    return [one for n, one in enumerate(policies) if n not in missed]


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


TABLES = arn("dynamodb", "table/")


def requests(service: str, operation: str, asked: Item) -> Iterator[Request]:
    """Name what an operation of a service needs to be allowed."""
    context = {}
    match service:
        case "s3":
            arns = [f"arn:aws:s3:::{asked['Bucket']}"]
            if "Key" in asked:
                arns = [f"{arns[0]}/{asked['Key']}"]
            elif "Prefix" in asked:
                context = {"s3:prefix": [asked["Prefix"]]}
        case "dynamodb":
            tables = asked.get("RequestItems") or [asked["TableName"]]
            index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
            arns = [arn("dynamodb", f"table/{it}{index}") for it in tables]
            context = {"dynamodb:LeadingKeys": list(_leading_keys(asked))}
        case "sqs":
            arns = [arn("sqs", asked["QueueUrl"].rpartition("/")[2])]
        case "events":
            buses = {entry["EventBusName"] for entry in asked["Entries"]}
            arns = [arn("events", f"event-bus/{it}") for it in buses]
        case "cloudformation":
            arns = [arn("cloudformation", f"stack/{asked['StackName']}/1")]
        case "states":
            arns = [asked["stateMachineArn"]]
        case _:
            raise NotImplementedError(f"a service: {service}")
    for action in ACTIONS.get(operation, [f"{service}:{operation}"]):
        is_versioned = "VersionId" in asked and action in OF_A_VERSION
        yield from (
            Request(f"{action}Version" if is_versioned else action, it, context) for it in arns
        )


def of_the_key(asked: Iterable[Request], key: str) -> list[Request]:
    """Name what requests ask of a key; a table's is unlocked for whatever is done with it."""
    if not key:
        return []
    return [
        Request(action, key)
        for it in asked
        for action in ENCRYPTING.get(it.action, ["kms:Decrypt"] * it.arn.startswith(TABLES))
    ]


def of_what_is_missing(asked: Item) -> list[Request]:
    """Name what a request for an object that is not there needs to be told 404, and not 403."""
    bucket = f"arn:aws:s3:::{asked['Bucket']}"
    actions = ["s3:ListBucket", *["s3:ListBucketVersions"] * ("VersionId" in asked)]
    return [Request(action, bucket) for action in actions]


def _leading_keys(asked: Item) -> Iterator[str]:
    """Give the values of the partition key that a request names."""
    for it in asked.get("RequestItems", {}).values():
        yield from (next(iter(key.values()))["S"] for key in it["Keys"])
    if item := asked.get("Key") or asked.get("Item"):
        yield item["key" if "key" in item else "article_id"]["S"]
    if text := asked.get("KeyConditionExpression"):
        [(_, value)] = re.findall(r"(#?\w+) = (:\w+)", text)
        yield asked["ExpressionAttributeValues"][value]["S"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _like(text: str, pattern: str) -> bool:
    if "${" in pattern:
        raise NotImplementedError(f"a policy variable: {pattern}")
    return fnmatchcase(text, pattern.replace("[", "[[]"))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda text, wanted: text.lower() == str(wanted).lower(),
}


def _holds(operator: str, given: list[str] | None, wanted: list[str]) -> bool:
    """Judge one condition; `given` are the values of its key, None if the request has none."""
    if operator == "Null":
        return (given is None) == (str(wanted[0]).lower() == "true")
    if operator == "StringNotEquals":  # which holds where there is no such key
        return not _holds("StringEquals", given, wanted)
    quantifier, _, name = operator.rpartition(":")
    compare = _OPERATORS[name.removesuffix("IfExists")]
    if name.endswith("IfExists") and given is None:
        return True
    matches = [any(compare(value, it) for it in wanted) for value in given or ()]
    match quantifier:
        case "ForAllValues":
            return all(matches)  # true where there are none, as in AWS
        case "ForAnyValue" | "":
            return any(matches)
    raise NotImplementedError(f"an operator of conditions: {operator}")
