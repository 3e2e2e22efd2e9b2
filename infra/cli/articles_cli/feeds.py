"""`articles check-feeds`: feed profiles, and what they make of each feed's own files."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

from articles.feeds import Feeds
from articles.judging import Accepted, Refused
from articles_cli import options
from articles_cli.judgement import Judgement
from articles_cli.output import Output, fail
from articles_cli.validate import load

EXPECTED = ".expected.json"


class Sample(NamedTuple):
    """A file of a feed, and everything in which it is not as expected."""

    feed: str
    path: Path
    faults: list[str]


def check_feeds(feeds: options.FeedsFile = options.FEEDS, as_json: options.Json = None) -> None:
    """Check feeds.toml, and every feed's samples against what is expected of them."""
    out = Output(as_json=as_json)
    profiles = load(feeds)
    samples = [*_samples(profiles, feeds.parent)]
    for feed, path, faults in samples:
        out.line(type="sample", feed=feed, file=str(path), right=not faults, faults=faults)
    rows = [(feed, path.name, faults or "as expected") for feed, path, faults in samples]
    out.table(("feed", "sample", "found"), rows)
    out.text(f"{feeds.name}: feeds: {len(profiles.feeds)}; samples: {len(samples)}")
    raise typer.Exit(1 if any(sample.faults for sample in samples) else 0)


def _samples(feeds: Feeds, folder: Path) -> Iterator[Sample]:
    for name, profile in feeds.feeds.items():
        for pattern in profile.samples:
            found = [p for p in sorted(folder.glob(pattern)) if not p.name.endswith(EXPECTED)]
            if not found:
                fail(f"The feed {name} has no sample {pattern} (seen from {folder}).", 2)
            for path in found:
                judgement = Judgement(path, feed=name, feeds=feeds)
                records = list(judgement)
                yield Sample(name, path, list(_faults(judgement, records, _expected(path))))


def _expected(path: Path) -> dict[str, Any]:
    """Read what a sample must become; one without a word beside it must be accepted."""
    beside = path.with_name(path.name.partition(".")[0] + EXPECTED)
    if not beside.exists():
        return {"outcome": "accepted"}
    expected: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
    return expected


def _faults(
    judgement: Judgement, records: Sequence[Accepted | Refused], expected: dict[str, Any]
) -> Iterator[str]:
    codes = [str(problem.code) for problem in (*judgement.problems, *judgement.of_records)]
    if judgement.outcome != expected.get("outcome", "accepted"):
        yield f"outcome is {judgement.outcome} ({', '.join(codes) or 'no problems'})"
    yield from (f"{code} is missing" for code in expected.get("codes", []) if code not in codes)
    for number, wanted in enumerate(expected.get("articles", [])):
        record = records[number] if number < len(records) else None
        article = record.article.as_json() if isinstance(record, Accepted) else {}
        for field, value in wanted.items():
            if article.get(field) != value:
                yield f"record {number}: {field} is {article.get(field)!r}, not {value!r}"
