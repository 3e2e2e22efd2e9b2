"""All steps of an upload up to storing, without I/O: bytes in, one verdict per record out.

The ingest function and `articles validate` run the same code.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from articles.article import Article
from articles.catalogue import Code
from articles.feeds import Feed
from articles.metadata import assembling
from articles.metadata.draft import READ_AS
from articles.metadata.guessing import unknown
from articles.metadata.holding import hold
from articles.metadata.notes import NOTHING_UNREAD, Notes, Taken, Unread
from articles.metadata.shapes import Formats
from articles.metadata.shapes.shape import Shape
from articles.problems import Problem, Rejected, reported
from articles.records.framing import Frame, Framed, frame
from articles.refs import RecordRef
from articles.storing.receipts import Record
from articles.uploads.message import Upload
from articles.versions.identity import article_id
from articles.versions.order import order_key
from articles.versions.packing import Packed, pack
from articles.versions.revision import Revision

# N95: a document that describes others, by whichever draft of JSON Schema.
_SCHEMAS = "json-schema.org"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record that is an article."""

    frame: Frame
    shape: Shape
    article: Article
    packed: Packed
    article_id: str
    warnings: tuple[Problem, ...]
    taken: dict[str, Taken]
    unread: Unread

    @property
    def has_mapped_status(self) -> bool:
        """Whether no member that the shape does not know held the article back (N91)."""
        return "status" not in self.taken or self.taken["status"].rule is not hold


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not: `problems` says everything that is wrong with it.

    `fault` is the exception behind E_INTERNAL, for the operator's log.
    """

    frame: Frame
    shape: Shape | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unread: Unread = NOTHING_UNREAD
    fault: Exception | None = None


class Verdicts(NamedTuple):
    """A verdict for each record, the feed it was judged for, and what is said of the whole file.

    `unread` counts the records by member that nobody read, among those that were judged so far.
    """

    records: Iterator[Accepted | Refused]
    feed: Feed
    warnings: tuple[Problem, ...]
    unread: Counter[str]


def formats_of(feed: Feed) -> Formats:
    """Return the formats in which a feed sends its articles."""
    places = (
        (READ_AS.get(field, field), tuple(pointers))
        for field, pointers in feed.profile.fields.items()
    )
    return Formats(feed.profile.shape, tuple(places))


def validate(data: bytes, *, feed: Feed, received: datetime) -> Verdicts:
    """Judge a whole file.

    Raises Rejected when the file as a whole cannot be read.
    """
    return judge(frame(data, formats_of(feed)), feed=feed, received=received)


def judge(framed: Framed, *, feed: Feed, received: datetime) -> Verdicts:
    """Judge the records of an upload, or of a part of it, as they are asked for."""
    formats = formats_of(feed)
    unread: Counter[str] = Counter()

    def verdicts() -> Iterator[Accepted | Refused]:
        for one in framed.frames:
            verdict = _judge(one, feed, formats, received)
            unread.update(verdict.unread.pointers)
            yield verdict

    return Verdicts(verdicts(), feed, framed.warnings, unread)


def revisions(
    verdicts: Verdicts, upload: Upload, uploaded_at: datetime, on_fault: Callable[[Exception], None]
) -> Iterator[Revision | Record]:
    """Place each accepted record in the order of its article; of a refused one, say what is wrong.

    Only facts that every redelivery has are used. `on_fault` is called with every bug.
    """
    for verdict in verdicts.records:
        judged = _revision(verdict, verdicts.feed, upload, uploaded_at)
        if isinstance(judged, Revision):
            yield judged
            continue
        if judged.fault:
            on_fault(judged.fault)
        yield Record(
            record=judged.frame.record,
            outcome="rejected",
            problems=reported(judged.problems),
            warnings=reported(judged.warnings),
        )


def _revision(
    verdict: Accepted | Refused, feed: Feed, upload: Upload, uploaded_at: datetime
) -> Revision | Refused:
    if isinstance(verdict, Refused):
        return verdict
    try:
        return revise(verdict, feed, upload, uploaded_at)
    except Exception as fault:  # noqa: BLE001 - a bug on one record must not reach the others
        return internal_error(verdict.frame, fault)


def revise(accepted: Accepted, feed: Feed, upload: Upload, uploaded_at: datetime) -> Revision:
    article, record = accepted.article, accepted.frame.record
    content_hash = accepted.packed.content_hash
    return Revision(
        article_id=accepted.article_id,
        article=article,
        packed=accepted.packed,
        feed=feed.name,
        order_key=order_key(
            article,
            shape=accepted.shape,
            feed=feed,
            uploaded_at=uploaded_at,
            sequencer=upload.sequencer,
            record=record,
            content_hash=content_hash,
            is_mapped=accepted.has_mapped_status,
        ),
        content_hash=content_hash,
        origin=RecordRef(upload.key, upload.version_name, record, upload.sequencer or None),
        expires=_expiry(article, feed, uploaded_at),
        by_url=feed.profile.by_url,
        warnings=accepted.warnings,
    )


def _expiry(article: Article, feed: Feed, uploaded_at: datetime) -> datetime | None:
    """A kill stays for ever: a replay must not revive its article."""
    if feed.profile.retain_days is None or article.status == "canceled":
        return None
    return uploaded_at + timedelta(days=feed.profile.retain_days)


def internal_error(one: Frame, fault: Exception) -> Refused:
    """Reject a record that hit a bug."""
    problem = Problem.of(Code.E_INTERNAL)
    return Refused(one, None, _placed((problem,), one), (), fault=fault)


def _judge(one: Frame, feed: Feed, formats: Formats, received: datetime) -> Accepted | Refused:
    notes = Notes(received, feed.profile.status)
    shape: Shape | None = None
    try:
        if one.rejected:
            raise one.rejected
        if not isinstance(one.value, dict):
            raise Rejected(Problem.of(Code.E_NOT_ARTICLE, "not_object"))
        if _SCHEMAS in str(one.value.get("$schema"))[:100]:
            raise Rejected(Problem.of(Code.E_NOT_ARTICLE, "schema").placed(path="/$schema"))
        shape = formats.recognise(one.value)
        if shape is None:
            raise Rejected(unknown(one.value, formats))
        article = assembling.read(one.value, shape, feed, notes)
        packed = pack(article)
        name = article_id(article, feed)
    except Rejected as rejected:
        problems = _placed(rejected.problems, one)
        return Refused(one, shape, problems, _warnings(one, notes), notes.unread)
    except Exception as fault:  # noqa: BLE001 - a bug on one record must not reach the others
        return internal_error(one, fault)
    warnings = _warnings(one, notes)
    return Accepted(one, shape, article, packed, name, warnings, notes.taken, notes.unread)


def _warnings(one: Frame, notes: Notes) -> tuple[Problem, ...]:
    return _placed([*one.warnings, *notes.warnings], one)


def _placed(problems: tuple[Problem, ...] | list[Problem], one: Frame) -> tuple[Problem, ...]:
    return tuple(p.placed(record=one.record, at=one.at, line=one.line) for p in problems)
