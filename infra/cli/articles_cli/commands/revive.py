"""`articles revive`: a kill, or a removal, is taken back."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from articles.feeds import Feeds
from articles.storing.items import Item
from articles.storing.mending import Mending
from articles.storing.receipts import Receipt
from articles.times import Clock, format_instant
from articles.uploads.listing import ObjectVersion, versions_in, versions_of
from articles.versions.order import KILL, REMOVED, REVIVED, rank_of, rest_of
from articles.versions.revision import Revision
from articles_cli import options
from articles_cli.files import load_feeds
from articles_cli.replays import sending
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.stories import show
from articles_cli.stories.carriers import carriers, readings, stored_item
from articles_cli.stories.names import one_article_id
from articles_cli.terminal import waiting
from articles_cli.terminal.exit_codes import DONE, FAILED, REJECTED
from articles_cli.terminal.output import Output, fail, stderr

WHAT = {KILL: "killed", REMOVED: "removed", REVIVED: "revived, and not yet read again"}


class Version(NamedTuple):
    """A version of the article in an upload; `is_spared` says that it is a kill that is undone."""

    upload: ObjectVersion
    revision: Revision
    is_spared: bool

    @property
    def order(self) -> bytes:
        return rest_of(self.revision.order_key).encode()


def revive(
    name: options.ArticleName,
    *,
    reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="The reason, kept with the article.", callback=options.said
        ),
    ],
    keys: Annotated[
        list[str] | None,
        typer.Option(
            "--upload",
            metavar="KEY",
            help="An upload that holds a version of it; may be repeated.",
            show_default="all of the feed are looked through",
        ),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Revive the article; without it, only look.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long to wait for receipts.", min=0)
    ] = 120,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles revive ID --reason "Killed by mistake"`.

    Undo the kill or the removal of an article. The uploads of the article are read again,
    and the newest version that is not the kill wins. The kill itself has no effect again,
    whenever it is delivered or replayed; a later kill has. Without `--send` it shows what was
    killed, and what would win.
    """
    out, service = Output(as_json=as_json), deployment.find(stack_name, changes=send)
    article_id = one_article_id(service, name)
    item = stored_item(service.lookup, article_id)
    if not item:
        fail(f"There is no article {article_id}.", FAILED)
    if _rank(item) not in WHAT:
        fail(f"{article_id} is neither killed nor removed; it is {item['status']}.", FAILED)
    _show_end(out, item)
    found = _versions(service, item, keys or [], load_feeds(feeds or service.feeds_file))
    _show_versions(out, found)
    if send:
        receipts = _revive(out, service, item, found, reason=reason, timeout=timeout)
        raise typer.Exit(_show_result(out, service, article_id, receipts))
    out.text("Nothing was changed; --send revives it.")


def _rank(item: Item) -> str:
    return rank_of(rest_of(item["order_key"]))


def _versions(service: Deployment, item: Item, keys: Sequence[str], feeds: Feeds) -> list[Version]:
    """Find what the uploads hold of an article, as it would be read again."""
    article_id, s3, inbox = item["article_id"], service.s3, service.inbox
    if keys:
        uploads = [it for key in keys for it in versions_of(s3, inbox, key)]
    else:
        listed = versions_in(s3, inbox, item["feed"])
        uploads = [it.upload for it in carriers(service, article_id, listed, feeds)]
    return [
        Version(upload, revision, _is_spared(revision, item))
        for upload in uploads
        for revision in readings(service, article_id, upload, feeds)
    ]


def _is_spared(revision: Revision, item: Item) -> bool:
    """Whether this is the kill that is taken back, or one that it had beaten."""
    rest = rest_of(revision.order_key)
    spared = rest_of(item["order_key"]) if _rank(item) == KILL else item.get("spared", "")
    return rank_of(rest) == KILL and rest <= spared


def _winner(found: Sequence[Version]) -> Version | None:
    return max((it for it in found if not it.is_spared), key=lambda it: it.order, default=None)


