"""How stories are told: what happened to an upload and to an article, on one screen."""

from collections.abc import Collection, Sequence
from datetime import datetime

from articles.announcing.transitions import upload_event
from articles.refs import RecordRef
from articles.storing.lookup import Stored
from articles.storing.receipts import Receipt
from articles.times import format_instant
from articles_cli.stories import show
from articles_cli.stories.story import (
    Known,
    Stories,
    Told,
    Upload,
    explained,
    order,
    state_of,
    subscribers,
)
from articles_cli.terminal.moments import age
from articles_cli.terminal.output import Output

SHORT = 8  # characters of the name of a version, where it is named elsewhere


def uploads(out: Output, stories: Stories, key: str, found: Sequence[Upload]) -> None:
    """Show the versions of a key, the latest first."""
    rows = []
    for it in found:
        state = stories.state(it)
        out.line(
            type="version",
            key=key,
            version=it.version,
            uploaded_at=it.uploaded_at and format_instant(it.uploaded_at),
            size=it.object.size if it.object else None,
            in_inbox=it.object is not None,
            is_latest=it.object is not None and it.object.is_latest,
            state=state,
            outcome=it.receipt.outcome if it.receipt else None,
            event="UploadProcessed" if it.receipt and _is_announced(it.receipt) else None,
        )
        uploaded_at = it.uploaded_at and format_instant(it.uploaded_at)
        size = f"{it.object.size:,}" if it.object else "gone"
        rows.append((uploaded_at, it.version, size, _outcome(it, state)))
    out.text(key, "bold")
    out.table(("uploaded", "version", "bytes", "receipt"), rows)
    if not any(it.object for it in found):
        out.text("The inbox no longer has it.")
    elif not any(it.object and it.object.is_latest for it in found):
        out.text("The key is deleted; earlier versions are kept for a while.")


def _outcome(upload: Upload, state: str) -> list[str]:
    if upload.receipt is None:
        return ["not processed yet" if state == "waiting" else state]
    return [upload.receipt.outcome or state, *(["read again"] if upload.receipt.run else [])]


def heading(out: Output, receipt: Receipt) -> None:
    """Name an upload."""
    out.text(receipt.key, "bold")


def receipt(out: Output, found: Receipt) -> None:
    """Show what became of one version of a key, and what subscribers were told of it."""
    uploaded = f"uploaded {found.uploaded_at}, " if found.uploaded_at else ""
    out.text(f"{found.outcome or found.state}: {uploaded}version {found.version}")
    show.one_receipt(out, found)
    if _is_announced(found):
        out.text(f"  event: UploadProcessed ({found.outcome})")


def _is_announced(receipt: Receipt) -> bool:
    return upload_event(None, receipt, stage="", archive="") is not None


def waiting(stories: Stories, upload: Upload) -> str:
    """Say how long an upload has been waiting."""
    since = age(upload.uploaded_at or stories.now, now=stories.now)
    lost = "`articles reconcile` finds what got lost."
    return f"The latest version is not processed yet; it has been waiting for {since}. {lost}"


def expired(stories: Stories, ids: Sequence[str] | None) -> str:
    """Say that a receipt has expired, and what an upload holds that was read again."""
    said = f"The receipt has expired (receipts are kept {stories.service.keep_receipts.days} days)"
    if ids is None:
        return f"{said}; the upload is still in the inbox, and too large to read here."
    if not ids:
        return f"{said}; the upload is still in the inbox: there is no article in it."
    return f"{said}; the upload is still in the inbox: its articles are {', '.join(ids)}."


def without_receipt(stories: Stories, stored: Stored, origin: RecordRef) -> str:
    """Say that there is no receipt of the upload that an article came from."""
    keep = stories.service.keep_receipts
    why = f"has expired (receipts are kept {keep.days} days)"
    uploaded_at = order(stored).get("uploaded_at")
    if uploaded_at and datetime.fromisoformat(uploaded_at) + keep > stories.now:
        why = "is missing, though it is not old enough to have expired"
    return f"{origin.key}, version {origin.version}: its receipt {why}."


