"""`announce`: the current state of articles, told again to a queue or to the bus."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.envelopes import EventBridgeEnvelope

from articles.announcing.announcer import Outgoing
from articles.announcing.transitions import current_event
from articles_cli.commands.announce import MAX_FAILED, Telling, Window
from articles_cli.stack.tap import Tap
from articles_cli.stack.targets import Unsent
from articles_cli.terminal.output import Output
from articles_local import EmbeddedAws
from tests.kit import end_retention

from . import mistakes
from .conftest import Done, feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, desk_of_feed, tapped

Event = dict[str, Any]
# What the feed `desk` holds, and what is told of it.
TOLD = {
    "Stays": "ArticleUpdated",
    "Is withheld": "withheld",
    "Is held": "embargoed",
    "Expires": "expired",
}
RECENT = ("--oldest", "2026-01")
FAST = ("--rate", "100000", *RECENT)
FAILURES = "PublishFailureQueueUrl"

pytestmark = pytest.mark.usefixtures("heard")
feeds = feeds_file(f"{FEEDS}[feeds.gone]\nkills = true\n[feeds.empty]\nkills = true\n")
aws = service_with_feeds()
desk = desk_of_feed()


def story(title: str, *, day: int = 1, published_at: str = "2026-06-02", **members: Any) -> Event:
    return mistakes.story(title, title=title, day=day, published_at=published_at, **members)


@pytest.fixture(scope="module")
def heard(desk: Desk) -> dict[str, Event]:
    """Upload stories, and new versions of some; gives the last event of each, as a rule got it."""
    with tapped(desk.aws) as tap:
        desk.put("1.json", *map(story, TOLD), story("Draft", status="withheld"))
        held = story("Is held", day=2, embargoed_until="2999-01-01T00:00:00Z")
        desk.put("2.json", story("Is withheld", day=2, status="withheld"), held)
        end_retention(desk.aws, desk.article_id("1.json", [*TOLD].index("Expires")))
        desk.aws.drain()
        replace(desk, feed="other").put("1.json", story("Ferry", published_at="2026-02-01"))
        events = all_of(tap)
    return {it["detail"]["subject"]: it for it in events if it["detail-type"] != "UploadProcessed"}


def all_of(tap: Tap) -> list[Event]:
    return [event for page in iter(tap.read, []) for event in page]


@pytest.fixture
def queue(aws: EmbeddedAws) -> Iterator[str]:
    url = aws.client("sqs").create_queue(QueueName="search")["QueueUrl"]
    yield url
    aws.client("sqs").delete_queue(QueueUrl=url)


def received(desk: Desk, queue: str) -> list[Event]:
    """Take all messages of a queue."""
    bodies, sqs = list[Event](), desk.aws.client("sqs")
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [json.loads(it["Body"]) for it in found]
        for it in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=it["ReceiptHandle"])
    return bodies


def essence(event: Event) -> str:
    return str(event["detail"]["data"].get("reason") or event["detail-type"])


def counted(done: Done) -> dict[tuple[str, str], int]:
    return {(it["feed"], it["event"]): it["count"] for it in done.of("events")}


def test_a_look_counts_and_sends_nothing(desk: Desk, queue: str) -> None:
    done = desk("announce", "--feed", "desk", "--feed", "other", "--to", queue, *RECENT)

    assert done.code == 0, done
    assert counted(done) == {
        ("desk", "ArticleUpdated"): 1,
        ("desk", "ArticleWithdrawn"): 3,
        ("other", "ArticleUpdated"): 1,
    }
    [summary] = done.of("summary")
    assert (summary["events"], summary["is_sent"]) == (5, False)
    assert summary["bytes"] == sum(it["bytes"] for it in done.of("events")) > 0
    assert received(desk, queue) == []


def test_a_queue_gets_the_state_of_every_article_as_a_rule_would_send_it(
    desk: Desk, queue: str, heard: dict[str, Event]
) -> None:
    done = desk("announce", "--feed", "desk", "--to", queue, "--send", *FAST)

    assert done.code == 0, done
    messages = received(desk, queue)
    assert sorted(map(essence, messages)) == sorted(TOLD.values())
    for message in messages:
        of_the_rule = heard[message["detail"]["subject"]]
        assert message.keys() == of_the_rule.keys()
        for name in ("version", "account", "region", "resources"):
            assert message[name] == of_the_rule[name]
        parsed = parse(event=message, model=dict[str, Any], envelope=EventBridgeEnvelope)
        assert parsed == message["detail"]
        # Who holds that state already drops what is told again.
        for name in ("source", "time", "subject"):
            assert message["detail"][name] == of_the_rule["detail"][name]
        assert message["detail"]["data"]["order_key"] == of_the_rule["detail"]["data"]["order_key"]
        if message["detail-type"] == of_the_rule["detail-type"]:
            assert message["detail"] == of_the_rule["detail"]

    desk("announce", "--feed", "desk", "--to", queue, "--send", *FAST)
    again = [(it["id"], it["detail"]) for it in received(desk, queue)]
    assert again == [(it["id"], it["detail"]) for it in messages]


def test_an_announcement_goes_on_behind_a_position(desk: Desk, queue: str) -> None:
    days = [f"2026-{1 + number // 3:02}-{1 + number % 3:02}T06:00:00Z" for number in range(13)]
    long = replace(desk, feed="long")
    long.put("1.json", *(story(f"Story of {day}", published_at=day) for day in days))
    first = desk("announce", "--feed", "long", "--to", queue, "--send", *FAST)
    whole = received(desk, queue)
    [end] = first.of("position")
    told = [it["detail"]["data"]["article"]["published_at"] for it in whole]
    middle = f"long#{told[4][:7]}#{told[4]}#{whole[4]['detail']['subject']}"

    rest = desk("announce", "--feed", "long", "--to", queue, "--after", middle, "--send", *FAST)

    assert told == sorted(days, reverse=True)
    assert (rest.code, rest.of("position")) == (0, [end]), rest
    assert [it["id"] for it in received(desk, queue)] == [it["id"] for it in whole[5:]]
    assert counted(desk("announce", "--feed", "long", "--after", end["after"], *RECENT)) == {}


def test_without_a_feed_those_of_the_file_and_of_the_inbox_are_told(desk: Desk) -> None:
    version = replace(desk, feed="gone").put("1.json", story("Sluice", published_at="2026-02-01"))
    desk.aws.client("s3").delete_object(
        Bucket=desk.aws.outputs["InboxBucket"], Key="incoming/gone/1.json", VersionId=version
    )

    told = counted(desk("announce", *RECENT))

    assert (told["gone", "ArticleUpdated"], told["other", "ArticleUpdated"]) == (1, 1)


def test_articles_are_told_by_their_ids_and_what_is_not_stored_is_named(
    desk: Desk, queue: str, heard: dict[str, Event]
) -> None:
    withdrawn = next(it for it, event in heard.items() if essence(event) == "withheld")
    ids = [word for it in (withdrawn, withdrawn, "a" * 26) for word in ("--id", it)]

    done = desk("announce", *ids, "--to", queue, "--send", *FAST)

    assert done.code == 3
    assert [essence(it) for it in received(desk, queue)] == ["withheld"]
    assert [it["about"] for it in done.of("unsent")] == ["a" * 26]
    assert done.of("position") == []


@pytest.mark.parametrize(
    ("window", "found"),
    [
        (("--since", "2999-01-01"), 0),
        (("--until", "1h"), 0),
        (("--since", "1h", "--until", "2999-01-01T00:00Z"), len(TOLD)),
    ],
)
def test_what_was_stored_in_a_time_is_told(desk: Desk, window: tuple[str, ...], found: int) -> None:
    done = desk("announce", "--feed", "desk", *window, *RECENT)

    assert sum(counted(done).values()) == found


@pytest.mark.parametrize(
    ("status", "stored", "is_in"),
    [
        ("usable", "2026-03-10T00:00:00.000Z", True),
        ("usable", "2026-03-09T23:59:59.999Z", False),
        ("usable", "2026-03-11T00:00:00.000Z", False),
        ("expired", "2026-03-04T00:00:00.000Z", True),  # DynamoDB removes an item days later
        ("expired", "2026-03-02T00:00:00.000Z", False),
    ],
)
def test_a_time_has_its_beginning_and_not_its_end(status: str, stored: str, *, is_in: bool) -> None:
    window = Window(datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))

    assert window.has({"status": status, "ingested_at": stored}) == is_in


def test_what_publish_gave_up_leaves_its_queue(
    desk: Desk, queue: str, heard: dict[str, Event]
) -> None:
    refused, poison = sorted(heard)[:2]
    moment = "2026-03-01T12:00:00Z"
    span = {f"approximateArrivalOf{it}Record": moment for it in ("First", "Last")}
    bodies = [
        {"v": 1, "sequence": "1", "subject": refused, "cause": "MalformedDetail"},
        {"v": 1, "subject": json.dumps({"article_id": {"S": poison}}), "cause": "KeyError"},
        {"v": 1, "subject": "incoming/desk/a.json", "cause": "MalformedDetail"},
        {"v": 1, "subject": "z" * 26, "cause": "MalformedDetail"},  # it is stored no longer
        {"requestContext": {"condition": "RecordAgeExceeded"}, "DDBStreamBatchInfo": span},
    ]
    for message in (*map(json.dumps, bodies), "Is this on?"):
        desk.send(FAILURES, message)

    looked = desk("announce", "--failures")
    assert sum(counted(looked).values()) == 2
    assert desk.messages(FAILURES) == 6

    done = desk("announce", "--failures", "--to", queue, "--send", *FAST)
    assert done.code == 3  # some cannot be told
    assert sorted(it["detail"]["subject"] for it in received(desk, queue)) == [refused, poison]
    changes = f"changes from {moment} to {moment}"
    abouts = {it["about"] for it in done.of("unsent")}
    assert abouts == {"incoming/desk/a.json", "z" * 26, changes, "Is this on?"}
    assert desk.messages(FAILURES) == 4

    desk("announce", "--failures", "--to", queue, "--send", "--drop-others", *FAST)
    assert desk.messages(FAILURES) == 0


class Picky:
    """A target that refuses some articles, and breaks down at a batch."""

    def __init__(self, *, refuses: frozenset[str], breaks_at: int) -> None:
        self._refuses, self._left = refuses, breaks_at
        self.taken: list[str] = []

    def send(self, batch: Sequence[Outgoing]) -> list[Unsent]:
        self._left -= 1
        if self._left < 0:
            raise TimeoutError("broken")
        self.taken += [it.event.subject for it in batch if it.event.subject not in self._refuses]
        return [Unsent(it, "no") for it in batch if it.event.subject in self._refuses]


def outgoing(number: int) -> Outgoing:
    item = {
        "article_id": f"article-{number}",
        "feed": "desk",
        "order_key": "1",
        "content_hash": "h",
        "status": "usable",
        "article": {"title": "Ferry"},
        "upload": {"key": "incoming/desk/a.json", "version": "v", "record": 0},
        "ingested_at": "2026-03-01T12:00:00.000Z",
    }
    event = current_event(item, stage="dev", table="articles-dev")
    assert event
    return Outgoing(f"place-{number}", event)


def test_what_is_refused_is_named_and_the_rest_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    target = Picky(refuses=frozenset({"article-3"}), breaks_at=99)
    telling = Telling(Output(as_json=True), target, 1e9)

    telling.tell(outgoing(number) for number in range(12))
    telling.show()

    assert len(target.taken) == 11
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"v": 1, "type": "unsent", "about": "article-3", "cause": "no"} in lines
    assert (lines[-1]["events"], lines[-1]["unsent"]) == (11, 1)


def test_a_target_that_breaks_down_leaves_a_position(capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling(Output(as_json=True), Picky(refuses=frozenset(), breaks_at=2), 1e9)

    with pytest.raises(TimeoutError, match="broken"):
        telling.tell(outgoing(number) for number in range(40))

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"v": 1, "type": "position", "after": "place-19"}


def test_a_target_that_refuses_everything_is_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    everything = [outgoing(number) for number in range(MAX_FAILED + 100)]
    refused = frozenset(it.event.subject for it in everything)
    telling = Telling(Output(as_json=True), Picky(refuses=refused, breaks_at=99_999), 1e9)

    with pytest.raises(SystemExit):
        telling.tell(everything)

    assert capsys.readouterr().out.count('"unsent"') == MAX_FAILED


def test_an_item_that_is_not_the_services_is_named_and_the_rest_is_told(desk: Desk) -> None:
    replace(desk, feed="strange").put("1.json", story("Ferry"))
    strange = {"article_id": "b" * 26, "feed_month": "strange#2026-06", "listing": "2026-06-01#b"}
    desk.aws.client("dynamodb").put_item(
        TableName=desk.aws.outputs["ArticlesTable"],
        Item={name: {"S": value} for name, value in strange.items()},
    )

    done = desk("announce", "--feed", "strange", *RECENT)

    assert done.code == 3
    assert counted(done) == {("strange", "ArticleUpdated"): 1}
    assert [it["about"] for it in done.of("unsent")] == ["b" * 26]


def test_the_bus_tells_all_subscribers(desk: Desk) -> None:
    with tapped(desk.aws) as tap:
        done = desk("announce", "--feed", "desk", "--to", "bus", "--send", *FAST)
        events = all_of(tap)

    assert done.code == 0, done
    assert sorted(map(essence, events)) == sorted(TOLD.values())


@pytest.mark.parametrize(
    "options",
    [
        "--feed desk --send",
        "--feed desk --to search",
        "--feed desk --after somewhere",
        f"--feed desk --id {'a' * 26}",
        f"--failures --id {'a' * 26}",
        "--failures --since 1h",
        "--id Ferry",
        "--feed desk --since yesterday",
        "--feed desk --oldest then",
    ],
)
def test_wrong_usage_exits_with_2(desk: Desk, options: str) -> None:
    assert desk("announce", *options.split()).code == 2


def test_a_queue_that_is_not_there_exits_with_3(desk: Desk, queue: str) -> None:
    done = desk("announce", "--feed", "desk", "--to", f"{queue}-gone", "--send", *FAST)
    assert done.code == 3


def test_a_feed_without_articles_is_told(desk: Desk) -> None:
    done = desk("announce", "--feed", "empty", *RECENT)
    assert "empty: no article of this feed is stored" in done.err
    assert "no article" not in desk("announce", "--feed", "desk", *RECENT).err
