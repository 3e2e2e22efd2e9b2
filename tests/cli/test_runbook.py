"""The runbook of docs/operations.md: incidents are staged, and the commands of the page end them.

Each incident of the page has a story here, and a new one gets one. A story stages the incident and
yields what the page calls `$ID` or `$QUEUE`; it is given what each command of the page did, and
asserts what the page promises. What holds of all incidents is asserted at the end.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from articles_cli.replays import sending
from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from tests.aws.border import Border
from tests.aws.iam import allows
from tests.subscriber import Subscriber

from .conftest import ROOT, Articles, Done, Line, embedded, feeds_file
from .mistakes import ago, deploy, lose, story
from .operators import Operator, policy
from .room import QUEUES, Room

BERLIN = """[default]
open = true
[feeds.courier]
kills = true
timezone = "Europe/Berlin"
"""
NEW_YORK = BERLIN.replace("Europe/Berlin", "America/New_York")
PART_RECORDS = 4
DAYS = (7, 4, 1)  # of the week in which the zone was wrong, counted backwards

Story = Generator[dict[str, str], list[Done], None]
Tell = Callable[[Room], Story]


def runbook() -> dict[str, list[str]]:
    """Read the commands of the page, by its headings."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.partition("\n## Runbook\n")[2].partition("\n## ")[0]
    parts = [part.partition("\n") for part in section.split("\n### ")]
    blocks = {name: re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for name, _, text in parts}
    return {name: "".join(found).splitlines() for name, found in blocks.items() if found}


INCIDENTS = runbook()
STORIES: dict[str, tuple[Tell, tuple[int, ...]]] = {}


def incident(heading: str, *, exits: tuple[int, ...] = ()) -> Callable[[Tell], Tell]:
    """Register the story of a heading, and the exit codes of its commands unless all are 0."""

    def register(tell: Tell) -> Tell:
        STORIES[heading] = tell, exits
        return tell

    return register


feeds = feeds_file(BERLIN)


@pytest.fixture(scope="module")
def aws(feeds: Path, border: Border) -> Iterator[EmbeddedAws]:
    parts = {"PART_RECORDS": str(PART_RECORDS), "MAX_INLINE_BYTES": "10000"}
    with embedded(FEEDS_FILE=str(feeds), **parts) as running:
        running.drain()
        border.clear()
        yield running


@pytest.fixture(scope="module")
def operator(aws: EmbeddedAws) -> Operator:
    return Operator(aws.outputs, machine="none")


@pytest.fixture
def room(
    aws: EmbeddedAws, deployed: Articles, feeds: Path, border: Border, operator: Operator
) -> Iterator[Room]:
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap:
        room = Room(aws, deployed, feeds, "courier", border=border, tap=tap, operator=operator)
        yield room
        border.clear()
        room.clear()
    deploy(feeds, BERLIN)


def test_every_incident_has_a_story_and_every_story_an_incident() -> None:
    assert STORIES.keys() == INCIDENTS.keys()


@pytest.mark.parametrize("heading", INCIDENTS)
def test_the_commands_of_the_page_end_the_incident(heading: str, room: Room) -> None:
    tell, exits = STORIES[heading]
    told = tell(room)
    names = next(told)
    room.hear()

    done = [room.run(line, **names) for line in INCIDENTS[heading]]

    assert [it.code for it in done] == list(exits or [0] * len(done)), done
    with pytest.raises(StopIteration):
        told.send(done)
    room.hear()
    assert {queue: room.messages(queue) for queue in QUEUES} == dict.fromkeys(QUEUES, 0)
    assert room.subscriber.believes() == room.told()
    allowed = [
        grant
        for queue in ("search", "alerts")  # of the subscribers that are told again
        for grant in policy(room.articles, "operator", "--queue", queue)
    ]
    assert [it for it in room.operator.asked if not allows(allowed, it)] == []


# ── The incidents ────────────────────────────────────────────────────────────────────────────────


@incident("Uploads that failed")
def uploads_that_failed(room: Room) -> Story:
    table = room.aws.outputs["ArticlesTable"]
    room.border.fail(
        "UpdateItem",
        "ProvisionedThroughputExceededException",
        concerns=lambda asked: asked["TableName"] == table,
    )
    room.put("small.json", story("small"))
    room.put("large.json", *(story(f"large-{n}") for n in range(3 * PART_RECORDS)))
    assert room.messages("DeadLetterQueueUrl") == 4
    room.border.heal()

    looked, sent, listed = yield {}

    assert all("ProvisionedThroughput" in it["cause"] for it in looked.of("letter"))
    assert sent.of("summary")[0]["letters"] == {"sent": 4}
    assert listed.lines == []
    outcomes = [it["data"]["outcome"] for it in room.hear() if it["type"] == "UploadProcessed"]
    assert outcomes == ["accepted", "accepted"]
    assert len(room.told()) == 3 * PART_RECORDS + 1


