"""Receipts: what became of each upload, for its uploader. receipts_table.py stores them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from articles.catalogue import Code
from articles.limits import Limits
from articles.problems import Problem, ReportedProblem, reported
from articles.quoting import cut
from articles.refs import RecordRef, UploadRef, label
from articles.times import format_instant, in_milliseconds, stamp

if TYPE_CHECKING:
    from articles.uploads.message import Upload  # publish reads receipts, and no messages

# What a receipt shows of the records and problems of a large upload; the report has them all.
SHOWN = 20
FEW = 3  # problems of a record, where there is not room for more
TITLE_SHOWN = 120
NAME_SHOWN = 100
# DynamoDB refuses an item over 400 KB; the table's own attributes are small.
MAX_BYTES = 350 * 1024
CAUSE_SHOWN = 500
# What an operator looks for in the index by_attention; all else is found by its key.
ATTENTION = frozenset({"processing", "partial", "rejected", "failed"})

# What may become of a record, the states of an upload, and what may become of that.
Kind = Literal["created", "updated", "unchanged", "superseded", "withheld", "canceled", "expired"]
State = Literal["processing", "done", "failed"]
Result = Literal["accepted", "partial", "rejected", "ignored", "gone", "failed"]


class Record(BaseModel):
    """What became of one record of an upload.

    `is_stored` says that this run has written it; a receipt only counts those. `moved_from` is the
    article that it was by an earlier run, if that was another.
    """

    model_config = ConfigDict(frozen=True)

    record: int
    outcome: Kind | Literal["rejected"]
    article_id: str | None = None
    moved_from: str | None = None
    title: str | None = None
    hold_until: str | None = None
    superseded_by: RecordRef | None = None
    decided_by: str | None = None
    is_stored: Annotated[bool, Field(exclude=True)] = False
    problems: tuple[ReportedProblem, ...] = ()
    warnings: tuple[ReportedProblem, ...] = ()


class Planned(BaseModel):
    """How an upload is cut into parts; a repeated plan must cut it in the same way."""

    model_config = ConfigDict(frozen=True)

    parts: int
    records: int
    limits: dict[str, int]  # all by name: later defaults must not replace those of then

    @classmethod
    def of(cls, limits: Limits, *, parts: int, records: int) -> Self:
        return cls(parts=parts, records=records, limits=limits.figures)

    @property
    def made_by(self) -> Limits:
        """The limits that the plan was made by."""
        return Limits(**self.limits)


class Receipt(BaseModel):
    """The receipt of one upload; `outcome` is final once `state` is done, and None before.

    `stored` counts the records that a replay has written, be it only under another order key.
    `sequencer` is S3's, which only its notification has: a replay takes it from here.

    `counts` are records by outcome; `problems` and `warnings` concern the file as a whole; `unread`
    are the members that nobody read most often, and in how many records; `report`
    is the key of the full list in the archive bucket; `cause` says why an upload failed or is
    ignored. Of an upload in parts, `plan` says how many they are, and `done` which are stored;
    `was_failed`, that a failure was reported before it was deferred or planned. `omitted` names the
    lists of problems and warnings of which only the first are here: the report has the rest.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    version: str
    run: int
    feed: str
    state: State
    sequencer: str | None = None
    outcome: Result | None = None
    uploaded_at: str | None = None
    finished_at: Annotated[str, AfterValidator(in_milliseconds)] | None = None
    plan: Planned | None = None
    done: frozenset[int] = frozenset()
    was_failed: bool = False
    counts: dict[str, int] = {}
    records: tuple[Record, ...] = ()
    problems: tuple[ReportedProblem, ...] = ()
    warnings: tuple[ReportedProblem, ...] = ()
    omitted: tuple[str, ...] = ()
    unread: dict[str, int] = {}
    stored: int = 0
    report: str | None = None
    cause: str | None = None

    @property
    def ref(self) -> UploadRef:
        return UploadRef(self.key, self.version, self.run)

    def is_final_for(self, run: int) -> bool:
        """Whether nothing that a run finds out can change this receipt."""
        return (self.run, self.state == "done") >= (run, True)

    @property
    def is_whole_story(self) -> bool:
        """True when no report or event is needed: one record, no problems."""
        if self.was_failed or (self.outcome == "gone" and self.counts):
            return False
        return self.outcome in ("accepted", "ignored", "gone") and sum(self.counts.values()) <= 1

    @property
    def first_error(self) -> str | None:
        """The code of the first problem of the file, or of a record that is told."""
        of_records = (it.problems for it in self.records)
        return next((it.code for those in (self.problems, *of_records) for it in those), None)

    @property
    def lag(self) -> timedelta | None:
        """How long it took from the upload to its end; None before that, and of a replay."""
        if self.run or self.uploaded_at is None or self.finished_at is None:
            return None
        return datetime.fromisoformat(self.finished_at) - datetime.fromisoformat(self.uploaded_at)

    @property
    def missing(self) -> list[int]:
        """Name the parts that are still to be stored."""
        parts = range(1, self.plan.parts + 1) if self.plan else ()
        return [number for number in parts if number not in self.done]

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as JSON: known members only, numbers and lists as such."""
        known = {"run": self.run, **self.model_dump(mode="json", exclude_defaults=True)}
        return known | ({"done": sorted(self.done)} if self.done else {})


def outcome_of(*, rejected: int, records: int) -> Literal["accepted", "partial", "rejected"]:
    """Sum up a file; one without records was rejected as a whole."""
    if rejected == records:
        return "rejected"
    return "partial" if rejected else "accepted"


def processed(
    upload: "Upload",
    uploaded_at: datetime | None,
    *,
    now: datetime,
    records: Sequence[Record] = (),
    problems: Iterable[Problem] = (),
    warnings: Iterable[Problem] = (),
    unread: Counter[str] | None = None,
) -> Receipt:
    """Sum up an upload that was read; `problems` say why the file as a whole was rejected."""
    rejected = sum(record.outcome == "rejected" for record in records)
    return _receipt(
        upload,
        "done",
        outcome_of(rejected=rejected, records=len(records)),
        now=now,
        uploaded_at=uploaded_at,
        counts=Counter(record.outcome for record in records),
        records=tuple(records),
        problems=reported(problems),
        warnings=reported(warnings),
    ).model_copy(
        update={
            "unread": most_often(unread or Counter()),
            "stored": sum(record.is_stored for record in records) if upload.run else 0,
        }
    )


def most_often(unread: Counter[str]) -> dict[str, int]:
    """Return the members that were unread most often, with the number of their records."""
    ranked = sorted(unread.items(), key=lambda it: (-it[1], it[0]))  # the same in every delivery
    return {cut(name, NAME_SHOWN): count for name, count in ranked[:SHOWN]}


def gone(upload: "Upload", *, now: datetime) -> Receipt:
    """The receipt of an upload that was deleted or overwritten before it was read."""
    return _receipt(upload, "done", "gone", now=now)


def with_earlier(receipt: Receipt, articles: int) -> Receipt:
    """Say in the receipt of a replay that read nothing that what is stored stays as it is."""
    if not articles:
        return receipt
    kept = Problem.of(Code.W_STILL_STORED, "upload", count=articles).reported()
    return receipt.model_copy(update={"warnings": (kept, *receipt.warnings)})


def ignored(upload: "Upload", *, cause: str, now: datetime) -> Receipt:
    """The receipt of an upload that is not meant to be ingested."""
    return _receipt(upload, "done", "ignored", now=now, cause=cause)


def pending(upload: "Upload") -> Receipt:
    """The receipt of an upload that waits for the bulk function."""
    return _receipt(upload, "processing")


def is_failure_reported(earlier: Receipt | None) -> bool:
    """Whether a failure was reported, and nothing since."""
    if earlier is None or earlier.state == "done":
        return False
    return earlier.state == "failed" or earlier.was_failed


def planned(
    upload: "Upload",
    uploaded_at: datetime,
    plan: Planned,
    *,
    warnings: Iterable[Problem],
    earlier: Receipt | None,
) -> Receipt:
    """The receipt of an upload that is cut into parts; `earlier` is the one it had before."""
    return _receipt(
        upload,
        "processing",
        uploaded_at=uploaded_at,
        plan=plan,
        warnings=reported(warnings),
        was_failed=is_failure_reported(earlier),
    )


def failed(upload: "Upload", *, cause: str, now: datetime) -> Receipt:
    """The receipt of an upload that could not be ingested because AWS failed."""
    return _receipt(upload, "failed", "failed", now=now, cause=cause[:CAUSE_SHOWN])


def _receipt(
    upload: "Upload",
    state: State,
    outcome: Result | None = None,
    *,
    now: datetime | None = None,
    uploaded_at: datetime | None = None,
    plan: Planned | None = None,
    was_failed: bool = False,
    counts: Mapping[str, int] = MappingProxyType({}),
    records: tuple[Record, ...] = (),
    problems: tuple[ReportedProblem, ...] = (),
    warnings: tuple[ReportedProblem, ...] = (),
    cause: str | None = None,
) -> Receipt:
    return Receipt(
        key=upload.key,
        version=upload.version_name,
        run=upload.run,
        feed=label(upload.feed),
        state=state,
        sequencer=upload.sequencer,
        outcome=outcome,
        uploaded_at=uploaded_at and format_instant(uploaded_at),
        finished_at=now and stamp(now),
        plan=plan,
        was_failed=was_failed,
        counts=dict(counts),
        records=records,
        problems=problems,
        warnings=warnings,
        cause=cause,
    )


def from_receipt_item(item: dict[str, Any]) -> Receipt:
    """Read a receipt from an item; attributes that are the table's own are left out."""
    return Receipt.model_validate({k: v for k, v in item.items() if k in Receipt.model_fields})


