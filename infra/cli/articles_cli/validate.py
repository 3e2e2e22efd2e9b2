"""`articles validate`: what would happen to files, by the code of the Lambda function, offline."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer

from articles.judging import Accepted, Refused
from articles.metadata.notes import Unread
from articles.metadata.provenance import Origin, origins
from articles.problems import Problem
from articles.storing.receipts import most_often
from articles_cli import options, show
from articles_cli.dry_run import DryRun
from articles_cli.exit_codes import DONE, REJECTED
from articles_cli.files import at_least_one, load_feeds
from articles_cli.output import Output

MAX_VALUE_CHARS = 70
MAX_ROWS = 200


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
) -> None:
    """Example: `articles validate my-folder --explain`.

    Tell what would become of files, without uploading them. It is the code of the service, and
    needs neither AWS nor a network.
    """
    out = Output(as_json=as_json)
    profiles = load_feeds(feeds)
    outcomes = set()
    for file in at_least_one(paths):
        dry_run = DryRun(file.path, feed=feed, feeds=profiles)
        first: list[Accepted | Refused] = []  # the table of a large file ends after these
        for record in dry_run:
            _print_line(out, str(file.path), record, explain=explain)
            first += [record][: MAX_ROWS - len(first)]
        _print_summary(out, str(file.path), dry_run)
        more = dry_run.counts.total() - len(first)
        _print_table(out, first, dry_run.unread, explain=explain, more=more)
        outcomes.add(dry_run.outcome)
    raise typer.Exit(REJECTED if outcomes & {"rejected", "partial"} else DONE)


def _print_line(out: Output, file: str, record: Accepted | Refused, *, explain: bool) -> None:
    line = {"type": "record", "file": file, "record": record.frame.record}
    if record.frame.line:
        line["line"] = record.frame.line
    line["outcome"] = "accepted" if isinstance(record, Accepted) else "rejected"
    if record.shape:
        line["shape"] = record.shape.name
    if isinstance(record, Accepted):
        line |= {"article_id": record.article_id, "article": record.article.as_json()}
        if explain:
            line["provenance"] = _provenance(record)
    problems = record.problems if isinstance(record, Refused) else ()
    line["unread"] = list(record.unread.pointers)
    if (more := record.unread.total - len(record.unread.pointers)) > 0:
        line["unread_more"] = more
    out.line(**line, problems=_json(problems), warnings=_json(record.warnings))


def _print_summary(out: Output, file: str, dry_run: DryRun) -> None:
    out.line(
        type="file",
        file=file,
        outcome=dry_run.outcome,
        counts=dict(dry_run.counts),
        problems=_json(dry_run.problems),
        warnings=_json(dry_run.warnings),
        unread=most_often(dry_run.unread),
    )
    out.text(f"{file}: {dry_run.outcome}")
    out.problems(dry_run.problems)
    out.problems(dry_run.warnings)


def _json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [problem.reported().as_json() for problem in problems]


def _print_table(
    out: Output,
    records: Sequence[Accepted | Refused],
    unread: Counter[str],
    *,
    explain: bool,
    more: int,
) -> None:
    out.table(("record", "outcome", "shape", "title"), map(_row, records))
    for record in records:
        out.problems(record.problems if isinstance(record, Refused) else ())
        out.problems(record.warnings)
        if explain and isinstance(record, Accepted):
            out.table(("field", "value", "from", "rules"), map(_origin, _origins(record)))
        if explain and record.unread.total:
            out.text(f"  not read: {_names(record.unread)}")
    show.unread(out, most_often(unread))
    if more:
        out.text(f"… and {more:,} more records; --json prints them all")
    out.text("")


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
