"""`articles validate`: the very code of the Lambda up to the store, offline."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from articles.feeds import Feeds, FeedsError
from articles.framing import Object
from articles.problems import Problem, Rejected
from articles.provenance import Origin, origins
from articles.settings import MAX_INLINE_BYTES
from articles.validate import Accepted, Refused, examine, outcome_of
from articles_cli import options
from articles_cli.files import some
from articles_cli.output import Output, fail, warn

SHOWN = 70


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
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show where each value came from, and by which rule.")
    ] = False,
) -> None:
    """Say what would become of files, without uploading them."""
    out = Output(as_json=as_json)
    profiles = load(feeds)
    outcomes = set()
    for file in some(paths):
        verdict = judge(file.path, feed=feed, feeds=profiles)
        outcomes.add(verdict.outcome)
        _print_lines(out, str(file.path), verdict, explain=explain)
        _print_table(out, str(file.path), verdict, explain=explain)
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


def _print_lines(out: Output, file: str, verdict: Verdict, *, explain: bool) -> None:
    for record in verdict.records:
        told = {"type": "record", "file": file, "record": record.frame.record}
        if record.frame.line:
            told["line"] = record.frame.line
        told["outcome"] = "accepted" if isinstance(record, Accepted) else "rejected"
        if record.shape:
            told["shape"] = record.shape.name
        if isinstance(record, Accepted):
            told |= {"article_id": record.article_id, "article": record.article.as_json()}
            if explain:
                told["provenance"] = _provenance(record)
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


def _print_table(out: Output, file: str, verdict: Verdict, *, explain: bool) -> None:
    out.text(f"{file}: {verdict.outcome}")
    out.problems(verdict.problems)
    out.problems(verdict.warnings)
    if verdict.records:
        out.table(("record", "outcome", "shape", "title"), map(_row, verdict.records))
    for record in verdict.records:
        out.problems(record.problems if isinstance(record, Refused) else ())
        out.problems(record.warnings)
        if explain and isinstance(record, Accepted):
            out.table(("field", "value", "from", "rules"), map(_origin, _origins(record)))
    out.text("")


def _origins(record: Accepted) -> Iterator[Origin]:
    return origins(record.article, record.taken)


def _provenance(record: Accepted) -> dict[str, dict[str, object]]:
    return {
        it.field: ({"from": it.pointer} if it.pointer else {}) | {"rules": list(it.rules)}
        for it in _origins(record)
    }


def _origin(it: Origin) -> tuple[object, ...]:
    text = it.value if isinstance(it.value, str) else json.dumps(it.value, ensure_ascii=False)
    value = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return (it.field, value, it.pointer or "(derived)", " ".join(it.rules))


def _row(record: Accepted | Refused) -> tuple[object, ...]:
    shape = record.shape.name if record.shape else ""
    if isinstance(record, Refused):
        return (record.frame.record, "rejected", shape, "")
    title = record.article.title or (record.article.body_text or "")[:60]
    return (record.frame.record, "accepted", shape, title)