def _revive(
    out: Output,
    service: Deployment,
    item: Item,
    found: Sequence[Version],
    *,
    reason: str,
    timeout: float,
) -> list[Receipt]:
    """Take back what ended an article, and have its uploads read; gives their receipts."""
    article_id, lookup, run = item["article_id"], service.lookup, sending.new_run()
    by = service.client("sts").get_caller_identity()["Arn"]
    mending = Mending(lookup.dynamodb, lookup.articles)
    is_revived = mending.revive(article_id, by=by, reason=reason, now=Clock().now())
    # One that is revived already was left before its uploads were read.
    if not is_revived and _rank(item) != REVIVED:
        fail(f"{article_id} has changed in the meantime; look at it again.", FAILED)
    out.line(type="revived", article_id=article_id, by=by, reason=reason, run=run)
    out.text(f"{article_id} is revived, by {by}: {reason}")
    # The newest first: the others then lose to it, and subscribers do not hear of each in turn.
    newest = sorted((it for it in found if not it.is_spared), key=lambda it: it.order, reverse=True)
    uploads = dict.fromkeys(it.upload.as_upload(run=run) for it in newest)
    sent = list(sending.send(service, ((upload, 1) for upload in uploads)))
    with waiting.until_interrupted() as interrupted, stderr.status("Waiting for receipts …"):
        arriving = sending.awaited(service, sent, timeout=timeout, interrupted=interrupted)
        receipts = {(it.key, it.version): it for it in arriving}
    if late := [it.key for it in sent if (it.key, it.version_name) not in receipts]:
        fail(f"No receipt yet for {', '.join(late)}; the same command goes on.", FAILED)
    return list(receipts.values())


def _show_end(out: Output, item: Item) -> None:
    """Show what killed an article, or who removed it, and when."""
    what, upload = WHAT[_rank(item)], item.get("upload", {})
    done = item.get({REMOVED: "removed", REVIVED: "revived"}.get(_rank(item), ""), {})
    at = done.get("at", item["ingested_at"])
    out.line(
        type="ended",
        article_id=item["article_id"],
        feed=item["feed"],
        is_now=what,
        status=item["status"],
        at=at,
        **{name: done[name] for name in ("by", "reason") if name in done},
        **({"upload": upload} if _rank(item) == KILL else {}),
    )
    cause = f"{done.get('by')}: {done.get('reason')}"
    if _rank(item) == KILL:
        cause = f"{upload['key']} version {upload['version']} record {upload['record']}"
    out.text(f"{item['article_id']} of feed {item['feed']} was {what} at {at} by {cause}")


def _show_versions(out: Output, found: Sequence[Version]) -> None:
    """Show which uploads hold versions of an article, and which one will win."""
    winner, rows = _winner(found), []
    for it in found:
        article, origin = it.revision.article, it.revision.origin
        uploaded = format_instant(it.upload.uploaded_at)
        out.line(
            type="version",
            key=origin.key,
            version=origin.version,
            record=origin.record,
            uploaded_at=uploaded,
            title=article.title,
            status=article.status,
            modified_at=article.modified_at,
            is_spared=it.is_spared,
            wins=it is winner,
        )
        fate = "wins" if it is winner else "undone" if it.is_spared else ""
        cells = (origin.key, uploaded, origin.record, article.title, article.status, fate)
        rows.append(cells)
    columns = ("upload", "uploaded", "record", "title", "status", "")
    out.table(columns, rows)
    if winner is None:
        out.text("No upload holds another version: the article comes back with its next upload.")


def _show_result(
    out: Output, service: Deployment, article_id: str, receipts: Sequence[Receipt]
) -> int:
    """Show an article as it is now; returns the exit code."""
    show.receipts(out, receipts)
    stored = service.lookup.article(article_id)
    if stored and not stored.is_tombstone:
        show.articles(out, [stored])
        show.article(out, stored)
    item = stored_item(service.lookup, article_id)
    return REJECTED if receipts and _rank(item) == REVIVED else DONE
