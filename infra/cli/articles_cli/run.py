"""`articles run` and `articles up`: the service on this machine, from template.yaml itself."""

import contextlib
import io
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
import watchfiles

from articles.storing.items import Item
from articles.storing.receipts import Receipt
from articles_cli import lookup, options, show
from articles_cli.files import File, files, keys, some
from articles_cli.interrupt import Ended, until_interrupted
from articles_cli.output import Output, fail, stderr
from articles_cli.stack import Stack, default_name, tap_on
from articles_cli.uploads import put_files
from articles_cli.validate import load

if TYPE_CHECKING:
    from articles_local import EmbeddedAws

Verbose = Annotated[bool, typer.Option("--verbose", help="Show the functions' logs on stderr.")]


def run(
    paths: options.Paths,
    *,
    feed: options.FeedName = "default",
    feeds: options.FeedsFile = options.FEEDS,
    as_json: options.Json = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on with what changes there.")] = False,
    verbose: Verbose = False,
) -> None:
    """Ingest files on this machine, and show receipts, articles and events. Needs no AWS."""
    out = Output(as_json=as_json)
    count = len(keys(some(paths), feed))
    load(feeds)  # a wrong file shall not be found out by a function
    started = time.monotonic()
    received: list[Receipt] = []
    sent = 0
    with (
        _embedded(verbose=verbose, feeds=feeds) as (aws, stack),
        tap_on(stack) as tap,
        until_interrupted() if watch else contextlib.nullcontext() as ended,
    ):
        for batch in _batches(paths, feed, ended):
            versions = dict(put_files(stack, batch))
            events: list[show.Event] = []
            if versions:
                aws.drain(meanwhile=lambda events=events: events.extend(tap.read()))  # type: ignore[misc]
            else:  # nothing new: time goes on all the same, and embargoes end
                aws.pump()
            receipts = [it for key in versions.items() if (it := lookup.receipt(stack, *key))]
            show.receipts(out, receipts)
            show.articles(out, _articles(stack, receipts))
            events += tap.read()
            show.events(out, events)
            received += receipts
            sent += len(events)
    show.summary(out, received, events=sent, seconds=time.monotonic() - started)
    bad = any(receipt.outcome in ("partial", "rejected") for receipt in received)
    failed = len(received) < count or any(it.outcome == "failed" for it in received)
    raise typer.Exit(3 if failed else 1 if bad else 0)


def up(
    *,
    port: Annotated[
        int, typer.Option(help="The port on 127.0.0.1; 0 takes a free one.", min=0, max=65_535)
    ] = 4566,
    feeds: options.FeedsFile = options.FEEDS,
    verbose: Verbose = False,
) -> None:
    """Run the service on this machine as an AWS endpoint, for any SDK or the AWS CLI.

    What it holds is gone when it ends.
    """
    load(feeds)
    with _embedded(verbose=verbose, feeds=feeds, port=port) as (aws, stack):
        sys.stdout.write("# The service is up; end it with Ctrl-C. In another shell:\n")
        for name, value in aws.environment.items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.write(f"# Upload to s3://{stack.inbox}/incoming/<feed>/\n")
        sys.stdout.flush()
        with until_interrupted() as ended:
            while not ended.is_set():
                if not aws.pump():
                    time.sleep(0.2)


@contextlib.contextmanager
def _embedded(
    *, verbose: bool, feeds: Path, port: int = 0
) -> Iterator[tuple["EmbeddedAws", Stack]]:
    # Imported on use: it brings moto and SAM, and most commands need neither.
    from articles_local import EmbeddedAws, PortTakenError

    log: TextIO = sys.stderr if verbose else io.StringIO()
    name = default_name()
    embedded = EmbeddedAws(
        template=options.TEMPLATE,
        functions=options.FUNCTIONS,
        stack=name,
        parameters={"Stage": "dev"},
        log=log,
        port=port,
        # Moto is in this very process: writes at once would only wait for each other.
        variables={"FEEDS_FILE": str(feeds.resolve()), "WRITES_AT_ONCE": "1"},
    )
    with contextlib.ExitStack() as opened:
        try:
            aws = opened.enter_context(embedded)
        except PortTakenError as error:
            fail(str(error), 2)
        yield aws, Stack(name, aws.outputs, aws.session, aws.endpoint_url)


def _batches(paths: Iterable[Path], feed: str, ended: Ended | None) -> Iterator[dict[str, Path]]:
    """Give the files that are there; then those that come, or none for a while, until it ends."""
    seen: dict[Path, int] = {}
    yield keys(_changed(paths, seen), feed)
    if ended is None:
        return
    stderr.print("Watching; end it with Ctrl-C.")
    changes = watchfiles.watch(*paths, yield_on_timeout=True, rust_timeout=1000, stop_event=ended)
    for _ in changes:
        changed = _changed(paths, seen)
        yield keys(changed, feed) if changed else {}


def _changed(paths: Iterable[Path], seen: dict[Path, int]) -> list[File]:
    """Give the files that are not yet `seen` as they are now, and remember them."""
    now = {file: file.path.stat().st_mtime_ns for file in files(paths)}
    changed = [file for file, time in now.items() if seen.get(file.path) != time]
    seen.update({file.path: now[file] for file in changed})
    return changed


def _articles(stack: Stack, receipts: Iterable[Receipt]) -> list[Item]:
    ids = dict.fromkeys(name for it in receipts for name in lookup.article_ids(stack, it))
    return [item for article_id in ids if (item := lookup.article(stack, article_id))]
