"""`articles console`: pages on this machine for the stack that the other commands talk to."""

import sys
import webbrowser
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from articles_cli import options
from articles_cli.files import load_feeds
from articles_cli.stack import deployment
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import fail, tell


def console(
    *,
    port: Annotated[
        int,
        typer.Option(
            metavar="PORT", help="Port on 127.0.0.1; 0 picks a free one.", min=0, max=65_535
        ),
    ] = 8765,
    opens: Annotated[
        bool | None,
        typer.Option(
            "--open/--no-open",
            help="Open it in the browser. Default: if a person sees what is printed.",
            show_default=False,
        ),
    ] = None,
    feeds_file: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
) -> None:
    """Example: `articles console`.

    Drop files, look things up, see rejects and outcomes, and replay: in your browser, for the stack
    that the other commands talk to. It answers at 127.0.0.1 only, and only to the browser that
    opens the address that it prints: each address works once, then another is printed.
    """
    # Imported on use: it brings Flask, and no other command needs it.
    from articles_console.app import console as make
    from articles_console.desk import Desk, Place
    from articles_console.gate import Gate
    from articles_console.server import PortTakenError, server

    name = stack_name or deployment.default_name()
    service = deployment.find(name)
    place = Place.of(service, name, feeds_file)
    feeds = load_feeds(place.feeds_file)
    gate = Gate(port, lambda: tell(f"The console is open. For another browser: {gate.address}"))
    with TemporaryDirectory(prefix="articles-console-") as folder:
        desk = Desk(service, place, feeds, Path(folder))
        try:
            serving = server(make(desk, gate), port)
        except PortTakenError as error:
            fail(str(error), WRONG_USAGE)
        with closing(desk), closing(serving):
            gate.port = serving.effective_port
            sys.stdout.write(f"{gate.address}\n")
            sys.stdout.flush()
            tell("Whoever opens it first may do what you may. Press Ctrl-C to end the console.")
            if sys.stdout.isatty() if opens is None else opens:
                page = Path(folder, "open.html")
                gate.write_opener(page)
                webbrowser.open(page.as_uri())
            serving.run()
