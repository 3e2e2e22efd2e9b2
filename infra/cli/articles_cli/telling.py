"""How stories are told: what happened to an upload and to an article, on one screen."""

from collections.abc import Sequence

from articles.announcing.events import upload_event
from articles.storing.lookup import Stored
from articles.storing.receipts import Receipt
from articles.times import format_instant
from articles_cli import show
from articles_cli.moments import age
from articles_cli.output import Output
from articles_cli.story import Known, Stories, Told, Upload, explained, order, state_of, subscribers

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
        )
        uploaded_at = it.uploaded_at and format_instant(it.uploaded_at)
        size = f"{it.object.size:,}" if it.object else "gone"
        rows.append((uploaded_at, it.version, size, _outcome(it, state)))
    out.text(key, "bold")
    out.table(("uploaded", "version", "bytes", "receipt"), rows)
    if not any(it.object and it.object.is_latest for it in found):
        out.text("The key is deleted; earlier versions are kept for a while.")


def _outcome(upload: Upload, state: str) -> str:
    if upload.receipt is None:
        return "not processed yet" if state == "waiting" else state
    again = f", reading {upload.receipt.run}" if upload.receipt.run else ""
    return f"{upload.receipt.outcome or state}{again}"


def heading(out: Output, receipt: Receipt) -> None:
    """Name an upload."""
    out.text(receipt.key, "bold")


def receipt(out: Output, found: Receipt) -> None:
    """Show what became of one version of a key, and what subscribers were told of it."""
    uploaded_at = found.uploaded_at or found.finished_at or ""
    out.text(f"{found.outcome or found.state}, uploaded {uploaded_at}".rstrip(" ,"))
    show.one_receipt(out, found)
    if upload_event(None, found, stage=""):
        out.text(f"  event: UploadProcessed ({found.outcome})")


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


def without_receipt(stories: Stories, stored: Stored) -> str:
    """Say that there is no receipt of the upload that an article came from."""
    origin, days = stored.origin, stories.service.keep_receipts.days
    kept = f"its receipt has expired (receipts are kept {days} days)"
    return f"{origin.key}, version {origin.version}: {kept}."


def articles(out: Output, found: Sequence[Stored]) -> None:
    """List the articles of an upload with many."""
    for stored in found:
        out.line(type="story", **_state(stored))
    out.table(
        ("article", "status", "title"), [(it.article_id, state_of(it), _title(it)) for it in found]
    )
    out.text("`articles status ID` tells the story of one article.")


def article(out: Output, told: Told) -> None:
    """Tell the story of an article."""
    stored = told.stored
    out.line(
        type="story",
        **_state(stored),
        versions=[_version(it, stored) for it in told.versions],
        event=told.since,
    )
    out.text("")
    out.text(f"Article {stored.article_id}", "bold")
    out.table(("", "what is stored"), _rows(stored))
    is_one_key = {it.receipt.key for it in told.versions} <= {stored.origin.key}
    out.table(
        ("uploaded", "version and record", "result", "event"),
        [
            (
                it.receipt.uploaded_at,
                _source(it, with_key=not is_one_key),
                _result(it, stored),
                it.event,
            )
            for it in told.versions
        ],
    )
    for it in told.versions:
        if warnings := it.record.warnings:
            out.text(f"  version {it.receipt.version[:SHORT]}, record {it.record.record}:")
            out.problems(warnings)
    if told.since:
        out.text(f"  then: {told.since}")
    for upload in told.unsearched:
        out.text(f"  {upload.key} has too many records to look for it in all of them.")
    if told.versions:
        out.text("  Events are derived from the receipts and from what is stored.")


def _rows(stored: Stored) -> list[tuple[str, object]]:
    origin = stored.origin
    held = f", held until {stored.hold_until}" if stored.hold_until else ""
    rows: list[tuple[str, object]] = [
        ("title", _title(stored)),
        ("status", f"{stored.status}{held}"),
        ("subscribers", subscribers(stored)),
        ("from", f"{origin.key}, version {origin.version[:SHORT]}, record {origin.record}"),
        ("stored", stored.ingested_at),
        ("order", list(explained(stored))),
    ]
    for name in ("removed", "revived"):
        if repair := getattr(stored, name):
            rows.append((name, f"{repair.at} by {repair.by}: {repair.reason}"))
    if stored.moved_to:
        rows.append(("moved to", stored.moved_to))
    return rows


def _state(stored: Stored) -> dict[str, object]:
    repairs = {
        name: repair._asdict()
        for name in ("removed", "revived")
        if (repair := getattr(stored, name))
    }
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
        "upload": stored.origin.as_json(),
        "subscribers": subscribers(stored),
        "moved_to": stored.moved_to,
        **repairs,
    }


def _version(it: Known, stored: Stored) -> dict[str, object]:
    told = it.record.model_dump(mode="json", exclude_defaults=True)
    return {
        "key": it.receipt.key,
        "version": it.receipt.version,
        "uploaded_at": it.receipt.uploaded_at,
        "run": it.receipt.run,
        "is_stored": it.origin == stored.origin,
        "event": it.event,
        **{name: told[name] for name in told if name not in ("article_id", "title")},
    }


def _source(it: Known, *, with_key: bool) -> list[str]:
    named = f"{it.receipt.version[:SHORT]}, record {it.record.record}"
    return [it.receipt.key, named] if with_key else [named]


def _result(it: Known, stored: Stored) -> list[str]:
    lines = [show.result(it.record)]
    if winner := it.record.superseded_by:
        lines.append(f"by {winner.key}, version {winner.version[:SHORT]}, record {winner.record}")
    if it.origin == stored.origin:
        lines.append("stored now")
    return lines


def _title(stored: Stored) -> str:
    return (stored.article.title or "") if stored.article else ""
