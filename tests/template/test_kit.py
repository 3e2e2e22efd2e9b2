"""The templates of examples/subscriber: what they allow, and what they do about failures."""

from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]

from articles.announcing.events import EVENTS, SOURCE

from .stack import ROOT, Stack, listed, source, target, translate

FOLDER = "examples/subscriber"
KIT, PUBLISHER = f"{FOLDER}/template.yaml", f"{FOLDER}/publisher.yaml"
HERE, ELSEWHERE = {"IsElsewhere": False}, {"IsElsewhere": True, "HasReaderRole": True}
TABLE = "table/articles-${Stage}"


@pytest.fixture(scope="module")
def kit() -> Stack:
    return Stack(translate(source(KIT)))


@pytest.fixture(scope="module")
def publisher() -> Stack:
    return Stack(translate(source(PUBLISHER)))


def decided(value: Any, conditions: dict[str, bool]) -> Any:
    """Decide each `Fn::If` in a part of a template; what has no value is left out."""
    match value:
        case {"Fn::If": [str(name), yes, no]}:
            return decided(yes if conditions.get(name) else no, conditions)
        case dict():
            return {key: decided(it, conditions) for key, it in value.items()}
        case list():
            all_of_it = [decided(it, conditions) for it in value]
            return [it for it in all_of_it if it != {"Ref": "AWS::NoValue"}]
        case _:
            return value


