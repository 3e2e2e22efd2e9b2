"""The tests' own evaluation of policies, case by case as AWS documents it."""

from typing import Any

import pytest

from tests.aws.iam import Context, Request, allows, grants

ACTION, ARN = "s3:PutObject", "arn:aws:s3:::inbox/incoming/wire/a.json"
KEYS = "dynamodb:LeadingKeys"
WIRE = {"ForAllValues:StringLike": {KEYS: ["incoming/wire/*"]}}
OWN_KEY = {"Null": {"s3:x-amz-key": "false"}}


def allow(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": ACTION, "Resource": ARN, **members}


def judge(*statements: dict[str, Any], context: Context = {}) -> bool:  # noqa: B006
    return allows(grants({"Statement": statements}), Request(ACTION, ARN, context))


@pytest.mark.parametrize(
    ("statement", "context", "is_allowed"),
    [
        (allow(), {}, True),
        (allow(Action=["s3:Put*", "s3:GetObject"]), {}, True),
        (allow(Action="s3:putobject"), {}, True),
        (allow(Action="s3:GetObject"), {}, False),
        (allow(Resource="arn:aws:s3:::inbox/incoming/wir?/*"), {}, True),
        (allow(Resource="arn:aws:s3:::inbox/Incoming/*"), {}, False),
        (allow(Resource="arn:aws:s3:::inbox/incoming/wire"), {}, False),
        (allow(Condition=WIRE), {KEYS: ["incoming/wire/a", "incoming/wire/b"]}, True),
        (allow(Condition=WIRE), {KEYS: ["incoming/wire/a", "incoming/wires/b"]}, False),
        (allow(Condition=WIRE), {}, True),
        (allow(Condition={"StringLike": {KEYS: "incoming/wire/*"}}), {}, False),
        (allow(Condition={"StringLikeIfExists": {KEYS: "incoming/wire/*"}}), {}, True),
        (allow(Condition={"ForAnyValue:StringEquals": {KEYS: "b"}}), {KEYS: ["a", "b"]}, True),
        (allow(Condition={"Bool": {"aws:SecureTransport": "true"}}), {}, False),
        (allow(Condition={"StringNotEquals": {KEYS: "a"}}), {KEYS: ["b"]}, True),
        (allow(Condition={"StringNotEquals": {KEYS: "a"}}), {KEYS: ["a"]}, False),
        (allow(Condition={"StringNotEquals": {KEYS: "a"}}), {}, True),
        (allow(Condition=OWN_KEY), {"s3:x-amz-key": ["k"]}, True),
        (allow(Condition=OWN_KEY), {}, False),
    ],
)
def test_a_statement_allows_by_action_resource_and_condition(
    statement: dict[str, Any], context: Context, *, is_allowed: bool
) -> None:
    assert judge(statement, context=context) is is_allowed


def test_a_denial_wins_and_without_a_statement_nothing_is_allowed() -> None:
    assert not judge(allow(), allow(Effect="Deny"))
    assert judge(allow(), allow(Effect="Deny", Action="s3:GetObject"))
    assert not judge()


@pytest.mark.parametrize(
    "members",
    [
        {"NotAction": "s3:*"},
        {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}},
        {"Condition": {"ForSome:StringLike": {KEYS: "*"}}},
        {"Resource": "arn:aws:s3:::inbox/${aws:username}/*"},
    ],
)
def test_what_is_not_known_is_never_passed_over(members: dict[str, Any]) -> None:
    with pytest.raises((NotImplementedError, KeyError)):
        judge(allow(**members), context={KEYS: ["a"], "aws:CurrentTime": ["b"]})
