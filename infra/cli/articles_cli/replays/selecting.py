"""Which uploads are read again: by key, by prefix, by feed and time, or rejects."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from articles.quoting import shown
from articles.refs import PREFIX, VersionRef
from articles.uploads import listing
from articles.uploads.listing import ObjectVersion
from articles_cli.files import check_feed_name
from articles_cli.stack.deployment import Deployment
from articles_cli.stories.attention import Search, Wanted, check_known, known_feeds
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import fail, tracked

MAX_UPLOADS = 100_000  # more are not held here


@dataclass(frozen=True)
class Selection:
    """What was asked for on the command line; `names` are keys and prefixes."""

    names: tuple[str, ...] = ()
    feed: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    rejects: bool = False
    code: str | None = None
    latest: bool = False

    def __post_init__(self) -> None:
        if self.feed is not None:
            check_feed_name(self.feed)

    def versions(self, service: Deployment) -> Iterator[ObjectVersion]:
        """Yield the uploads, the latest of each key first.

        S3 lists by key: those of another time are listed, too, a thousand in each request.
        """
        found = _rejects(service, self) if self.rejects else self._listed(service)
        for version in found:
            is_in_time = (self.since is None or version.uploaded_at >= self.since) and (
                self.until is None or version.uploaded_at < self.until
            )
            if is_in_time and (version.is_latest or not self.latest):
                yield version

    @property
    def prefix(self) -> str | None:
        """The prefix, where all versions under one are chosen, and nothing else."""
        if self.rejects or self.latest or self.since or self.until:
            return None
        if self.feed:
            return f"{PREFIX}{self.feed}/"
        return _prefix(self.names[0]) if len(self.names) == 1 else None

    @property
    def arguments(self) -> list[str]:
        """The arguments that make the same selection again, at any later time."""
        texts = {"--feed": self.feed, "--code": self.code}
        times = {"--since": self.since, "--until": self.until}
        flags = {"--rejects": self.rejects, "--latest": self.latest}
        given = texts | {name: at and at.isoformat() for name, at in times.items()}
        options = [part for name, text in given.items() if text for part in (name, text)]
        return [*self.names, *options, *(name for name, is_set in flags.items() if is_set)]

    def _listed(self, service: Deployment) -> Iterator[ObjectVersion]:
        s3, inbox = service.s3, service.inbox
        if self.feed:
            yield from listing.versions_in(s3, inbox, self.feed)
        for name in self.names:
            prefix = _prefix(name)
            if prefix is not None:
                yield from listing.versions(s3, inbox, prefix)
                continue
            key, version = _named(name)
            if not key.startswith(PREFIX):
                fail(f"{shown(key)} is not a key under {PREFIX}.", WRONG_USAGE)
            of_key = listing.versions_of(s3, inbox, key)
            yield from (it for it in of_key if version in (None, it.version))


def _prefix(name: str) -> str | None:
    """Return the prefix that an argument names; None for a key."""
    if not name.endswith(("/", "*")):
        return None
    prefix = name.removesuffix("*")
    if not prefix.startswith(PREFIX):
        fail(f"{shown(prefix)} is not a prefix of keys under {PREFIX}.", WRONG_USAGE)
    return prefix


def _named(name: str) -> VersionRef | tuple[str, None]:
    """Read a key, or a JSON line of another command with the key and version of an upload."""
    if not name.startswith("{"):
        return name, None
    try:
        line = json.loads(name)
        return str(line["key"]), line.get("version")
    except (ValueError, KeyError):
        fail(f"{shown(name)} is not a line about an upload.", WRONG_USAGE)


def _rejects(service: Deployment, selection: Selection) -> Iterator[ObjectVersion]:
    """Yield the uploads that hold rejected records and were not replaced by a later version."""
    feeds = [selection.feed] if selection.feed else known_feeds(service)
    wanted = Wanted(since=selection.since, until=selection.until, code=selection.code)
    for receipt in Search(service.lookup, feeds, wanted):
        latest = listing.versions_of(service.s3, service.inbox, receipt.key)[:1]
        yield from (it for it in latest if it.version == receipt.version and it.is_latest)


def chosen(
    service: Deployment, selection: Selection, feeds_file: Path | None, *, advice: str
) -> list[ObjectVersion]:
    """Return the uploads, each once.

    Ends the command if they are too many to be held here, or of a feed that nobody knows.
    """
    found = tracked(selection.versions(service), "Listing")
    versions = list(islice(found, MAX_UPLOADS + 1))
    if len(versions) > MAX_UPLOADS:
        fail(f"There are more than {MAX_UPLOADS:,} uploads: {advice}", WRONG_USAGE)
    if selection.feed and not versions:
        check_known(service, selection.feed, feeds_file)
    # A listing may name an upload twice, by two arguments.
    return list({(it.key, it.version): it for it in versions}.values())


def sample_size(text: str) -> int | None:
    """Read how many uploads to look into; None for all."""
    if text == "all":
        return None
    if not text.isdecimal():
        fail("--sample takes a number or all.", WRONG_USAGE)
    return int(text)


def sampled(versions: Sequence[ObjectVersion], size: int | None) -> Sequence[ObjectVersion]:
    """Take uploads from the whole of a list: neighbours are often alike."""
    if size is None or size >= len(versions):
        return versions
    return [versions[number * len(versions) // size] for number in range(size)]
