"""`articles tail`: events as a subscriber gets them."""

from typing import Annotated

import typer

from articles_cli import options
from articles_cli.stack import deployment
from articles_cli.stories import show
from articles_cli.terminal import waiting
from articles_cli.terminal.output import Output, stderr


def tail(
    count: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Exit after this many events.", show_default="until Ctrl-C", min=1
        ),
    ] = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles tail --count 1`.

    Show events as they arrive, from now on until Ctrl-C.
    """
    out = Output(as_json=as_json)
    seen = 0
    with (
        deployment.find(stack_name).tap() as tap,
        waiting.until_interrupted() as interrupted,
    ):
        stderr.print("Listening; press Ctrl-C to stop.")
        while not interrupted.is_set() and (count is None or seen < count):
            events = tap.read()
            if events:
                show.events(out, events)
                seen += len(events)
            else:
                waiting.pause()
