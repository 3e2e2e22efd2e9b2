"""`articles announce`: the current state of articles, told again."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Annotated, NamedTuple

import typer
from rich.markup import escape

from articles.announcing.announcer import Outgoing, requests
from articles.announcing.events import detail
from articles.announcing.transitions import current_event
from articles.quoting import shown
from articles.refs import is_name
from articles.storing.items import Item
from articles.storing.lookup import months_back
from articles.storing.many import AT_ONCE
from articles.storing.receipts import CAUSE_SHOWN
from articles.storing.states import Place, States
from articles.storing.tombstones import EXPIRED
from articles.times import Clock, stamp
from articles_cli import options
from articles_cli.files import check_feed_name, load_feeds
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.stack.targets import Target, Unsent, is_target, target
from articles_cli.stories.attention import check_known, known_feeds
from articles_cli.stories.failures import Failures
from articles_cli.stories.names import is_article_id
from articles_cli.terminal import waiting
from articles_cli.terminal.exit_codes import DONE, FAILED, WRONG_USAGE
from articles_cli.terminal.moments import METAVAR, moment
from articles_cli.terminal.output import Output, fail, stderr, warn

# The months of the index by feed in which articles are looked for.
OLDEST, AHEAD = "1970-01", timedelta(days=366)
# DynamoDB removes an item within days after its TTL, which is when a tombstone says it expired.
TTL_IS_LATE = timedelta(days=7)
MAX_FAILED = 1_000  # then the target is down, and the rest is better sent later


def announce(
    *,
    feed_names: Annotated[
        list[str] | None,
        typer.Option(
            "--feed",
            metavar="FEED",
            help="Announce the articles of this feed; may be repeated.",
            autocompletion=options.feeds_here,
            show_default="every feed of --feeds, or with uploads",
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
    failures: Annotated[
        bool,
        typer.Option(
            "--failures",
            help="Announce what is in the publish failure queue; what is sent leaves the queue.",
        ),
    ] = False,
    drop_others: Annotated[
        bool,
        typer.Option(
            "--drop-others",
            help="Delete also the failures about no article, or about one that is not stored.",
        ),
    ] = False,
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
    rate: Annotated[
        float, typer.Option(metavar="N", help="Events to send in a second.", min=0.1)
    ] = 100,
    after: Annotated[
        str | None,
        typer.Option(
            metavar="POSITION",
            help="Resume after the position that an earlier run has printed.",
            show_default=False,
        ),
    ] = None,
    feeds: options.StackFeedsFile = None,
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles announce --feed courier`.

    Tell the current state of articles again: to a new subscriber, or to one that missed events.
    Each visible article is an ArticleUpdated, each one that was visible before an ArticleWithdrawn;
    a subscriber that has that state drops them. A queue gets what a rule of the bus would send it.

    A feed that is not in feeds.toml and has no upload in the inbox cannot be found: name it with
    --feed. Neither can articles that are dated more than a year ahead, or before --oldest: name
    them with --id.
    """
    out, now = Output(as_json=as_json), Clock().now()
    window = Window(
        moment("--since", since, now=now) if since else None,
        moment("--until", until, now=now) if until else None,
    )
    position = Place.read(after) if after else None
    if after and not position:
        fail("--after must be a position that an earlier run has printed.", WRONG_USAGE)
    by_feed = bool(feed_names or after or since or until)
    if [bool(article_ids), failures, by_feed].count(True) > 1:
        fail("--id and --failures take none of --feed, --since, --until, --after.", WRONG_USAGE)
    if wrong := [it for it in article_ids or () if not is_article_id(it)]:
        fail(f"{shown(wrong[0])} is not the id of an article.", WRONG_USAGE)
    _check_target(to, send=send)
    for name in feed_names or ():
        check_feed_name(name)
    months = list(months_back((now + AHEAD).date(), _month(oldest)))
    service = deployment.find(stack_name, changes=send)
    profiles = load_feeds(feeds or service.feeds_file)
    telling = Telling(out, target(service, to) if send and to else None, rate)
    states = Retold(service, window, telling.fail)
    if failures:
        with Failures(service) as queue:
            _retell(queue, states, telling, drop_others=drop_others and send)
    elif article_ids:
        telling.tell(states.events_of(article_ids))
    else:
        # What has no name of a feed has no article.
        names = feed_names or filter(is_name, known_feeds(service, profiles.feeds))
        spreads = {name: profiles.spread(name) for name in names}
        telling.tell(states.events_in(spreads, months, after=position))
    telling.show()
    for name in sorted(set(feed_names or ()) - states.feeds) if not after else ():
        check_known(service, name, feeds)
        warn(f"{name}: no article of this feed is stored.")
    raise typer.Exit(FAILED if telling.failed else DONE)


def _check_target(to: str | None, *, send: bool) -> None:
    if send and not to:
        fail("--send needs --to: a queue, or the bus.", WRONG_USAGE)
    if to and not is_target(to):
        fail(f"--to must be the URL of a queue, or bus, not {shown(to)}.", WRONG_USAGE)


