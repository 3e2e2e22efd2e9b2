"""`articles diff`: what a deployment would change, by what was uploaded lately."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from articles.refs import PREFIX
from articles_cli import options, samconfig
from articles_cli.files import load_feeds
from articles_cli.replays.outlook import Outlook
from articles_cli.replays.selecting import Selection, chosen, sample_size, sampled
from articles_cli.stack import deployment
from articles_cli.terminal.exit_codes import DONE, FAILED, REJECTED
from articles_cli.terminal.moments import METAVAR, moment
from articles_cli.terminal.output import Output, fail, warn


def diff(
    *,
    since: Annotated[
        str, typer.Option(metavar=METAVAR, help="Uploads since then, such as 7d.")
    ] = "7d",
    until: Annotated[
        str | None,
        typer.Option(metavar=METAVAR, help="Uploads before then.", show_default=False),
    ] = None,
    feed: Annotated[
        str | None,
        typer.Option(
            metavar="FEED",
            help="Uploads of this feed only.",
            autocompletion=options.feeds_here,
            show_default=False,
        ),
    ] = None,
    sample: Annotated[
        str, typer.Option(metavar="N|all", help="How many of the uploads to read.")
    ] = "2000",
    counts: Annotated[
        bool, typer.Option("--counts", help="Name no upload, and show no value of a field.")
    ] = False,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles diff --since 7d`.

    Show what a deployment would change. What was uploaded to the stack lately is read by the
    code and the feeds that are here, and compared with its receipts and the stored articles.
    Nothing is written or sent. Ends with 0 when there is no difference, with 1 when there is,
    and with 3 when there were uploads and none could be compared.
    """
    out, now = Output(as_json=as_json), datetime.now(UTC)
    selection = Selection(
        names=() if feed else (PREFIX,),
        feed=feed,
        since=moment("--since", since, now=now),
        until=moment("--until", until, now=now) if until else None,
    )
    size = sample_size(sample)
    service = deployment.find(stack_name)
    stack = stack_name or deployment.default_name()
    profiles = load_feeds(feeds or _to_be_deployed(stack) or service.feeds_file)
    uploads = chosen(service, selection, feeds, advice="narrow them down, by --since or --feed.")
    if not uploads:
        out.text("Nothing was uploaded in that time.")
    found = Outlook(out, service, profiles, is_detailed=not counts)
    found.look_into(sampled(uploads, size), of=len(uploads))
    if uploads and not found.read:
        fail("None of the uploads could be compared.", FAILED)
    raise typer.Exit(REJECTED if found.kinds else DONE)


def _to_be_deployed(stack: str) -> Path | None:
    """Return the FeedsFile that the next deployment of a stack is given, if it is given one."""
    environment = samconfig.of_stack(stack)
    try:
        return environment.feeds_file if environment else None
    except samconfig.SamconfigError as error:
        warn(f"{error} The feeds are those of the FeedsFile that is deployed.")
        return None
