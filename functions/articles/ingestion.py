"""The way of one upload: read, judge, write, receipt. What a newcomer should read first.

What is small is ingested at once. What is large goes to the bulk queue, where it is read once to
make a plan, and then stored in parts, in any order and as often as their messages come: nothing of
an upload that turns out broken is stored. See docs/decisions/0008-the-bulk-way.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from articles.catalogue import Code
from articles.feeds import Feed, Feeds
from articles.judging import formats_of, judge, revisions
from articles.limits import UNLIMITED, Limits
from articles.problems import Problem, Rejected
from articles.records.compression import Decompressed, decompressed
from articles.records.cutting import Plan
from articles.records.framing import Framed
from articles.records.parts import frame_part
from articles.records.planning import frame_at_once, plan
from articles.refs import Part
from articles.storing.receipts import (
    Planned,
    Receipt,
    failed,
    gone,
    ignored,
    pending,
    planned,
    processed,
    with_earlier,
)
from articles.storing.receipts_table import Receipts
from articles.storing.writing import Replay, Writer
from articles.streams import exactly, skip
from articles.times import Clock
from articles.uploads.bulk_queue import BulkQueue
from articles.uploads.inbox import Gone, Inbox, Opened
from articles.uploads.message import IGNORED_NAME, Upload, is_ignored_name


class NothingToStore(Exception):
    """An upload ends without a record to be stored; `receipt` says why."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.outcome)
        self.receipt = receipt


class Read(NamedTuple):
    """Records of an upload that were read, for which feed, and when it was uploaded."""

    framed: Framed
    feed: Feed
    uploaded_at: datetime


