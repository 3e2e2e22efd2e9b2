"""`articles up`: the service on this machine, as an AWS endpoint."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from articles_cli import options
from articles_cli.embedded import Verbose, deploy, embedded
from articles_cli.files import load_feeds
from articles_cli.waiting import until_interrupted


def up(
    *,
    port: Annotated[
        int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.", min=0, max=65_535)
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
    feeds: options.FeedsFile = options.FEEDS,
    verbose: Verbose = False,
) -> None:
    """Example: `articles up --subscriber my-subscriber`.

    Run the service on this machine as an AWS endpoint, for any SDK or the AWS CLI. It prints the
    variables that lead there. Its data is lost when you stop it.
    """
    load_feeds(feeds)
    with embedded(verbose=verbose, feeds=feeds, port=port) as (aws, service):
        stacks = [deploy(aws, folder) for folder in subscribers or ()]
        sys.stdout.write("# The service is running; press Ctrl-C to stop it. In another shell:\n")
        for name, value in aws.environment.items():
            sys.stdout.write(f"export {name}={value}\n")
        for name, outputs in stacks:
            sys.stdout.write(f"# The stack {name} runs beside it:\n")
            sys.stdout.writelines(f"#   {key} {value}\n" for key, value in outputs.items())
        sys.stdout.write(f"# Upload to s3://{service.inbox}/incoming/<feed>/\n")
        bus, table = service.outputs["EventBusName"], service.outputs["ArticlesTable"]
        sys.stdout.write(f"# Subscribe to the bus {bus}, and read articles in the table {table}\n")
        sys.stdout.flush()
        with until_interrupted() as interrupted:
            while not interrupted.is_set():
                if not aws.pump():
                    time.sleep(0.2)
