"""The embedded AWS, as the commands start it."""

import gc
import io
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from articles.loading import for_good
from articles_cli import options
from articles_cli.stack.deployment import Deployment, default_name
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import fail

if TYPE_CHECKING:
    from articles_local import EmbeddedAws
    from articles_local.chaos import Chaos

Verbose = Annotated[
    bool, typer.Option("--verbose", help="Print the logs of the functions on stderr.")
]


@contextmanager
def embedded(
    *,
    verbose: bool,
    feeds: Path,
    port: int = 0,
    keep: Path | None = None,
    chaos: "Chaos | None" = None,
) -> Iterator[tuple["EmbeddedAws", Deployment]]:
    """Run the service on this machine; a port or a folder that cannot be had ends the command."""
    log: TextIO = sys.stderr if verbose else io.StringIO()
    parameters = {"Stage": "dev", "FeedsFile": str(feeds.resolve())}
    with ExitStack() as opened:
        opened.callback(gc.unfreeze)
        with for_good():  # which takes a quarter less time
            # Imported on use: it brings moto and SAM, and most commands need neither.
            from articles_local import EmbeddedAws, KeptError, PortTakenError, TemplateError

            aws = EmbeddedAws(
                template=options.TEMPLATE,
                functions=options.FUNCTIONS,
                stack=default_name(),
                parameters=parameters,
                log=log,
                port=port,
                # Moto runs in this process: concurrent writes would only wait for each other.
                variables={"WRITES_AT_ONCE": "1"},
                keep=keep,
                chaos=chaos,
            )
            try:
                opened.enter_context(aws)
            except (KeptError, PortTakenError, TemplateError) as error:
                fail(str(error), WRONG_USAGE)
        yield aws, Deployment(aws.outputs, aws.client, parameters)


def deploy(aws: "EmbeddedAws", folder: Path) -> tuple[str, dict[str, str]]:
    """Run a subscriber's stack beside the service; gives its name and its outputs."""
    from articles_local import TemplateError

    try:
        name = default_name(folder)
        outputs = aws.deploy(
            template=folder / "template.yaml", stack=name, parameters={"Stage": "dev"}
        )
    except (OSError, LookupError, ValueError) as error:
        fail(f"{folder} has no stack: {error}", WRONG_USAGE)
    except ImportError as error:
        fail(
            f"{folder}: {error}. Its functions run in {sys.prefix}: install it there.", WRONG_USAGE
        )
    except TemplateError as error:
        fail(str(error), WRONG_USAGE)
    # Some SDKs go to the host of a queue's URL, which moto calls by its name in AWS.
    host = re.compile(r"https://sqs\.[a-z0-9-]+\.amazonaws\.com")
    return name, {key: host.sub(aws.endpoint_url, it) for key, it in outputs.items()}
