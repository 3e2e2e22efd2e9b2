"""The way of one upload: read, judge, store, receipt. What a newcomer should read first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import ClientError, ParamValidationError

from articles.feeds import Feed, Feeds
from articles.framing import Object
from articles.order import decided_by
from articles.problems import Code, Problem, Rejected
from articles.receipts import Receipt, Receipts, Record, failed, gone, processed
from articles.revision import Revision, fold, revise
from articles.settings import IngestSettings
from articles.store import Outcome, Store
from articles.upload import Gone, Inbox, Upload
from articles.validate import Accepted, Refused, Verdicts, examine, our_fault


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Ingestion:
    """An upload's way, and whom it needs on it.

    `on_fault` hears of every bug of ours: the record that met it is rejected, the others go on.
    """

    settings: IngestSettings
    feeds: Feeds
    inbox: Inbox
    store: Store
    receipts: Receipts
    on_fault: Callable[[BaseException], None]
    clock: Callable[[], datetime] = utc_now

    def take(self, upload: Upload) -> Receipt:
        """Deal with one upload and write its receipt; errors of AWS pass as they are."""
        now = self.clock()
        receipt = self._deal_with(upload, now)
        self.receipts.put(receipt, now=now)
        return receipt

    def give_up(self, upload: Upload, *, cause: str) -> None:
        """Tell the uploader that AWS failed us once too often; a redrive may still mend it."""
        now = self.clock()
        self.receipts.put(failed(upload, cause=cause, now=now), now=now)

    def _deal_with(self, upload: Upload, now: datetime) -> Receipt:
        try:
            found = self.inbox.read(upload, limit=self.settings.max_inline_bytes)
        except Gone:
            return gone(upload, now=now)
        try:
            verdicts = examine(
                found, feed=upload.feed, feeds=self.feeds, max_bytes=self.settings.max_inline_bytes
            )
        except Rejected as rejected:
            return processed(upload, found, problems=rejected.problems, now=now)
        records = self._store(verdicts, upload, found, now)
        return processed(upload, found, records=records, warnings=verdicts.warnings, now=now)

    def _store(
        self,
        verdicts: Verdicts,
        upload: Upload,
        found: Object,
        now: datetime,
    ) -> list[Record]:
        records: list[Record] = []
        accepted: list[Revision] = []
        for verdict in verdicts.records:
            revision = _revision(verdict, verdicts.feed, upload, found)
            if isinstance(revision, Revision):
                accepted.append(revision)
                continue
            if revision.fault:
                self.on_fault(revision.fault)
            records.append(_rejected(revision))
        for winner, losers in fold(accepted):
            records.append(self._put(winner, now))
            records += [_folded(loser, winner) for loser in losers]
        return sorted(records, key=lambda record: record.record)

    def _put(self, revision: Revision, now: datetime) -> Record:
        try:
            return _told(revision, self.store.put(revision, now=now))
        except (ClientError, ParamValidationError) as error:
            if _code(error) not in ("ValidationException", ""):
                raise
            # We built a request that will never be taken: trying again changes nothing.
            self.on_fault(error)
            problem = Problem(Code.E_INTERNAL, "A fault of ours on this record.", revision.record)
            return Record(record=revision.record, outcome="rejected", problems=(problem,))


def _code(error: ClientError | ParamValidationError) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""


def _revision(
    verdict: Accepted | Refused, feed: Feed, upload: Upload, found: Object
) -> Revision | Refused:
    if isinstance(verdict, Refused):
        return verdict
    try:
        return revise(verdict, feed, upload, found.uploaded_at)
    except Exception as fault:  # noqa: BLE001 - our bug on one record must not reach the others
        return our_fault(verdict.frame, fault)


def _told(revision: Revision, outcome: Outcome) -> Record:
    return Record(
        record=revision.record,
        outcome=outcome.kind,
        article_id=revision.article_id,
        title=revision.article.title,
        hold_until=outcome.hold_until,
        superseded_by=outcome.winner,
        decided_by=outcome.decided_by,
        warnings=revision.warnings,
    )


def _folded(loser: Revision, winner: Revision) -> Record:
    """Tell of a record that another one of the same upload beats."""
    if loser.content_hash == winner.content_hash:
        return _told(loser, Outcome("unchanged"))
    why = decided_by(winner.order_key, loser.order_key)
    return _told(loser, Outcome("superseded", winner=winner.place, decided_by=why))


def _rejected(refused: Refused) -> Record:
    return Record(
        record=refused.frame.record,
        outcome="rejected",
        problems=refused.problems,
        warnings=refused.warnings,
    )
