"""A replay: uploads are looked at, sent to be read again, and waited for."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from articles.catalogue import Code
from articles.feeds import Feeds
from articles.refs import VersionRef
from articles.storing.receipts import Receipt
from articles.uploads.listing import ObjectVersion
from articles_cli.replays import sending
from articles_cli.replays.differences import Comparison
from articles_cli.replays.findings import Found, counted
from articles_cli.replays.selecting import sampled
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.exit_codes import DONE, FAILED, REJECTED, WRONG_USAGE
from articles_cli.terminal.output import Output, fail, tracked, warn
from articles_cli.terminal.waiting import Interrupted

if TYPE_CHECKING:
    from articles.uploads.message import Upload

BYTES_OF_AN_ARTICLE = 4096  # about; where no receipt says how many articles there are
AT_ONCE = 1_000  # receipts in memory as they are; of others only their Fate
MAX_ROWS = 50
PASSED_OVER = {"superseded", "unchanged"}


class Fate(NamedTuple):
    """What a receipt says, as far as a replay must remember it: of very many."""

    run: int
    is_final: bool
    outcome: str
    counts: tuple[tuple[str, int], ...]
    stored: int
    is_still_stored: bool
    cause: str | None
    sequencer: str | None

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        warnings = [*receipt.warnings, *(p for it in receipt.records for p in it.warnings)]
        return cls(
            run=receipt.run,
            is_final=receipt.state != "processing",
            outcome=receipt.outcome or receipt.state,
            counts=tuple(receipt.counts.items()),
            stored=receipt.stored,
            is_still_stored=any(it.code == Code.W_STILL_STORED for it in warnings),
            cause=receipt.cause,
            sequencer=receipt.sequencer,
        )

    @property
    def outcomes(self) -> set[str]:
        """What became of at least one record."""
        return {outcome for outcome, count in self.counts if count}

    @property
    def records(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass
class Replay:
    """The uploads that are to be read again, and what became of them as far as it is known.

    `command` is the one that sends them, but for the number of the run. `follow` goes through what
    takes long, as `tracked` does, and `warn` is told why a run is not finished.
    """

    out: Output
    service: Deployment
    versions: Sequence[ObjectVersion]
    command: str
    fates: dict[VersionRef, Fate] = field(default_factory=dict)
    stored: int = 0  # records, by both passes
    follow: Callable[..., Iterator[Any]] = tracked
    warn: Callable[[str], None] = warn

    def look_up(self) -> None:
        """Find out what is known of the uploads, and show how many they are."""
        left = iter(self.follow([it.ref for it in self.versions], "Looking up"))
        while refs := list(islice(left, AT_ONCE)):
            found = self.service.lookup.receipts_at(refs)
            self.fates |= {ref: Fate.of(receipt) for ref, receipt in found.items()}
        records = sum(it.records for it in self.fates.values())
        size = sum(it.size for it in self.versions)
        counts = {"uploads": len(self.versions), "receipts": len(self.fates), "records": records}
        self.out.line(type="selection", **counts, bytes=size)
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.out.text(f"{told}, {size:,} bytes")

    def look_into(self, feeds: Feeds, sample: int | None) -> None:
        """Read a sample of the uploads here, or all, and show what a replay would change."""
        versions = sampled(self.versions, sample)
        found = Found(self.out)
        for version in self.follow(versions, "Reading"):
            receipt = self.service.lookup.receipts_at([version.ref]).get(version.ref)
            for difference in Comparison(self.service, version, receipt, feeds):
                found.add(version, difference)
        self.out.text(f"read again here: {len(versions):,} of {len(self.versions):,} uploads")
        found.finish(uploads=len(versions))

    def send(self, run: int, *, per_second: float, timeout: float, interrupted: Interrupted) -> int:
        """Have all uploads read again, and wait until they are; returns the exit code.

        A version may lose in the first pass to another that is itself put right only later in it,
        so those that were not stored are sent once more if anything changed; see
        docs/decisions/0015-generations.md.
        """
        fates = [self._fate(it, run) for it in self.versions]
        if fates and all(it and it.run > run + 1 for it in fates):
            fail(f"All of them have been read by later runs than {run}.", WRONG_USAGE)
        for number in (run, run + 1):
            left = self._first_pass(run) if number == run else self._second_pass(run)
            if number > run and left:
                self.out.text(f"second pass: {len(left):,} uploads")
            try:
                self._pass(left, number, per_second, timeout, interrupted)
            except sending.NotSentError as error:
                self.warn(str(error))
                interrupted.set()
            if interrupted.is_set():
                self.warn(f"Not finished. To go on: {self.command} --run {run}")
                return FAILED
        return self._sum_up(run)

    def _first_pass(self, run: int) -> list[ObjectVersion]:
        """All uploads but those that an interrupted attempt has dealt with."""
        return [it for it in self.versions if self._fate(it, run) is None]

    def _second_pass(self, run: int) -> list[ObjectVersion]:
        """What may be stored now that others are put right."""
        fates = {it: fate for it in self.versions if (fate := self._fate(it, run))}
        if not any(it.run > run or it.stored for it in fates.values()):
            return []
        return [it for it, fate in fates.items() if fate.run == run and fate.outcomes & PASSED_OVER]

    def _fate(self, version: ObjectVersion, run: int) -> Fate | None:
        """What became of an upload in this run or a later one; None if nothing final is known."""
        fate = self.fates.get(version.ref)
        return fate if fate and fate.run >= run and fate.is_final else None

    def _pass(
        self,
        versions: Sequence[ObjectVersion],
        run: int,
        per_second: float,
        timeout: float,
        interrupted: Interrupted,
    ) -> None:
        messages = [(self._message(it, run), self._articles(it)) for it in versions]
        sent: list[Upload] = []
        sends = sending.send(self.service, messages, per_second=per_second)
        for upload in self.follow(sends, "Sending", total=len(messages)):
            sent.append(upload)
            if interrupted.is_set():
                return
        found = sending.awaited(self.service, sent, timeout=timeout, interrupted=interrupted)
        for receipt in self.follow(found, "Waiting for receipts", total=len(sent)):
            self.fates[receipt.key, receipt.version] = Fate.of(receipt)
            self.stored += receipt.stored

    def _message(self, version: ObjectVersion, run: int) -> "Upload":
        fate = self.fates.get(version.ref)
        return version.as_upload(run=run, sequencer=fate.sequencer if fate else None)

    def _articles(self, version: ObjectVersion) -> int:
        """How many articles an upload has, by its receipt or else by its size."""
        fate = self.fates.get(version.ref)
        return (fate.records if fate else 0) or -(-version.size // BYTES_OF_AN_ARTICLE)

    def _sum_up(self, run: int) -> int:
        """Tell what became of the uploads, and what could not be done."""
        uploads: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        undone: list[tuple[str, str, str]] = []
        for version in self.versions:
            fate = self._fate(version, run)
            outcome = fate.outcome if fate else "missing"
            uploads[outcome] += 1
            line: dict[str, object] = {"key": version.key, "version": version.version}
            if fate:
                counts.update(dict(fate.counts))
                kept = {"still_stored": True} if fate.is_still_stored else {}
                cause = {"cause": fate.cause} if fate.cause else {}
                line |= {"run": fate.run, "counts": dict(fate.counts), **kept, **cause}
            self.out.line(type="upload", outcome=outcome, **line)
            if outcome not in ("accepted", "ignored"):
                known = fate or self.fates.get(version.ref)
                undone.append((version.key, version.version, _why(known, run)))
        summary = {"uploads": dict(uploads), "counts": dict(counts), "stored": self.stored}
        self.out.line(type="summary", run=run, **summary)
        self.out.table(("upload", "version", "not done"), undone[:MAX_ROWS])
        if len(undone) > MAX_ROWS:
            self.out.text(f"… and {len(undone) - MAX_ROWS:,} more; --json prints them all")
        self.out.text(f"run {run}: uploads: {counted(uploads)}; records: {counted(counts)}")
        self.out.text(f"stored in both passes: {self.stored:,} records")
        if uploads.keys() & {"failed", "missing", "gone"}:
            return FAILED
        return REJECTED if uploads.keys() & {"rejected", "partial"} else DONE


def _why(fate: Fate | None, run: int) -> str:
    if fate is None or fate.run < run:
        return "no receipt in time"
    if not fate.is_final:
        return "not finished yet"
    kept = "; an earlier reading is still stored" if fate.is_still_stored else ""
    return f"{fate.outcome}{kept}" + (f": {fate.cause}" if fate.cause else "")