def granted(stack: Stack, role: str, **conditions: bool) -> set[tuple[str, str]]:
    """Return what a role may do, and to what: the last part of its name."""
    policies = decided(stack.properties(role)["Policies"], conditions)
    statements = [one for it in policies for one in it["PolicyDocument"]["Statement"]]
    return {
        (action, _name(resource))
        for statement in statements
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def _name(resource: Any) -> str:
    match resource:
        case {"Fn::Sub": str(text)}:
            return text.rpartition(":")[2]
        case _:
            return target(resource)


@pytest.mark.parametrize("path", [KIT, PUBLISHER], ids=["kit", "publisher"])
def test_the_templates_pass_cfn_lint(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")

    assert lint(text, config=ManualArgs(ignore_checks=["I"])) == []


@pytest.mark.parametrize("conditions", [HERE, ELSEWHERE], ids=["here", "elsewhere"])
def test_the_function_may_do_what_it_does_and_nothing_else(
    kit: Stack, conditions: dict[str, bool]
) -> None:
    reading = ("dynamodb:GetItem", TABLE), ("sts:AssumeRole", "ReaderRoleArn")

    assert granted(kit, "IndexRole", **conditions) == {
        ("sqs:ReceiveMessage", "EventsQueue"),
        ("sqs:DeleteMessage", "EventsQueue"),
        ("sqs:GetQueueAttributes", "EventsQueue"),
        ("s3:GetObject", "${IndexBucket.Arn}/index.sqlite"),
        ("s3:PutObject", "${IndexBucket.Arn}/index.sqlite"),
        ("s3:ListBucket", "IndexBucket"),
        ("logs:CreateLogStream", "IndexLogs"),
        ("logs:PutLogEvents", "IndexLogs"),
        reading[conditions["IsElsewhere"]],
    }


def test_the_publisher_lets_a_subscriber_read_items_of_one_table_under_a_name_for_it_alone(
    publisher: Stack,
) -> None:
    [trust] = publisher.properties("ReaderRole")["AssumeRolePolicyDocument"]["Statement"]

    assert granted(publisher, "ReaderRole") == {("dynamodb:GetItem", TABLE)}
    assert granted(publisher, "SenderRole") == {("events:PutEvents", "SubscriberBusArn")}
    account = {"Fn::Sub": "arn:${AWS::Partition}:iam::${SubscriberAccount}:root"}
    assert trust["Principal"] == {"AWS": account}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


def test_only_the_publisher_puts_events_on_the_bus_of_another_account(kit: Stack) -> None:
    policy = kit.properties("BusPolicy")["Statement"]

    account = {"Fn::Sub": "arn:${AWS::Partition}:iam::${PublisherAccount}:root"}
    assert (policy["Action"], policy["Principal"]) == ("events:PutEvents", {"AWS": account})
    assert policy["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": [SOURCE]},
        "Null": {"events:source": "false"},  # without any, ForAllValues would be true
    }


@pytest.mark.parametrize(
    ("role", "external_id", "is_deployed"),
    [("", "", True), ("", "a-word", True), ("arn", "a-word", True), ("arn", "", False)],
    ids=["here", "waiting", "elsewhere", "role alone"],
)
def test_a_role_of_the_publisher_is_given_with_its_external_id(
    kit: Stack, role: str, external_id: str, *, is_deployed: bool
) -> None:
    given = {"ReaderRoleArn": role, "ExternalId": external_id}
    [rule] = kit.template["Rules"].values()

    passed = [holds(it["Assert"], given) for it in rule["Assertions"]]

    assert (all(passed) or not holds(rule["RuleCondition"], given)) == is_deployed


def holds(condition: Any, given: dict[str, str]) -> bool:
    match condition:
        case {"Fn::Not": [inner]}:
            return not holds(inner, given)
        case {"Fn::Equals": [{"Ref": str(name)}, value]}:
            return bool(given[name] == value)
    raise AssertionError(f"not a condition: {condition}")


def test_both_halves_take_the_same_external_ids(kit: Stack, publisher: Stack) -> None:
    here, there = (
        it.template["Parameters"]["ExternalId"]["AllowedPattern"] for it in (kit, publisher)
    )

    assert here == f"({there})?"  # none, in the publisher's account


@pytest.mark.parametrize("name", ["kit", "publisher"])
def test_a_rule_selects_every_event_of_articles_and_loses_none(
    name: str, request: pytest.FixtureRequest
) -> None:
    stack: Stack = request.getfixturevalue(name)
    rule = stack.properties("EventsRule")
    [to] = rule["Targets"]

    of_articles = [it.__name__ for it in EVENTS if it.__name__.startswith("Article")]
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": of_articles}
    letters = target(to["DeadLetterConfig"]["Arn"])
    assert stack.properties(letters)["MessageRetentionPeriod"] == 1_209_600
    alarm = stack.properties("DeadLettersNotEmpty")
    assert target(alarm["Dimensions"][0]["Value"]) == letters


@pytest.mark.parametrize("conditions", [HERE, ELSEWHERE], ids=["here", "elsewhere"])
def test_the_rule_and_an_operator_of_the_publisher_send_to_the_queue_and_nobody_else(
    kit: Stack, conditions: dict[str, bool]
) -> None:
    allowed = [
        it for it in decided(kit.guards("EventsQueue"), conditions) if it["Effect"] == "Allow"
    ]

    rule, *others = allowed
    assert rule["Principal"] == {"Service": "events.amazonaws.com"}
    assert rule["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["EventsRule", "Arn"]}}
    }
    account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${PublisherAccount}:root"}}
    assert [it["Principal"] for it in others] == [account] * conditions["IsElsewhere"]
    assert {it["Action"] for it in allowed} == {"sqs:SendMessage"}


@pytest.mark.parametrize("name", ["EventsQueue", "DeadLetterQueue"])
def test_the_policy_of_a_queue_is_about_that_queue_alone(kit: Stack, name: str) -> None:
    statements = decided(kit.guards(name), ELSEWHERE)

    assert {target(it["Resource"]) for it in statements} == {name}
    assert [it["Queues"] for it in kit.of_type("SQS::QueuePolicy").values()].count(
        [{"Ref": name}]
    ) == 1


@pytest.mark.parametrize("name", ["EventsQueue", "DeadLetterQueue", "IndexBucket"])
def test_all_is_encrypted_on_its_way(kit: Stack, name: str) -> None:
    [guard] = [it for it in kit.guards(name) if it.get("Effect") == "Deny"]

    assert guard["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert guard["Principal"] == "*"


def test_the_index_is_private_has_no_older_versions_and_stays_behind(kit: Stack) -> None:
    bucket = kit.properties("IndexBucket")

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "VersioningConfiguration" not in bucket
    assert kit.resources["IndexBucket"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_batch_is_done_before_its_messages_come_again(kit: Stack) -> None:
    mapping, function = kit.properties("EventsToIndex"), kit.properties("IndexFunction")

    assert kit.properties("EventsQueue")["VisibilityTimeout"] == 6 * function["Timeout"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_what_may_be_kept_no_longer_is_looked_at_every_hour(kit: Stack) -> None:
    assert kit.properties("RenewSchedule")["ScheduleExpression"] == "rate(1 hour)"
