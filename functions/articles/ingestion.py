"""The way of one upload: read, judge, store, receipt. What a newcomer should read first.

What is small is dealt with at once. What is large goes to the bulk queue, where it is read once to
make a plan, and then stored in parts, in any order and as often as their messages come: nothing of
an upload that turns out broken is stored. See docs/decisions/0008-the-bulk-way.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from articles.bulk_queue import BulkQueue
from articles.feeds import Feed, Feeds
from articles.framing import Framed, frame
from articles.limits import UNLIMITED, Limits
from articles.parts import Part, frame_part
from articles.planning import frame_at_once, plan
from articles.problems import Rejected
from articles.receipts import Planned, Receipt, failed, gone, ignored, pending, planned, processed
from articles.receipts_table import Receipts
from articles.unpacking import Unpacked, skip, unpacked
from articles.upload import Gone, Inbox, Opened, Upload, exactly, is_no_upload
from articles.validate import admitted, judge
from articles.writing import Writer

T = TypeVar("T")
NO_UPLOAD = "The name is that of a backup, a temporary file or the like; rename it to have it read."


def utc_now() -> datetime:
    return datetime.now(UTC)


class Read(NamedTuple, Generic[T]):
    """What was read of an upload, for which feed, and when it was uploaded."""

    content: T
    feed: Feed
    uploaded_at: datetime


@dataclass(frozen=True)
class Ingestion:
    """An upload's way, and whom it needs on it."""

    limits: Limits
    feeds: Feeds
    inbox: Inbox
    writer: Writer
    receipts: Receipts
    bulk_queue: BulkQueue
    clock: Callable[[], datetime] = utc_now

    def take(self, upload: Upload, *, is_bulk: bool = False) -> Receipt | None:
        """Deal with one upload, or with a part of it; errors of AWS pass as they are.

        Gives its receipt, which is `processing` while there is more to do; None when an earlier
        delivery has done it all. `is_bulk` says that the message comes from the bulk queue.
        """
        now = self.clock()
        if upload.part:
            return self._store_part(upload, upload.part, now)
        if (receipt := self._refused_unread(upload, now)) is not None:
            return self._settle(receipt, now)
        receipt = self._deal_with(upload, now)
        if receipt is None:  # it is too large to be dealt with at once
            if is_bulk:
                return self._plan(upload, now)
            self.bulk_queue.put_off(upload)
            return self.tell_of_waiting(upload)
        return self._settle(receipt, now)

    def tell_of_waiting(self, upload: Upload) -> Receipt:
        """Tell the uploader that the bulk function will deal with an upload."""
        receipt = pending(upload)
        self.receipts.put_off(receipt, now=self.clock())
        return receipt

    def give_up(self, upload: Upload, *, cause: str, is_over: bool) -> None:
        """Tell the uploader that AWS failed us once too often; a redrive may still mend it.

        `is_over` is false while the last attempt is still to come.
        """
        now = self.clock()
        self.receipts.fail(failed(upload, cause=cause, now=now), now=now, is_over=is_over)

    def _refused_unread(self, upload: Upload, now: datetime) -> Receipt | None:
        """Give the receipt of an upload that need not be read: by its name, or its size."""
        if is_no_upload(upload.key):
            return ignored(upload, cause=NO_UPLOAD, now=now)
        try:
            if upload.size == 0:
                frame(b"")
            self.limits.check("max_object_bytes", upload.size or 0, "The file has")
        except Rejected as rejected:
            return processed(upload, None, problems=rejected.problems, now=now)
        return None

    def _deal_with(self, upload: Upload, now: datetime) -> Receipt | None:
        if (upload.size or 0) > self.limits.max_inline_bytes:
            return None
        read = self._read(upload, now, lambda opened: self._frame(upload, opened))
        if isinstance(read, Receipt):
            return read
        framed, feed, uploaded_at = read
        return framed and self._store(upload, Read(framed, feed, uploaded_at), now)

    def _plan(self, upload: Upload, now: datetime) -> Receipt | None:
        known = self.receipts.get(upload.key, upload.version_name)
        if known and (known.run, known.state == "done") >= (upload.run, True):
            return None
        begun = known if known and known.plan and known.run == upload.run else None
        limits = begun.plan.made_by if begun and begun.plan else self.limits
        read = self._read(
            upload, now, lambda opened: plan(_unpacked(upload, opened, limits), limits)
        )
        if isinstance(read, Receipt):
            if begun:
                return self._end_missing(begun, read, now)
            # Another delivery may have begun it.
            return read if self.receipts.put(read, now=now) else self._plan(upload, now)
        parts, records, warnings = read.content
        if begun is None:
            cut = Planned.of(limits, parts=len(parts), records=records)
            begun = planned(upload, read.uploaded_at, cut, warnings=warnings, earlier=known)
            if not self.receipts.begin(begun, now=now):  # another delivery did: its plan counts
                return self._plan(upload, now)
        self.bulk_queue.send(upload, [part for part in parts if part.number not in begun.done])
        return begun

    def _store_part(self, upload: Upload, part: Part, now: datetime) -> Receipt | None:
        told = pending(upload)
        if not self.receipts.has_part(told, part.number):
            read = self._read(upload, now, lambda opened: self._frame_part(upload, part, opened))
            told_of_it = read if isinstance(read, Receipt) else self._store(upload, read, now)
            self.receipts.put_part(told_of_it, part.number, now=now)
        return self.receipts.finish_part(told, part.number, now=now)

    def _end_missing(self, begun: Receipt, fate: Receipt, now: datetime) -> Receipt | None:
        """End the parts of a plan that cannot be made again: what is stored stays told."""
        receipt: Receipt | None = begun
        # With none missing, whoever ended the last one has not summed up.
        for number in begun.missing or [1]:
            self.receipts.put_part(fate, number, now=now)
            receipt = self.receipts.finish_part(begun, number, now=now)
            if receipt is None:  # it is done, or dealt with anew
                break
        return receipt

    def _read(
        self, upload: Upload, now: datetime, read: Callable[[Opened], T]
    ) -> Read[T] | Receipt:
        """Read an upload; gives its receipt when there is nothing to be stored."""
        try:
            with self.inbox.open(upload) as opened:
                try:
                    feed = admitted(upload.feed, self.feeds)
                    return Read(read(opened), feed, opened.uploaded_at)
                except Rejected as rejected:
                    problems = rejected.problems
                    return processed(upload, opened.uploaded_at, problems=problems, now=now)
        except Rejected as rejected:  # S3 will never give it to us
            return processed(upload, None, problems=rejected.problems, now=now)
        except Gone:
            return gone(upload, now=now)

    def _frame(self, upload: Upload, opened: Opened) -> Framed | None:
        """Cut an upload into records; None when it is too large to be dealt with at once."""
        if opened.size > self.limits.max_inline_bytes:
            return None
        return frame_at_once(_unpacked(upload, opened, self.limits), self.limits)

    def _frame_part(self, upload: Upload, part: Part, opened: Opened) -> Framed:
        def data() -> bytes:
            if not part.is_packed:
                return opened.read(part.length)
            pieces = _unpacked(upload, opened, UNLIMITED).pieces  # the plan has looked
            return exactly(skip(pieces, part.offset), part.length)

        return frame_part(part, data, self.limits)

    def _store(self, upload: Upload, read: Read[Framed], now: datetime) -> Receipt:
        framed, feed, uploaded_at = read
        verdicts = judge(framed, feed=feed, received=uploaded_at)
        records = self.writer.write(verdicts, upload, uploaded_at=uploaded_at, now=now)
        return processed(upload, uploaded_at, records=records, warnings=verdicts.warnings, now=now)

    def _settle(self, receipt: Receipt, now: datetime) -> Receipt:
        self.receipts.put(receipt, now=now)
        return receipt


def _unpacked(upload: Upload, opened: Opened, limits: Limits) -> Unpacked:
    return unpacked(opened.body, name=upload.key, size=opened.size, limits=limits)
