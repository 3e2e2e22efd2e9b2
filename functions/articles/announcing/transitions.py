"""What each transition of an item or a receipt means to subscribers: which event, if any."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from articles.announcing.events import (
    ArticleCreated,
    ArticleUpdated,
    ArticleWithdrawn,
    CloudEvent,
    Event,
    Reason,
    UploadData,
    UploadProcessed,
    detail,
)
from articles.problems import ReportedProblem
from articles.quoting import cut
from articles.storing.items import Item
from articles.storing.receipts import FEW, SHOWN, Receipt, is_failure_reported
from articles.storing.tombstones import EXPIRED, expired
from articles.times import format_instant
from articles.versions.identity import canonical_json, is_same_content, short_hash
from articles.versions.order import is_lifted
from articles.versions.packing import unpack_body

# Of the 64 KB that EventBridge bills as one; the envelope has the rest.
MAX_DETAIL_BYTES = 60 * 1024
MESSAGE_SHOWN = 500  # of a problem, in characters
# What is left out of an event that is too large, in this order; of some, the first are kept.
_OMITTED_FIRST_TO_LAST: tuple[tuple[str, int], ...] = (
    ("images", 0),
    ("tags", 50),
    ("authors", 50),
    ("description", 0),
    ("tags", 0),
    ("authors", 0),
    ("byline", 0),
    ("rights", 0),
    ("subtitle", 0),
    ("section", 0),
    ("source", 0),
)


def article_event(old: Item | None, new: Item | None, *, stage: str, table: str) -> Event | None:
    """Return the event that a change of an item means to subscribers, if any.

    `old` and `new` are the stream's images as plain values. An item that is no longer there (`new`
    is None) is no event by itself: see `expired_event`.
    """
    if new is None:
        return None
    old = old or {}
    # Not of a replay: it has a run of its own, and read the same.
    is_raised = (
        "order_key" in old
        and is_lifted(old["order_key"], new["order_key"])
        and old.get("run") == new.get("run")
    )
    if is_visible(new):
        if not is_visible(old):
            kind = ArticleUpdated if "released_at" in old else ArticleCreated
            return _shown(kind, new, stage=stage, table=table)
        if not is_same_content(old["content_hash"], new["content_hash"]):
            changed = _changed(old, new)
            return _shown(ArticleUpdated, new, stage=stage, table=table, changed=changed)
        if is_raised:
            return _shown(ArticleUpdated, new, stage=stage, table=table)
    elif "released_at" in new and (is_raised or _told(old) != _reason(new)):
        is_told = not old and new["status"] == EXPIRED  # with the removal that it follows
        return None if is_told else _withdrawn(new, stage=stage)
    return None


def expired_event(removed: Item, *, stage: str) -> Event | None:
    """Return the event of an item that TTL removed, if subscribers could see it."""
    return _withdrawn(expired(removed), stage=stage) if is_visible(removed) else None


def current_event(item: Item, *, stage: str, table: str) -> Event | None:
    """Return the event that tells the state of an item again; None if it never was visible.

    Whoever has heard of that state already drops it, as its order key and time are the same.
    """
    if is_visible(item):
        return _shown(ArticleUpdated, item, stage=stage, table=table)
    return _withdrawn(item, stage=stage) if "released_at" in item else None


def upload_event(
    before: Receipt | None, receipt: Receipt, *, stage: str, archive: str
) -> UploadProcessed | None:
    """Return the event of an upload that is processed; None if the article's own is enough.

    Subscribers who were sent a failure are also sent the success that follows it. `archive` is the
    bucket of the reports.
    """
    had_failed = is_failure_reported(before)
    if receipt.state == "processing" or (receipt.is_whole_story and not had_failed):
        return None
    if before and (before.state, before.run) == (receipt.state, receipt.run):
        return None  # something else about it changed: a part of a failed upload was stored
    identity = [receipt.key, receipt.version, receipt.run, receipt.state]
    for most in (SHOWN, FEW, 1, 0):  # an uploader may have written names of any length
        event = UploadProcessed(
            id=short_hash(canonical_json(identity)),
            source=_source(stage, receipt.feed),
            subject=receipt.key,
            time=receipt.finished_at or "",
            data=_processed(receipt, archive, most),
        )
        if len(detail(event).encode()) <= MAX_DETAIL_BYTES:
            break
    return event


def _processed(receipt: Receipt, archive: str, most: int) -> UploadData:
    """Tell of an upload, with so many problems and warnings at most."""
    rejected = [record for record in receipt.records if record.outcome == "rejected"]
    lists = {
        "problems": [*receipt.problems, *_placed((it.record, it.problems) for it in rejected)],
        "warnings": [*receipt.warnings, *_placed((it.record, it.warnings) for it in rejected)],
    }
    has_all = len(rejected) >= receipt.counts.get("rejected", 0)
    omitted = [
        name
        for name, all_known in lists.items()
        if name in receipt.omitted or not has_all or len(all_known) > most
    ]
    told = receipt.model_dump(include=set(UploadData.model_fields)) | {
        **{name: [_short(it) for it in known[:most]] for name, known in lists.items()},
        "report_bucket": archive if receipt.report else None,
        "omitted": omitted or None,
    }
    return UploadData.model_validate(told)


def _placed(
    records: Iterable[tuple[int, Sequence[ReportedProblem]]],
) -> Iterable[ReportedProblem]:
    return (replace(it, record=number) for number, problems in records for it in problems)


def _short(problem: ReportedProblem) -> ReportedProblem:
    return replace(problem, message=cut(problem.message, MESSAGE_SHOWN))


def is_visible(item: Item) -> bool:
    """Whether subscribers may see an item: usable, and not held by an embargo."""
    return item.get("status") == "usable" and "hold_until" not in item


def _reason(item: Item) -> Reason | None:
    if is_visible(item):
        return None
    return "embargoed" if item["status"] == "usable" else item["status"]


def _told(item: Item) -> Reason | None:
    """Return why subscribers were told that an article is withdrawn, if they were."""
    return _reason(item) if "released_at" in item else None


def _withdrawn(item: Item, *, stage: str) -> Event:
    data = {"reason": _reason(item), "moved_to": item.get("moved_to"), **_common(item)}
    return ArticleWithdrawn.model_validate(_envelope(ArticleWithdrawn, item, stage, data))


def _shown(
    kind: type[ArticleCreated | ArticleUpdated],
    item: Item,
    *,
    stage: str,
    table: str,
    changed: Sequence[str] | None = None,
) -> Event:
    """Build the event of a visible article; what makes it too large is left out, and named."""
    article = dict(item["article"])
    stored = {"table": table, "article_id": item["article_id"]}
    until = format_instant(datetime.fromtimestamp(item["ttl"], UTC)) if "ttl" in item else None
    omitted: list[str] = []
    for field, keep in (("", 0), *_OMITTED_FIRST_TO_LAST):
        whole = article.get(field)
        if whole and not (keep and len(whole) <= keep):
            omitted.append(field)
            del article[field]
            if keep:
                article[field] = whole[:keep]
        data = {**_common(item), "article": article, "stored": stored, "retain_until": until}
        if changed is not None:
            data["changed"] = changed
        if omitted:
            data["omitted"] = list(dict.fromkeys(omitted))
        event = kind.model_validate(_envelope(kind, item, stage, data))
        if len(detail(event).encode()) <= MAX_DETAIL_BYTES:
            break
    return event


def _common(item: Item) -> dict[str, Any]:
    return {
        "id": item["article_id"],
        "feed": item["feed"],
        "order_key": item["order_key"],
        "upload": item["upload"],
    }


def _envelope(
    kind: type[CloudEvent], item: Item, stage: str, data: dict[str, Any]
) -> dict[str, Any]:
    name = kind.__name__
    identity = [item["article_id"], item["order_key"], item["content_hash"], name]
    return {
        "id": short_hash(canonical_json(identity)),
        "source": _source(stage, item["feed"]),
        "subject": item["article_id"],
        "time": item["ingested_at"],
        "data": data,
    }


def _source(stage: str, feed: str) -> str:
    return f"/articles/{stage}/feeds/{feed}"


def _changed(old: Item, new: Item) -> list[str]:
    before = old["article"] | unpack_body(old.get("body"))
    after = new["article"] | unpack_body(new.get("body"))
    return sorted(name for name in before | after if before.get(name) != after.get(name))