@dataclass(frozen=True)
class Ingestion:
    """Processes one upload; the fields are its collaborators.

    `feeds` raises FeedsError while their file is wrong, which fails each upload like an error of
    AWS. `on_fault` is called with every bug that a record hits.
    """

    limits: Limits
    feeds: Callable[[], Feeds]
    inbox: Inbox
    writer: Writer
    receipts: Receipts
    bulk_queue: BulkQueue
    on_fault: Callable[[Exception], None]
    clock: Clock

    def ingest(self, upload: Upload, *, is_bulk: bool = False) -> Receipt | None:
        """Ingest one upload, or a part of it; errors of AWS pass as they are.

        Gives its receipt, which is `processing` while there is more to do; None when an earlier
        delivery has done it all. `is_bulk` says that the message comes from the bulk queue.
        """
        now = self.clock.now()
        if upload.part and self.receipts.has_part(upload.ref, upload.part.number):
            return self.receipts.finish_part(upload.ref, upload.part.number, now=now)
        earlier = self._earlier(upload)
        try:
            read = self._read(upload, now)
            if read is None:  # too large for one pass
                return self._plan(upload, now) if is_bulk else self.defer(upload)
            verdicts = judge(read.framed, feed=read.feed, received=read.uploaded_at)
            judged = revisions(verdicts, upload, read.uploaded_at, self.on_fault)
            replay = Replay(upload.ref, earlier) if upload.run else None
            records = self.writer.write(judged, now=now, replay=replay)
            receipt = processed(
                upload,
                read.uploaded_at,
                records=records,
                warnings=verdicts.warnings,
                unread=verdicts.unread,
                now=now,
            )
        except NothingToStore as nothing:
            receipt = with_earlier(nothing.receipt, len(earlier))
        if upload.part:
            self.receipts.put_part(receipt, upload.part.number, now=now)
            return self.receipts.finish_part(upload.ref, upload.part.number, now=now)
        self.receipts.put(receipt, now=now)
        return receipt

    def defer(self, upload: Upload) -> Receipt:
        """Leave an upload to the bulk function, where it has no neighbours."""
        self.bulk_queue.defer(upload)
        return self.note_deferred(upload)

    def note_deferred(self, upload: Upload) -> Receipt:
        """Write the receipt of an upload that the bulk function will ingest."""
        receipt = pending(upload)
        self.receipts.put_deferred(receipt, now=self.clock.now())
        return receipt

    def give_up(self, upload: Upload, *, cause: str, is_over: bool) -> None:
        """Write the receipt of an upload for which AWS failed too often; a redrive may succeed.

        `is_over` is false before the last attempt.
        """
        now = self.clock.now()
        self.receipts.fail(failed(upload, cause=cause, now=now), now=now, is_over=is_over)

    def _earlier(self, upload: Upload) -> dict[int, str]:
        """Return the articles that a replay finds told of its records."""
        if not upload.run:
            return {}
        part = upload.part.number if upload.part else None
        return self.receipts.earlier_articles(upload.ref, part)

    def _read(self, upload: Upload, now: datetime) -> Read | None:
        """Read the records of an upload, or of a part; None when it is too large for one pass.

        Raises NothingToStore.
        """
        if upload.part:
            with self._opened(upload, now) as (opened, feed):
                framed = self._frame_part(upload, upload.part, opened, feed)
                return Read(framed, feed, opened.uploaded_at)
        self._check_unread(upload, now)
        if (upload.size or 0) > self.limits.max_inline_bytes:
            return None
        with self._opened(upload, now) as (opened, feed):
            if opened.size > self.limits.max_inline_bytes:
                return None
            at_once = frame_at_once(
                _decompressed(upload, opened, self.limits), self.limits, formats_of(feed)
            )
            return Read(at_once, feed, opened.uploaded_at) if at_once else None

    def _check_unread(self, upload: Upload, now: datetime) -> None:
        """Raise NothingToStore for what need not be read: by its name, or its size."""
        if is_ignored_name(upload.key):
            raise NothingToStore(ignored(upload, cause=IGNORED_NAME, now=now))
        try:
            if upload.size == 0:
                raise Rejected(Problem.of(Code.E_EMPTY, "file"))
            self.limits.check("max_object_bytes", upload.size or 0)
        except Rejected as rejected:
            receipt = processed(upload, None, problems=rejected.problems, now=now)
            raise NothingToStore(receipt) from rejected

    @contextmanager
    def _opened(self, upload: Upload, now: datetime) -> Iterator[tuple[Opened, Feed]]:
        """Open an upload; raises NothingToStore for one that is gone, or whose content is wrong."""
        uploaded_at: datetime | None = None
        try:
            with self.inbox.open(upload) as opened:
                uploaded_at = opened.uploaded_at
                yield opened, self.feeds().admit(upload.feed)
        except Rejected as rejected:
            receipt = processed(upload, uploaded_at, problems=rejected.problems, now=now)
            raise NothingToStore(receipt) from rejected
        except Gone as error:
            raise NothingToStore(gone(upload, now=now)) from error

    def _frame_part(self, upload: Upload, part: Part, opened: Opened, feed: Feed) -> Framed:
        def data() -> bytes:
            if not part.is_packed:
                return opened.read(part.length)
            pieces = _decompressed(upload, opened, UNLIMITED).pieces  # the plan has checked them
            return exactly(skip(pieces, part.offset), part.length)

        return frame_part(part, data, self.limits, formats_of(feed))

    def _plan(self, upload: Upload, now: datetime) -> Receipt | None:
        """Cut an upload into parts and send those that are not stored yet.

        Of deliveries that race here, only one begins it; the others cut it by the same limits, and
        read it again only if theirs were different.
        """
        cut: tuple[Plan, datetime] | None = None
        cut_by: dict[str, int] = {}
        while True:
            known = self.receipts.get(upload.key, upload.version_name)
            if known and known.is_final_for(upload.run):
                return None
            begun = known if known and known.plan and known.run == upload.run else None
            limits = begun.plan.made_by if begun and begun.plan else self.limits
            try:
                if cut is None or limits.figures != cut_by:
                    cut, cut_by = self._cut(upload, limits, now), limits.figures
            except NothingToStore as nothing:
                if begun:
                    return self._end_missing(begun, nothing.receipt, now)
                if self.receipts.put(nothing.receipt, now=now):
                    return nothing.receipt
                continue  # another delivery has begun or ended it
            (parts, records, warnings), uploaded_at = cut
            if begun is None:
                made = Planned.of(limits, parts=len(parts), records=records)
                begun = planned(upload, uploaded_at, made, warnings=warnings, earlier=known)
                if not self.receipts.begin(begun, now=now):
                    continue
            self.bulk_queue.send(upload, [part for part in parts if part.number not in begun.done])
            return begun

    def _cut(self, upload: Upload, limits: Limits, now: datetime) -> tuple[Plan, datetime]:
        with self._opened(upload, now) as (opened, feed):
            file = _decompressed(upload, opened, limits)
            return plan(file, limits, formats_of(feed)), opened.uploaded_at

    def _end_missing(self, begun: Receipt, fate: Receipt, now: datetime) -> Receipt | None:
        """End the parts of a plan that cannot be made again; what is stored keeps its receipts."""
        receipt: Receipt | None = begun
        # All parts are counted but no summary was written: counting any of them again triggers it.
        for number in begun.missing or [1]:
            self.receipts.put_part(fate, number, now=now)
            receipt = self.receipts.finish_part(begun.ref, number, now=now)
            if receipt is None:  # it is done, or a higher run has begun
                break
        return receipt


def _decompressed(upload: Upload, opened: Opened, limits: Limits) -> Decompressed:
    return decompressed(opened.body, name=upload.key, size=opened.size, limits=limits)
