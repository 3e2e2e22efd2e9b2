"""`articles check-feeds`: feed profiles, and each feed's own samples."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from articles.feeds import Feeds
from articles.judging import Accepted, Refused
from articles_cli import options, samconfig
from articles_cli.files import load_feeds
from articles_cli.samconfig import SamconfigError
from articles_cli.terminal.exit_codes import DONE, REJECTED, WRONG_USAGE
from articles_cli.terminal.output import Output, fail, warn
from articles_cli.uploads.dry_run import DryRun

EXPECTED = ".expected.json"


class Sample(NamedTuple):
    """A file of a feed, and how its result differs from what is expected."""

    feed: str
    path: Path
    faults: list[str]


def check_feeds(
    feeds: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help="File of feed profiles.",
            show_default="every feeds*.toml of functions/",
        ),
    ] = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles check-feeds --feeds my-feeds.toml`.

    Check files of feeds, and that the samples of each feed give the expected results.
    """
    out = Output(as_json=as_json)
    if not feeds and not options.IS_CHECKOUT:
        fail(f"Name a file with --feeds, or {options.IN_A_CHECKOUT}", WRONG_USAGE)
    paths = [feeds] if feeds else sorted(options.FUNCTIONS.glob("feeds*.toml"))
    if not paths:
        fail(f"There is no feeds*.toml in {options.FUNCTIONS}.", WRONG_USAGE)
    if not feeds:
        _check_names()
    are_right = [_check(out, path) for path in paths]
    raise typer.Exit(DONE if all(are_right) else REJECTED)


def _check_names() -> None:
    """End the command if a stack is to be deployed with a file that is not there."""
    for it in samconfig.environments().values():
        try:
            file = it.feeds_file
        except SamconfigError as error:
            warn(f"{error} Whether its FeedsFile is there was not checked.")
            continue
        if file and not file.is_file():
            said = f"the FeedsFile of {it.name} is not in functions/: {file.name}."
            fail(f"{samconfig.FILE}: {said}", WRONG_USAGE)


def _check(out: Output, feeds: Path) -> bool:
    """Show what a file's samples give; ends the command if the file itself is wrong."""
    profiles = load_feeds(feeds)
    samples = [*_samples(profiles, feeds.parent)]
    for feed, path, faults in samples:
        out.line(type="sample", feed=feed, file=str(path), right=not faults, faults=faults)
    rows = [(feed, path.name, faults or "as expected") for feed, path, faults in samples]
    out.table(("feed", "sample", "result"), rows)
    out.text(f"{feeds.name}: feeds: {len(profiles.feeds)}; samples: {len(samples)}")
    return not any(sample.faults for sample in samples)


def _samples(feeds: Feeds, folder: Path) -> Iterator[Sample]:
    for name, profile in feeds.feeds.items():
        for pattern in profile.samples:
            found = [p for p in sorted(folder.glob(pattern)) if not p.name.endswith(EXPECTED)]
            if not found:
                fail(f"Feed {name}: no sample matches {pattern} in {folder}.", WRONG_USAGE)
            for path in found:
                dry_run = DryRun(path, feed=name, feeds=feeds)
                records = list(dry_run)
                yield Sample(name, path, list(_faults(dry_run, records, _expected(path))))


def _expected(path: Path) -> dict[str, Any]:
    """Read what is expected of a sample; by default, that it is accepted."""
    beside = path.with_name(path.name.partition(".")[0] + EXPECTED)
    if not beside.exists():
        return {"outcome": "accepted"}
    expected: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
    return expected


def _faults(
    dry_run: DryRun, records: Sequence[Accepted | Refused], expected: dict[str, Any]
) -> Iterator[str]:
    codes = [str(problem.code) for problem in (*dry_run.problems, *dry_run.record_problems)]
    if dry_run.outcome != expected.get("outcome", "accepted"):
        yield f"outcome is {dry_run.outcome} ({', '.join(codes) or 'no problems'})"
    yield from (f"{code} is missing" for code in expected.get("codes", []) if code not in codes)
    for number, wanted in enumerate(expected.get("articles", [])):
        record = records[number] if number < len(records) else None
        article = record.article.as_json() if isinstance(record, Accepted) else {}
        for field, value in wanted.items():
            if article.get(field) != value:
                yield f"record {number}: {field} is {_json(article.get(field))}, not {_json(value)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
