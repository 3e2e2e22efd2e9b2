"""`articles status`: what happened to an upload."""

from typing import Annotated

import typer

from articles_cli import deployment, options, show
from articles_cli.exit_codes import FAILED, exit_code
from articles_cli.names import articles_named
from articles_cli.output import Output, fail


def status(
    name: Annotated[
        str,
        typer.Argument(metavar="KEY|ID|URL", help="Key of an upload, or id or URL of an article."),
    ],
    stack_name: options.StackName = None,
    as_json: options.Json = None,
    *,
    all_versions: Annotated[
        bool, typer.Option("--all", help="Show all versions of the key, not only the latest.")
    ] = False,
) -> None:
    """Show the receipt of an upload, or of the upload that an article came from."""
    out = Output(as_json=as_json)
    lookup = deployment.find(stack_name).lookup
    receipts = lookup.receipts_of(name)[: None if all_versions else 1]
    if not receipts:
        origins = [stored.origin for stored in articles_named(lookup, name)]
        found = [lookup.receipt(origin.key, origin.version) for origin in origins]
        receipts = [receipt for receipt in found if receipt]
    if not receipts:
        fail(f"There is no receipt for {name}: not processed yet, or never uploaded.", FAILED)
    show.receipts(out, receipts, dated=True)
    raise typer.Exit(exit_code(receipts[:1]))
