"""`announce`: the current state of articles, told again to a queue or to the bus."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
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

from .conftest import Articles, Done
from .mistakes import lose

Event = dict[str, Any]
# What the feed `desk` holds after `stored`, and what is told of it.
TOLD = {
    "Stays": "ArticleUpdated",
    "Is withheld": "withheld",
    "Is held": "embargoed",
    "Expires": "expired",
}
RECENT = ("--oldest", "2024-01", "--json")
FAST = ("--rate", 100_000, *RECENT)


def story(title: str, **members: Any) -> Event:
    return {"title": title, "id": title, "text": "Six.", "published_at": "2025-06-02", **members}


@pytest.fixture(scope="module")
def put(
    aws: EmbeddedAws, deployed: Articles, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., None]:
    def upload(feed: str, *stories: Event) -> None:
        path = tmp_path_factory.mktemp(feed) / "stories.json"
        path.write_text(json.dumps(stories))
        assert deployed("put", path, "--feed", feed, "--wait").code == 0
        aws.drain()

    return upload


@pytest.fixture(scope="module")
def heard(aws: EmbeddedAws, put: Callable[..., None]) -> dict[str, Event]:
    """Upload stories, and new versions of some; gives the last event of each, as a rule got it."""
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap:
        put("desk", *(story(title) for title in TOLD), story("Draft", status="withheld"))
        put(
            "desk",
            story("Is withheld", status="withheld"),
            story("Is held", embargoed_until="2999-01-01T00:00:00Z"),
        )
        expire(aws, "Expires")
        put("other", story("Ferry", published_at="2024-02-01"))
        aws.drain()
        events = [event for page in iter(tap.read, []) for event in page]
    articles = [it for it in events if it["detail-type"] != "UploadProcessed"]
    return {it["detail"]["subject"]: it for it in articles}


def expire(aws: EmbeddedAws, title: str) -> None:
    """Let the TTL of an article be over."""
    dynamodb, table = aws.client("dynamodb"), aws.outputs["ArticlesTable"]
    [item] = [it for it in dynamodb.scan(TableName=table)["Items"] if it["title"]["S"] == title]
    dynamodb.update_item(
        TableName=table,
        Key={"article_id": item["article_id"]},
        UpdateExpression="SET #ttl = :over",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":over": {"N": "1772355600"}},
    )
    aws.drain()


@pytest.fixture
def queue(aws: EmbeddedAws) -> Iterator[str]:
    url = aws.client("sqs").create_queue(QueueName="search")["QueueUrl"]
    yield url
    aws.client("sqs").delete_queue(QueueUrl=url)


@pytest.fixture
def announce(deployed: Articles, heard: dict[str, Event]) -> Callable[..., Done]:
    assert heard
    return lambda *options: deployed("announce", *options)


def received(aws: EmbeddedAws, queue: str) -> list[Event]:
    """Take all messages of a queue."""
    bodies: list[Event] = []
    sqs = aws.client("sqs")
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [json.loads(it["Body"]) for it in found]
        for it in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=it["ReceiptHandle"])
    return bodies


def essence(event: Event) -> str:
    data = event["detail"]["data"]
    return str(data.get("reason") or event["detail-type"])


def counted(done: Done) -> dict[tuple[str, str], int]:
    return {(it["feed"], it["event"]): it["count"] for it in done.of("events")}


def test_a_list_of_articles_leaves_out_what_has_expired(
    deployed: Articles, heard: dict[str, Event]
) -> None:
    done = deployed("list", "--feed", "desk", "--since", "2025-06", "--json")

    titles = {it["title"] for it in done.of("listed")}
    assert titles == {*TOLD, "Draft"} - {"Expires"}
    assert len(heard) == len(TOLD) + 1


def test_a_look_counts_and_sends_nothing(
    announce: Callable[..., Done], aws: EmbeddedAws, queue: str
) -> None:
    done = announce("--feed", "desk", "--feed", "other", "--to", queue, *RECENT)

    assert done.code == 0, done
    assert counted(done) == {
        ("desk", "ArticleUpdated"): 1,
        ("desk", "ArticleWithdrawn"): 3,
        ("other", "ArticleUpdated"): 1,
    }
    [summary] = done.of("summary")
    assert (summary["events"], summary["is_sent"]) == (5, False)
    assert summary["bytes"] == sum(it["bytes"] for it in done.of("events")) > 0
    assert received(aws, queue) == []


def test_a_queue_gets_the_state_of_every_article_as_a_rule_would_send_it(
    announce: Callable[..., Done], aws: EmbeddedAws, queue: str, heard: dict[str, Event]
) -> None:
    done = announce("--feed", "desk", "--to", queue, "--send", *FAST)

    assert done.code == 0, done
    messages = received(aws, queue)
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


def test_a_repeated_announcement_has_the_same_ids(
    announce: Callable[..., Done], aws: EmbeddedAws, queue: str
) -> None:
    for _ in range(2):
        announce("--feed", "desk", "--to", queue, "--send", *FAST)

    ids = [(it["id"], it["detail"]["id"]) for it in received(aws, queue)]
    assert len(ids) == 2 * len(set(ids)) == 2 * len(TOLD)


def test_an_announcement_goes_on_behind_a_position(
    announce: Callable[..., Done],
    aws: EmbeddedAws,
    queue: str,
    put: Callable[..., None],
) -> None:
    days = [f"2024-{1 + number // 3:02}-{1 + number % 3:02}T06:00:00Z" for number in range(25)]
    put("long", *(story(f"Story of {day}", published_at=day) for day in days))
    first = announce("--feed", "long", "--to", queue, "--send", *FAST)
    whole = received(aws, queue)
    [end] = first.of("position")
    told = [it["detail"]["data"]["article"]["published_at"] for it in whole]
    middle = f"long#{told[10][:7]}#{told[10]}#{whole[10]['detail']['subject']}"

    rest = announce("--feed", "long", "--to", queue, "--after", middle, "--send", *FAST)

    assert told == sorted(days, reverse=True)
    assert rest.code == 0, rest
    assert rest.of("position") == [end]
    assert [it["id"] for it in received(aws, queue)] == [it["id"] for it in whole[11:]]
    assert counted(announce("--feed", "long", "--after", end["after"], *RECENT)) == {}


def test_without_a_feed_those_of_the_file_and_of_the_inbox_are_told(
    announce: Callable[..., Done], aws: EmbeddedAws, put: Callable[..., None], tmp_path: Path
) -> None:
    put("gone", story("Sluice", published_at="2024-02-01"))
    s3, inbox = aws.client("s3"), aws.outputs["InboxBucket"]
    for it in s3.list_object_versions(Bucket=inbox, Prefix="incoming/gone/")["Versions"]:
        s3.delete_object(Bucket=inbox, Key=it["Key"], VersionId=it["VersionId"])
    feeds = tmp_path / "feeds.toml"
    feeds.write_text("[default]\nopen = true\n[feeds.gone]\nlanguage = 'en'\n")

    done = announce("--feeds", feeds, *RECENT)

    told = counted(done)
    assert (told["gone", "ArticleUpdated"], told["other", "ArticleUpdated"]) == (1, 1)


def test_articles_are_told_by_their_ids(
    announce: Callable[..., Done], aws: EmbeddedAws, queue: str, heard: dict[str, Event]
) -> None:
    withdrawn = next(it for it, event in heard.items() if essence(event) == "withheld")

    done = announce("--id", withdrawn, "--id", withdrawn, "--to", queue, "--send", *FAST)

    assert done.code == 0, done
    assert [essence(it) for it in received(aws, queue)] == ["withheld"]
    assert done.of("position") == []


def test_an_id_of_which_nothing_is_stored_exits_with_3(announce: Callable[..., Done]) -> None:
    done = announce("--id", "a" * 26, "--json")

    assert done.code == 3
    [unsent] = done.of("unsent")
    assert unsent["about"] == "a" * 26


@pytest.mark.parametrize(
    ("window", "found"),
    [
        (("--since", "1h"), set(TOLD.values())),
        (("--since", "2999-01-01"), set()),
        (("--until", "1h"), set()),
        (("--since", "1h", "--until", "2999-01-01T00:00Z"), set(TOLD.values())),
    ],
)
def test_what_was_stored_in_a_span_of_time_is_told(
    announce: Callable[..., Done],
    aws: EmbeddedAws,
    queue: str,
    window: tuple[str, ...],
    found: set[str],
) -> None:
    announce("--feed", "desk", *window, "--to", queue, "--send", *FAST)

    assert {essence(it) for it in received(aws, queue)} == found


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
def test_a_span_of_time_has_its_beginning_and_not_its_end(
    status: str, stored: str, *, is_in: bool
) -> None:
    window = Window(datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))

    assert window.has({"status": status, "ingested_at": stored}) == is_in


# ── What publish gave up ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def failures(aws: EmbeddedAws, heard: dict[str, Event]) -> Iterator[list[str]]:
    """Put what is there in a queue of failures into it, and empty it; gives two articles of it."""
    url, sqs = aws.outputs["PublishFailureQueueUrl"], aws.client("sqs")
    refused, poison = sorted(heard)[:2]
    span = {f"approximateArrivalOf{it}Record": "2026-03-01T12:00:00Z" for it in ("First", "Last")}
    bodies = [
        {"v": 1, "sequence": "1", "subject": refused, "cause": "MalformedDetail"},
        {"v": 1, "subject": json.dumps({"article_id": {"S": poison}}), "cause": "KeyError"},
        {"v": 1, "subject": "incoming/desk/a.json", "cause": "MalformedDetail"},
        {"v": 1, "subject": "z" * 26, "cause": "MalformedDetail"},  # it is stored no longer
        {"requestContext": {"condition": "RecordAgeExceeded"}, "DDBStreamBatchInfo": span},
    ]
    for message in (*map(json.dumps, bodies), "Is this on?"):
        sqs.send_message(QueueUrl=url, MessageBody=message)
    yield [refused, poison]
    lose(aws, "PublishFailureQueueUrl")


def left(aws: EmbeddedAws) -> int:
    answer = aws.client("sqs").get_queue_attributes(
        QueueUrl=aws.outputs["PublishFailureQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def test_what_publish_gave_up_is_told_and_leaves_its_queue(
    announce: Callable[..., Done], aws: EmbeddedAws, queue: str, failures: list[str]
) -> None:
    done = announce("--failures", "--to", queue, "--send", *FAST)

    assert done.code == 3  # some cannot be told
    assert sorted(it["detail"]["subject"] for it in received(aws, queue)) == failures
    abouts = {it["about"] for it in done.of("unsent")}
    span = "changes from 2026-03-01T12:00:00Z to 2026-03-01T12:00:00Z"
    assert abouts == {"incoming/desk/a.json", "z" * 26, span, "Is this on?"}
    assert left(aws) == 4
    announce("--failures", "--to", queue, "--send", "--drop-others", *FAST)
    assert left(aws) == 0


def test_a_look_at_what_publish_gave_up_leaves_it_there(
    announce: Callable[..., Done], aws: EmbeddedAws, failures: list[str]
) -> None:
    done = announce("--failures", "--json")

    assert sum(counted(done).values()) == len(failures)
    assert left(aws) == 6


# ── How it is sent ───────────────────────────────────────────────────────────────────────────────


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


def test_when_a_target_breaks_down_the_position_behind_the_last_batch_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    telling = Telling(Output(as_json=True), Picky(refuses=frozenset(), breaks_at=2), 1e9)

    with pytest.raises(TimeoutError, match="broken"):
        telling.tell(outgoing(number) for number in range(40))

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"v": 1, "type": "position", "after": "place-19"}


def test_a_target_that_refuses_everything_is_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    everything = frozenset(f"article-{number}" for number in range(5_000))
    telling = Telling(Output(as_json=True), Picky(refuses=everything, breaks_at=99_999), 1e9)

    with pytest.raises(SystemExit):
        telling.tell(outgoing(number) for number in range(5_000))

    assert capsys.readouterr().out.count('"unsent"') == MAX_FAILED


def test_an_item_that_is_not_the_services_is_named_and_the_rest_is_told(
    announce: Callable[..., Done], aws: EmbeddedAws, put: Callable[..., None]
) -> None:
    put("strange", story("Ferry"))
    strange = {"article_id": "b" * 26, "feed_month": "strange#2025-06", "listing": "2025-06-01#b"}
    aws.client("dynamodb").put_item(
        TableName=aws.outputs["ArticlesTable"],
        Item={name: {"S": value} for name, value in strange.items()},
    )

    done = announce("--feed", "strange", *RECENT)

    assert done.code == 3
    assert counted(done) == {("strange", "ArticleUpdated"): 1}
    assert [it["about"] for it in done.of("unsent")] == ["b" * 26]


def test_the_bus_tells_all_subscribers(announce: Callable[..., Done], aws: EmbeddedAws) -> None:
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap:
        done = announce("--feed", "desk", "--to", "bus", "--send", *FAST)
        events = [event for page in iter(tap.read, []) for event in page]

    assert done.code == 0, done
    assert sorted(map(essence, events)) == sorted(TOLD.values())


@pytest.mark.parametrize(
    "options",
    [
        ("--feed", "desk", "--send"),
        ("--feed", "desk", "--to", "search"),
        ("--feed", "desk", "--after", "somewhere"),
        ("--feed", "desk", "--id", "a" * 26),
        ("--failures", "--id", "a" * 26),
        ("--failures", "--since", "1h"),
        ("--id", "Ferry"),
        ("--feed", "desk", "--since", "yesterday"),
        ("--feed", "desk", "--oldest", "then"),
    ],
)
def test_wrong_usage_exits_with_2(announce: Callable[..., Done], options: tuple[str, ...]) -> None:
    assert announce(*options).code == 2


def test_a_queue_that_is_not_there_exits_with_3(announce: Callable[..., Done], queue: str) -> None:
    assert announce("--feed", "desk", "--to", f"{queue}-gone", "--send", *FAST).code == 3


def test_a_feed_without_articles_is_told(announce: Callable[..., Done], queue: str) -> None:
    done = announce("--feed", "example", "--to", queue, *RECENT)
    assert "example: no article of this feed is stored" in done.err
    assert "no article" not in announce("--feed", "desk", "--to", queue, *RECENT).err