@incident("Poison")
def poison(room: Room) -> Story:
    url = room.aws.outputs["UploadsQueueUrl"]
    room.aws.client("sqs").send_message(QueueUrl=url, MessageBody="no notification")

    looked, dropped = yield {}

    assert looked.of("summary")[0]["letters"] == {"poison": 1}
    assert dropped.of("summary")[0]["letters"] == {"dropped": 1}
    assert room.hear() == []


@incident("A wrong feeds file was deployed")
def wrong_feeds(room: Room) -> Story:
    deploy(room.feeds, NEW_YORK.replace("America/New_York", "Mars/Olympus"))
    room.put("small.json", story("small"))
    room.put("large.json", *(story(f"large-{n}") for n in range(3 * PART_RECORDS)))
    causes = [it["cause"]["S"] for it in room.items("ReceiptsTable")]
    assert len(causes) == 2
    assert all(it.startswith("feeds.toml, line 5: feeds.courier.timezone: ") for it in causes)
    deploy(room.feeds, BERLIN)

    _, sent, listed = yield {}

    assert sent.of("summary")[0]["letters"] == {"sent": 2}
    assert listed.lines == []
    outcomes = Counter(it["data"].get("outcome") for it in room.hear())
    assert outcomes["accepted"] == 2


@incident("A feed's time zone was wrong")
def zone(room: Room) -> Story:
    deploy(room.feeds, NEW_YORK)
    upload_a_week(room)
    deploy(room.feeds, BERLIN)

    _, looked, sent, again = yield {}

    assert looked.of("differences")[0]["fields"]["published_at"] == 2 * len(DAYS)
    assert sent.of("summary")[0]["counts"] == {"updated": 3 * len(DAYS)}
    assert again.of("differences")[0]["fields"] == {}
    heard = Counter(it["subject"] for it in room.hear() if it["type"] == "ArticleUpdated")
    assert sorted(heard.values()) == [1] * len(DAYS) + [2] * len(DAYS)
    assert room.run(f"articles replay --feed courier --send --run {a_later_run()}").code == 0
    assert room.heard() == {"UploadProcessed": len(DAYS)}


def a_later_run() -> int:
    """Number a run higher than all before it, of which one may have begun within this second."""
    return sending.new_run() + 60_000


def upload_a_week(room: Room) -> None:
    """Upload stories in local time, and corrections that lose where that is New York's."""
    for day in DAYS:
        with ago(days=day):
            date = (datetime.now(UTC) - timedelta(days=day + 1)).date()
            local: Line = {"published_at": f"{date}T19:00:00", "updated_at": f"{date}T19:00:00"}
            room.upload(f"{day}.json", story(f"{day}", **local), story(f"{day}-other", **local))
            late = {"title": "Ferry sails late", "updated_at": f"{date}T22:00:00+02:00"}
            room.upload(f"{day}-corrected.json", story(f"{day}", **local | late))
    room.aws.drain()


@incident("Rejects that were the uploader's mistake")
def rejects(room: Room) -> Story:
    with ago(minutes=1):  # receipts know whole seconds
        room.put("rejected.json", {"id": "a", "title": 5})

    listed, shown = yield {}

    key = "incoming/courier/rejected.json"
    assert [it["key"] for it in listed.of("reject")] == [key]
    assert shown.of("rejected")[0]["problems"][0]["fix"] == "Send the field as a string."
    assert room.hear() == []
    room.put("rejected.json", story("a"))
    assert room.run("articles rejects --feed courier").lines == []
    assert room.heard() == {"ArticleCreated": 1}


@incident("Rejects that were our mistake")
def our_mistake(room: Room) -> Story:
    deploy(room.feeds, BERLIN + 'required = ["section"]\n')
    with ago(minutes=1):
        room.put("a.json", story("a", title="An older version"))
        room.put("a.json", story("a", day=2))
        room.put("b.json", story("b"), story("c", section="Local"))
        room.put("other.json", {"neither": "nor"})
    deploy(room.feeds, BERLIN)

    looked, sent, listed = yield {}

    assert looked.of("selection")[0]["uploads"] == 2
    assert sent.of("summary")[0]["uploads"] == {"accepted": 2}
    assert listed.lines == []
    assert room.heard()["ArticleCreated"] == 2
    assert len(room.told()) == 3


