"""`articles validate`: the very code of the Lambda up to the store, offline."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import typer

from articles.feeds import Feeds, FeedsError
from articles.framing import Object
from articles.problems import Problem, Rejected
from articles.settings import MAX_INLINE_BYTES
from articles.validate import Accepted, Refused, examine, outcome_of
from articles_cli import options
from articles_cli.files import some
from articles_cli.output import Output, fail, warn


class Verdict(NamedTuple):
    """What would become of a file."""

    outcome: str
    records: list[Accepted | Refused]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def all_problems(self) -> list[Problem]:
        refused = [record for record in self.records if isinstance(record, Refused)]
        return [*self.problems, *(problem for record in refused for problem in record.problems)]

    @property
    def rejected(self) -> int:
        return sum(isinstance(record, Refused) for record in self.records)


def validate(
    paths: options.Paths,
    feed: options.FeedName = "default",
    feeds: options.FeedsFile = options.FEEDS,
    as_json: options.Json = None,
) -> None:
    """Say what would become of files, without uploading them."""
    out = Output(as_json=as_json)
    profiles = load(feeds)
    outcomes = set()
    for file in some(paths):
        verdict = judge(file.path, feed=feed, feeds=profiles)
        outcomes.add(verdict.outcome)
        _print_lines(out, str(file.path), verdict)
        _print_table(out, str(file.path), verdict)
    raise typer.Exit(1 if outcomes & {"rejected", "partial"} else 0)


def load(path: Path) -> Feeds:
    """Read feed profiles; a wrong file ends the command and names the line."""
    try:
        return Feeds.load(path)
    except FeedsError as error:
        *others, last = str(error).split("\n")
        for problem in others:
            warn(problem)
        fail(last, 2)


def judge(path: Path, *, feed: str, feeds: Feeds) -> Verdict:
    """Judge a file as if it were uploaded now."""
    size = path.stat().st_size
    with path.open("rb") as file:
        found = Object(file.read(MAX_INLINE_BYTES), size, datetime.now(UTC))
    try:
        verdicts = examine(found, feed=feed, feeds=feeds, max_bytes=MAX_INLINE_BYTES)
    except Rejected as rejected:
        return Verdict("rejected", [], rejected.problems, ())
    records = list(verdicts.records)
    refused = sum(isinstance(record, Refused) for record in records)
    outcome = outcome_of(rejected=refused, records=len(records))
    return Verdict(outcome, records, (), verdicts.warnings)


def _print_lines(out: Output, file: str, verdict: Verdict) -> None:
    for record in verdict.records:
        told = {"type": "record", "file": file, "record": record.frame.record}
        if record.frame.line:
            told["line"] = record.frame.line
        told["outcome"] = "accepted" if isinstance(record, Accepted) else "rejected"
        if record.shape:
            told["shape"] = record.shape.name
        if isinstance(record, Accepted):
            told |= {"article_id": record.article_id, "article": record.article.as_json()}
        problems = record.problems if isinstance(record, Refused) else ()
        out.line(**told, problems=_json(problems), warnings=_json(record.warnings))
    out.line(
        type="file",
        file=file,
        outcome=verdict.outcome,
        counts={
            "accepted": len(verdict.records) - verdict.rejected,
            "rejected": verdict.rejected,
        },
        problems=_json(verdict.problems),
        warnings=_json(verdict.warnings),
    )


def _json(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [problem.as_json() for problem in problems]


def _print_table(out: Output, file: str, verdict: Verdict) -> None:
    out.text(f"{file}: {verdict.outcome}")
    out.problems(verdict.problems)
    out.problems(verdict.warnings)
    if verdict.records:
        out.table(("record", "outcome", "shape", "title"), map(_row, verdict.records))
    for record in verdict.records:
        out.problems(record.problems if isinstance(record, Refused) else ())
        out.problems(record.warnings)
    out.text("")


def _row(record: Accepted | Refused) -> tuple[object, ...]:
    shape = record.shape.name if record.shape else ""
    if isinstance(record, Refused):
        return (record.frame.record, "rejected", shape, "")
    title = record.article.title or (record.article.body_text or "")[:60]
    return (record.frame.record, "accepted", shape, title)
