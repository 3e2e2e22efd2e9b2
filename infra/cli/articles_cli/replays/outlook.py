"""The outlook before a deployment: what is here would make something else of uploads.

They are compared with their receipts record by record, and field by field with what is stored.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from articles.feeds import Feeds
from articles.limits import MIB
from articles.refs import label, name_in
from articles.storing.receipts import Receipt
from articles.uploads.listing import ObjectVersion
from articles_cli.replays.differences import Comparison, Difference
from articles_cli.replays.findings import MAX_ROWS, Fields, as_json, counted
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.output import Output, tracked

LARGEST, MOST = 32 * MIB, 512 * MIB  # of an upload that is read, and of all: about ten minutes
AT_ONCE = 100  # receipts
READ = ("accepted", "partial", "rejected", "ignored")  # outcomes of uploads that were read

Kind = Literal["rejected", "accepted", "moved", "changed", "stored", "lost", "codes"]
Codes = frozenset[str]


@dataclass
class Outlook:
    """What would become of uploads in another way than before, counted.

    `kinds` has the records by what would change about them, in one word:

    rejected, accepted: and were not; moved: to another article id; changed: its fields; stored: it
    had lost to another version, and would win; lost: it would not be found in the file; codes: only
    its errors or warnings are others. Where it is not detailed, no upload is named and no value of
    a field is shown: either may be under embargo.
    """

    out: Output
    service: Deployment
    feeds: Feeds
    is_detailed: bool = True
    read: int = 0  # uploads
    records: int = 0
    size: int = 0  # bytes of the uploads that were read
    kinds: Counter[str] = field(default_factory=Counter)
    _fields: Fields = field(default_factory=Fields)
    _codes: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    _examples: list[tuple[object, ...]] = field(default_factory=list)
    _left_out: Counter[str] = field(default_factory=Counter)
    _not_compared: list[tuple[str, str]] = field(default_factory=list)

    def look_into(self, versions: Sequence[ObjectVersion], *, of: int) -> None:
        """Read uploads, which are some or all of so many, and show what would change.

        The smallest come first: where not all can be read, the most are.
        """
        smallest_first = sorted(versions, key=lambda it: it.size)
        for version, receipt in self._with_receipts(tracked(smallest_first, "Reading")):
            if reason := self._compare(version, receipt):
                self._leave_out(version, reason)
            else:
                self.read += 1
        self._sum_up(of=of)

    def _with_receipts(
        self, versions: Iterator[ObjectVersion]
    ) -> Iterator[tuple[ObjectVersion, Receipt | None]]:
        while batch := list(islice(versions, AT_ONCE)):
            receipts = self.service.lookup.receipts_at(it.ref for it in batch)
            yield from ((version, receipts.get(version.ref)) for version in batch)

    def _compare(self, version: ObjectVersion, receipt: Receipt | None) -> str | None:
        """Compare an upload; returns why it cannot be."""
        if receipt is None:
            return "no receipt"
        if receipt.outcome not in READ:
            return f"its receipt says {receipt.outcome or receipt.state}"
        if version.size > LARGEST:
            return f"larger than {LARGEST // MIB} MiB"
        if self.size + version.size > MOST:
            return f"beyond {MOST // MIB} MiB in all"
        self.size += version.size
        comparison = Comparison(self.service, version, receipt, self.feeds)
        if not comparison.is_all_told:
            return "no longer reported"
        unseen = dict(comparison.told)
        for found in comparison:
            if found.record is not None:
                unseen.pop(found.record, None)
                self._count(version, found)
        if comparison.reading.is_gone:
            return "no longer in the inbox"
        problems = comparison.reading.problems
        code = problems[0].code if problems else None
        for record, told in unseen.items():
            outcome = "rejected" if code else "lost"
            self._count(version, Difference(outcome, record, told.article_id, code=code, told=told))
        before, now = comparison.codes
        self._tell(version, Difference("unchanged"), None, now - before, before - now)
        return None

    def _leave_out(self, version: ObjectVersion, reason: str) -> None:
        self._left_out[reason] += 1
        if self.is_detailed:
            line = {"key": version.key, "version": version.version, "reason": reason}
            self.out.line(type="left_out", **line)
            self._not_compared.append((version.key, reason))

    def _count(self, version: ObjectVersion, found: Difference) -> None:
        """Count a record, and tell what would change about it."""
        self.records += 1
        before = found.told.codes if found.told else Codes()
        if before is None:  # the receipt keeps them back
            before = found.codes
        self._tell(version, found, _kind(found), found.codes - before, before - found.codes)

    def _tell(
        self,
        version: ObjectVersion,
        found: Difference,
        kind: Kind | None,
        appearing: Codes,
        vanishing: Codes,
    ) -> None:
        """Tell what would change about a record, or about the file as a whole; if anything."""
        if not (kind or appearing or vanishing):
            return
        kind = kind or "codes"
        self.kinds[kind] += 1
        self._fields.add(found)
        for way, codes in (("appears", appearing), ("vanishes", vanishing)):
            for code in codes:
                self._codes.setdefault((label(name_in(version.key)), code), Counter())[way] += 1
        if not self.is_detailed:
            return
        was = found.told.article_id if found.told and kind == "moved" else None
        members = {
            "record": found.record,
            "article_id": found.article_id,
            "moved_from": was,
            "code": found.code,
            "changes": as_json(found.changes),
            "appearing": sorted(appearing),
            "vanishing": sorted(vanishing),
        }
        known = {name: value for name, value in members.items() if value not in (None, [])}
        self.out.line(
            type="difference", key=version.key, version=version.version, kind=kind, **known
        )
        if kind not in ("changed", "codes") and len(self._examples) < MAX_ROWS:
            more = f": {found.code}" if found.code else f", and was {was}" if was else ""
            self._examples.append((version.key, found.record, kind + more))

    def _sum_up(self, *, of: int) -> None:
        self.out.line(
            type="differences",
            uploads=of,
            read=self.read,
            left_out=dict(self._left_out),
            records=self.records,
            kinds=dict(self.kinds),
            fields=dict(self._fields.counts),
            codes=[
                {"feed": feed, "code": code, **counts}
                for (feed, code), counts in sorted(self._codes.items())
            ],
        )
        self.out.text(f"read again here: {self.read:,} of {of:,} uploads, {self.records:,} records")
        self.out.text(f"differences: {counted(self.kinds)}")
        self._fields.show(self.out, with_examples=self.is_detailed)
        rows = [
            (feed, code, f"{counts['appears']:,}", f"{counts['vanishes']:,}")
            for (feed, code), counts in sorted(self._codes.items())
        ]
        self.out.table(("feed", "code", "appears", "vanishes"), rows)
        self.out.table(("upload", "record", "would be"), self._examples)
        if self._left_out:
            self.out.text(f"not compared: {counted(self._left_out)}")
        self.out.table(("not compared", "because"), self._not_compared[:MAX_ROWS])
        if (more := len(self._not_compared) - MAX_ROWS) > 0:
            self.out.text(f"… and {more:,} more; --json prints them all")


def _kind(found: Difference) -> Kind | None:
    """Name what would change about a record, in the words of Outlook; None if nothing would.

    A record of which the receipt tells nothing was not found in the file before, or not read.
    """
    told = found.told
    was_accepted = told is not None and told.outcome != "rejected"
    if found.outcome == "rejected":
        return "rejected" if was_accepted else None
    if found.outcome == "lost":
        return "lost" if was_accepted else None
    if told is None or not was_accepted:
        return "accepted"
    if told.article_id != found.article_id:
        return "moved"
    if found.changes:
        return "changed"
    return "stored" if (told.outcome, found.outcome) == ("superseded", "stored") else None
