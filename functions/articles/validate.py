"""The whole way of an upload up to the store, without any I/O: bytes in, a verdict a record out.

The ingest function and `articles validate` run this very code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from articles import identity, reading, shapes
from articles.article import Article
from articles.feeds import Feed, Feeds
from articles.framing import Frame, Framed, frame
from articles.notes import Notes, Taken
from articles.packing import Packed, pack
from articles.problems import Code, Problem, Rejected, shown
from articles.shapes.shape import Shape


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


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not: `problems` says everything that is wrong with it.

    `fault` is the exception behind E_INTERNAL, for the operator's log.
    """

    frame: Frame
    shape: Shape | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    fault: Exception | None = None


class Verdicts(NamedTuple):
    """A verdict for each record, the feed it was judged for, and what is said of the whole file."""

    records: Iterator[Accepted | Refused]
    feed: Feed
    warnings: tuple[Problem, ...]


def admitted(name: str, feeds: Feeds) -> Feed:
    """Find the feed of a name; raises Rejected with E_FEED when there is none."""
    feed = feeds.find(name)
    if feed is None:
        message = (
            f"The key names the feed {shown(name)}, which this service does not know. Upload under "
            "incoming/<feed>/ with the name that the operator gave you: lower-case letters, digits "
            "and hyphens."
        )
        raise Rejected(Problem(Code.E_FEED, message))
    return feed


def outcome_of(*, rejected: int, records: int) -> Literal["accepted", "partial", "rejected"]:
    """Sum up a file; one without records was rejected as a whole."""
    if rejected == records:
        return "rejected"
    return "partial" if rejected else "accepted"


def validate(data: bytes, *, feed: Feed, received: datetime) -> Verdicts:
    """Judge a whole file.

    Raises Rejected when the file as a whole cannot be read.
    """
    return judge(frame(data), feed=feed, received=received)


def judge(framed: Framed, *, feed: Feed, received: datetime) -> Verdicts:
    """Judge the records of an upload, or of a part of it, as they are asked for."""
    verdicts = (_judge(one, feed, received) for one in framed.frames)
    return Verdicts(verdicts, feed, framed.warnings)


def our_fault(one: Frame, fault: Exception) -> Refused:
    """Reject a record that met a bug of ours."""
    message = "A fault of ours; nothing is wrong with your file as far as we know."
    problem = Problem(Code.E_INTERNAL, message)
    return Refused(one, None, _placed((problem,), one), (), fault)


def _judge(one: Frame, feed: Feed, received: datetime) -> Accepted | Refused:
    notes = Notes(received)
    shape: Shape | None = None
    try:
        if one.rejected:
            raise one.rejected
        if not isinstance(one.value, dict):
            message = "The record is not an object; an article is an object with fields."
            raise Rejected(Problem(Code.E_NOT_ARTICLE, message))
        shape = shapes.recognise(one.value, feed.profile.shape)
        if shape is None:
            raise Rejected(_unknown(one.value))
        article = reading.read(one.value, shape, feed, notes)
        packed = pack(article)
        article_id = identity.article_id(article, feed)
    except Rejected as rejected:
        return Refused(one, shape, _placed(rejected.problems, one), _warnings(one, notes))
    except Exception as fault:  # noqa: BLE001 - our bug on one record must not reach the others
        return our_fault(one, fault)
    warnings = _warnings(one, notes)
    return Accepted(one, shape, article, packed, article_id, warnings, notes.taken)


def _warnings(one: Frame, notes: Notes) -> tuple[Problem, ...]:
    return _placed([*one.warnings, *notes.warnings], one)


def _placed(problems: tuple[Problem, ...] | list[Problem], one: Frame) -> tuple[Problem, ...]:
    return tuple(p.of(record=one.record, at=one.at, line=one.line) for p in problems)


def _unknown(document: dict[str, object]) -> Problem:
    names = ", ".join(shown(name, 30) for name in list(document)[:8]) or "none"
    message = (
        f"No article format has these fields ({names}). Send at least a title with a text, "
        "an id or a link."
    )
    return Problem(Code.E_UNKNOWN_SHAPE, message)
