"""`articles put` and `articles status`: upload files, and learn what became of them."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.markup import escape
from rich.progress import track

from articles.storing.receipts import Receipt
from articles_cli import lookup, options, show, stack
from articles_cli.files import keys, some
from articles_cli.judgement import Judgement
from articles_cli.output import Output, fail, plain, stderr, warn
from articles_cli.stack import Stack
from articles_cli.validate import load

PAUSE = 0.5
MANY = 20


def put(
    paths: options.Paths,
    *,
    feed: options.FeedName = "default",
    feeds: options.FeedsFile = options.FEEDS,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the receipts.")] = False,
    timeout: Annotated[
        float, typer.Option(help="Seconds to wait while nothing gets on.", min=0)
    ] = 120,
    check: Annotated[
        bool, typer.Option("--validate/--no-validate", help="Leave out what would be rejected.")
    ] = True,
) -> None:
    """Upload files to the inbox; files that would be rejected as a whole stay here."""
    out = Output(as_json=as_json)
    by_key = keys(some(paths), feed)
    good = _good(out, by_key, feed, feeds) if check else by_key
    there = stack.find(stack_name)
    versions: dict[str, str] = {}
    for key, version in put_files(there, good):
        versions[key] = version
        out.text(f"{good[key]} → s3://{there.inbox}/{key}")
        out.line(type="upload", file=str(good[key]), key=key, version=version)
    receipts = _wait(there, versions, timeout) if wait else []
    show.receipts(out, receipts)
    come = {receipt.key for receipt in receipts}
    if late := [key for key in versions if wait and key not in come]:
        fail(f"No receipt came within {timeout:g} s for {', '.join(late)}.", 3)
    if len(versions) < len(good):
        raise typer.Exit(3)
    raise typer.Exit(_exit_code(receipts, left_out=len(by_key) - len(good)))


def status(
    name: Annotated[str, typer.Argument(metavar="KEY|ID|URL", help="What to ask about.")],
    stack_name: options.StackName = None,
    as_json: options.Json = None,
    *,
    all_versions: Annotated[
        bool, typer.Option("--all", help="All versions of the key, not only the last.")
    ] = False,
) -> None:
    """Tell what became of an upload, or of the upload that an article came from."""
    out = Output(as_json=as_json)
    there = stack.find(stack_name)
    receipts = lookup.receipts(there, name)[: None if all_versions else 1]
    for item in lookup.articles(there, name) if not receipts else []:
        origin = item["upload"]
        if found := lookup.receipt(there, origin["key"], origin["version"]):
            receipts.append(found)
    if not receipts:
        fail(f"There is no receipt for {name}: it is not dealt with yet, or never arrived.", 3)
    show.receipts(out, receipts, dated=True)
    raise typer.Exit(_exit_code(receipts[:1], left_out=0))


def put_files(there: Stack, by_key: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Upload files; give each key with its version. One that AWS refuses is told and left out."""
    hidden = len(by_key) < MANY or not stderr.is_terminal
    for key, path in track(list(by_key.items()), "Uploading", console=stderr, disable=hidden):
        try:
            with path.open("rb") as file:
                answer = there.s3.put_object(Bucket=there.inbox, Key=key, Body=file)
        except ClientError as error:
            warn(f"{path}: not uploaded as {key}: {error}")
            continue
        yield key, answer.get("VersionId", "null")


def _good(out: Output, by_key: Mapping[str, Path], feed: str, feeds: Path) -> dict[str, Path]:
    """Leave out the files that would be rejected as a whole, and say why."""
    profiles, good = load(feeds), {}
    for key, path in by_key.items():
        judgement = Judgement(path, feed=feed, feeds=profiles).finish()
        if judgement.outcome != "rejected":
            good[key] = path
            continue
        problems = [*judgement.problems, *judgement.of_records]
        out.text(f"{path}: rejected, not uploaded", style="red")
        out.problems(problems)
        told = [problem.reported().as_json() for problem in problems]
        out.line(type="file", file=str(path), outcome="rejected", problems=told, warnings=[])
    return good


def _wait(there: Stack, versions: Mapping[str, str], timeout: float) -> list[Receipt]:
    """Wait for the receipts of these versions, as long as parts are stored; gives those that came.

    A large upload takes as long as it takes.
    """
    open_, found, done = dict(versions), dict[str, Receipt](), dict[str, int]()
    deadline = time.monotonic() + timeout
    with stderr.status("Waiting for receipts …") as waiting:
        while open_:
            for key, version in list(open_.items()):
                receipt = lookup.receipt(there, key, version)
                if receipt and receipt.state != "processing":
                    found[key] = receipt
                    del open_[key]
                elif receipt and done.get(key) != len(receipt.done):
                    done[key] = len(receipt.done)
                    waiting.update(escape(plain(f"{key}: {show.progress(receipt)}")))
                    deadline = time.monotonic() + timeout
            if not open_ or time.monotonic() > deadline:
                break
            time.sleep(PAUSE)
    return [found[key] for key in versions if key in found]


def _exit_code(receipts: list[Receipt], *, left_out: int) -> int:
    outcomes = {receipt.outcome for receipt in receipts}
    if "failed" in outcomes:
        return 3
    return 1 if left_out or outcomes & {"partial", "rejected"} else 0
