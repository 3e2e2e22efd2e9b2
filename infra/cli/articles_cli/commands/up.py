"""`articles up`: the service on this machine, as an AWS endpoint."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from articles.storing.items import from_item
from articles.storing.receipts import from_receipt_item
from articles_cli import options
from articles_cli.files import load_feeds
from articles_cli.local.embedded import Verbose, deploy, embedded
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import fail, tell, warn
from articles_cli.terminal.waiting import until_interrupted

if TYPE_CHECKING:
    from articles_local import EmbeddedAws


def up(
    *,
    port: Annotated[
        int,
        typer.Option(
            metavar="PORT", help="Port on 127.0.0.1; 0 picks a free one.", min=0, max=65_535
        ),
    ] = 4566,
    subscribers: Annotated[
        list[Path] | None,
        typer.Option(
            "--subscriber",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
            help="Run this SAM application beside the service, such as examples/subscriber; "
            "may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep its data in this folder, and go on with what is there.",
            show_default="in memory only",
        ),
    ] = None,
    feeds: options.FeedsFile = options.FEEDS,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Do not say what became of each upload.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Example: `articles up --subscriber my-subscriber`.

    Run the service on this machine as an AWS endpoint, for any SDK or the AWS CLI. It prints the
    variables that lead there.

    Its data is lost when you stop it, unless you `--keep` it: then it is saved when you do, and
    every few seconds meanwhile; a service of AWS that cannot be saved, such as KMS, is named. What
    comes after the last time is lost if the process is killed or the machine fails. The folder is
    for this user and this version, and no backup.
    """
    load_feeds(feeds)
    with embedded(verbose=verbose, feeds=feeds, port=port, keep=keep) as (aws, service):
        stacks = [deploy(aws, folder) for folder in subscribers or ()]
        _introduce(aws, service, stacks, keep)
        receipts = aws.changes(service.outputs["ReceiptsTable"])
        with until_interrupted() as interrupted:
            while not interrupted.is_set():
                if not aws.pump():
                    time.sleep(0.2)
                if not quiet:
                    _tell_of(receipts.read())
                if keep:
                    _save(aws, keep)
        if keep:
            _save(aws, keep, at_last=True)
        tell(f"Saved to {keep}." if keep else "Stopped; its data is gone.")


def _introduce(
    aws: "EmbeddedAws",
    service: Deployment,
    stacks: list[tuple[str, dict[str, str]]],
    keep: Path | None,
) -> None:
    """Print what another shell needs, and what to try there first."""
    say = sys.stdout.write
    bus, table = service.outputs["EventBusName"], service.outputs["ArticlesTable"]
    say("# The service is running; press Ctrl-C to stop it. In another shell:\n")
    for name, value in aws.environment.items():
        say(f"export {name}={value}\n")
    say("unset AWS_PROFILE AWS_DEFAULT_PROFILE\n")
    if aws.kept_at:
        stored = service.client("dynamodb").describe_table(TableName=table)["Table"]["ItemCount"]
        saved = f"saved {aws.kept_at.astimezone():%Y-%m-%d %H:%M:%S}"
        say(f"# Going on with {keep}: {stored:,} articles, {saved}\n")
    for name, outputs in stacks:
        say(f"# The stack {name} runs beside it:\n")
        sys.stdout.writelines(f"#   {key} {value}\n" for key, value in outputs.items())
    for name in sorted(aws.kept_stacks):
        say(f"# The stack {name} is kept, but its functions do not run: name it by --subscriber.\n")
    say(f"# Upload to s3://{service.inbox}/incoming/<feed>/\n")
    say(f"# Subscribe to the bus {bus}, and read articles in the table {table}\n")
    say("# Try: articles put --wait my-article.json\n")
    sys.stdout.flush()


def _tell_of(changes: list[tuple[Any, Any]]) -> None:
    """Say what became of each upload, as it is done."""
    for item in (from_item(new) for _, new in changes if new):
        if "part" not in item and (receipt := from_receipt_item(item)).state != "processing":
            counts = ", ".join(f"{count} {name}" for name, count in receipt.counts.items())
            tell(f"{receipt.key}: {receipt.outcome or receipt.state}{counts and f' ({counts})'}")


def _save(aws: "EmbeddedAws", folder: Path, *, at_last: bool = False) -> None:
    """Save what is new, if it is time; a full disk must not end the service, but is told."""
    from articles_local import KeptError

    try:
        lost = aws.save() if at_last else aws.save_when_due()
        if lost:
            names = ", ".join(sorted(lost))
            warn(f"{folder}: {names}: cannot be saved, and will be empty when you start again.")
    except (OSError, KeptError) as error:
        why = getattr(error, "strerror", None) or error
        message = f"{folder}: could not save: {why}. What was saved before is there."
        if at_last:
            fail(message, FAILED)
        warn(message)
