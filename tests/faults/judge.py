"""What must hold of a world in which all is quiet: the promises P1 to P5, as facts to compare."""

from dataclasses import dataclass, field
from typing import Any

from .memory import Item
from .world import World

# What tells of the way to a state and not of the state.
OF_THE_WAY = frozenset(
    "ingested_at first_ingested_at previous_hash released_at feed_month listing".split()
)
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

    @property
    def faults(self) -> list[str]:
        """Name everything that is wrong."""
        return [f"{kind}: {what}" for kind, found in vars(self).items() for what in found]


def state(world: World) -> State:
    """Give what a world has come to."""
    articles = {name: without(item, OF_THE_WAY) for name, item in world.items().items()}
    receipts = {place: without(it, OF_THE_HOUR) for place, it in world.receipts().items()}
    reports = {
        place: without(report, OF_THE_HOUR)
        for place, receipt in world.receipts().items()
        if (report := world.report(receipt))
    }
    return State(articles, receipts, reports)


def without(item: Item, names: frozenset[str]) -> Item:
    return {name: value for name, value in item.items() if name not in names}


def judge(world: World) -> Verdict:
    """Judge a quiet world by itself: its streams against its items and its events."""
    verdict = Verdict()
    _judge_changes(world, verdict)
    _judge_events(world, verdict)
    _judge_uploads(world, verdict)
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
    for name, item in world.items().items():
        told = believed(last.get(name))
        if told != _to_tell(item):
            verdict.lost_events.append(f"{name}: {told} was told last, {_to_tell(item)} is stored")


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


def believed(event: Item | None) -> Any:
    """Give what a subscriber believes after an event."""
    if event is None:
        return None
    if event["type"] == "ArticleWithdrawn":
        return event["data"]["reason"]
    return {it: event["data"]["article"].get(it) for it in ("title", "section", "status")}


def _to_tell(item: Item) -> Any:
    """Give what a subscriber should believe of an article."""
    if item["status"] == "usable" and "hold_until" not in item:
        return {it: item["article"].get(it) for it in ("title", "section", "status")}
    if "released_at" not in item:
        return None  # never shown: nothing to take back
    return "embargoed" if item["status"] == "usable" else item["status"]
