"""`articles run`: ingest files on this machine, in the service of template.yaml itself."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live

from articles_cli import options
from articles_cli.files import File, at_least_one, files, keys, load_feeds
from articles_cli.local.chaos import kinds_of, run_in_chaos
from articles_cli.local.embedded import Verbose, embedded
from articles_cli.stack.deployment import Deployment
from articles_cli.stories import show
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE, exit_code
from articles_cli.terminal.output import Output, fail, stderr
from articles_cli.terminal.waiting import Interrupted, until_interrupted
from articles_cli.uploads.uploading import put_files

if TYPE_CHECKING:
    from articles.storing.receipts import Receipt
    from articles_cli.stack.tap import Tap
    from articles_local import EmbeddedAws


def run(
    paths: options.Paths,
    *,
    feed: options.FeedName = "default",
    feeds: options.FeedsFile = options.FEEDS,
    as_json: options.Json = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running, and ingest files that change.")
    ] = False,
    chaos: Annotated[
        str | None,
        typer.Option(
            metavar="KINDS",
            help="Ingest under faults, and check that all promises hold: dup, reorder, throttle, "
            "crash, with commas between; or all.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="INT", help="Repeat the faults of this seed.", show_default=False),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Example: `articles run my-folder --feed courier`.

    Ingest files on this machine, and show their receipts, articles and events. No AWS account is
    needed: the service runs in memory, and is gone afterwards.
    """
    out = Output(as_json=as_json)
    by_key = keys(at_least_one(paths), feed)
    load_feeds(feeds)  # errors are reported here, before a function finds them
    if chaos is not None:
        if watch:
            fail("--chaos ends by itself: leave out --watch.", WRONG_USAGE)
        kinds = kinds_of(chaos)
        run_in_chaos(out, by_key, feeds=feeds, kinds=kinds, seed=seed, verbose=verbose)
    if seed is not None:
        fail("--seed is for --chaos.", WRONG_USAGE)
    started = time.monotonic()
    received: list[Receipt] = []
    failed: set[str] = set()
    uploaded = sent = 0
    with (
        embedded(verbose=verbose, feeds=feeds) as (aws, service),
        service.tap() as tap,
        until_interrupted() if watch else contextlib.nullcontext() as interrupted,
    ):
        for batch in _batches(paths, feed, interrupted):
            versions = put_files(out, service, batch)
            failed = (failed | batch.keys()) - versions.keys()
            uploaded += len(versions)
            with _progress(aws, service):
                events = _settled(aws, tap, is_new=bool(versions))
            found = service.lookup.receipts_at(versions.items())
            receipts = [found[upload] for upload in versions.items() if upload in found]
            show.receipts(out, receipts, is_kept=False)
            ids = (name for it in receipts for name in service.lookup.article_ids(it))
            show.articles(out, service.lookup.stored(ids))
            show.events(out, events)
            received += receipts
            sent += len(events)
    seconds = time.monotonic() - started
    show.summary(out, received, failed=len(failed), events=sent, seconds=seconds)
    raise typer.Exit(FAILED if failed or len(received) < uploaded else exit_code(received))


@contextlib.contextmanager
def _progress(aws: "EmbeddedAws", service: Deployment) -> Iterator[None]:
    """Count on a terminal what is stored, also while a function is at work."""
    table = service.outputs["ArticlesTable"]
    count = Live(
        get_renderable=lambda: f"Ingesting … articles stored: {aws.count(table):,}",
        console=stderr,
        refresh_per_second=2,
        transient=True,
    )
    with count if stderr.is_terminal else contextlib.nullcontext():
        yield


def _settled(aws: "EmbeddedAws", tap: "Tap", *, is_new: bool) -> list[show.Event]:
    """Let the service process what was uploaded, and return the events.

    Without new uploads time goes on all the same, and embargoes end.
    """
    events: list[show.Event] = []
    if is_new:
        aws.drain(meanwhile=lambda: events.extend(tap.read()))
    else:
        aws.pump()
    return events + tap.read()


def _batches(
    paths: Iterable[Path], feed: str, interrupted: Interrupted | None
) -> Iterator[dict[str, Path]]:
    """Yield the files that exist; then, until Ctrl-C, those that change, or none every second."""
    seen: dict[Path, int] = {}
    yield keys(_changed(paths, seen), feed)
    if interrupted is None:
        return
    stderr.print("Watching for changes; press Ctrl-C to stop.")
    # Imported on use: it comes with the extra `local`, as what `embedded` imports.
    import watchfiles

    changes = watchfiles.watch(
        *paths, yield_on_timeout=True, rust_timeout=1000, stop_event=interrupted
    )
    for _ in changes:
        changed = _changed(paths, seen)
        yield keys(changed, feed) if changed else {}


def _changed(paths: Iterable[Path], seen: dict[Path, int]) -> list[File]:
    """Return the files that are not yet `seen` in their current state, and remember them."""
    now = {file: _changed_at(file.path) for file in files(paths)}
    changed = [file for file, time in now.items() if seen.get(file.path) != time]
    seen.update({file.path: now[file] for file in changed})
    return changed


def _changed_at(path: Path) -> int:
    """Return when a file was changed; 0 if it cannot be told, as its upload will."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
