"""`articles put`: upload files, and wait for their receipts."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.markup import escape

from articles.feeds import Feeds
from articles.storing.lookup import Lookup
from articles.storing.receipts import Receipt
from articles_cli import options
from articles_cli.files import File, at_least_one, keys, load_feeds, rereadable, size
from articles_cli.stack import aws_errors, deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.stories import show
from articles_cli.terminal import streams, waiting
from articles_cli.terminal.exit_codes import DONE, FAILED, INTERRUPTED, REJECTED, exit_code
from articles_cli.terminal.output import Output, byte_bar, fail, plain, stderr, tell, warn
from articles_cli.terminal.waiting import Interrupted, until_interrupted
from articles_cli.uploads.dry_run import DryRun
from articles_cli.uploads.uploading import (
    JOBS,
    InInbox,
    NotUploaded,
    StoppedError,
    Uploader,
    tell_of,
)

MANY = 20
_FINISHING = "Finishing what has begun; Ctrl-C once more ends it at once."


def put(
    paths: options.Paths,
    *,
    feed: options.FeedName = "default",
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the receipts.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long to wait without progress.", min=0)
    ] = 120,
    check: Annotated[
        bool,
        typer.Option(
            "--validate/--no-validate",
            help="Check files first, and do not upload those that would be rejected as a whole.",
        ),
    ] = True,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Upload also what is there with the same content: it is read again."
        ),
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", metavar="N", help="Files to upload at the same time.", min=1, max=100
        ),
    ] = JOBS,
) -> None:
    """Example: `articles put my-folder --feed courier --wait`.

    Upload files to the inbox. Files that would be rejected as a whole are not uploaded, nor are
    those that `put` has uploaded before, if they have not changed. After an interruption, run it
    again: it goes on where it ended.
    """
    out = Output(as_json=as_json)
    by_key = keys(at_least_one(paths), feed)
    service = deployment.find(stack_name, changes=True)
    profiles = load_feeds(feeds or service.feeds_file) if check else None
    batch = _Batch(out, by_key, f"s3://{service.inbox}")
    with until_interrupted(_FINISHING) as interrupted:
        uploader = Uploader(
            service.s3_for(jobs), service.inbox, jobs, again=again, is_stopped=interrupted.is_set
        )
        code = batch.upload(uploader, feed, profiles)
        batch.sum_up()
        code = INTERRUPTED if interrupted.is_set() else code
        if code and batch.is_unfinished:
            batch.fail(code, again=again)
        if wait:
            code = _wait_for(batch, service, timeout, interrupted)
    if batch.is_unfinished:
        batch.fail(FAILED, again=again)
    raise typer.Exit(max(code, batch.code))


class _Batch:
    """The files of a command, and what has become of them so far."""

    def __init__(self, out: Output, by_key: Mapping[str, Path], bucket: str) -> None:
        self._out, self._by_key, self._bucket = out, by_key, bucket
        self.in_inbox: dict[str, InInbox] = {}
        self._not_up: list[tuple[str, str]] = []  # paths, and why: rejected or failed
        self.counts = Counter(uploaded=0, unchanged=0, rejected=0, failed=0)

    def upload(self, uploader: Uploader, feed: str, profiles: Feeds | None) -> int:
        """Check, if there are profiles, and upload all; returns the exit code."""
        try:
            with byte_bar("Uploading", sum(map(size, self._by_key.values()))) as on_progress:
                uploader.on_progress = on_progress
                self._tell(uploader.upload(self._good(feed, profiles, uploader)))
        except aws_errors.ERRORS as error:
            warn(aws_errors.explained(error))
            return FAILED
        except KeyboardInterrupt:  # pressed once more
            return INTERRUPTED
        return DONE

    def _good(
        self, feed: str, profiles: Feeds | None, uploader: Uploader
    ) -> Iterator[tuple[str, Path]]:
        """Check file by file, if there are profiles; say why one would be rejected as a whole."""
        for key, path in self._by_key.items():
            try:
                is_good = profiles is None or self._is_good(path, feed, profiles, uploader)
            except StoppedError:
                return
            if is_good:
                yield key, path
            else:
                uploader.on_progress(size(path))

    def _is_good(self, path: Path, feed: str, profiles: Feeds, uploader: Uploader) -> bool:
        try:
            with rereadable(File(path, path.name)) as found:
                # A large file is read through before its first record is judged.
                dry_run = DryRun(found, feed=feed, feeds=profiles, follow=uploader.until_stopped)
                for _ in uploader.until_stopped(dry_run):
                    pass
        except OSError:
            return True  # why it cannot be read, the upload will tell
        if dry_run.outcome != "rejected":
            return True
        self.counts["rejected"] += 1
        self._not_up.append((str(path), "rejected"))
        problems = [*dry_run.problems, *dry_run.record_problems]
        self._out.verdict(str(path), "rejected", ", not uploaded")
        self._out.problems(problems, is_one=dry_run.counts.total() <= 1)
        as_json = [problem.reported().as_json() for problem in problems]
        members = {"outcome": "rejected", "problems": as_json, "warnings": []}
        self._out.line(type="file", file=str(path), **members)
        return False

    def _tell(self, results: Iterable[InInbox | NotUploaded]) -> None:
        """Tell of files one by one, as soon as it is known what became of them."""
        for it in results:
            if isinstance(it, NotUploaded):
                self.counts["failed"] += 1
                self._not_up.append((str(it.path), "failed"))
                tell_of(self._out, it)
                continue
            self.in_inbox[it.key] = it
            self.counts["unchanged" if it.since else "uploaded"] += 1
            if it.since:
                self._out.verdict(str(it.path), "unchanged", ", not uploaded")
            else:
                self._out.verbatim(f"{it.path} → {self._bucket}/{it.key}")
            members = {"file": str(it.path), "key": it.key, "version": it.version}
            self._out.line(type="upload", **members, skipped=it.since is not None)

    def sum_up(self) -> None:
        """Tell what became of all."""
        total, counts = len(self._by_key), self.counts
        self._out.line(type="summary", files=total, **counts)
        self._verdict(self._not_up if total > MANY else [])
        if streams.is_output_lost():
            tell(f"{len(self.in_inbox):,} of {total:,} files are up.")
        if counts["unchanged"]:
            tell("What is unchanged was not uploaded; --again uploads it all the same.")
        if unseen := sum(it.unseen for it in self.in_inbox.values()):
            tell(
                f"{unseen:,} of the files may have been there already: to see that, `put` must be"
                " allowed s3:GetObject and s3:ListBucket of the inbox."
            )

    def up(self) -> list[InInbox]:
        """Give the files that are up, in the order in which they were named."""
        return [self.in_inbox[key] for key in self._by_key if key in self.in_inbox]

    def show(self, receipts: Sequence[Receipt]) -> None:
        """Show receipts; what is not as it should be is in sight at the end, however many."""
        show.receipts(self._out, receipts)
        bad = [*self._not_up]
        bad += ((it.key, it.outcome or it.state) for it in receipts if exit_code([it]))
        if bad:
            self._verdict(bad)

    def _verdict(self, bad: Sequence[tuple[str, str]]) -> None:
        """Say for people what became of several files, and name those that are bad."""
        if (total := len(self._by_key)) == 1:
            return
        told = ", ".join(f"{count:,} {what}" for what, count in self.counts.items() if count)
        self._out.text(f"{total:,} files: {told or 'none uploaded'}")
        for name, outcome in bad[:MANY]:
            self._out.verdict(f"  {name}", outcome)
        if (more := len(bad) - MANY) > 0:
            self._out.text(f"  … and {more:,} more")

    @property
    def is_unfinished(self) -> bool:
        return len(self.in_inbox) + self.counts["rejected"] < len(self._by_key)

    @property
    def code(self) -> int:
        return REJECTED if self.counts["rejected"] else DONE

    def fail(self, code: int, *, again: bool) -> NoReturn:
        """End a command that has not uploaded everything; it helps to repeat what was not tried."""
        total, failed = len(self._by_key) - self.counts["rejected"], self.counts["failed"]
        if failed and total > 1:
            warn(f"{failed:,} of {total:,} files could not be uploaded; see above.")
        if failed + len(self.in_inbox) == total:
            raise typer.Exit(code)
        how = " without --again" if again else ""
        fail(
            f"{len(self.in_inbox):,} of {total:,} files are up; run the same command again{how}"
            " to go on: what is up is skipped.",
            code,
        )


def _wait_for(batch: _Batch, service: Deployment, timeout: float, interrupted: Interrupted) -> int:
    """Wait for the receipts of files and show them; returns the exit code."""
    files = batch.up()
    oldest = datetime.now(UTC) - service.keep_receipts
    versions = {it.key: it.version for it in files if not it.since or it.since > oldest}
    if gone := len(files) - len(versions):
        tell(f"{gone:,} of the files were uploaded so long ago that no receipt is kept.")
    receipts = _receipts(service.lookup, versions, timeout, interrupted)
    batch.show(list(receipts.values()))
    if late := [key for key in versions if key not in receipts]:
        more = f" and {len(late) - MANY:,} more" if len(late) > MANY else ""
        named = f"for {', '.join(late[:MANY])}{more}"
        if interrupted.is_set():
            warn(f"All is up; there is no receipt yet {named}. `articles status KEY` has it later.")
            return INTERRUPTED
        warn(f"No receipt within {timeout:g} s {named}.")
        return FAILED
    return exit_code(receipts.values())


def _receipts(
    lookup: Lookup, versions: Mapping[str, str], timeout: float, interrupted: Interrupted
) -> dict[str, Receipt]:
    """Return the final receipts by key, once all are there or nothing has moved for `timeout`.

    A receipt or a part that is stored is progress: many or large uploads take as long as they take.
    """
    found: dict[str, Receipt] = {}
    parts_done: dict[str, int] = {}
    latest = ""
    deadline = time.monotonic() + timeout
    with stderr.status("Waiting for receipts …") as waiting_for:
        while True:
            for key in [key for key in versions if key not in found]:
                if interrupted.is_set():
                    break
                receipt = lookup.receipt(key, versions[key])
                if receipt and receipt.state != "processing":
                    found[key] = receipt
                elif receipt and parts_done.get(key) != len(receipt.done):
                    parts_done[key] = len(receipt.done)
                    latest = escape(plain(f"; {key}: {show.progress(receipt)}"))
                else:
                    continue
                deadline = time.monotonic() + timeout
            if len(found) == len(versions) or time.monotonic() > deadline or interrupted.is_set():
                break
            waiting_for.update(f"Receipts: {len(found):,} of {len(versions):,}{latest} …")
            waiting.pause()
    return {key: found[key] for key in versions if key in found}