def rejected_first(records: Iterable[Record]) -> list[Record]:
    """Return the first records of a long list, rejected ones before all others."""
    return sorted(records, key=lambda record: record.outcome != "rejected")[:SHOWN]


def shortened(receipt: Receipt) -> Receipt:
    """Cut a receipt to what an item may hold, whatever the upload held; its report has it all."""
    for problems in (SHOWN, FEW, 1):
        short = _shortened(receipt, problems)
        if len(short.model_dump_json().encode()) <= MAX_BYTES:
            return short
    return bare(receipt)


def bare(receipt: Receipt) -> Receipt:
    """Leave what an uploader must know: the outcome, the counts, and where the report is."""
    none: dict[str, Any] = {"records": (), "problems": (), "warnings": (), "unread": {}}
    return receipt.model_copy(update=none | {"omitted": _omitted(receipt, 0, 0)})


def _shortened(receipt: Receipt, problems: int) -> Receipt:
    records = sorted(rejected_first(receipt.records), key=lambda record: record.record)
    return receipt.model_copy(
        update={
            "records": tuple(
                record.model_copy(
                    update={
                        "title": record.title and record.title[:TITLE_SHOWN],
                        "problems": record.problems[:problems],
                        "warnings": record.warnings[:problems],
                    }
                )
                for record in records
            ),
            "problems": receipt.problems[:SHOWN],
            "warnings": receipt.warnings[:SHOWN],
            "omitted": _omitted(receipt, SHOWN, problems),
        }
    )


def _omitted(receipt: Receipt, of_the_file: int, of_a_record: int) -> tuple[str, ...]:
    """Name the lists of which only so many are kept, besides those that are cut already."""
    lists = {
        "problems": (receipt.problems, [it.problems for it in receipt.records]),
        "warnings": (receipt.warnings, [it.warnings for it in receipt.records]),
    }
    return tuple(
        name
        for name, (file, records) in lists.items()
        if name in receipt.omitted
        or len(file) > of_the_file
        or any(len(it) > of_a_record for it in records)
    )
