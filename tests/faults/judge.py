"""What must hold of a world in which all is quiet: the promises P1 to P5, as facts to compare."""

from dataclasses import dataclass, field
from random import Random

from articles.storing.items import from_item
from articles_cli.local.invariants import OF_THE_WAY, believed, to_tell, without
from tests.aws.expressions import Item
from tests.subscriber import Subscriber

from .world import World

OF_THE_HOUR = frozenset("finished_at ttl opened_at report".split())


@dataclass(frozen=True)
class State:
    """What is kept of a quiet world, without what depends on the hour."""

    articles: dict[str, Item]
    receipts: dict[tuple[str, str], Item]
    reports: dict[tuple[str, str], Item]


@dataclass
class Verdict:
    """What was found wrong; nothing, if all is well."""

    lost_events: list[str] = field(default_factory=list)
    stale_overwrites: list[str] = field(default_factory=list)
    events_not_stored: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)
    untrue_receipts: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Name everything that is wrong."""
        return [f"{kind}: {what}" for kind, found in vars(self).items() for what in found]


def state(world: World) -> State:
    """Give what a world has come to."""
    articles = {name: without(item, OF_THE_WAY | {"ttl"}) for name, item in world.items().items()}
    receipts = {place: without(it, OF_THE_HOUR) for place, it in world.receipts().items()}
    reports = {
        place: without(report, OF_THE_HOUR)
        for place, receipt in world.receipts().items()
        if (report := world.report(receipt))
    }
    return State(articles, receipts, reports)


def judge(world: World) -> Verdict:
    """Judge a quiet world by itself: its streams against its items and its events."""
    verdict = Verdict()
    _judge_changes(world, verdict)
    _judge_events(world, verdict)
    _judge_uploads(world, verdict)
    _judge_reports(world, verdict)
    _judge_outcomes(world, verdict)
    if world.given_up:
        verdict.lost_events.append(f"{len(world.given_up)} events were given up")
    return verdict


def _judge_changes(world: World, verdict: Verdict) -> None:
    """No revision is ever overwritten by one with a lower order key."""
    for old, new in world.aws.tables["articles"].changes:
        if old and new and new["order_key"]["S"].encode() < old["order_key"]["S"].encode():
            verdict.stale_overwrites.append(new["article_id"]["S"])


def _judge_events(world: World, verdict: Verdict) -> None:
    """What was announced last of an article is what is stored; nothing else was ever announced."""
    stored = {
        (new["article_id"]["S"], new["order_key"]["S"])
        for _, new in world.aws.tables["articles"].changes
        if new
    }
    last: dict[str, Item] = {}
    for event in world.events():
        if event["type"] == "UploadProcessed":
            continue
        data = event["data"]
        if (data["id"], data["order_key"]) not in stored:
            verdict.events_not_stored.append(event["id"])
        last[data["id"]] = event
    taken = subscribe(world)
    for name, item in world.items().items():
        for what, found in (("told last", last.get(name)), ("taken", taken.get(name))):
            told = believed(found)
            if told != to_tell(item):
                verdict.lost_events.append(f"{name}: {told} was {what}, not {to_tell(item)}")


def subscribe(world: World) -> dict[str, Item]:
    """Give what a subscriber ends with who gets all events twice, in any order."""
    events = world.events() * 2
    Random(len(events)).shuffle(events)  # noqa: S311 - the same again
    subscriber = Subscriber()
    subscriber.take(events)
    return subscriber.held


def _judge_uploads(world: World, verdict: Verdict) -> None:
    """What was announced last of an upload is what its receipt says, where one line is too few."""
    last = {
        (event["data"]["key"], event["data"]["version"]): event["data"]
        for event in world.events()
        if event["type"] == "UploadProcessed"
    }
    for place, receipt in world.receipts().items():
        if place not in last and not receipt.get("announce"):
            continue
        # A replay of what one line tells is no news, even if an earlier run once was.
        names = ("state", "outcome", *(["run"] if receipt.get("announce") else []))
        told = {it: last.get(place, {}).get(it) for it in names}
        stored = {it: receipt.get(it) for it in names}
        if told != stored:
            verdict.lost_events.append(f"{place}: {told} was told last, {stored} is stored")


def _judge_reports(world: World, verdict: Verdict) -> None:
    """A report says what the receipt that names it says."""
    for place, receipt in world.receipts().items():
        if report := world.report(receipt):
            names = ("run", "state", "outcome", "counts")
            told, stored = ({it: found.get(it) for it in names} for found in (report, receipt))
            if told != stored:
                verdict.diverged.append(f"{place}: the report says {told}, the receipt {stored}")


def _judge_outcomes(world: World, verdict: Verdict) -> None:
    """What a receipt calls created or updated was stored by its run, and was new."""
    stored = set()
    for old, new in world.aws.tables["articles"].changes:
        if new and "upload" in new and (not old or old["content_hash"] != new["content_hash"]):
            upload = from_item(new["upload"]["M"])
            run = int(new.get("run", {}).get("N", "0"))
            stored.add((upload["key"], upload["version"], upload["record"], run))
    for (key, version), receipt in world.receipts().items():
        for record in receipt.get("records", []):
            place = (key, version, record["record"], receipt["run"])
            if record["outcome"] in ("created", "updated") and place not in stored:
                verdict.untrue_receipts.append(f"{place}: {record['outcome']}")
