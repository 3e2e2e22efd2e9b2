"""`articles reconcile`: uploads that were never read, and large ones that never finished."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Annotated

import typer

from articles.reconciling import AGE, Looked, Reconciliation, Unfinished, expected_since
from articles.refs import PREFIX
from articles.storing.receipts import Receipt
from articles.times import Clock, format_instant
from articles.uploads.bulk_queue import BulkQueue
from articles.uploads.listing import ObjectVersion
from articles.uploads.message import Upload
from articles_cli import options
from articles_cli.files import check_feed_name
from articles_cli.replays.sending import send as send_messages
from articles_cli.stack import deployment
from articles_cli.stack.dead_letters import DeadLetters
from articles_cli.stack.deployment import Deployment
from articles_cli.stories import show
from articles_cli.stories.attention import check_known
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.moments import METAVAR, moment
from articles_cli.terminal.output import Output, fail, warn

# About so many bytes have an article; what is larger than this goes on to the bulk function.
ARTICLE_BYTES, INLINE_BYTES = 4096, 1024 * 1024
LOST, WAITING, DEAD = "lost", "waiting", "dead letters"


def reconcile(
    *,
    feed: Annotated[
        str | None,
        typer.Option(
            "--feed",
            metavar="FEED",
            help="Look at the uploads of one feed.",
            autocompletion=options.feeds_here,
        ),
    ] = None,
    prefix: Annotated[
        str, typer.Option(metavar="PREFIX", help="Look at the keys that begin with this.")
    ] = PREFIX,
    since: Annotated[
        str | None,
        typer.Option(
            metavar=METAVAR,
            help="Look at what was uploaded from this time on.",
            show_default="as long ago as receipts are kept",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar=METAVAR, help="… and up to this time.", show_default="--age ago"),
    ] = None,
    age: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="MINUTES",
            help="Skip uploads younger than this: their messages may still wait.",
        ),
    ] = AGE // timedelta(minutes=1),
    send: Annotated[
        bool, typer.Option("--send", help="Read the uploads again; without it, only look.")
    ] = False,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles reconcile --feed courier`.

    Read again uploads whose messages were lost. These are uploads without a receipt, and large ones
    that never finished. Without `--send` it only looks. An upload that was on its way all the same
    is not stored twice.
    """
    if feed is not None:
        check_feed_name(feed)
        prefix = f"{PREFIX}{feed}/"
    if not prefix.startswith(PREFIX):
        fail(f"--prefix must begin with {PREFIX}: nothing else is ever read.", WRONG_USAGE)
    service, found = deployment.find(stack_name, changes=send), _Found(Output(as_json=as_json))
    if feed is not None:
        check_known(service, feed)
    look = Reconciliation(
        service.s3, service.client("dynamodb"), service.inbox, service.outputs["ReceiptsTable"]
    )
    now, least = Clock().now(), timedelta(minutes=age)
    first, last = _window(service, since, until, now=now, age=least)
    missing = found.missing(look.missing(prefix, since=first, until=last))
    unfinished = look.unfinished(before=now - least)
    open_too_long = (it for it in unfinished if it.receipt.key.startswith(prefix))
    lost = found.lost(open_too_long, _Messages(service))
    steps: tuple[Iterator[object], ...] = (missing, lost)
    if send:
        steps = _announce_again(service, missing), _plan_again(service, lost)
    done = sum(1 for step in steps for _ in step)
    found.sum_up(sent=done if send else 0)


def _announce_again(service: Deployment, missing: Iterator[ObjectVersion]) -> Iterator[Upload]:
    """Send what S3's notification would have been."""
    return send_messages(service, ((it, _articles(it.size or 0)) for it in _in_sequence(missing)))


def _in_sequence(missing: Iterator[ObjectVersion]) -> Iterator[Upload]:
    """Number the versions of a key that were uploaded within one second: S3's sequencer is lost."""
    for _, same in groupby(missing, key=lambda it: (it.key, it.uploaded_at)):
        for number, it in enumerate(same):
            yield replace(it.as_upload(), sequencer=f"{number:040X}" if number else None)


def _articles(size: int) -> int:
    """Guess how many articles are stored at once for an upload of so many bytes."""
    return size // ARTICLE_BYTES if size <= INLINE_BYTES else 0


