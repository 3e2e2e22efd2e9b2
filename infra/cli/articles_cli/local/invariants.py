"""What must hold of the service whatever AWS does, as facts that are compared.

A run in which AWS failed is held against a calm one of the same files.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from articles.storing.items import Item
from articles.storing.receipts import Receipt

Change = tuple[Item | None, Item | None]  # an article before and after it

# What tells of the way to a state and not of the state.
OF_THE_WAY = frozenset(
    "ingested_at first_ingested_at previous_hash released_at feed_month listing run "
    "revived removed".split()
)
_OF_THE_UPLOAD = frozenset("order_key ttl".split())
# A change of nothing else is no event.
UNTOLD = frozenset(
    "shape warnings retrieved_at retrieved_at_local modified_at modified_at_local version".split()
)


@dataclass(frozen=True)
class Seen:
    """A run in which all is quiet again: what is stored, and what happened on the way."""

    uploads: list[str]  # their keys
    receipts: dict[str, Receipt]
    articles: dict[str, Item]
    changes: list[Change] = field(default_factory=list)
    events: list[Item] = field(default_factory=list)  # the `detail` of each, as they were sent
    left: dict[str, int] = field(default_factory=dict)  # messages, by the queue


class Invariant(NamedTuple):
    """A promise, and what contradicts it: nothing, if it holds."""

    name: str
    broken_by: list[str]


def check(calm: Seen, disturbed: Seen) -> list[Invariant]:
    """Check all promises."""
    found: dict[str, Iterable[str]] = {
        "every upload has a final receipt": _without_receipt(disturbed),
        "the articles stored are those of a calm run": _differing(calm, disturbed, _articles),
        "the records rejected are those of a calm run": _differing(calm, disturbed, _rejects),
        "what a receipt calls created or updated was stored": _untrue(disturbed),
        "no version replaces a later one": _overwritten(disturbed),
        "the events of each article are in order": _out_of_order(disturbed),
        "each event tells of a change that is stored": _of_no_change(disturbed),
        "the last event of each article is what is stored": _untold(disturbed),
        "nothing is left in a queue": (f"{n} in {queue}" for queue, n in disturbed.left.items()),
    }
    return [Invariant(name, sorted(broken_by)) for name, broken_by in found.items()]


def believed(event: Item | None) -> Any:  # noqa: ANN401 - metadata, a reason, or None
    """Give what a subscriber believes of an article after an event."""
    if event is None:
        return None
    data = event["data"]
    return data["reason"] if event["type"] == "ArticleWithdrawn" else _told(data["article"])


def to_tell(item: Item) -> Any:  # noqa: ANN401 - as above
    """Give what a subscriber should believe of an article."""
    if item["status"] == "usable" and "hold_until" not in item:
        return _told(item["article"])
    if "released_at" not in item:
        return None  # never shown: nothing to take back
    return "embargoed" if item["status"] == "usable" else item["status"]


def without(item: Item, names: frozenset[str]) -> Item:
    return {name: value for name, value in item.items() if name not in names}


def _told(article: Item) -> Item:
    return without(article, UNTOLD)


def _without_receipt(seen: Seen) -> Iterator[str]:
    for key in seen.uploads:
        receipt = seen.receipts.get(key)
        if receipt is None or receipt.state != "done":
            yield f"{key}: {receipt.state if receipt else 'no receipt'}"


def _differing(
    calm: Seen, disturbed: Seen, of: Callable[[Seen], dict[str, object]]
) -> Iterator[str]:
    wanted, found = of(calm), of(disturbed)
    for name in wanted.keys() | found.keys():
        if wanted.get(name) != found.get(name):
            yield f"{name}: {found.get(name)}, not {wanted.get(name)}"


def _articles(seen: Seen) -> dict[str, object]:
    """Give the articles without what depends on the hour, and on the names of versions."""
    return {
        name: {
            **without(item, OF_THE_WAY | _OF_THE_UPLOAD),
            "upload": without(item["upload"], frozenset({"version", "sequencer"})),
        }
        for name, item in seen.articles.items()
    }


def _rejects(seen: Seen) -> dict[str, object]:
    """Give what was rejected: whatever else became of a record may depend on what came first."""
    return {
        key: (
            receipt.counts.get("rejected", 0),
            [it.code for it in receipt.problems],
            [
                (it.record, [problem.code for problem in it.problems])
                for it in receipt.records
                if it.outcome == "rejected"
            ],
        )
        for key, receipt in seen.receipts.items()
    }


def _untrue(seen: Seen) -> Iterator[str]:
    stored = {
        (new["upload"]["key"], new["upload"]["record"])
        for old, new in seen.changes
        if new and "upload" in new and (old is None or old["content_hash"] != new["content_hash"])
    }
    for key, receipt in seen.receipts.items():
        for it in receipt.records:
            if it.outcome in ("created", "updated") and (key, it.record) not in stored:
                yield f"{key}: record {it.record} is {it.outcome}"


def _overwritten(seen: Seen) -> Iterator[str]:
    for old, new in seen.changes:
        if old and new and new["order_key"] < old["order_key"]:
            yield f"{new['article_id']}: {old['order_key']} by {new['order_key']}"


def _first_times(seen: Seen) -> list[Item]:
    """Give the events of articles without repeats, which are promised to have the same id."""
    by_id = {it["id"]: it for it in reversed(seen.events) if it["type"] != "UploadProcessed"}
    return list(by_id.values())[::-1]


def _version(event: Item) -> tuple[str, str]:
    return event["data"]["order_key"], event["time"]


def _out_of_order(seen: Seen) -> Iterator[str]:
    last: dict[str, Item] = {}
    for event in _first_times(seen):
        before = last.get(event["subject"])
        if before and _version(event) < _version(before):
            yield f"{event['subject']}: {_version(before)} before {_version(event)}"
        last[event["subject"]] = event


def _of_no_change(seen: Seen) -> Iterator[str]:
    changed = {
        (new["article_id"], new["order_key"])
        for old, new in seen.changes
        if new and (old is None or _shown(old) != _shown(new))
    }
    changed |= {
        (old["article_id"], old["order_key"]) for old, new in seen.changes if old and not new
    }
    for event in _first_times(seen):
        if (event["subject"], event["data"]["order_key"]) not in changed:
            yield f"{event['type']} {event['id']} of {event['subject']}"


def _shown(item: Item) -> tuple[object, ...]:
    return item["content_hash"], item["status"], item.get("hold_until")


def _untold(seen: Seen) -> Iterator[str]:
    latest: dict[str, Item] = {}
    for event in sorted(_first_times(seen), key=_version):
        latest[event["subject"]] = event
    for name, item in seen.articles.items():
        if (told := believed(latest.get(name))) != to_tell(item):
            yield f"{name}: {told} was told last, not {to_tell(item)}"
