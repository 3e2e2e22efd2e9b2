"""`articles replay`: have uploads read again, under the rules and the feeds of today."""

import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from articles.catalogue import Code
from articles_cli import options
from articles_cli.files import load_feeds
from articles_cli.replays import sending
from articles_cli.replays.replaying import Replay
from articles_cli.replays.selecting import Selection, chosen, sample_size
from articles_cli.stack import dead_letters, deployment, machine
from articles_cli.terminal import waiting
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE
from articles_cli.terminal.moments import METAVAR, moment
from articles_cli.terminal.output import Output, fail

TOO_MANY = (
    "narrow them down, or have the state machine send them with --machine, a prefix at a time."
)
CLOCKS_DIFFER = 3_600_000  # milliseconds, between the machines of two operators


def replay(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY|PREFIX/|PREFIX*|-",
            help="Keys of uploads, prefixes of them, or - for keys (or JSON lines) on stdin.",
            show_default=False,
        ),
    ] = None,
    *,
    feed: Annotated[
        str | None,
        typer.Option(
            metavar="FEED",
            help="All uploads of a feed.",
            autocompletion=options.feeds_here,
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar=METAVAR, help="Uploaded since then, such as 7d.", show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar=METAVAR, help="Uploaded before then.", show_default=False),
    ] = None,
    rejects: Annotated[
        bool,
        typer.Option(
            "--rejects", help="What was rejected, of one feed or all: latest versions only."
        ),
    ] = False,
    code: Annotated[
        Code | None,
        typer.Option(
            metavar="E_…",
            help="Of the rejects, those with this code of docs/codes.md.",
            show_default=False,
        ),
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Only the latest version of each key.")
    ] = False,
    dead: Annotated[
        bool, typer.Option("--dead-letters", help="The uploads and parts in the dead letters.")
    ] = False,
    key: Annotated[
        str,
        typer.Option(
            metavar="PREFIX", help="Of the dead letters, those about keys that begin like this."
        ),
    ] = "",
    drop_poison: Annotated[
        bool, typer.Option("--drop-poison", help="Delete dead letters that nobody can read.")
    ] = False,
    sample: Annotated[
        str | None,
        typer.Option(
            metavar="N|all",
            help="How many of the uploads to read here for the differences.",
            show_default="100; 0 with --send",
        ),
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send them; without it, only look.")] = False,
    run: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help="Resume an interrupted run.", min=1, show_default="a new run"
        ),
    ] = None,
    by_machine: Annotated[
        bool,
        typer.Option(
            "--machine", help="Have the state machine send all under one prefix, for millions."
        ),
    ] = False,
    per_second: Annotated[
        float, typer.Option(metavar="N", help="Articles to send in a second.", min=0.1)
    ] = sending.PER_SECOND,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long to wait without progress.", min=0)
    ] = 120,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles replay --feed courier --since 7d`.

    Read uploads again, under the rules and feeds that are deployed now. Without `--send` it only
    looks: how many uploads there are, and which fields of their articles would change under the
    rules and feeds that are here. Whatever the order, the latest version of each article is
    stored in the end.
    """
    out = Output(as_json=as_json)
    if [bool(names), bool(feed or rejects), dead].count(True) != 1:
        fail("Name keys or prefixes, or use --feed, --rejects or --dead-letters.", WRONG_USAGE)
    _need("--rejects", rejects, {"--code": code})
    _need("--dead-letters", dead, {"--key": key, "--drop-poison": drop_poison})
    others = {"--since": since, "--until": until, "--latest": latest, "--sample": sample}
    _need("keys, --feed or --rejects", not dead, others | {"--run": run, "--machine": by_machine})
    if dead:
        service = deployment.find(stack_name, changes=send)
        dead_letters.replay(out, service, prefix=key, send=send, drop_poison=drop_poison)
        return
    now = datetime.now(UTC)
    selection = Selection(
        names=tuple(_names(names or ())),
        feed=feed,
        since=moment("--since", since, now=now) if since else None,
        until=moment("--until", until, now=now) if until else None,
        rejects=rejects,
        code=code,
        latest=latest,
    )
    # After a run of the future no replay would be read: its own would be lower.
    if run and run > sending.new_run() + CLOCKS_DIFFER:
        fail("--run must be the number that an interrupted run has printed.", WRONG_USAGE)
    number = run or sending.new_run()
    if by_machine:
        if (prefix := selection.prefix) is None:
            fail("The state machine takes one prefix or a feed, and nothing else.", WRONG_USAGE)
        machine.start(out, deployment.find(stack_name, changes=send), prefix, number, send=send)
        return
    size = sample_size(sample or ("0" if send else "100"))
    service = deployment.find(stack_name, changes=send)
    profiles = load_feeds(feeds or service.feeds_file)
    uploads = chosen(service, selection, feeds, advice=TOO_MANY)
    if not uploads and (since or until):  # a time without uploads is as good as any
        out.line(type="selection", uploads=0, receipts=0, records=0, bytes=0)
        out.text("There are no uploads of that time.")
        return
    if not uploads:
        fail("There are no such uploads in the inbox.", FAILED)
    stack = ["--stack", stack_name] if stack_name else []
    command = shlex.join(["articles", "replay", *selection.arguments, *stack, "--send"])
    found = Replay(out, service, uploads, command)
    found.look_up()
    if size != 0:
        found.look_into(profiles, size)
    if send:
        with waiting.until_interrupted() as interrupted:
            ended = found.send(
                number, per_second=per_second, timeout=timeout, interrupted=interrupted
            )
        raise typer.Exit(ended)
    out.text("Nothing was sent; --send does.")


def _need(what: str, is_given: bool, options: Mapping[str, object]) -> None:  # noqa: FBT001
    """End the command where options that go with something are used without it."""
    if not is_given and (used := [name for name, value in options.items() if value]):
        fail(f"{' and '.join(used)}: only with {what}.", WRONG_USAGE)


def _names(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield name