def _plan_again(service: Deployment, lost: Iterator[Receipt]) -> Iterator[Receipt]:
    """Have uploads planned again under the same run: only parts that are missing are sent."""
    queue = BulkQueue(service.sqs, service.outputs["BulkQueueUrl"], inbox=service.inbox)
    for it in lost:
        queue.defer(Upload(it.key, it.version, sequencer=it.sequencer, run=it.run))
        yield it


def _window(
    service: Deployment, since: str | None, until: str | None, *, now: datetime, age: timedelta
) -> tuple[datetime, datetime]:
    """Return the times of upload to look at: there must be receipts, and nothing on its way."""
    earliest, latest = expected_since(now, service.keep_receipts), now - age
    first = moment("--since", since, now=now) if since else earliest
    last = moment("--until", until, now=now) if until else latest
    if first < earliest:
        days = service.keep_receipts.days
        warn(f"Receipts are kept for {days} days; looking from {format_instant(earliest)} on.")
    return max(first, earliest), min(last, latest)


@dataclass
class _Messages:
    """What is known of the messages of large uploads; nothing is asked unless it is needed."""

    service: Deployment

    @cached_property
    def is_any_waiting(self) -> bool:
        """Whether messages wait in the bulk queue; which, only receiving them would tell."""
        answer = self.service.sqs.get_queue_attributes(
            QueueUrl=self.service.outputs["BulkQueueUrl"],
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )
        return any(int(count) for count in answer["Attributes"].values())

    @cached_property
    def dead(self) -> set[tuple[str, str]]:
        """The uploads that dead letters are about."""
        with DeadLetters(self.service) as letters:
            return {it.ref[:2] for letter in letters for it in letter.uploads}

    def fate(self, receipt: Receipt) -> str:
        """Say where the messages of an upload are, as far as can be known."""
        if receipt.ref[:2] in self.dead:
            return DEAD
        return WAITING if self.is_any_waiting else LOST


@dataclass
class _Found:
    """What a look finds, as it is told: a line at once, and a few rows for people at the end."""

    out: Output
    looked_at: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    rows: list[tuple[object, ...]] = field(default_factory=list)

    def missing(self, looks: Iterable[Looked]) -> Iterator[ObjectVersion]:
        for looked in looks:
            self.looked_at += looked.seen
            for it in looked.missing:
                uploaded = format_instant(it.uploaded_at)
                self.out.line(
                    type="missing",
                    key=it.key,
                    version=it.version,
                    uploaded_at=uploaded,
                    size=it.size,
                )
                self._tell("missing", it.key, it.version, uploaded, "no receipt")
                yield it

    def lost(self, uploads: Iterable[Unfinished], messages: _Messages) -> Iterator[Receipt]:
        """Tell of uploads that never finished; gives those whose messages are lost."""
        for it in uploads:
            receipt, opened = it.receipt, format_instant(it.opened_at)
            fate = messages.fate(receipt)
            self.out.line(
                type="unfinished",
                key=receipt.key,
                version=receipt.version,
                run=receipt.run,
                opened_at=opened,
                state=receipt.state,
                missing=receipt.missing,
                messages=fate,
            )
            lacks = f"lacks parts {show.ranges(receipt.missing)}" if receipt.missing else "no plan"
            self._tell(
                "unfinished", receipt.key, receipt.version, opened, f"{lacks}; its messages: {fate}"
            )
            if fate == LOST:
                yield receipt

    def sum_up(self, *, sent: int) -> None:
        self.out.table(("upload", "version", "since", "what is missing"), self.rows)
        if (more := self.counts.total() - len(self.rows)) > 0:
            self.out.text(f"… and {more:,} more")
        missing, unfinished = self.counts["missing"], self.counts["unfinished"]
        self.out.line(
            type="summary",
            looked_at=self.looked_at,
            missing=missing,
            unfinished=unfinished,
            sent=sent,
        )
        self.out.text(
            f"{self.looked_at:,} object versions; without a receipt: {missing:,}; "
            f"unfinished: {unfinished:,}; sent: {sent:,}"
        )

    def _tell(self, kind: str, *cells: object) -> None:
        self.counts[kind] += 1
        if len(self.rows) < show.MAX_ROWS:
            self.rows.append(cells)
