"""The templates of examples/subscriber: what they allow, and what they do about failures."""

from typing import Any

import pytest

from articles.announcing.events import EVENTS, SOURCE

from .stack import Stack, listed, source, target, translate

FOLDER = "examples/subscriber"
READER = {"ReaderRoleArn": "arn:aws:iam::123456789012:role/reader", "ExternalId": "a-word"}
HERE: dict[str, str] = {}
ELSEWHERE = {"PublisherAccount": "123456789012", **READER}
PLACES = pytest.mark.parametrize("given", [HERE, ELSEWHERE], ids=["here", "elsewhere"])
TABLE = "table/articles-${Stage}"
THE_PUBLISHER = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${PublisherAccount}:root"}}


@pytest.fixture(scope="module")
def kit() -> Stack:
    return Stack(translate(source(f"{FOLDER}/template.yaml")))


@pytest.fixture(scope="module")
def publisher() -> Stack:
    return Stack(translate(source(f"{FOLDER}/publisher.yaml")))


def granted(stack: Stack, role: str) -> set[tuple[str, str]]:
    """Return what a role may do, and to what: the last part of its name."""
    return {
        (action, _name(resource))
        for name, statement in stack.role_statements()
        if name == role
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def _name(resource: Any) -> str:
    match resource:
        case {"Fn::Sub": str(text)}:
            return text.rpartition(":")[2]
    return target(resource)


@PLACES
def test_the_function_may_do_what_it_does_and_nothing_else(
    kit: Stack, given: dict[str, str]
) -> None:
    elsewhere = ("sts:AssumeRole", "ReaderRoleArn")

    assert granted(kit.given(**given), "IndexRole") == {
        ("sqs:ReceiveMessage", "EventsQueue"),
        ("sqs:DeleteMessage", "EventsQueue"),
        ("sqs:GetQueueAttributes", "EventsQueue"),
        ("s3:GetObject", "${IndexBucket.Arn}/index.sqlite"),
        ("s3:PutObject", "${IndexBucket.Arn}/index.sqlite"),
        ("s3:ListBucket", "IndexBucket"),
        ("logs:CreateLogStream", "IndexLogs"),
        ("logs:PutLogEvents", "IndexLogs"),
        elsewhere if given else ("dynamodb:GetItem", TABLE),
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

    assert (policy["Action"], policy["Principal"]) == ("events:PutEvents", THE_PUBLISHER)
    assert policy["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": [SOURCE]},
        "Null": {"events:source": "false"},  # without any, ForAllValues would be true
    }


@pytest.mark.parametrize(
    ("given", "refused"),
    [(HERE, 0), ({"ExternalId": "a-word"}, 0), (READER, 0), (READER | {"ExternalId": ""}, 1)],
    ids=["here", "waiting", "elsewhere", "role alone"],
)
def test_a_role_of_the_publisher_is_given_with_its_external_id(
    kit: Stack, given: dict[str, str], refused: int
) -> None:
    assert len(kit.refusals(**given)) == refused


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
    rule, alarm = stack.properties("EventsRule"), stack.properties("DeadLettersNotEmpty")
    [to] = rule["Targets"]
    letters = target(to["DeadLetterConfig"]["Arn"])

    of_articles = [it.__name__ for it in EVENTS if it.__name__.startswith("Article")]
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": of_articles}
    assert stack.properties(letters)["MessageRetentionPeriod"] == 1_209_600
    assert target(alarm["Dimensions"][0]["Value"]) == letters


@PLACES
def test_the_rule_and_an_operator_of_the_publisher_send_to_the_queue_and_nobody_else(
    kit: Stack, given: dict[str, str]
) -> None:
    guards = kit.given(**given).guards("EventsQueue")
    rule, *others = [it for it in guards if it["Effect"] == "Allow"]

    assert rule["Principal"] == {"Service": "events.amazonaws.com"}
    ours = {"aws:SourceArn": {"Fn::GetAtt": ["EventsRule", "Arn"]}}
    assert rule["Condition"] == {"ArnEquals": ours}
    assert [it["Principal"] for it in others] == [THE_PUBLISHER] * bool(given)
    assert {it["Action"] for it in (rule, *others)} == {"sqs:SendMessage"}


@pytest.mark.parametrize("name", ["EventsQueue", "DeadLetterQueue"])
def test_a_queue_has_one_policy_which_is_about_that_queue_alone(kit: Stack, name: str) -> None:
    policies = [it["Queues"] for it in kit.of_type("SQS::QueuePolicy").values()]
    guards = kit.given(**ELSEWHERE).guards(name)

    assert policies.count([{"Ref": name}]) == 1
    assert {target(it["Resource"]) for it in guards} == {name}


@pytest.mark.parametrize("name", ["EventsQueue", "DeadLetterQueue", "IndexBucket"])
def test_all_is_encrypted_on_its_way(kit: Stack, name: str) -> None:
    [guard] = [it for it in kit.given().guards(name) if it["Effect"] == "Deny"]

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
