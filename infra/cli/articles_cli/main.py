"""The command `articles`: its subcommands, and what its exit codes mean."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence

import typer

from articles.feeds import FeedsError
from articles.quoting import cut
from articles_cli.commands.adopt import adopt
from articles_cli.commands.announce import announce
from articles_cli.commands.check_feeds import check_feeds
from articles_cli.commands.console import console
from articles_cli.commands.diff import diff
from articles_cli.commands.get import get
from articles_cli.commands.list import list_
from articles_cli.commands.policy import policy
from articles_cli.commands.presign import presign
from articles_cli.commands.purge import purge
from articles_cli.commands.put import put
from articles_cli.commands.reconcile import reconcile
from articles_cli.commands.rejects import rejects
from articles_cli.commands.replay import replay
from articles_cli.commands.restore import restore
from articles_cli.commands.revive import revive
from articles_cli.commands.run import run
from articles_cli.commands.status import status
from articles_cli.commands.tail import tail
from articles_cli.commands.up import up
from articles_cli.commands.validate import validate
from articles_cli.installed import articles, lacking
from articles_cli.replays.sending import NotSentError
from articles_cli.stack import aws_errors
from articles_cli.terminal import streams, usage, waiting
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE
from articles_cli.terminal.output import fail

DEBUG = "ARTICLES_DEBUG"

app = typer.Typer(
    help="`$ articles run my-folder`\n\n"
    "Ingest articles: on this machine with `run`, or into a deployed stack with `put`.\n\n"
    "Exit codes: 0 done; 1 content was rejected; 2 wrong usage; 3 the service or AWS failed, or "
    "what was asked for does not exist; 130 Ctrl-C.",
    cls=usage.Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    callback=articles,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# What each command is for, in the order in which most people come to need them.
PANELS: dict[str, dict[str, Callable[..., None]]] = {
    "On this machine": {"validate": validate, "run": run, "up": up},
    "Upload": {"put": put, "presign": presign},
    "Inspect": {
        "console": console,
        "status": status,
        "get": get,
        "list": list_,
        "tail": tail,
        "rejects": rejects,
    },
    "Repair": {
        "replay": replay,
        "reconcile": reconcile,
        "announce": announce,
        "revive": revive,
        "purge": purge,
        "restore": restore,
        "adopt": adopt,
    },
    "Set up": {"check-feeds": check_feeds, "diff": diff, "policy": policy},
}


for panel, commands in PANELS.items():
    for name, command in commands.items():
        app.command(
            name,
            cls=usage.Command,
            help=usage.help_of(command),
            short_help=usage.summary(command),
            rich_help_panel=panel,
        )(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments, or with those of the process."""
    # A closed terminal or a `kill` lets servers and taps clean up, as Ctrl-C does.
    for number in waiting.endings():
        signal.signal(number, lambda signaled, _: sys.exit(128 + signaled))
    streams.prepare()
    try:
        app(arguments)
    except aws_errors.ERRORS as error:
        fail(aws_errors.explained(error), FAILED)
    except (TimeoutError, NotSentError) as error:
        fail(f"AWS failed: {error}", FAILED)
    except ModuleNotFoundError as error:
        fail(lacking(error.name), FAILED)
    except FeedsError as error:
        fail(str(error), WRONG_USAGE)
    except Exception as error:  # noqa: BLE001 - Python would end with 1, as if content were rejected
        if DEBUG in os.environ:
            traceback.print_exc()
        fail(_unforeseen(error), FAILED)
    finally:
        streams.finish()


def _unforeseen(error: Exception) -> str:
    """Say what the machine could not do, or else that there is a bug."""
    said = f"{type(error).__name__}: {cut(str(error))}"
    if isinstance(error, OSError):
        return f"This machine could not do it: {said}"
    if isinstance(error, MemoryError):
        return "There is not enough memory."
    return f"This is a bug in articles; {DEBUG}=1 shows where, for a report. {said}"