def articles(out: Output, found: Sequence[Stored]) -> None:
    """List the articles of an upload with many."""
    for stored in found:
        out.line(type="story", **_state(stored))
    out.table(
        ("article", "status", "title"), [(it.article_id, state_of(it), _title(it)) for it in found]
    )
    out.text("`articles status ID` tells the story of one article.")


def article(out: Output, told: Told, *, shown: Collection[str] = ()) -> None:
    """Tell the story of an article; the receipts of some versions have been shown."""
    stored = told.stored
    out.line(
        type="story",
        **_state(stored),
        versions=[_version(it, stored) for it in told.versions],
        event=told.since,
    )
    out.text("")
    out.text(f"Article {stored.article_id}", "bold")
    out.table(("", "what is stored"), rows(stored))
    versions = [(_source(it), result(it, stored), it.event) for it in told.versions]
    out.table(("version", "result", "event"), versions)
    for it in told.versions:
        if (warnings := it.record.warnings) and it.receipt.version not in shown:
            out.text(f"  {_version_of(it.origin)}:")
            out.problems(warnings, is_one=True)  # the line above names the record
    if told.since:
        out.text(f"  then: {told.since}")
    for upload in told.unsearched:
        out.text(f"  {upload.key} has too many records to look for it in all of them.")
    if told.versions:
        out.text("  Events are derived from the receipts and from what is stored.")


def rows(stored: Stored) -> list[tuple[str, object]]:
    held = f", held until {stored.hold_until}" if stored.hold_until else ""
    facts: list[tuple[str, object]] = [
        ("title", _title(stored)),
        ("status", f"{stored.status}{held}"),
        ("subscribers", subscribers(stored)),
        ("from", stored.origin and _named(stored.origin)),
        ("stored", stored.ingested_at),
        ("order", list(explained(stored))),
        ("removed", stored.removed and show.repair(stored.removed)),
        ("revived", stored.revived and show.repair(stored.revived)),
        ("moved to", stored.moved_to),
    ]
    return [fact for fact in facts if fact[1]]


def _state(stored: Stored) -> dict[str, object]:
    return {
        "article_id": stored.article_id,
        "feed": stored.feed,
        "title": _title(stored) or None,
        "status": stored.status,
        "hold_until": stored.hold_until,
        "released_at": stored.released_at,
        "ingested_at": stored.ingested_at,
        "order_key": stored.order_key,
        "order": order(stored),
        "upload": stored.origin and stored.origin.as_json(),
        "subscribers": subscribers(stored),
        "moved_to": stored.moved_to,
        "removed": stored.removed and stored.removed._asdict(),
        "revived": stored.revived and stored.revived._asdict(),
    }


def _version(it: Known, stored: Stored) -> dict[str, object]:
    told = it.record.model_dump(mode="json", exclude_defaults=True)
    return {
        "key": it.receipt.key,
        "version": it.receipt.version,
        "uploaded_at": it.receipt.uploaded_at,
        "run": it.receipt.run,
        "is_stored": _is_stored(it, stored),
        "event": it.event,
        **{name: told[name] for name in told if name not in ("article_id", "title")},
    }


def _source(it: Known) -> list[str]:
    return [it.receipt.uploaded_at or "", it.receipt.key, _version_of(it.origin)]


def _named(origin: RecordRef) -> str:
    return f"{origin.key}, {_version_of(origin)}"


def _version_of(origin: RecordRef) -> str:
    return f"version {origin.version[:SHORT]}, record {origin.record}"


def result(it: Known, stored: Stored) -> list[str]:
    """Say what became of a version of an article, a fact in each line."""
    lines = [show.result(it.record)]
    if winner := it.record.superseded_by:
        lines += [f"by {winner.key}", _version_of(winner)]
    if _is_stored(it, stored):
        lines.append("stored now")
    return lines


def _is_stored(it: Known, stored: Stored) -> bool:
    """Whether an article is what this version says; a tombstone only remembers where it was."""
    return it.origin == stored.origin and not stored.is_tombstone


def _title(stored: Stored) -> str:
    return (stored.article.title or "") if stored.article else ""
