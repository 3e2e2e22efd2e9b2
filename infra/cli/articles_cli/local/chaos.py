"""`articles run --chaos`: the same files in calm and under faults, and what that changes."""

import secrets
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer

from articles.storing.items import Item, from_item
from articles_cli.local.embedded import embedded
from articles_cli.local.invariants import Change, Invariant, Seen, check
from articles_cli.stack.deployment import Deployment
from articles_cli.stories import show
from articles_cli.terminal.exit_codes import FAILED, exit_code
from articles_cli.terminal.output import Output, tell
from articles_cli.uploads.uploading import put_files

if TYPE_CHECKING:
    from articles_local.chaos import Chaos, Kind

SHOWN = 3  # counterexamples of a promise, for people
SHOWN_CHARS = 500
COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def kinds_of(said: str) -> "list[Kind]":
    """Read a list of kinds; raises BadParameter."""
    from articles_local.chaos import Kind

    names = said.split(",")
    if names == ["all"]:
        return list(Kind)
    if unknown := set(names) - set(Kind):
        known = ", ".join(Kind)
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: say some of {known}, with commas between, or all."
        )
    return [it for it in Kind if it in names]


def run_in_chaos(
    out: Output,
    by_key: Mapping[str, Path],
    *,
    feeds: Path,
    kinds: "Collection[Kind]",
    seed: int | None,
    verbose: bool,
) -> NoReturn:
    """Ingest files twice, once under faults; ends with 3 if that makes a difference."""
    from articles_local.chaos import Chaos

    chaos = Chaos(kinds, secrets.randbelow(1_000_000) if seed is None else seed)
    began = datetime.now(UTC) - timedelta(seconds=len(by_key))
    tell(f"Ingesting in calm, then with --chaos {','.join(kinds)} --seed {chaos.seed} …")
    calm = _play(out, by_key, began, feeds=feeds, verbose=verbose)
    disturbed = _play(None, by_key, began, feeds=feeds, verbose=verbose, chaos=chaos)
    invariants = check(calm, disturbed)
    receipts, failed = disturbed.receipts.values(), len(by_key) - len(disturbed.uploads)
    out.text(show.uploads(receipts, failed=failed))
    _show(out, chaos, invariants, uploads=show.outcomes(receipts), failed=failed)
    if failed or any(it.broken_by for it in invariants):
        raise typer.Exit(FAILED)
    if code := exit_code(receipts):
        out.text(f"Exit code {code} is for the uploads, in which not all was accepted.")
    raise typer.Exit(code)


def _play(
    out: Output | None,
    by_key: Mapping[str, Path],
    began: datetime,
    *,
    feeds: Path,
    verbose: bool,
    chaos: "Chaos | None" = None,
) -> Seen:
    """Ingest files until all is quiet, in the end without faults, and give all that was seen.

    Both runs say that the files came in the same seconds, by which versions are ordered. `out` is
    told what could not be uploaded.
    """
    changes: list[Change] = []
    events: list[dict[str, Any]] = []
    with (
        embedded(verbose=verbose, feeds=feeds, chaos=chaos) as (aws, service),
        service.tap() as tap,
    ):
        table = aws.changes(service.outputs["ArticlesTable"])

        def watch() -> None:
            changed = ((_article(old), _article(new)) for old, new in table.read())
            changes.extend(it for it in changed if any(it))
            events.extend(it["detail"] for it in tap.read())

        versions = put_files(out, service, by_key)
        aws.date(service.inbox, sorted(versions.items()), began)
        with chaos.at_work() if chaos else nullcontext():
            aws.drain(meanwhile=watch)
            if chaos:
                aws.tell_again()
                aws.drain(meanwhile=watch)
        aws.drain(meanwhile=watch)
        watch()
        found = service.lookup.receipts_at(versions.items())
        ids = {new["article_id"] for _, new in changes if new}
        return Seen(
            uploads=[*versions],
            receipts={receipt.key: receipt for receipt in found.values()},
            articles=service.lookup.items(ids),
            changes=changes,
            events=events,
            left=_left(service),
        )


def _article(image: dict[str, Any] | None) -> Item | None:
    """Read an item of the table that is an article: there are notes beside them."""
    item = from_item(image or {})
    return item if "order_key" in item else None


def _left(service: Deployment) -> dict[str, int]:
    """Count the messages of the service's queues, also those that nobody may see."""
    urls = {name: it for name, it in service.outputs.items() if name.endswith("QueueUrl")}
    counts = {
        name.removesuffix("Url"): sum(
            int(count)
            for count in service.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)[
                "Attributes"
            ].values()
        )
        for name, url in urls.items()
    }
    return {name: count for name, count in counts.items() if count}


def _show(out: Output, chaos: "Chaos", invariants: list[Invariant], **uploads: object) -> None:
    out.line(
        type="chaos",
        kinds=sorted(chaos.kinds),
        seed=chaos.seed,
        **uploads,
        played=dict(chaos.played),
        invariants=[
            {"name": it.name, "holds": not it.broken_by, "broken_by": it.broken_by}
            for it in invariants
        ],
    )
    played = ", ".join(f"{count:,} {what}" for what, count in sorted(chaos.played.items()) if count)
    out.text(f"played: {played or 'nothing'}")
    holding = sum(not it.broken_by for it in invariants)
    out.text(f"invariants: {holding} of {len(invariants)} hold")
    for it in invariants:
        mark, style = ("✗", "red") if it.broken_by else ("✓", None)
        out.text(f"  {mark} {it.name}", style=style)
        for example in it.broken_by[:SHOWN]:
            out.text(f"      {example[:SHOWN_CHARS]}")