@incident("A kill that was a mistake")
def kill(room: Room) -> Story:
    room.put("1.json", story("a"))
    room.put("2.json", story("a", title="Ferry returns late", day=2))
    notice = room.put("kill.json", story("a", day=3, status="canceled"))
    room.put("3.json", story("a", title="Ferry sunk", day=4))

    _, looked, _, got = yield {"ID": room.article_id("1.json")}

    winners = [it["title"] for it in looked.of("version") if it["wins"]]
    assert winners == [got.of("article")[0]["article"]["title"]] == ["Ferry sunk"]
    assert room.heard() == {"ArticleUpdated": 1}
    room.redeliver("kill.json", notice)
    room.redeliver("kill.json", notice, run=2_000_000_000)
    assert room.hear() == []
    room.put("kill.json", story("a", day=5, status="canceled"))
    assert room.heard() == {"canceled": 1}


@incident("Events that were given up", exits=(3, 3, 0, 0, 0))
def given_up(room: Room) -> Story:
    room.put("known.json", story("known"))
    room.border.fail("PutEvents", "ValidationException")
    room.put("old.json", story("old"))
    lose(room.aws, "PublishFailureQueueUrl")  # of what is too old, Lambda only tells the times
    now = datetime.now(UTC)
    span = {f"approximateArrivalOf{it}Record": f"{now:%FT%TZ}" for it in ("First", "Last")}
    body = {"requestContext": {"condition": "RecordAgeExceeded"}, "DDBStreamBatchInfo": span}
    room.aws.client("sqs").send_message(
        QueueUrl=room.aws.outputs["PublishFailureQueueUrl"], MessageBody=json.dumps(body)
    )
    room.put("new.json", story("new"))
    room.put("known.json", story("known", day=2, status="withheld"))
    room.put("two.json", story("one"), story("two"))
    room.border.heal()

    minute = timedelta(minutes=1)
    _, told, _, since, dropped = yield {
        "FROM": f"{now - minute:%FT%TZ}",
        "TO": f"{now + minute:%FT%TZ}",
    }

    assert {it["about"].partition(" ")[0] for it in told.of("unsent")} == {
        "changes",
        "incoming/courier/two.json",
    }
    assert told.of("summary")[0]["events"] == 4
    assert since.of("summary")[0]["events"] == 5
    assert len(dropped.of("dropped")) == 2


@incident("A subscriber was down")
def down(room: Room) -> Story:
    search = Subscriber()
    room.put("all.json", *(story(f"{n}") for n in range(3)))
    search.take(room.hear())
    url = room.aws.client("sqs").create_queue(QueueName="search")["QueueUrl"]
    room.put("changed.json", story("0", title="Ferry returns late", day=2))
    room.put("withheld.json", story("1", day=2, status="withheld"))
    room.put("new.json", story("new"))

    yield {"QUEUE": url}

    search.take(room.taken(url))
    assert search.believes() == room.told()
    assert room.hear() == []


@incident("A new subscriber")
def new(room: Room) -> Story:
    room.put("all.json", *(story(f"{n}") for n in range(3)))
    room.put("killed.json", story("1", day=2, status="canceled"))
    url = room.aws.client("sqs").create_queue(QueueName="alerts")["QueueUrl"]

    yield {"QUEUE": url}

    alerts = Subscriber()
    alerts.take(room.taken(url))
    assert alerts.believes() == room.told()
    assert room.hear() == []


@incident("A large upload that does not end")
def large(room: Room) -> Story:
    sqs, bulk = room.aws.client("sqs"), room.aws.outputs["BulkQueueUrl"]
    with ago(hours=2):
        room.upload("large.ndjson", *(story(f"{n}") for n in range(3 * PART_RECORDS)))
        while room.messages("BulkQueueUrl") < 3:
            room.aws.pump()
        [part] = sqs.receive_message(QueueUrl=bulk)["Messages"]
        sqs.delete_message(QueueUrl=bulk, ReceiptHandle=part["ReceiptHandle"])
        room.border.fail("GetObject", "AccessDenied", status=403)
        room.aws.drain()
        room.border.heal()

    listed, letters, looked, sent, ended = yield {}

    key = "incoming/courier/large.ndjson"
    assert [it["key"] for it in listed.of("reject")] == [key]
    assert letters.of("summary")[0]["letters"] == {"sent": 2}
    assert looked.of("unfinished")[0]["missing"] == [1]
    assert sent.of("summary")[0]["sent"] == 1
    assert ended.of("receipt")[0]["outcome"] == "accepted"
    assert room.heard() == {"ArticleCreated": 3 * PART_RECORDS, "UploadProcessed": 1}