def _retell(queue: Failures, states: "Retold", telling: "Telling", *, drop_others: bool) -> None:
    """Tell what publish could not tell; what is told, or to be dropped, leaves the queue."""
    for page in queue.pages():
        for failure in (it for it in page if not it.article_id):
            if drop_others:
                queue.delete(failure)
                telling.drop(failure.about)
            else:
                telling.fail(failure.about, f"is not an article; {failure.cause}")
        telling.tell(states.events_of(it.article_id for it in page if it.article_id))
        for failure in page:
            is_told = failure.article_id and failure.article_id not in telling.failed
            is_void = drop_others and failure.article_id in states.absent
            if (is_told and telling.is_sending) or is_void:
                queue.delete(failure)


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
    """The events that tell what is stored now; what cannot be told is given to `on_fault`."""

    def __init__(
        self, service: Deployment, window: Window, on_fault: Callable[[str, str], None]
    ) -> None:
        self._states = States(service.client("dynamodb"), service.outputs["ArticlesTable"])
        self._stage = service.outputs["EventBusName"].removeprefix("articles-")
        self._window = window
        self._on_fault = on_fault
        self.absent: set[str] = set()  # of those asked for, what is not stored
        self.feeds: set[str] = set()  # which have articles

    def events_of(self, article_ids: Iterable[str]) -> Iterator[Outgoing]:
        """Tell of articles by their ids."""
        left = iter(dict.fromkeys(article_ids))
        while page := list(islice(left, AT_ONCE)):
            items = self._states.items(page)
            for article_id in page:
                if item := items.get(article_id):
                    yield from self._event("", item)
                else:
                    self.absent.add(article_id)
                    self._on_fault(article_id, "is not stored")

    def events_in(
        self, spreads: Mapping[str, int], months: Sequence[str], *, after: Place | None
    ) -> Iterator[Outgoing]:
        """Tell of the articles of feeds; `sequence` of an event is its place in the index."""
        places = self._states.places(spreads, months, after=after)
        while page := {it.article_id: it for it in islice(places, AT_ONCE)}:
            items = self._states.items(list(page))
            self.feeds |= {it.feed for it in page.values()}
            for article_id, place in page.items():
                if item := items.get(article_id):  # else it was removed a moment ago
                    yield from self._event(str(place), item)

    def _event(self, sequence: str, item: Item) -> Iterator[Outgoing]:
        try:
            if not self._window.has(item):
                return
            event = current_event(item, stage=self._stage, table=self._states.table)
        except (KeyError, TypeError, ValueError) as error:  # an item that is not the service's
            self._on_fault(item["article_id"], f"cannot be read: {error!r}"[:CAUSE_SHOWN])
            return
        if event:
            yield Outgoing(sequence, event)


class Telling:
    """Sends events, or only counts them without a `target`; `failed` are the articles not told."""

    def __init__(self, out: Output, target: Target | None, rate: float) -> None:
        self.failed: set[str] = set()
        self._out, self._target, self._rate = out, target, rate
        self._counts: Counter[tuple[str, str]] = Counter()
        self._bytes: Counter[tuple[str, str]] = Counter()

    @property
    def is_sending(self) -> bool:
        return self._target is not None

    def tell(self, outgoing: Iterable[Outgoing]) -> None:
        """Tell events in batches; however it ends, print the position behind the last one sent."""
        position = ""
        with stderr.status("Reading …") as progress:
            try:
                for batch in requests(outgoing):
                    began = time.monotonic()
                    self._tell(batch)
                    position = batch[-1].sequence
                    progress.update(f"{self._counts.total():,} events, at {escape(position)}")
                    if self._target:
                        waiting.rest(len(batch) / self._rate - (time.monotonic() - began))
            finally:
                if position and self._target:
                    self._out.line(type="position", after=position)
                    self._out.text(f"Sent as far as {position}: --after resumes there.")

    def fail(self, about: str, cause: str) -> None:
        """Report what was not told."""
        self.failed.add(about)
        self._out.line(type="unsent", about=about, cause=cause)
        warn(f"{about}: {cause}")
        if len(self.failed) >= MAX_FAILED:
            fail(f"Stopped: {MAX_FAILED:,} events could not be sent.", FAILED)

    def drop(self, about: str) -> None:
        """Report what will not be told, as was asked for."""
        self._out.line(type="dropped", about=about)
        self._out.text(f"{about}: dropped.")

    def show(self) -> None:
        """Print the counts."""
        rows = [(*kind, count, self._bytes[kind]) for kind, count in sorted(self._counts.items())]
        for feed, event, count, size in rows:
            self._out.line(type="events", feed=feed, event=event, count=count, bytes=size)
        self._out.table(("feed", "event", "events", "bytes"), rows)
        totals = {"events": self._counts.total(), "bytes": self._bytes.total()}
        self._out.line(type="summary", is_sent=self.is_sending, **totals, unsent=len(self.failed))
        counted = "{events:,} events, {bytes:,} bytes".format(**totals)
        end = f"sent, {len(self.failed):,} failed" if self.is_sending else "only --send sends them"
        self._out.text(f"{counted}: {end}.")

    def _tell(self, batch: Sequence[Outgoing]) -> None:
        refused = {it.outgoing.event.subject: it.cause for it in self._refused(batch)}
        for event in (it.event for it in batch):
            if event.subject in refused:
                self.fail(event.subject, refused[event.subject])
                continue
            kind = event.source.rpartition("/")[2], event.type
            self._counts[kind] += 1
            self._bytes[kind] += len(detail(event).encode())

    def _refused(self, batch: Sequence[Outgoing]) -> Sequence[Unsent]:
        return self._target.send(batch) if self._target else ()


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail(f"--oldest must be a month such as 2020-01, not {text}.", WRONG_USAGE)
