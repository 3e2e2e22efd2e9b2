"""From revisions to the articles table: what became of each record of an upload, or of a part."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from articles.catalogue import Code
from articles.problems import Problem, reported
from articles.refs import RecordRef, UploadRef
from articles.storing.articles_table import ArticlesTable, ImpossibleWrite, Outcome
from articles.storing.receipts import Record
from articles.versions.order import REMOVAL, decided_by
from articles.versions.revision import Folded, Revision, fold


class Replay(NamedTuple):
    """The run that reads an upload again, and the article of each record by the run before it."""

    upload: UploadRef
    earlier: Mapping[int, str]


@dataclass(frozen=True)
class Writer:
    """Writes the revisions of an upload.

    `on_fault` is called with every bug: the record that hit it is rejected, the others go on.
    `at_once` is how many writes are under way together; no two of them are of one article.
    """

    table: ArticlesTable
    on_fault: Callable[[BaseException], None]
    at_once: int = 1

    def write(
        self,
        judged: Iterable[Revision | Record],
        *,
        now: datetime,
        replay: Replay | None = None,
    ) -> list[Record]:
        """Write revisions; returns what became of each record, in the order of the file.

        Records that were rejected before are passed on. Errors of AWS pass as they are.
        """
        records: list[Record] = []
        revisions: list[Revision] = []
        for one in judged:
            if isinstance(one, Revision):
                revisions.append(one)
            else:
                records.append(one)
        folded = fold(revisions)
        put = partial(self._put, now=now, run=replay.upload.run if replay else 0)
        workers = min(self.at_once, len(folded))
        written = [*map(put, folded)] if workers <= 1 else _at_once(put, folded, workers)
        for (winner, losers), record in zip(folded, written, strict=True):
            records += [record, *(_folded(loser, winner, record) for loser in losers)]
        if replay:
            records = [self._compared(record, replay, now) for record in records]
        return sorted(records, key=lambda record: record.record)

    def _compared(self, record: Record, replay: Replay, now: datetime) -> Record:
        """Compare a record with what the run before made of it, which may be another article."""
        earlier = replay.earlier.get(record.record)
        if earlier is None or earlier == record.article_id:
            return record
        upload = replay.upload
        origin = RecordRef(upload.key, upload.version, record.record)
        if record.article_id:
            self.table.move(earlier, origin, to=record.article_id, run=upload.run, now=now)
            return record.model_copy(update={"moved_from": earlier})
        if not self.table.holds(earlier, origin):
            return record
        kept = Problem.of(Code.W_STILL_STORED, "record", article=earlier)
        warning = kept.placed(record=record.record).reported()
        return record.model_copy(update={"warnings": (warning, *record.warnings)})

    def _put(self, folded: Folded, *, now: datetime, run: int) -> Record:
        revision, losers = folded
        records = frozenset(loser.origin.record for loser in losers)
        try:
            outcome = self.table.put(revision, now=now, run=run, folded=records)
            return _record(revision, outcome)
        except ImpossibleWrite as error:
            self.on_fault(error.__cause__ or error)
            number = revision.origin.record
            problem = Problem.of(Code.E_INTERNAL).placed(record=number)
            return Record(record=number, outcome="rejected", problems=reported([problem]))


def _at_once(
    put: Callable[[Folded], Record], revisions: Sequence[Folded], workers: int
) -> list[Record]:
    pool = ThreadPoolExecutor(workers)
    try:
        return list(pool.map(put, revisions))
    finally:  # after an error of AWS, what has not begun need not
        pool.shutdown(cancel_futures=True)


def _record(revision: Revision, outcome: Outcome) -> Record:
    number, title, warnings = revision.origin.record, revision.article.title, revision.warnings
    if outcome.decided_by == REMOVAL or outcome.kind == "expired":
        # What was taken out of all receipts must not come back, nor what is kept no longer.
        title, warnings = None, ()
    if outcome.warning:  # comes first: of many warnings, a receipt shows only some
        warnings = (outcome.warning.placed(record=number), *warnings)
    return Record(
        record=number,
        outcome=outcome.kind,
        article_id=revision.article_id,
        title=title,
        hold_until=outcome.hold_until,
        superseded_by=outcome.winner,
        decided_by=outcome.decided_by,
        is_stored=outcome.is_stored,
        warnings=reported(warnings),
    )


def _folded(loser: Revision, winner: Revision, written: Record) -> Record:
    """Say what became of a record that another of its upload supersedes, which was written so."""
    if written.decided_by == REMOVAL:
        removal = Outcome("superseded", winner=written.superseded_by, decided_by=REMOVAL)
        return _record(loser, removal)
    if loser.content_hash == winner.content_hash:
        return _record(loser, Outcome("unchanged"))
    why = decided_by(winner.order_key, loser.order_key)
    return _record(loser, Outcome("superseded", winner=winner.origin, decided_by=why))
