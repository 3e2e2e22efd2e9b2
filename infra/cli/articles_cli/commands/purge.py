"""`articles purge`: an article is removed for good."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

import typer

from articles.storing.items import Item
from articles.storing.mending import Mending
from articles.times import Clock, format_instant
from articles.uploads.listing import ObjectVersion
from articles_cli import options
from articles_cli.files import load_feeds
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.stories.attention import check_known
from articles_cli.stories.carriers import stored_item
from articles_cli.stories.names import one_article_id
from articles_cli.stories.traces import Trace, Traces
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import Output, fail

BACKUPS_KEPT = timedelta(days=35)  # by point-in-time recovery
STREAMS_KEPT = timedelta(days=1)
LETTERS_KEPT = timedelta(days=14)
READ_WITHIN = timedelta(minutes=5)  # the longest timeout of a function that writes receipts


class Left(NamedTuple):
    """What a purge leaves: what it is, where, and until when; `until` is None for what stays."""

    what: str
    where: str
    until: datetime | None = None


def purge(
    name: options.ArticleName,
    *,
    reason: Annotated[
        str,
        typer.Option(metavar="TEXT", help="The reason, kept with the id.", callback=options.said),
    ],
    feed: Annotated[
        str | None,
        typer.Option(
            "--feed",
            metavar="FEED",
            help="The feed of an article of which nothing is stored.",
            autocompletion=options.feeds_here,
        ),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Remove the article; without it, only look.")
    ] = False,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles purge ID --reason "Court order 4 O 12/26"`.

    Remove an article for good. It removes what is stored of it, the files that hold nothing else,
    and what receipts and reports tell of it. No upload and no replay brings it back, and
    subscribers are told. A certificate says what was removed, and what is left, where and until
    when. After an interruption, run it again.
    Without `--send` it shows what there is.
    """
    out, service = Output(as_json=as_json), deployment.find(stack_name, changes=send)
    profiles, now = load_feeds(feeds or service.feeds_file), Clock().now()
    article_id = one_article_id(service, name)
    item = stored_item(service.lookup, article_id)
    feed = item.get("feed", feed)
    if feed is None:
        fail(f"There is no article {article_id}; to forbid it, say of which --feed.", FAILED)
    if "feed" not in item:  # a certificate about a feed that is mistyped would be void
        check_known(service, feed, feeds)
    if "moved_to" in item:
        fail(f"{article_id} has moved: it is {item['moved_to']} now.", FAILED)
    if send:  # before all else: what comes meanwhile is refused
        by = service.client("sts").get_caller_identity()["Arn"]
        mending = Mending(service.lookup.dynamodb, service.lookup.articles)
        mending.remove(article_id, feed=feed, by=by, reason=reason, now=now)
    traces = Traces(service, article_id, feed, item)
    found = traces.find(profiles)
    _show(out, article_id, feed, item, found)
    if send:
        for trace in found:
            traces.erase(trace)
        removed = stored_item(service.lookup, article_id)
        left = list(_left(service, found, traces.others(found), now))
        _certify(out, removed, found, left, was_told="released_at" in removed)
    else:
        out.text("Nothing was changed; --send removes it.")


def _show(out: Output, article_id: str, feed: str, item: Item, found: Sequence[Trace]) -> None:
    """Show what there is of an article."""
    title = {"title": item["title"]} if "title" in item else {}
    status = item.get("status", "not stored")
    out.line(type="stored", article_id=article_id, feed=feed, status=status, **title)
    out.text(f"{article_id} of feed {feed}: {status} {item.get('title', '')}".rstrip())
    rows = []
    for it in found:
        carrier = it.carrier
        records = list(carrier.records) if carrier else []
        out.line(
            type="trace",
            key=it.key,
            version=it.version,
            file=_fate(it),
            records=records,
            others=carrier.others if carrier else 0,
            receipts=list(it.receipts),
            reports=list(it.reports),
        )
        numbers = ", ".join(map(str, records))
        rows.append((it.key, it.version, numbers, _fate(it), len(it.receipts), len(it.reports)))
    out.table(("upload", "version", "records", "file", "receipts", "reports"), rows)


def _fate(trace: Trace) -> str:
    """Say what becomes of a file."""
    if trace.carrier is None:
        return "gone"
    return "deleted" if trace.is_deletable else "kept: it holds other records"


def _left(
    service: Deployment, found: Sequence[Trace], others: Sequence[ObjectVersion], now: datetime
) -> Iterator[Left]:
    """List what a purge cannot reach, and until when it is there."""
    kept, overwritten, logs = (
        timedelta(days=int(service.parameters[name]))
        for name in ("KeepUploadsDays", "KeepOverwrittenDays", "LogRetentionDays")
    )
    events = timedelta(days=int(service.parameters.get("KeepEventsDays", 0)))

    def until(upload: ObjectVersion) -> datetime:
        if upload.is_latest:
            return upload.uploaded_at + kept + overwritten
        return now + overwritten  # it was overwritten before now

    yield Left("tombstone", "its id, feed, order and the key of its last upload, in the table")
    for it in found:
        if it.carrier and not it.is_deletable:
            records = ", ".join(map(str, it.carrier.records))
            named = f"{it.key} version {it.version} record {records}"
            where = f"{named}: have it uploaded again without that, then delete this version"
            yield Left("file with other records", where, until(it.carrier.upload))
    for other in others:
        where = f"{other.key} version {other.version}: nothing of the article was read in it"
        yield Left("other version of a file", where, until(other))
    reading = "a title, if an upload of it was being read just now: purge again after this time"
    yield Left("receipts", reading, now + READ_WITHIN)
    tables = f"{service.lookup.articles} and {service.lookup.receipts}"
    yield Left("backups", f"point-in-time recovery of {tables}", now + BACKUPS_KEPT)
    yield Left("streams", f"the changes of {tables}", now + STREAMS_KEPT)
    if events:
        yield Left(
            "archive of events", "what subscribers were sent: metadata, no text", now + events
        )
    yield Left("logs", "no text, but that an error may have quoted, 200 characters", now + logs)
    yield Left("dead letters", "keys of uploads, no text", now + LETTERS_KEPT)
    yield Left("subscribers", "what they have copied")


def _certify(
    out: Output, removed: Item, found: Sequence[Trace], left: Sequence[Left], *, was_told: bool
) -> None:
    """Say what was removed, by whom and why, and what is left of it."""
    deleted = [it for it in found if it.is_deletable]
    receipts = [(it.key, sort_key) for it in found for sort_key in it.receipts]
    reports = [report for it in found for report in it.reports]
    out.line(
        type="certificate",
        article_id=removed["article_id"],
        feed=removed["feed"],
        removed=removed["removed"],
        announced=was_told,
        deleted=[{"key": it.key, "version": it.version} for it in deleted],
        receipts=[{"key": key, "version": version} for key, version in receipts],
        reports=reports,
        left=[
            {"what": it.what, "where": it.where}
            | ({"until": format_instant(it.until)} if it.until else {})
            for it in left
        ],
    )
    done = removed["removed"]
    out.text(f"Certificate: article {removed['article_id']} of feed {removed['feed']} is removed.")
    out.text(f"At {done['at']}, by {done['by']}. Reason: {done['reason']}")
    out.text(
        f"Deleted now: {len(deleted)} files; "
        f"made empty: {len(receipts)} receipts, {len(reports)} reports."
    )
    told = "are told: ArticleWithdrawn, reason removed" if was_told else "never heard of it"
    out.text(f"Subscribers {told}.")
    rows = [(it.what, it.where, it.until and format_instant(it.until)) for it in left]
    out.table(("left", "where", "until"), rows)
