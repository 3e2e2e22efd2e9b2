"""From verdicts to the store: what became of each record of an upload, or of a part of it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from botocore.exceptions import ClientError, ParamValidationError

from articles.feeds import Feed
from articles.order import decided_by
from articles.problems import Code, Problem
from articles.receipts import Record
from articles.revision import Revision, fold, revise
from articles.store import Outcome, Store
from articles.upload import Upload
from articles.validate import Accepted, Refused, Verdicts, our_fault


@dataclass(frozen=True)
class Writer:
    """Writes the records that are accepted.

    `on_fault` hears of every bug of ours: the record that met it is rejected, the others go on.
    `at_once` is how many writes are under way together; no two of them are of one article.
    """

    store: Store
    on_fault: Callable[[BaseException], None]
    at_once: int = 1

    def write(
        self, verdicts: Verdicts, upload: Upload, *, uploaded_at: datetime, now: datetime
    ) -> list[Record]:
        """Write what was judged; errors of AWS pass as they are."""
        records: list[Record] = []
        accepted: list[Revision] = []
        for verdict in verdicts.records:
            revision = _revision(verdict, verdicts.feed, upload, uploaded_at)
            if isinstance(revision, Revision):
                accepted.append(revision)
                continue
            if revision.fault:
                self.on_fault(revision.fault)
            records.append(_rejected(revision))
        folded = fold(accepted)
        records += self._put_all([winner for winner, _ in folded], now)
        records += [_folded(loser, winner) for winner, losers in folded for loser in losers]
        return sorted(records, key=lambda record: record.record)

    def _put_all(self, revisions: Sequence[Revision], now: datetime) -> list[Record]:
        put = partial(self._put, now=now)
        if min(self.at_once, len(revisions)) <= 1:
            return list(map(put, revisions))
        pool = ThreadPoolExecutor(min(self.at_once, len(revisions)))
        try:
            return list(pool.map(put, revisions))
        finally:  # after an error of AWS, what has not begun need not
            pool.shutdown(cancel_futures=True)

    def _put(self, revision: Revision, *, now: datetime) -> Record:
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
    verdict: Accepted | Refused, feed: Feed, upload: Upload, uploaded_at: datetime
) -> Revision | Refused:
    if isinstance(verdict, Refused):
        return verdict
    try:
        return revise(verdict, feed, upload, uploaded_at)
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
