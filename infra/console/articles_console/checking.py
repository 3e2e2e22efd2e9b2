"""A file that was dropped in, and what would become of it: nothing is uploaded by that."""

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from typing import NamedTuple

from articles.feeds import Feeds
from articles.judging import Accepted, Refused
from articles.metadata.provenance import origins
from articles.problems import Problem, ReportedProblem, reported
from articles.quoting import cut
from articles.refs import PREFIX
from articles.storing.receipts import SHOWN, most_often
from articles_cli.uploads.dry_run import DryRun

LONGEST_VALUE = 300
LONGEST_NAME = 200  # bytes; keys may have 1,024
FEW = 10  # problems of a record


class Traced(NamedTuple):
    """A field of an article: its value, where in the record it was, and the rules applied."""

    field: str
    value: str
    pointer: str | None
    rules: tuple[str, ...]


class Judged(NamedTuple):
    """What is shown of a record: it may itself be large."""

    number: int
    shape: str | None
    title: str | None
    article_id: str | None
    problems: tuple[ReportedProblem, ...]
    warnings: tuple[ReportedProblem, ...]
    fields: tuple[Traced, ...]
    unread: tuple[str, ...]
    more_unread: int

    @property
    def outcome(self) -> str:
        return "rejected" if self.problems else "accepted"

    @classmethod
    def of(cls, record: Accepted | Refused) -> "Judged":
        article = record.article if isinstance(record, Accepted) else None
        return cls(
            number=record.frame.record,
            shape=record.shape.name if record.shape else None,
            title=article.title if article else None,
            article_id=record.article_id if isinstance(record, Accepted) else None,
            problems=_first(record.problems if isinstance(record, Refused) else ()),
            warnings=_first(record.warnings),
            fields=_traced(record) if isinstance(record, Accepted) else (),
            unread=record.unread.pointers,
            more_unread=record.unread.total - len(record.unread.pointers),
        )


class StoppedError(Exception):
    """Nobody wants to know any more what would become of a file."""


@dataclass
class Checked:
    """A file and its verdict; `version` is that of its upload, if it was uploaded.

    `name` is the console's own and cannot be guessed; `file` is what its uploader called it. It was
    in the inbox `since` a time, if that was before. `goes_on` says that it is to be uploaded, too.
    `done` is set when nothing more happens in the background; `error` says why it could not.
    """

    path: Path
    feed: str
    file: str
    goes_on: bool = False
    read: int = 0  # bytes, unpacked
    done: Event = field(default_factory=Event)
    stopped: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)  # of its upload
    error: str | None = None
    since: datetime | None = None
    outcome: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[ReportedProblem, ...] = ()
    warnings: tuple[ReportedProblem, ...] = ()
    unread: dict[str, int] = field(default_factory=dict)
    rejected: list[Judged] = field(default_factory=list)
    warned: list[Judged] = field(default_factory=list)
    fine: list[Judged] = field(default_factory=list)
    version: str | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.feed}/{self.file}"

    @property
    def records(self) -> list[Judged]:
        """What is shown: what was rejected, then what has warnings, then some of the others."""
        return [*self.rejected, *self.warned, *self.fine]

    @property
    def more(self) -> dict[str, int]:
        """How many records are not shown, by their outcome."""
        shown = Counter(it.outcome for it in self.records)
        return {name: left for name, it in self.counts.items() if (left := it - shown[name])}

    def check(self, feeds: Feeds) -> None:
        """Judge the file as the service would; raises StoppedError."""
        dry_run = DryRun(
            self.path, feed=self.feed, feeds=feeds, name=self.file, follow=self._follow
        )
        for record in dry_run:
            self._need_go_on()
            if len(alike := self._like(record)) < SHOWN:
                alike.append(Judged.of(record))
        self.counts = dict(dry_run.counts)
        self.problems, self.warnings = _first(dry_run.problems), _first(dry_run.warnings)
        self.unread = most_often(dry_run.unread)
        self.outcome = dry_run.outcome

    def _like(self, record: Accepted | Refused) -> list[Judged]:
        if isinstance(record, Refused):
            return self.rejected
        return self.warned if record.warnings else self.fine

    def _follow(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._need_go_on()
            self.read += len(piece)
            yield piece

    def _need_go_on(self) -> None:
        if self.stopped.is_set():
            raise StoppedError


def new_path(folder: Path) -> Path:
    """Name a file of the console, whatever its uploader calls it."""
    return folder / secrets.token_urlsafe(12)


def file_name(given: str | None) -> str | None:
    """Return the last part of a name that a browser sends; None for what cannot be in a key."""
    name = (given or "").replace("\\", "/").rpartition("/")[2]
    is_short = 0 < len(name.encode(errors="replace")) <= LONGEST_NAME
    return name if is_short and name.isprintable() and name not in (".", "..") else None


def _first(problems: Iterable[Problem]) -> tuple[ReportedProblem, ...]:
    return reported(list(problems)[:FEW])


def _traced(record: Accepted) -> tuple[Traced, ...]:
    return tuple(
        Traced(it.field, cut(_text(it.value), LONGEST_VALUE), it.pointer, it.rules)
        for it in origins(record.article, record.taken)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
