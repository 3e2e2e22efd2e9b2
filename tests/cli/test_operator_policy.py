"""The policy for operators allows exactly what their commands do: moto would let them do anything.

A new command, or a new way of one, gets a story here.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from articles_local import EmbeddedAws

from .conftest import ROOT, Articles, embedded
from .mistakes import FEEDS, Desk, lose, story
from .operators import Grant, Operator

WHY = "--reason=A mistake"
POLICY = json.loads((ROOT / "infra/policies/operator.json").read_text(encoding="utf-8"))

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


def announce(desk: Desk, act: Act) -> None:
    desk.put("told.json", story("told"))
    sqs, failures = desk.aws.client("sqs"), desk.aws.outputs["PublishFailureQueueUrl"]
    for subject in (desk.article_id("told.json"), "incoming/desk/told.json"):
        sqs.send_message(QueueUrl=failures, MessageBody=json.dumps({"subject": subject}))
    act("announce", "--failures", "--to", "bus", "--send", codes=(3,))  # an upload cannot be told
    url = sqs.get_queue_url(QueueName=SUBSCRIBER)["QueueUrl"]
    act("announce", "--feed", "desk", "--oldest", "2024-01", "--to", url, "--send")


STORIES: list[Story] = [status, rejects, reconcile, revive, purge, announce]
SUBSCRIBER = "subscriber"  # the name of a queue


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feeds") / "feeds.toml"
    path.write_text(FEEDS)
    return path


@pytest.fixture(scope="module")
def aws(feeds: Path) -> Iterator[EmbeddedAws]:
    with embedded(FEEDS_FILE=str(feeds), PART_RECORDS="2", MAX_INLINE_BYTES="300") as running:
        running.drain()
        yield running


@pytest.fixture(scope="module")
def asked(aws: EmbeddedAws, deployed: Articles, feeds: Path) -> set[Grant]:
    """Give what the commands of all stories ask for."""
    queue = aws.client("sqs").create_queue(QueueName=SUBSCRIBER)["QueueUrl"]
    operator = Operator(aws.outputs | {"SubscriberQueueUrl": queue})
    desk = Desk(aws, deployed, feeds)

    def act(*command: str, codes: tuple[int, ...] = (0,)) -> None:
        with operator.at_work():
            done = deployed(*command, "--json")
        assert done.code in codes, done

    for tell in STORIES:
        tell(desk, act)
    return operator.asked


def allowed() -> set[Grant]:
    return {
        (action, resource)
        for statement in POLICY["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def test_an_operator_may_do_what_the_commands_do(asked: set[Grant]) -> None:
    assert asked - allowed() == set()


def test_an_operator_may_do_nothing_else(asked: set[Grant]) -> None:
    assert allowed() - asked == set()
