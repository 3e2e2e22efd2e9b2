"""The command `articles`: its subcommands, and what its exit codes mean."""

import signal
import sys
import traceback
from collections.abc import Sequence

import typer
from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)

from articles.feeds import FeedsError
from articles_cli.adopt import adopt
from articles_cli.announce import announce
from articles_cli.check_feeds import check_feeds
from articles_cli.console import console
from articles_cli.diff import diff
from articles_cli.exit_codes import FAILED, WRONG_USAGE
from articles_cli.get import get
from articles_cli.list import list_
from articles_cli.output import fail
from articles_cli.policy import policy
from articles_cli.presign import presign
from articles_cli.purge import purge
from articles_cli.put import put
from articles_cli.reconcile import reconcile
from articles_cli.rejects import rejects
from articles_cli.replay import replay
from articles_cli.restore import restore
from articles_cli.revive import revive
from articles_cli.run import run
from articles_cli.sending import NotSentError
from articles_cli.status import status
from articles_cli.tail import tail
from articles_cli.up import up
from articles_cli.validate import validate

app = typer.Typer(
    help="Ingest articles: on this machine with `run`, or into a deployed stack with `put`.\n\n"
    "Exit codes: 0 success; 1 content was rejected; 2 wrong usage; 3 the service or AWS failed, "
    "or what was asked for does not exist.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    run,
    validate,
    up,
    put,
    presign,
    status,
    get,
    tail,
    rejects,
    replay,
    diff,
    reconcile,
    announce,
    revive,
    purge,
    restore,
    adopt,
    console,
    policy,
):
    app.command()(command)
app.command(name="list")(list_)
app.command(name="check-feeds")(check_feeds)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments, or with those of the process."""
    # A closed terminal or a `kill` lets servers and taps clean up, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        app(arguments)
    except (NoRegionError, NoCredentialsError, EndpointConnectionError) as error:
        hint = "Run `articles up` and set the variables that it prints, or configure AWS."
        fail(f"Could not reach AWS: {error} {hint}", FAILED)
    except (Boto3Error, BotoCoreError, ClientError, TimeoutError, NotSentError) as error:
        fail(f"AWS failed: {error}", FAILED)
    except FeedsError as error:
        fail(str(error), WRONG_USAGE)
    except Exception:  # noqa: BLE001 - a bug: Python would end with 1, as if content were rejected
        traceback.print_exc()
        sys.exit(FAILED)
