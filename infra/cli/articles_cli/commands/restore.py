"""`articles restore`: what the tables have lost is put back, from copies of them."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer

from articles.quoting import shown
from articles.storing.items import Item, from_item
from articles.storing.restoring import RESTORED, Articles, Finding, Receipts, Restoration, State
from articles.times import Clock
from articles_cli import options
from articles_cli.replays import sending
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal import waiting
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE
from articles_cli.terminal.output import Output, fail, stderr

WRITES_AT_ONCE = 10  # as many connections as a client keeps
MAX_LIFT = 99
MAX_ROWS = 50
NAMED = {State.DAMAGED, State.OLDER}  # each by its id: they are few, or something is very wrong


def restore(
    *,
    articles: Annotated[
        str | None,
        typer.Option("--articles", metavar="TABLE", help="The copy of the articles table."),
    ] = None,
    receipts: Annotated[
        str | None,
        typer.Option("--receipts", metavar="TABLE", help="The copy of the receipts table."),
    ] = None,
    lift: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Raise the generation of all that the copy has, where later ones are lost: "
            "replays, revivals.",
            min=0,
            max=MAX_LIFT,
        ),
    ] = 0,
    send: Annotated[
        bool, typer.Option("--send", help="Put it back; without it, only compare.")
    ] = False,
    per_second: Annotated[
        float, typer.Option(metavar="N", help="Items to put back in a second.", min=0.1)
    ] = sending.PER_SECOND,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles restore --articles COPY`.

    Put back what the tables of a stack have lost, from copies of them that point-in-time recovery
    has restored beside them. What was stored since stays: later versions, kills and removals.
    Subscribers hear of each article that is put back, and drop what they hold already. After an
    interruption, run it again: what is there already is only read.

    Uploads that were not read at the time of the copy: `articles replay`.
    """
    if not (articles or receipts):
        fail("Name the copies: --articles, --receipts, or both.", WRONG_USAGE)
    out, service = Output(as_json=as_json), deployment.find(stack_name, changes=send)
    dynamodb, outputs = service.client("dynamodb"), service.outputs
    tables: list[tuple[str | None, Restoration]] = [
        (articles, Articles(dynamodb, outputs["ArticlesTable"], lift=lift)),
        (receipts, Receipts(dynamodb, outputs["ReceiptsTable"])),
    ]
    for copy, table in tables:
        if copy:
            _check(service, copy, table.table)
            _restore(out, service, copy, table, per_second if send else None)
    if not send:
        out.text("Nothing was changed; --send puts it back.")


def _restore(
    out: Output, service: Deployment, copy: str, into: Restoration, per_second: float | None
) -> None:
    """Compare a copy with its table, and put back what that lacks; only with a pace."""
    counts: Counter[tuple[str, State]] = Counter()
    rows: list[tuple[str, str]] = []
    restored = 0
    now = Clock().now()
    with ThreadPoolExecutor(WRITES_AT_ONCE) as pool, stderr.status("Reading …") as progress:
        try:
            for items in _pages(service, copy):
                began = time.monotonic()
                found = list(into.findings(items, now))
                for it in found:
                    counts[_feed(it), it.state] += 1
                    if it.state in NAMED:
                        out.line(type="item", state=it.state, id=_id(it), feed=_feed(it))
                        rows += [(_id(it), it.state)][: MAX_ROWS - len(rows)]
                due = [it for it in found if it.state in RESTORED]
                if per_second:
                    restored += sum(pool.map(into.restore, due))
                    waiting.rest(len(due) / per_second - (time.monotonic() - began))
                progress.update(f"{counts.total():,} items, {restored:,} put back")
        finally:
            _show(out, copy, into.table, counts, restored)
    out.table(("article", "state"), rows)


def _check(service: Deployment, copy: str, table: str) -> None:
    """End the command unless a table is a copy of another."""
    dynamodb = service.client("dynamodb")
    if copy == table:
        fail(f"{copy} is the table of the stack itself.", WRONG_USAGE)
    try:
        found = dynamodb.describe_table(TableName=copy)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        fail(f"There is no table {shown(copy)} here.", FAILED)
    if found["TableStatus"] != "ACTIVE":
        fail(f"{copy} is not restored yet: it is {found['TableStatus']}.", FAILED)
    if found["KeySchema"] != dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]:
        fail(f"{copy} is no copy of {table}: its keys are others.", WRONG_USAGE)


def _pages(service: Deployment, table: str) -> Iterator[list[Item]]:
    for page in service.client("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield [*map(from_item, page["Items"])]


def _show(
    out: Output, copy: str, table: str, counts: Counter[tuple[str, State]], restored: int
) -> None:
    rows = [(feed, str(state), count) for (feed, state), count in sorted(counts.items())]
    for feed, state, count in rows:
        out.line(type="count", table=table, feed=feed, state=state, count=count)
    out.table((f"feed, in {table}", "state", "items"), rows)
    states: Counter[str] = Counter()
    for (_, state), count in counts.items():
        states[state] += count
    out.line(type="summary", copy=copy, table=table, counts=dict(states), restored=restored)
    told = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())) or "nothing"
    out.text(f"{copy}, compared with {table}: {told}; put back: {restored:,}")


def _feed(finding: Finding) -> str:
    found: str = finding.item.get("feed", "")  # parts of uploads name none
    return found


def _id(finding: Finding) -> str:
    item = finding.item
    found: str = item["article_id" if "article_id" in item else "key"]
    return found
