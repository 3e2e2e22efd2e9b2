"""`articles validate`: the very code of the Lambda up to the store, offline."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from articles.feeds import Feeds, FeedsError
from articles.judging import Accepted, Refused
from articles.metadata import shapes
from articles.metadata.provenance import Origin, origins
from articles.problems import Problem
from articles_cli import options
from articles_cli.files import some
from articles_cli.judgement import Judgement
from articles_cli.output import Output, fail, warn

SHOWN = 70
MAX_ROWS = 200


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
        judgement = Judgement(file.path, feed=feed, feeds=profiles)
        first: list[Accepted | Refused] = []  # of a large file, a table shows the first records
        for record in judgement:
            _print_line(out, str(file.path), record, explain=explain)
            first += [record][: MAX_ROWS - len(first)]
        _print_end(out, str(file.path), judgement)
        more = judgement.counts.total() - len(first)
        _print_table(out, first, explain=explain, more=more)
        outcomes.add(judgement.outcome)
    raise typer.Exit(1 if outcomes & {"rejected", "partial"} else 0)


def load(path: Path) -> Feeds:
    """Read feed profiles; a wrong file ends the command and names the line."""
    try:
        return Feeds.load(path, shapes=shapes.NAMES)
    except FeedsError as error:
        *others, last = str(error).split("\n")
        for problem in others:
            warn(problem)
        fail(last, 2)


def _print_line(out: Output, file: str, record: Accepted | Refused, *, explain: bool) -> None:
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


def _print_end(out: Output, file: str, judgement: Judgement) -> None:
    out.line(
        type="file",
        file=file,
        outcome=judgement.outcome,
        counts=dict(judgement.counts),
        problems=_json(judgement.problems),
        warnings=_json(judgement.warnings),
    )
    out.text(f"{file}: {judgement.outcome}")
    out.problems(judgement.problems)
    out.problems(judgement.warnings)


def _json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [problem.reported().as_json() for problem in problems]


def _print_table(
    out: Output, records: Sequence[Accepted | Refused], *, explain: bool, more: int
) -> None:
    out.table(("record", "outcome", "shape", "title"), map(_row, records))
    for record in records:
        out.problems(record.problems if isinstance(record, Refused) else ())
        out.problems(record.warnings)
        if explain and isinstance(record, Accepted):
            out.table(("field", "value", "from", "rules"), map(_origin, _origins(record)))
    if more:
        out.text(f"… and {more:,} records more; --json tells them all")
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
