"""A file that was dropped in, and what would become of it: nothing is uploaded by that."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from articles.feeds import Feeds
from articles.judging import Accepted, Refused
from articles.metadata.provenance import origins
from articles.problems import Problem, ReportedProblem, reported
from articles.quoting import cut
from articles.refs import PREFIX
from articles.storing.receipts import SHOWN, most_often
from articles_cli.dry_run import DryRun

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


@dataclass
class Checked:
    """A file and its verdict; `version` is that of its upload, if it was uploaded.

    `name` is the console's own and cannot be guessed; `file` is what its uploader called it.
    """

    path: Path
    feed: str
    file: str
    outcome: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[ReportedProblem, ...] = ()
    warnings: tuple[ReportedProblem, ...] = ()
    unread: dict[str, int] = field(default_factory=dict)
    records: list[Judged] = field(default_factory=list)
    version: str | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.feed}/{self.file}"

    @property
    def more(self) -> int:
        """How many records are not shown."""
        return sum(self.counts.values()) - len(self.records)


def new_path(folder: Path) -> Path:
    """Name a file of the console, whatever its uploader calls it."""
    return folder / secrets.token_urlsafe(12)


def file_name(given: str | None) -> str | None:
    """Return the last part of a name that a browser sends; None for what cannot be in a key."""
    name = (given or "").replace("\\", "/").rpartition("/")[2]
    is_short = 0 < len(name.encode(errors="replace")) <= LONGEST_NAME
    return name if is_short and name.isprintable() and name not in (".", "..") else None


def check(path: Path, feed: str, file: str, feeds: Feeds) -> Checked:
    """Judge a file as the service would."""
    dry_run = DryRun(path, feed=feed, feeds=feeds, name=file)
    shown: list[Judged] = []
    for record in dry_run:
        if len(shown) < SHOWN:
            shown.append(Judged.of(record))
    return Checked(
        path,
        feed,
        file,
        dry_run.outcome,
        dict(dry_run.counts),
        _first(dry_run.problems),
        _first(dry_run.warnings),
        most_often(dry_run.unread),
        shown,
    )


def _first(problems: Iterable[Problem]) -> tuple[ReportedProblem, ...]:
    return reported(list(problems)[:FEW])


def _traced(record: Accepted) -> tuple[Traced, ...]:
    return tuple(
        Traced(it.field, cut(_text(it.value), LONGEST_VALUE), it.pointer, it.rules)
        for it in origins(record.article, record.taken)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
