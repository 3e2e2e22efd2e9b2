"""The policy for operators allows exactly what their commands do: moto would let them do anything.

A new command, or a new way of one, gets a story here.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from articles.refs import Part
from articles.uploads.message import Upload, notice
from articles_cli.commands.policy import Name
from articles_local import EmbeddedAws
from tests.aws.iam import Request, allows, arn, of_the_key, superfluous
from tests.template.stack import Stack, source
from tests.template.test_deployer import allowed, deploys

from .conftest import Articles, feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, lose, story
from .operators import Operator, policy

WHY = "--reason=A mistake"

Act = Callable[..., None]  # a command of the operator, which must not fail
Story = Callable[[Desk, Act], None]


def status(desk: Desk, act: Act) -> None:
    desk.put("seen.json", story("seen", url="https://desk.example/seen"), {"neither": "nor"})
    article_id = desk.article_id("seen.json")
    for name in ("incoming/desk/seen.json", article_id, "https://desk.example/seen"):
        act("status", name, codes=(0, 1))
        act("get", name)
    act("list", "--feed", "desk")


def rejects(desk: Desk, act: Act) -> None:
    desk.put("bad.json", story("bad"), {"neither": "nor"})
    act("rejects")
    act("rejects", "incoming/desk/bad.json")
    act("presign", "--report", "incoming/desk/bad.json")


def reconcile(desk: Desk, act: Act) -> None:
    desk.upload("lost.json", story("lost"))
    lose(desk.aws)
    desk.upload("large.json", *[story(f"large-{n}") for n in range(5)])
    while desk.messages("BulkQueueUrl") < 3:
        desk.aws.pump()
    lose(desk.aws, "BulkQueueUrl")
    act("reconcile", "--feed", "desk", "--age", "0", "--send")
    desk.aws.drain()


def revive(desk: Desk, act: Act) -> None:
    desk.put("killed.json", story("killed"))
    desk.put("kill.json", story("killed", day=2, status="canceled"))
    desk.forget_receipt("killed.json")
    act("revive", desk.article_id("kill.json"), WHY, "--send", "--feeds", str(desk.feeds))


def purge(desk: Desk, act: Act) -> None:
    desk.put("alone.json", story("gone"))
    desk.put("among.json", story("gone", day=2), story("neighbour"))
    article_id = desk.article_id("alone.json")
    act("purge", article_id, WHY, "--send", "--feeds", str(desk.feeds))
    act("purge", "a" * 26, WHY, "--feed", "desk", "--send")


def replay(desk: Desk, act: Act) -> None:
    desk.put("read.json", story("read"))
    desk.put("refused.json", story("refused"), {"neither": "nor"})
    feeds = ("--feeds", str(desk.feeds))
    act("replay", "incoming/desk/read.json", *feeds)
    act("replay", "incoming/desk/read.json", "--send", *feeds)
    act("replay", "--rejects", "--send", *feeds, codes=(1,))
    act("replay", "--feed", "desk", "--machine", "--send")


def diff(desk: Desk, act: Act) -> None:
    desk.put("alike.json", story("alike"), story("other"))
    act("diff", "--since", "1h", "--feeds", str(desk.feeds))
    act("diff", "--since", "1h", "--feed", "desk", "--feeds", str(desk.feeds))


def dead_letters(desk: Desk, act: Act) -> None:
    for queue in ("DeadLetterQueueUrl", "PublishFailureQueueUrl"):
        lose(desk.aws, queue)
    version = desk.put("dead.json", story("dead"))
    upload = Upload("incoming/desk/dead.json", version)
    part = Part(number=1, form="document", offset=0, length=9, first=0, count=1)
    for body in (
        notice(upload, bucket=desk.aws.outputs["InboxBucket"]),
        notice(upload, bucket=desk.aws.outputs["InboxBucket"], part=part),
        "poison",
    ):
        desk.send("DeadLetterQueueUrl", body)
    act("replay", "--dead-letters")
    act("replay", "--dead-letters", "--send", "--drop-poison")
    lose(desk.aws)
    lose(desk.aws, "BulkQueueUrl")


def announce(desk: Desk, act: Act) -> None:
    desk.put("told.json", story("told"))
    desk.put("other.json", story("other"))
    article_id = desk.article_id("told.json")
    queue = desk.aws.client("sqs").create_queue(QueueName="search")["QueueUrl"]
    recent = ("--oldest", "2026-01", "--rate", "1000")
    act("announce", "--feed", "desk", "--to", queue, "--send", *recent)
    act("announce", "--id", article_id, "--to", "bus", "--send")
    for subject in (article_id, "x"):
        failure = {"v": 1, "sequence": "1", "subject": subject, "cause": "refused"}
        desk.send("PublishFailureQueueUrl", json.dumps(failure))
    act("announce", "--failures", "--to", queue, "--send", codes=(0, 3))


STORIES: list[Story] = [
    status,
    rejects,
    reconcile,
    revive,
    purge,
    replay,
    diff,
    dead_letters,
    announce,
]


feeds = feeds_file(FEEDS)
aws = service_with_feeds(PART_RECORDS="2", MAX_INLINE_BYTES="300")


@pytest.fixture(scope="module")
def asked(aws: EmbeddedAws, deployed: Articles, feeds: Path) -> list[Request]:
    """Give what the commands of all stories ask for."""
    machine = aws.client("stepfunctions").create_state_machine(
        name="replay",
        definition='{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/replay",
    )
    operator = Operator(aws.outputs, machine["stateMachineArn"])
    desk = Desk(aws, deployed, feeds)

    def act(*command: str, codes: tuple[int, ...] = (0,)) -> None:
        with operator.at_work():
            done = deployed(*command, "--json")
        assert done.code in codes, done

    for tell in STORIES:
        tell(desk, act)
    return operator.asked


@pytest.mark.parametrize("key", ["", arn("kms", "key/1")])
def test_an_operator_may_do_what_the_commands_do_and_nothing_else(
    asked: list[Request], deployed: Articles, key: str
) -> None:
    with Operator({}, "stateMachine:replay", key).at_work():
        allowed = policy(deployed, "operator", "--queue", "search")
    needed = [*asked, *of_the_key(asked, key)]

    assert [it for it in needed if not allows(allowed, it)] == []
    assert superfluous(allowed, needed) == []


def test_a_pipeline_that_plans_may_compare_last_weeks_uploads_and_no_more(
    aws: EmbeddedAws, deployed: Articles, feeds: Path
) -> None:
    watched = Operator(aws.outputs, "")
    desk = Desk(aws, deployed, feeds)
    version = desk.put("deleted.json", story("deleted"))
    desk.put("unreported.json", *[story(f"unreported-{n}") for n in range(30)])
    report = {
        "Bucket": aws.outputs["ArchiveBucket"],
        "Key": desk.receipts("unreported.json")[0]["report"],
    }
    deleted = {"Bucket": aws.outputs["InboxBucket"], "Key": "incoming/desk/deleted.json"}

    def delete(**_: object) -> None:
        aws.client("s3").delete_object(**deleted, VersionId=version)
        aws.client("s3").delete_object(**report)

    watched.session.events.register("after-call.s3.ListObjectVersions", delete)

    def act(*command: str) -> None:
        with watched.at_work():
            assert deployed(*command, "--json").code == 0

    diff(desk, act)

    roles = Stack(source("infra/policies/deployer.yaml"))
    plan = allowed(roles, "PlanRole", KmsKeyArn="")
    assert [it for it in watched.asked if not allows(plan, it)] == []
    assert superfluous(plan, [*watched.asked, *deploys("plans/articles-dev")]) == []


def test_what_a_stack_has_not_is_left_out_and_told(deployed: Articles) -> None:
    done = deployed("policy", "operator")

    assert "ReplayMillions is left out" in done.err
    assert "AnnounceToOneSubscriber is left out" in done.err
    assert {"states", "SUBSCRIBER"} & set(re.split(r"\W", done.out)) == set()


@pytest.mark.parametrize("name", sorted(Name))
def test_every_policy_is_filled_in_whole(deployed: Articles, name: str) -> None:
    with Operator({}, "stateMachine:replay", "arn:aws:kms:us-east-1:1:key/1").at_work():
        options = ("--feed", "desk", "--queue", "search", "--copies", "one", "other")
        done = deployed("policy", name, *options)

    assert (done.code, done.err) == (0, "")
    assert re.findall(r"\b[A-Z_]{2,}\b", done.out) == []
    assert json.loads(done.out)["Statement"]


@pytest.mark.parametrize("options", [(), ("--feed", "Reuters")])
def test_an_uploader_has_a_feed(deployed: Articles, options: tuple[str, ...]) -> None:
    assert deployed("policy", "uploader", *options).code == 2
