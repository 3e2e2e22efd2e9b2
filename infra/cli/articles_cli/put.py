"""`articles put`: upload files, and wait for their receipts."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.markup import escape

from articles.storing.lookup import Lookup
from articles.storing.receipts import Receipt
from articles_cli import deployment, options, show, streams, waiting
from articles_cli.deployment import Deployment
from articles_cli.dry_run import DryRun
from articles_cli.exit_codes import DONE, FAILED, REJECTED, exit_code
from articles_cli.files import File, at_least_one, keys, load_feeds, rereadable
from articles_cli.output import Output, fail, plain, stderr, tracked, warn


def put(
    paths: options.Paths,
    *,
    feed: options.FeedName = "default",
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the receipts.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait without progress.", min=0)] = 120,
    check: Annotated[
        bool,
        typer.Option(
            "--validate/--no-validate", help="Do not upload files that would be rejected."
        ),
    ] = True,
) -> None:
    """Upload files to the inbox; files that would be rejected as a whole are not uploaded."""
    streams.outlive_reader()
    out = Output(as_json=as_json)
    by_key = keys(at_least_one(paths), feed)
    service = deployment.find(stack_name)
    good = _good(out, by_key, feed, feeds or service.feeds_file) if check else by_key
    versions: dict[str, str] = {}
    for key, version in put_files(service, good):
        versions[key] = version
        out.verbatim(f"{good[key]} → s3://{service.inbox}/{key}")
        out.line(type="upload", file=str(good[key]), key=key, version=version)
    receipts = _wait(service.lookup, versions, timeout) if wait else {}
    show.receipts(out, list(receipts.values()))
    if late := [key for key in versions if wait and key not in receipts]:
        fail(f"No receipt within {timeout:g} s for {', '.join(late)}.", FAILED)
    if len(versions) < len(good):
        raise typer.Exit(FAILED)
    left_out = REJECTED if len(good) < len(by_key) else DONE
    raise typer.Exit(max(left_out, exit_code(receipts.values())))


def put_files(service: Deployment, by_key: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Upload files and yield the key and version of each; a refusal by AWS is only reported."""
    for key, path in tracked(list(by_key.items()), "Uploading"):
        try:
            with rereadable(File(path, key)) as found, found.open("rb") as file:
                answer = service.s3.put_object(Bucket=service.inbox, Key=key, Body=file)
        except (ClientError, OSError) as error:
            warn(f"{path}: could not be uploaded as {key}: {error}")
            continue
        except UnicodeEncodeError:
            warn(f"{path}: could not be uploaded: a key must be UTF-8. Rename the file.")
            continue
        yield key, answer.get("VersionId", "null")


def _good(out: Output, by_key: Mapping[str, Path], feed: str, feeds: Path) -> dict[str, Path]:
    """Leave out the files that would be rejected as a whole, and say why."""
    profiles, good = load_feeds(feeds), {}
    for key, path in tracked(by_key.items(), "Validating", total=len(by_key)):
        try:
            with rereadable(File(path, key)) as found:
                dry_run = DryRun(found, feed=feed, feeds=profiles).finish()
        except OSError:  # put_files says so
            good[key] = path
            continue
        if dry_run.outcome != "rejected":
            good[key] = path
            continue
        problems = [*dry_run.problems, *dry_run.record_problems]
        out.text(f"{path}: rejected, not uploaded", style="red")
        out.problems(problems)
        as_json = [problem.reported().as_json() for problem in problems]
        out.line(type="file", file=str(path), outcome="rejected", problems=as_json, warnings=[])
    return good


def _wait(lookup: Lookup, versions: Mapping[str, str], timeout: float) -> dict[str, Receipt]:
    """Return the final receipts by key, once all are there or nothing has moved for `timeout`.

    A part that is stored is progress: a large upload takes as long as it takes.
    """
    found: dict[str, Receipt] = {}
    parts_done: dict[str, int] = {}
    deadline = time.monotonic() + timeout
    with stderr.status("Waiting for receipts …") as waiting_for:
        while True:
            for key in [key for key in versions if key not in found]:
                receipt = lookup.receipt(key, versions[key])
                if receipt and receipt.state != "processing":
                    found[key] = receipt
                elif receipt and parts_done.get(key) != len(receipt.done):
                    parts_done[key] = len(receipt.done)
                    waiting_for.update(escape(plain(f"{key}: {show.progress(receipt)}")))
                    deadline = time.monotonic() + timeout
            if len(found) == len(versions) or time.monotonic() > deadline:
                break
            waiting.pause()
    return {key: found[key] for key in versions if key in found}
