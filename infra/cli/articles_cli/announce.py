"""`articles announce`: the current state of articles, told again."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Annotated, NamedTuple

import typer
from rich.markup import escape

from articles.announcing.announcer import Outgoing, requests
from articles.announcing.events import current_event, detail
from articles.feeds import DEFAULT
from articles.storing.items import Item
from articles.storing.lookup import months_back
from articles.storing.states import MAX_ITEMS, Place, States
from articles.storing.tombstones import EXPIRED
from articles.times import Clock, stamp
from articles_cli import deployment, options, waiting
from articles_cli.deployment import Deployment
from articles_cli.exit_codes import FAILED, WRONG_USAGE
from articles_cli.files import load_feeds
from articles_cli.moments import METAVAR, moment
from articles_cli.output import Output, fail, stderr, warn
from articles_cli.targets import Bus, Queue, Target, Unsent

BUS = "bus"
# The months of the index by feed in which articles are looked for.
OLDEST, AHEAD = "1970-01", timedelta(days=366)
# DynamoDB removes an item within days after its TTL, which is when a tombstone says it expired.
TTL_IS_LATE = timedelta(days=7)


def announce(
    *,
    feed_names: Annotated[
        list[str] | None,
        typer.Option(
            "--feed",
            metavar="FEED",
            help="Announce the articles of this feed; may be repeated.",
            show_default="default, and every feed of --feeds",
        ),
    ] = None,
    article_ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id",
            metavar="ID",
            help="Announce this article; may be repeated.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar=METAVAR,
            help="Only what has been stored, or has expired, since then. All articles are read.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar=METAVAR, help="… and before then.", show_default=False)
    ] = None,
    oldest: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="Leave out articles dated before this month.")
    ] = OLDEST,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="QUEUE_URL|bus",
            help="An SQS queue, which only its owner hears; or the bus, which every subscriber "
            "hears.",
            show_default=False,
        ),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send the events; without it, only count them.")
    ] = False,
    rate: Annotated[float, typer.Option(help="Events per second.", min=0.1)] = 100,
    after: Annotated[
        str | None,
        typer.Option(
            metavar="POSITION",
            help="Go on behind the position that an earlier run has printed.",
            show_default=False,
        ),
    ] = None,
    feeds: options.FeedsFile = options.FEEDS,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles announce --feed courier --to https://sqs.…/search --send`.

    Tell the current state of articles again: to a new subscriber, or to one that missed events.
    Each visible article is an ArticleUpdated, each one that was visible before an ArticleWithdrawn;
    who holds that state already drops them. A queue gets what a rule of the bus would send to it.

    Feeds that are not in feeds.toml cannot be found: name them with --feed. Neither can articles
    that are dated more than a year ahead, or before --oldest: name them with --id.
    """
    out, now = Output(as_json=as_json), Clock().now()
    window = Window(
        moment("--since", since, now=now) if since else None,
        moment("--until", until, now=now) if until else None,
    )
    position = Place.read(after) if after else None
    if after and not position:
        fail("--after must be a position that an earlier run has printed.", WRONG_USAGE)
    if article_ids and (feed_names or after):
        fail("--id names all articles: leave --feed and --after out.", WRONG_USAGE)
    if send and not to:
        fail("--send needs --to: a queue, or the bus.", WRONG_USAGE)
    names = feed_names or [DEFAULT, *load_feeds(feeds).feeds]
    months = list(months_back((now + AHEAD).date(), _month(oldest)))
    service = deployment.find(stack_name)
    told = Retold(service, window)
    if article_ids:
        outgoing = told.events_of(article_ids)
    else:
        outgoing = told.events(told.states.places(names, months, after=position))
    tally = Tally(out)
    if send and to:
        tally.send(outgoing, Bus(service) if to == BUS else Queue(service, to), rate)
    else:
        for one in outgoing:
            tally.add(one)
    tally.show(is_sent=send)
    for article_id in told.missing:
        out.line(type="missing", article_id=article_id)
        warn(f"There is no article {article_id}.")
    if told.missing or tally.unsent:
        raise typer.Exit(FAILED)