@incident("A notification that was lost")
def lost(room: Room) -> Story:
    with ago(hours=2):
        room.upload("lost.json", story("lost"))
    lose(room.aws)

    looked, sent = yield {}

    assert [it["key"] for it in looked.of("missing")] == ["incoming/courier/lost.json"]
    assert sent.of("summary")[0]["sent"] == 1
    again = room.run("articles reconcile --feed courier")
    assert again.of("summary")[0]["missing"] == 0
    assert room.heard() == {"ArticleCreated": 1}


@incident("A feed that is silent")
def silent(room: Room) -> Story:
    deploy(room.feeds, f"{BERLIN}silence_hours = 1\n")
    with ago(hours=3):
        room.put("told.json", story("told"))
    with ago(hours=2):
        room.upload("untold.json", story("untold"))
    lose(room.aws)

    [looked] = yield {}

    assert [it["key"] for it in looked.of("missing")] == ["incoming/courier/untold.json"]
    room.run("articles reconcile --feed courier --send")


@incident("An upload without a receipt")
def expired_receipt(room: Room) -> Story:
    with ago(days=100):
        room.put("ferry.json", story("ferry"))
    assert room.items("ReceiptsTable") == []
    with ago(hours=1):
        room.upload("unread.json", story("unread"))
    lose(room.aws)

    [told] = yield {}

    assert [it["state"] for it in told.of("version")] == ["expired"]
    assert [it["title"] for it in told.of("story")] == ["Ferry returns"]
    unread = room.run("articles status incoming/courier/unread.json")
    assert (unread.code, unread.of("version")[0]["state"]) == (3, "waiting")
    room.redeliver("unread.json", unread.of("version")[0]["version"])


@incident("An upload that was deleted before it was read")
def deleted(room: Room) -> Story:
    version = room.upload("deleted.json", story("deleted"))
    room.aws.client("s3").delete_object(
        Bucket=room.aws.outputs["InboxBucket"],
        Key="incoming/courier/deleted.json",
        VersionId=version,
    )

    [told] = yield {}

    assert told.of("receipt")[0]["outcome"] == "gone"
    assert room.items("ArticlesTable") == []
    assert room.hear() == []


@incident("A takedown", exits=(0, 0, 3))
def takedown(room: Room) -> Story:
    room.put("1.json", story("a"))
    version = room.put("2.json", story("a", day=2), story("neighbour"))

    _, purged, got = yield {"ID": room.article_id("1.json")}

    [certificate] = purged.of("certificate")
    assert [it["key"] for it in certificate["deleted"]] == ["incoming/courier/1.json"]
    assert "file with other records" in {it["what"] for it in certificate["left"]}
    assert "was removed" in got.err
    assert room.heard() == {"removed": 1}
    room.redeliver("2.json", version, run=2_000_000_000)
    room.put("3.json", story("a", day=3))
    assert room.heard() == {"UploadProcessed": 1}


@incident("The retention of a feed changes")
def retention(room: Room) -> Story:
    with ago(days=40):
        room.put("old.json", story("old"))
    room.put("new.json", story("new"))
    deploy(room.feeds, BERLIN + "retain_days = 30\n")

    looked, _ = yield {}

    assert looked.of("differences")[0]["outcomes"] == {"changed": 1, "expired": 1}
    assert room.heard() == {"expired": 1}
    again = room.run(f"articles replay --feed courier --send --run {a_later_run()}")
    assert again.code == 0
    assert room.hear() == []
    assert list(room.told().values()).count("expired") == 1


@incident("A feed's rules became stricter")
def stricter(room: Room) -> Story:
    room.put("a.json", story("a"))
    before = room.told()
    deploy(room.feeds, BERLIN + 'required = ["section"]\n')

    [looked] = yield {}

    assert looked.of("differences")[0]["outcomes"] == {"rejected": 1}
    sent = room.run("articles replay --feed courier --send")
    assert (sent.code, sent.of("upload")[0]["still_stored"]) == (1, True)
    assert room.told() == before


@incident("An upload that S3 does not give us")
def unreadable(room: Room) -> Story:
    bucket, key = room.aws.outputs["InboxBucket"], "incoming/courier/a.json"
    body = json.dumps(story("a"))
    with ago(minutes=1):
        room.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body, StorageClass="GLACIER")
        room.aws.drain()

    [listed] = yield {}

    assert [it["key"] for it in listed.of("reject")] == [key]
    room.put("a.json", story("a"))
    assert room.run("articles rejects --code E_UNREADABLE").lines == []
