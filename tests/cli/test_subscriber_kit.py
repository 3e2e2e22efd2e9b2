"""examples/subscriber: the index shows what may be shown, however the events come."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from tests.kit import FOLDER, SCHEDULED, Kit, batch, end_retention, heard, set_attribute

from .conftest import feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, desk_of_feed, story, tapped

Json = dict[str, Any]
Told = Callable[..., list[Json]]

pytestmark = pytest.mark.usefixtures("no_schedule")
feeds = feeds_file(f"{FEEDS}retain_days = 30\n")
aws = service_with_feeds()
desk = desk_of_feed()


@pytest.fixture(scope="module")
def kit(aws: EmbeddedAws) -> Kit:
    """A kit that gets only the events that a test sends to it."""
    kit = Kit.deploy(aws)
    kit.unsubscribe()
    return kit


@pytest.fixture(scope="module")
def tap(aws: EmbeddedAws) -> Iterator[Tap]:
    with tapped(aws) as tap:
        yield tap


@pytest.fixture
def told(desk: Desk, tap: Tap) -> Told:
    def told(*stories: Json) -> list[Json]:
        """Upload stories in one file; gives their events. No schedule runs."""
        desk.upload("told.json", *stories)
        while desk.aws.pump():
            pass
        return heard(tap)

    tap.read()
    return told


def about(event: Json) -> str:
    return str(event["detail"]["subject"])


def set_title(aws: EmbeddedAws, article_id: str, title: Json) -> None:
    set_attribute(aws, article_id, "article", {"M": {"title": title}})


# By fate, what the next version of an article says.
VERSIONS = {
    "withheld": {"status": "withheld"},
    "killed": {"status": "canceled"},
    "embargoed": {"embargoed_until": "2999-01-01T00:00:00Z"},
}
FATES = (*VERSIONS, "purged", "expired")


def end(desk: Desk, ids: dict[str, str], articles: dict[str, Json]) -> None:
    """Have each article meet its fate."""
    secret = {"title": "Secret", "updated_at": "2026-01-03T06:00:00Z"}
    desk.put("later.json", *(articles[fate] | secret | it for fate, it in VERSIONS.items()))
    assert desk("purge", ids["purged"], "--reason=Court order", "--send").code == 0
    end_retention(desk.aws, ids["expired"])
    desk.aws.drain()


def by_fate(events: list[Json]) -> dict[str, str]:
    """Give the ids of the articles, whose titles end with their fates."""
    return {it["detail"]["data"]["article"]["title"].split()[-1]: about(it) for it in events}


def test_what_may_not_be_shown_any_longer_is_not_shown_by_an_event_from_before(
    desk: Desk, told: Told, tap: Tap, kit: Kit
) -> None:
    articles = {fate: story(f"early-{fate}", title=fate) for fate in (*FATES, "outlived")}
    created = told(*articles.values())
    ids = by_fate(created)
    end(desk, ids, articles)
    end_retention(desk.aws, ids["outlived"])  # DynamoDB has not noticed yet
    later = heard(tap)
    assert {about(it) for it in later} == {ids[fate] for fate in FATES}

    kit.take(*created)

    assert {fate for fate, it in ids.items() if it in kit.shown()} == set()
    kit.take(*later, *created)
    assert {fate for fate, it in ids.items() if it in kit.shown()} == set()


def test_nothing_is_left_of_what_was_shown(desk: Desk, told: Told, tap: Tap, kit: Kit) -> None:
    first, second = "Quagga " * 2_000, "Xylophone " * 2_000
    articles = {it: story(f"gone-{it}", title=f"Zyzzyva {it}", text=first) for it in FATES}
    corrected = {"updated_at": "2026-01-02T06:00:00Z", "text": second}
    kit.take(*told(*articles.values()))
    assert b"uagga" in kit.file()
    events = told(*(it | corrected for it in articles.values()))
    kit.take(*events)
    ids, shown = by_fate(events), kit.shown()
    assert {shown[it].text for it in ids.values()} == {second.strip()}
    assert b"xylophone" in kit.file().lower()
    assert b"uagga" not in kit.file()

    end(desk, ids, articles)
    kit.take(*heard(tap))

    assert {fate for fate, it in ids.items() if it in kit.shown()} == set()
    left = kit.file().lower()
    assert [it for it in (b"zyzzyva", b"quagga", b"ylophone") if it in left] == []


def test_an_event_shows_the_article_as_it_is_by_now(told: Told, kit: Kit) -> None:
    [created] = told(story("newer"))
    [updated] = told(story("newer", title="Ferry is late", text="At seven.", day=2))

    kit.take(created)

    shown = kit.shown()[about(created)]
    data = updated["detail"]["data"]
    assert shown == ("Ferry is late", "At seven.", (data["order_key"], updated["detail"]["time"]))
    before = kit.file()
    kit.take(updated, created, updated)
    assert kit.file() == before


def test_what_was_withdrawn_comes_back_with_its_next_version(told: Told, kit: Kit) -> None:
    events = told(story("back"))
    events += told(story("back", status="withheld", day=2))
    kit.take(*events)
    article_id = events[0]["detail"]["subject"]
    assert article_id not in kit.shown()

    again = told(story("back", title="It is back", day=3))
    kit.take(*again, *events)

    assert kit.shown()[article_id].title == "It is back"


def test_a_search_finds_words_and_nothing_whose_retention_is_over(told: Told, kit: Kit) -> None:
    url = "https://courier.example/wombat"
    kept = story("kept", title="Wombat's café", url=url)
    events = told(kept, story("left", title="Wombat's café leaves"))
    kit.take(*events)

    kit.let_expire(about(events[1]))

    found = kit.search("wombat's \"CAFE")
    assert "[Wombat's café]" in found.replace("] [", " ")
    assert url in found
    assert "leaves" not in found
    assert kit.search("nowhere") == "Nothing was found.\n"


def test_at_its_end_of_retention_an_article_is_looked_at_until_it_is_renewed_or_removed(
    told: Told, tap: Tap, kit: Kit
) -> None:
    events = told(story("renewed"), story("removed"), story("kept-on"))
    kit.take(*events)
    renewed, removed, kept_on = (about(it) for it in events)
    kit.let_expire(renewed, removed, kept_on)
    end_retention(kit.aws, renewed, removed)

    kit.renew()

    assert {renewed, removed, kept_on} & kit.shown().keys() == {kept_on}
    assert told(story("renewed", day=2)) == []  # the same content: no event
    kit.renew()
    assert {renewed, removed} & kit.shown().keys() == {renewed}
    kit.aws.drain()  # DynamoDB removes what is left
    [expired] = heard(tap)
    assert about(expired) == removed
    kit.renew()
    assert kit.known()[removed] is None
    kit.take(expired)
    assert kit.known()[removed] is None


@pytest.mark.parametrize("file", ["none", "some"])
def test_two_instances_that_write_at_once_lose_nothing(told: Told, kit: Kit, file: str) -> None:
    events = told(*(story(f"{file}-{number}") for number in range(3)))
    one, two, three = events
    if file == "none":
        kit.delete_file()
    with _before("s3.PutObject") as others:
        slow, fast = kit.instance(), kit.instance()

        def overtake() -> None:
            number = two["detail"]["data"]["article"]["source_id"]
            withdrawn = told(story(number, status="withheld", day=2))
            assert fast.invoke(batch(three, *withdrawn)) == {"batchItemFailures": []}

        others.append(overtake)
        answer = slow.invoke(batch(one, two))

    assert answer == {"batchItemFailures": []}
    ids = [about(it) for it in events]
    assert [it in kit.shown() for it in ids] == [True, False, True]


def test_a_batch_that_is_always_too_late_can_come_again(told: Told, kit: Kit) -> None:
    late, *fast = told(*(story(f"race-{n}") for n in range(7)))
    with _before("s3.PutObject") as others:
        slow, other = kit.instance(), kit.instance()
        others += [partial(other.invoke, batch(it)) for it in fast]

        assert slow.invoke(batch(late)) is None

        subjects = {about(it) for it in fast[:5]}
        assert subjects <= kit.shown().keys()
        assert about(late) not in kit.shown()
        others.clear()
        assert slow.invoke(batch(late)) == {"batchItemFailures": []}
    assert {about(late), *subjects} <= kit.shown().keys()


@pytest.mark.parametrize("work", ["batch", "renewal"])
def test_others_that_write_meanwhile_do_not_hold_up(told: Told, kit: Kit, work: str) -> None:
    events = told(*(story(f"{work}-{number}") for number in range(2)))
    busy = told(*(story(f"{work}-busy-{number}") for number in range(10)))
    kit.delete_file()
    if work == "renewal":
        kit.take(*events)
        kit.let_expire(*(about(it) for it in events))
    with _before("dynamodb.GetItem") as others:
        slow, other = kit.instance(), kit.instance()
        others += [partial(other.invoke, batch(it)) for it in busy]

        assert slow.invoke(SCHEDULED if work == "renewal" else batch(*events)) is not None

    known = kit.known()
    assert min(known[about(it)] or 0 for it in events) > time.time()
    assert {about(it) for it in busy[:2]} <= known.keys()


def test_what_was_shown_anew_meanwhile_is_not_hidden_by_an_older_look(told: Told, kit: Kit) -> None:
    [created] = told(story("meanwhile"))
    article_id = about(created)
    kit.take(created)
    kit.let_expire(article_id)
    end_retention(kit.aws, article_id)
    with _before("s3.PutObject") as others:
        slow, fast = kit.instance(), kit.instance()

        def overtake() -> None:
            corrected = told(story("meanwhile", title="Ferry is late", day=2))
            assert fast.invoke(batch(*corrected)) == {"batchItemFailures": []}

        others.append(overtake)
        assert slow.invoke(SCHEDULED) is not None

    assert kit.shown()[article_id].title == "Ferry is late"


def test_a_batch_waits_ten_seconds_at_most_for_a_table_that_is_behind(
    told: Told, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    [created, beside] = told(story("behind"), story("on-time"))
    later = [deepcopy(created) for _ in range(20)]
    for number, event in enumerate(later):
        event["detail"] |= {"id": str(number)}
        event["detail"]["data"]["order_key"] = f"9#{number}"
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)

    answer = kit.instance().invoke(batch(*later, beside))

    failed = [it["itemIdentifier"] for it in (answer or {})["batchItemFailures"]]
    assert failed == [str(number) for number in range(20)]
    assert 0 < round(sum(waited), 3) <= 10
    assert about(beside) in kit.shown()


@contextmanager
def _before(call: str) -> Iterator[list[Callable[[], object]]]:
    """Do what is in the list, one at a time, just before an instance calls AWS so."""
    others: list[Callable[[], object]] = []
    is_busy = False

    def call_one(**_: object) -> None:
        nonlocal is_busy
        if others and not is_busy:
            is_busy = True
            others.pop(0)()
            is_busy = False

    session = boto3.Session("embedded", "embedded", region_name="us-east-1")
    session.events.register(f"before-call.{call}", call_one)
    with patch.object(boto3, "DEFAULT_SESSION", session):
        yield others


def test_a_message_that_fails_is_kept_and_the_others_are_taken(told: Told, kit: Kit) -> None:
    unfit, created = told(story("unfit"), story("beside"))
    set_title(kit.aws, about(unfit), {"L": []})
    broken = created | {"detail": {"type": "ArticleCreated", "subject": "x"}}
    news = created | {"detail-type": "ArticleTranslated", "detail": {"subject": "y"}}

    kit.take(broken, unfit, news, created)

    assert about(created) in kit.shown()
    assert not {"x", "y", about(unfit)} & kit.known().keys()
    letters = kit.aws.client("sqs").receive_message(
        QueueUrl=kit.outputs["QueueUrl"].replace("-events", "-dead-letters"),
        MaxNumberOfMessages=10,
    )["Messages"]
    assert [json.loads(it["Body"]) for it in letters] == [broken, unfit]
    set_title(kit.aws, about(unfit), {"S": "Fit"})
    kit.take(unfit)
    assert kit.shown()[about(unfit)].title == "Fit"


def test_a_kit_in_another_account_gets_events_on_its_bus_and_reads_as_the_role_of_publisher_yaml(
    aws: EmbeddedAws, told: Told
) -> None:
    account = aws.client("sts").get_caller_identity()["Account"]  # moto plays both
    role = f"arn:aws:iam::{account}:role/reader"
    there = {"PublisherAccount": account, "ExternalId": "a-word"}
    kit = Kit.deploy(aws, "elsewhere", ReaderRoleArn=role, **there)
    waiting = Kit.deploy(aws, "waiting", **there)
    for bus in (kit.outputs["BusArn"], waiting.outputs["BusArn"]):
        half = {"Stage": "dev", "SubscriberAccount": account, "SubscriberBusArn": bus}
        aws.deploy(
            template=FOLDER / "publisher.yaml",
            stack=f"for-{bus.rpartition('/')[2]}",
            parameters=half | {"ExternalId": "a-word"},
        )
    assumed: list[Json] = []
    signed: list[str] = []
    table = f'"{aws.outputs["ArticlesTable"]}"'

    def note(request: AWSPreparedRequest, **_: object) -> None:
        if table in str(request.body):
            signed.append(str(request.headers["Authorization"]))

    session = boto3.Session("embedded", "embedded", region_name="us-east-1")
    session.events.register(
        "before-parameter-build.sts.AssumeRole", lambda params, **_: assumed.append(params)
    )
    session.events.register("before-send.dynamodb.GetItem", note)
    with patch.object(boto3, "DEFAULT_SESSION", session):
        [created] = told(story("abroad"))

    assert about(created) in kit.shown()
    assert [(it["RoleArn"], it["ExternalId"]) for it in assumed] == [(role, "a-word")]
    [signature] = signed
    assert "Credential=ASIA" in signature  # a role's
    # Without a role it cannot read yet: its events wait.
    [event] = aws.client("sqs").receive_message(QueueUrl=waiting.outputs["QueueUrl"])["Messages"]
    assert json.loads(event["Body"])["detail"] == created["detail"]
