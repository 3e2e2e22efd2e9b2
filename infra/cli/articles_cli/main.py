"""The command `articles`: its subcommands, and what its exit codes mean."""

import signal
import sys

import typer
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)

from articles_cli.feeds import check_feeds
from articles_cli.output import fail
from articles_cli.run import run, up
from articles_cli.stored import get, list_, tail
from articles_cli.uploads import put, status
from articles_cli.validate import validate

app = typer.Typer(
    help="Ingest articles: on this machine with `run`, or into a deployed stack with `put`.\n\n"
    "Exit code: 0 done, 1 content was rejected, 2 wrong usage, 3 the service or AWS failed, "
    "or what was asked for is not there.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (run, validate, up, put, status, get, tail):
    app.command()(command)
app.command(name="list")(list_)
app.command(name="check-feeds")(check_feeds)


def main() -> None:
    """Run the command line."""
    # An ended terminal or a `kill` lets servers and taps clean up, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        app()
    except (NoRegionError, NoCredentialsError, EndpointConnectionError) as error:
        hint = "Run `articles up` and its export lines here, or configure AWS."
        fail(f"AWS is not to be reached: {error} {hint}", 3)
    except (BotoCoreError, ClientError, TimeoutError) as error:
        fail(f"AWS failed: {error}", 3)