class Window(NamedTuple):
    """From when on, and until when, an article must have been stored."""

    since: datetime | None
    until: datetime | None

    def has(self, item: Item) -> bool:
        late = TTL_IS_LATE if item["status"] == EXPIRED else timedelta()
        stored = item["ingested_at"]
        if self.since and stored < stamp(self.since - late):
            return False
        return not self.until or stored < stamp(self.until)


class Retold:
    """The events that tell what is stored now; `missing` are the ids of which nothing is."""

    def __init__(self, service: Deployment, window: Window) -> None:
        table = service.outputs["ArticlesTable"]
        self.states = States(service.client("dynamodb"), table, Clock())
        self.missing: list[str] = []
        self._stage = service.outputs["EventBusName"].removeprefix("articles-")
        self._window = window

    def events_of(self, article_ids: Iterable[str]) -> Iterator[Outgoing]:
        """Tell of articles by their ids."""
        left = iter(dict.fromkeys(article_ids))
        while page := list(islice(left, MAX_ITEMS)):
            items = self.states.items(page)
            self.missing += [it for it in page if it not in items]
            for item in items.values():
                yield from self._event("", item)

    def events(self, places: Iterator[Place]) -> Iterator[Outgoing]:
        """Tell of the articles at places of the index; `sequence` of an event is its place."""
        while page := {it.article_id: it for it in islice(places, MAX_ITEMS)}:
            items = self.states.items(list(page))
            for article_id, place in page.items():
                if item := items.get(article_id):  # else it was removed a moment ago
                    yield from self._event(str(place), item)

    def _event(self, sequence: str, item: Item) -> Iterator[Outgoing]:
        if self._window.has(item):
            event = current_event(item, stage=self._stage, table=self.states.table)
            if event:
                yield Outgoing(sequence, event)


class Tally:
    """Counts events by feed and type, and says how far they were sent."""

    def __init__(self, out: Output) -> None:
        self.unsent = 0
        self._out = out
        self._counts: Counter[tuple[str, str]] = Counter()
        self._bytes: Counter[tuple[str, str]] = Counter()

    def add(self, outgoing: Outgoing) -> None:
        """Count an event."""
        event = outgoing.event
        kind = event.source.rpartition("/")[2], event.type
        self._counts[kind] += 1
        self._bytes[kind] += len(detail(event).encode())

    def send(self, outgoing: Iterable[Outgoing], target: Target, rate: float) -> None:
        """Send events in batches; however it ends, print the position behind the last batch."""
        position = ""
        with stderr.status("Announcing …") as progress:
            try:
                for batch in requests(outgoing):
                    began = time.monotonic()
                    unsent = target.send(batch)
                    self._count(batch, unsent)
                    position = batch[-1].sequence
                    progress.update(f"{self._counts.total():,} events, at {escape(position)}")
                    waiting.rest(len(batch) / rate - (time.monotonic() - began))
            finally:
                if position:
                    self._out.line(type="position", after=position)
                    self._out.text(f"Sent as far as {position}: --after goes on behind it.")

    def show(self, *, is_sent: bool) -> None:
        """Print the counts."""
        rows = [(*kind, count, self._bytes[kind]) for kind, count in sorted(self._counts.items())]
        for feed, event, count, size in rows:
            self._out.line(type="events", feed=feed, event=event, count=count, bytes=size)
        self._out.table(("feed", "event", "events", "bytes"), rows)
        total, size = self._counts.total(), self._bytes.total()
        self._out.line(type="summary", sent=is_sent, events=total, bytes=size, unsent=self.unsent)
        self._out.text(
            f"{total:,} events were sent, {self.unsent:,} were not."
            if is_sent
            else f"{total:,} events, {size:,} bytes. Nothing was sent: --send does."
        )

    def _count(self, batch: Sequence[Outgoing], unsent: Sequence[Unsent]) -> None:
        failed = {id(it.outgoing) for it in unsent}
        for outgoing in batch:
            if id(outgoing) not in failed:
                self.add(outgoing)
        for outgoing, cause in unsent:
            self._out.line(type="unsent", article_id=outgoing.event.subject, cause=cause)
            warn(f"{outgoing.event.subject} was not sent: {cause}")
        self.unsent += len(unsent)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail(f"--oldest must be a month such as 2020-01, not {text}.", WRONG_USAGE)
