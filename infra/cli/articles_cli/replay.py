"""`articles replay`: have uploads read again."""

from typing import Annotated

import typer

from articles_cli import dead_letters, deployment, options
from articles_cli.output import Output


def replay(
    *,
    dead: Annotated[
        bool, typer.Option("--dead-letters", help="The uploads and parts in the dead letters.")
    ] = False,
    key: Annotated[
        str, typer.Option(metavar="PREFIX", help="Of the dead letters, those about such keys.")
    ] = "",
    drop_poison: Annotated[
        bool, typer.Option("--drop-poison", help="Delete dead letters that nobody can read.")
    ] = False,
    send: Annotated[bool, typer.Option("--send", help="Do it; without, only look.")] = False,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: articles replay --dead-letters --send

    Have uploads read again, under the rules and feeds that are deployed now.
    """
    out = Output(as_json=as_json)
    service = deployment.find(stack_name)
    if dead:
        dead_letters.replay(out, service, prefix=key, send=send, drop_poison=drop_poison)
