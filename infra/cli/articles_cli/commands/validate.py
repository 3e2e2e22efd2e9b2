"""`articles validate`: what would happen to files, by the code of the Lambda function, offline."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated

import typer

from articles.judging import Accepted, Refused
from articles.limits import Limits
from articles.metadata.notes import Unread
from articles.metadata.provenance import Origin, origins
from articles.problems import Problem
from articles.quoting import cut
from articles.storing.receipts import most_often
from articles_cli import options
from articles_cli.files import at_least_one, check_feed_name, load_feeds, rereadable
from articles_cli.stories import show
from articles_cli.terminal.exit_codes import DONE, FAILED, REJECTED
from articles_cli.terminal.output import Output, tracked, warn
from articles_cli.terminal.saying import Problems
from articles_cli.uploads.dry_run import MAX_UNREAD, DryRun

MAX_VALUE_CHARS = 70
MAX_ROWS = 20
COLUMNS = ("record", "outcome", "shape", "title")
TOLD = {
    "accepted": "accepted",
    "failed": "could not be read",
    "rejected": "rejected",
    "partial": "rejected in part",
    "ignored": "ignored",
}


def validate(
    paths: options.Paths,
    feed: options.FeedName = "default",
    feeds: options.FeedsFile = options.FEEDS,
    as_json: options.Json = None,
    *,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show where each value comes from, and the rules applied."),
    ] = False,
    only_problems: Annotated[
        bool,
        typer.Option(
            "--only-problems",
            help="Leave out files and records that are accepted without a warning and wholly read.",
        ),
    ] = False,
) -> None:
    """Example: `articles validate my-folder --explain`.

    Show what would become of files, without uploading them; `-` is standard input. It is the code
    of the service, and needs neither AWS nor a network.
    """
    check_feed_name(feed)
    out = Output(as_json=as_json)
    profiles = load_feeds(feeds)
    found = at_least_one(paths)
    total = Total(len(found))
    with out.held_back(lambda: total.show(out)):
        for file in tracked(found, "Validating"):
            report = Report(out, str(file.path), explain=explain, only_problems=only_problems)
            try:
                with rereadable(file) as path:
                    dry_run = DryRun(path, feed=feed, feeds=profiles, name=file.path.name)
                    total.reading = report.file, dry_run
                    is_long = path.stat().st_size > Limits().max_inline_bytes
                    for record in tracked(dry_run, file.path.name) if is_long else dry_run:
                        report.add(record)
            except OSError as error:
                report.fail(error)
                total.fail()
            else:
                report.finish(dry_run)
                total.add(dry_run, has_warnings=report.has_warnings)
    raise typer.Exit(total.exit_code)


@dataclass
class Total:
    """What would happen to all files, which are so many."""

    files: int
    outcomes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    with_warnings: int = 0
    reading: tuple[str, DryRun] | None = None  # the file that is read

    def add(self, dry_run: DryRun, *, has_warnings: bool) -> None:
        self.outcomes[dry_run.outcome] += 1
        self.with_warnings += has_warnings
        self.counts += dry_run.counts
        self.unread = Counter(dict((self.unread + dry_run.unread).most_common(MAX_UNREAD)))
        self.reading = None

    def fail(self) -> None:
        """Count a file that could not be read."""
        self.outcomes["failed"] += 1
        self.reading = None

    @property
    def exit_code(self) -> int:
        if self.outcomes["failed"]:
            return FAILED
        return REJECTED if self.outcomes["rejected"] + self.outcomes["partial"] else DONE

    def show(self, out: Output) -> None:
        """Print the summary; for people, that of a single file is its own line.

        Not all files are done if the command was stopped: then it says where.
        """
        left = self.files - self.outcomes.total()
        counts = self.counts + (self.reading[1].counts if self.reading else Counter())
        out.line(
            type="summary",
            files=self.files,
            outcomes=dict(+self.outcomes),
            with_warnings=self.with_warnings,
            counts={name: counts[name] for name in ("accepted", "rejected")},
            unread=most_often(self.unread),
            **({"stopped": True} if left else {}),
        )
        if left:
            out.text(self._stopped(left), "yellow")
        if self.files > 1 and self.outcomes:
            style = "red" if self.exit_code else "yellow" if self.with_warnings else "green"
            out.text(self._told(), style)

    def _stopped(self, left: int) -> str:
        said = "Stopped"
        if self.reading:
            file, dry_run = self.reading
            records, rejected = dry_run.counts.total(), dry_run.counts["rejected"]
            said += f" in {file}, after {_many(records, 'record')} ({rejected:,} rejected)"
        return f"{said}; {_many(left, 'file')} not finished."

    def _told(self) -> str:
        parts = [f"{self.outcomes[it]:,} {told}" for it, told in TOLD.items() if self.outcomes[it]]
        files = f"{_many(self.outcomes.total(), 'file')} ({_many(self.counts.total(), 'record')})"
        is_fine = self.outcomes.keys() <= {"accepted"}
        said = f"{files} accepted" if is_fine else f"{', '.join(parts)} of {files}"
        if self.with_warnings:
            said += f"; {self.with_warnings:,} with warnings"
        if self.unread:
            said += f"; not read: {show.members(most_often(self.unread))}"
        return said


@dataclass(frozen=True)
class Told:
    """What people are told of a record, which may itself be large."""

    row: tuple[object, ...]
    origins: list[tuple[object, ...]]
    unread: str


@dataclass
class Report:
    """What would happen to a file: a line for each record, and one for the file.

    People see the problems of all records, and a table of the records: of many, those with problems
    come first, wherever they are.
    """

    out: Output
    file: str
    explain: bool
    only_problems: bool
    has_warnings: bool = False
    _first: list[Told] = field(default_factory=list)
    _bad: list[Told] = field(default_factory=list)  # the first with problems or warnings
    _problems: Problems = field(default_factory=Problems)
    _told: int = 0  # records
    _told_bad: int = 0

    def add(self, record: Accepted | Refused) -> None:
        self.has_warnings |= bool(record.warnings)
        problems = record.problems if isinstance(record, Refused) else ()
        is_bad = bool(problems or record.warnings)
        if self.only_problems and not (is_bad or record.unread.total):
            return
        self._told += 1
        self._told_bad += is_bad
        self._print_line(record, problems)
        if not self.out.as_json:
            self._problems.add((*problems, *record.warnings))
            self._keep(record, is_bad=is_bad)

    def _keep(self, record: Accepted | Refused, *, is_bad: bool) -> None:
        keeping = [self._first, self._bad] if is_bad else [self._first]
        if not (rows := [it for it in keeping if len(it) < MAX_ROWS]):
            return
        explained = _origins(record) if self.explain and isinstance(record, Accepted) else ()
        unread = _names(record.unread) if self.explain else ""
        told = Told(_row(record), list(map(_origin, explained)), unread)
        for it in rows:
            it.append(told)

    def finish(self, dry_run: DryRun) -> None:
        """Sum up the file."""
        self.has_warnings |= bool(dry_run.warnings)
        is_fine = dry_run.outcome == "accepted" and not dry_run.warnings
        if self.only_problems and is_fine and not self._told:
            return
        self.out.line(
            type="file",
            file=self.file,
            outcome=dry_run.outcome,
            counts=dict(dry_run.counts),
            problems=_json(dry_run.problems),
            warnings=_json(dry_run.warnings),
            unread=most_often(dry_run.unread),
            **({"cause": dry_run.cause} if dry_run.cause else {}),
        )
        self._print_summary(dry_run)

    def fail(self, error: OSError) -> None:
        """Say why the file cannot be read."""
        cause = f"{error.strerror or error}."
        found = {"problems": [], "warnings": [], "cause": cause}
        self.out.line(type="file", file=self.file, outcome="failed", **found)
        warn(f"{self.file} could not be read: {cause}")

    def _print_line(self, record: Accepted | Refused, problems: Iterable[Problem]) -> None:
        line = {"type": "record", "file": self.file, "record": record.frame.record}
        if record.frame.line:
            line["line"] = record.frame.line
        line["outcome"] = "accepted" if isinstance(record, Accepted) else "rejected"
        if record.shape:
            line["shape"] = record.shape.name
        if isinstance(record, Accepted):
            line |= {"article_id": record.article_id, "article": record.article.as_json()}
            if self.explain:
                line["provenance"] = _provenance(record)
        line["unread"] = list(record.unread.pointers)
        if (more := record.unread.total - len(record.unread.pointers)) > 0:
            line["unread_more"] = more
        self.out.line(**line, problems=_json(problems), warnings=_json(record.warnings))

    def _print_summary(self, dry_run: DryRun) -> None:
        out, is_one = self.out, dry_run.counts.total() <= 1
        colour = "yellow" if self.has_warnings and dry_run.outcome == "accepted" else ""
        out.verdict(self.file, dry_run.outcome, self._details(dry_run.counts), colour)
        if dry_run.cause:
            out.text(f"  {dry_run.cause}")
        out.problems((*dry_run.problems, *dry_run.warnings))
        out.problems(self._problems, is_one=is_one)
        is_long = self._told > MAX_ROWS and self._bad
        rows = self._bad if is_long else self._first
        if not is_one:
            out.table(COLUMNS, (it.row for it in rows))
        if (more := self._told - len(rows)) > 0:
            bad = self._told_bad - len(rows) if is_long else 0
            which = f"{bad:,} of them with problems" if bad else "none of them with a problem"
            out.text(f"… and {more:,} more records, {which}; --json prints them all")
        for it in rows:
            out.table(("field", "value", "from", "rules"), it.origins)
            if it.unread:
                out.text(f"  not read: {it.unread}")
        show.unread(out, most_often(dry_run.unread))

    def _details(self, counts: Counter[str]) -> str:
        if counts.total() > 1:
            rejected = f"{counts['rejected']:,} of " if counts["rejected"] else ""
            return f" ({rejected}{counts.total():,} records{' rejected' if rejected else ''})"
        if not self._first or not counts["accepted"]:
            return ""
        _, _, shape, title = self._first[0].row
        return f" as {shape}: {cut(str(title), MAX_VALUE_CHARS)}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [problem.reported().as_json() for problem in problems]


def _names(unread: Unread) -> str:
    more = unread.total - len(unread.pointers)
    return ", ".join(unread.pointers) + (f" and {more:,} more" if more else "")


def _origins(record: Accepted) -> Iterator[Origin]:
    return origins(record.article, record.taken)


def _provenance(record: Accepted) -> dict[str, dict[str, object]]:
    return {
        it.field: ({"from": it.pointer} if it.pointer else {}) | {"rules": list(it.rules)}
        for it in _origins(record)
    }


def _origin(it: Origin) -> tuple[object, ...]:
    text = it.value if isinstance(it.value, str) else json.dumps(it.value, ensure_ascii=False)
    value = text if len(text) <= MAX_VALUE_CHARS else f"{text[:MAX_VALUE_CHARS]}…"
    return (it.field, value, it.pointer or "(derived)", " ".join(it.rules))


def _row(record: Accepted | Refused) -> tuple[object, ...]:
    shape = record.shape.name if record.shape else ""
    if isinstance(record, Refused):
        return (record.frame.record, "rejected", shape, "")
    title = record.article.title or (record.article.body_text or "")[:60]
    return (record.frame.record, "accepted", shape, title)
