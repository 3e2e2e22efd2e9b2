"""The differences that a replay would make, counted, with examples for people."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from articles.quoting import cut
from articles.uploads.listing import ObjectVersion
from articles.versions.identity import canonical_json
from articles_cli.replays.differences import Change, Difference
from articles_cli.terminal.output import Output

EXAMPLES = 3  # of the changes of a field
MAX_ROWS = 50
MAX_VALUE_CHARS = 60
MAX_CHARS = 500  # of a value in a line of JSON


@dataclass
class Fields:
    """The fields that would change, counted, with a few examples of each."""

    counts: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    def add(self, difference: Difference) -> None:
        for change in difference.changes:
            self.counts[change.field] += 1
            examples = self._examples.setdefault(change.field, [])
            if len(examples) < EXAMPLES:
                values = (_short(change.before), _short(change.after))
                examples.append((difference.article_id, change.field, *values))

    def show(self, out: Output, *, with_examples: bool = True) -> None:
        """Print the counts, and the examples."""
        rows = [(name, f"{count:,}") for name, count in self.counts.most_common()]
        out.table(("field", "would change"), rows)
        if not with_examples:
            return
        examples = [row for name in sorted(self._examples) for row in self._examples[name]]
        out.table(("for example", "field", "stored", "read again"), examples)


@dataclass
class Found:
    """The differences that were found, counted, with a few examples for each field."""

    out: Output
    outcomes: Counter[str] = field(default_factory=Counter)
    fields: Fields = field(default_factory=Fields)
    codes: Counter[str] = field(default_factory=Counter)
    others: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, version: ObjectVersion, difference: Difference) -> None:
        self.outcomes[difference.outcome] += 1
        self.codes.update([difference.code] if difference.code else [])
        line = {
            "key": version.key,
            "version": version.version,
            "record": difference.record,
            "outcome": difference.outcome,
            "article_id": difference.article_id,
            "moved_from": difference.moved_from,
            "code": difference.code,
        }
        known = {name: value for name, value in line.items() if value is not None}
        if difference.outcome not in ("unchanged", "superseded"):
            kept = {"still_stored": True} if difference.is_kept else {}
            self.out.line(type="difference", **known, **kept, changes=as_json(difference.changes))
        self.fields.add(difference)
        if difference.outcome in ("rejected", "moved", "gone") and len(self.others) < MAX_ROWS:
            self.others.append((version.key, difference.record, _told(difference)))

    def finish(self, *, uploads: int) -> None:
        """Print the totals of so many uploads, and the examples."""
        self.out.line(
            type="differences",
            uploads=uploads,
            outcomes=dict(self.outcomes),
            fields=dict(self.fields.counts),
            codes=dict(self.codes),
        )
        self.out.text(f"records: {counted(self.outcomes)}")
        self.fields.show(self.out)
        self.out.table(("upload", "record", "would be"), self.others)
        if self.outcomes["superseded"] and self.fields.counts:
            self.out.text("Of those superseded, some may win once the others are put right.")


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Write changes as members of a line of JSON, long values cut."""
    return [
        {"field": it.field, "before": _bounded(it.before), "after": _bounded(it.after)}
        for it in changes
    ]


def _told(difference: Difference) -> str:
    if difference.outcome == "moved":
        kept = "; the old one stays, as the receipt has expired" if difference.is_kept else ""
        return f"article {difference.article_id} instead of {difference.moved_from}{kept}"
    if difference.outcome == "rejected":
        kept = "; its earlier reading stays stored" if difference.is_kept else ""
        return f"rejected: {difference.code}{kept}"
    return difference.outcome


def _short(value: object) -> str:
    if value is None:
        return ""
    return cut(value if isinstance(value, str) else canonical_json(value), MAX_VALUE_CHARS)


def _bounded(value: object) -> object:
    """Cut what is too long to be told, such as the text of an article."""
    text = canonical_json(value)
    return value if len(text) <= MAX_CHARS else cut(text, MAX_CHARS)


def counted(counts: Mapping[str, int]) -> str:
    """Write counts as a list, the greatest first."""
    return ", ".join(f"{count:,} {name}" for name, count in Counter(counts).most_common()) or "none"
