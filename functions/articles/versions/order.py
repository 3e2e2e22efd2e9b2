"""The one total order of all versions of an article, so that arrival never decides.

`order_key` = G#R#T#V#U#S#P#H sorts bytewise; see docs/decisions/0003-one-total-order.md. An upload
decides its rest, R to H. Its generation G only operators raise: docs/decisions/0015-generations.md.
"""

import re
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from articles.catalogue import Code
from articles.problems import Problem
from articles.times import format_instant

# A document's own time counts when it is not in the future; clocks differ by this much.
TOLERANCE = timedelta(minutes=10)

PARTS = (  # of the rest
    "kill",
    "effective time",
    "version",
    "time of upload",
    "sequencer",
    "position in the file",
    "content",
)

if TYPE_CHECKING:
    from articles.article import Article
    from articles.feeds import Feed
    from articles.metadata.shapes.shape import Shape
_DIGITS = re.compile(r"\d+", re.ASCII)
_BELOW_DOT = re.compile(r"[\x00-\x2d]")
_HEX = re.compile(r"[0-9A-F]{1,40}")

# The rank comes first in the rest of a key. Nothing beats a removal; anything beats what an
# operator has revived, and not yet been read again.
REVIVED, ORDINARY, KILL, REMOVED = "0", "1", "9", "A"
LAST_GENERATION = 9999
REMOVAL = "removal"  # what decided, where no version has won


class _Key(NamedTuple):
    generation: str
    rank: str
    time: str
    version: str
    uploaded_at: str
    sequencer: str
    record: str
    content: str

    @property
    def upload(self) -> tuple[str, str]:
        """Which of two uploads came later."""
        return self.uploaded_at, self.sequencer


def order_key(
    article: "Article",
    *,
    shape: "Shape",
    feed: "Feed",
    uploaded_at: datetime,
    sequencer: str | None,
    record: int,
    content_hash: str,
    is_mapped: bool = True,
) -> str:
    """Build the key of one record in the first generation.

    `uploaded_at` is S3's LastModified, never a local clock.

    `is_mapped`: the status is that of the member which the shape has for it, not of another (N91).
    """
    is_kill = is_mapped and is_absorbing_kill(article, shape=shape, feed=feed)
    rest = "#".join(
        (
            KILL if is_kill else ORDINARY,
            _effective_time(article, shape=shape, feed=feed, uploaded_at=uploaded_at),
            natural_version(article.version or ""),
            format_instant(uploaded_at),
            comparable_sequencer(sequencer),
            f"{record:010}",
            content_hash[:16],
        )
    )
    return in_generation(0, rest)


def in_generation(generation: int, rest: str) -> str:
    """Return the key of a version in a generation."""
    return f"{generation:04}#{rest}"


def generation_of(key: str) -> int:
    return int(key.partition("#")[0])


def rest_of(key: str) -> str:
    """Return the key of a version without its generation."""
    return key.partition("#")[2]


def comparable_rest(key: str) -> str:
    """Return the rest of a key as it is written today: 0.1 padded sequencers with zeros."""
    parts = _parts(key)
    return "#".join(parts[1:]) if parts else rest_of(key)


def is_same_version(one: str, other: str) -> bool:
    """Whether two keys are of one version, in whatever generation."""
    return comparable_rest(one) == comparable_rest(other)


def is_lifted(before: str, after: str) -> bool:
    """Whether it is the same version, in another generation."""
    return before != after and is_same_version(before, after)


def rank_of(rest: str) -> str:
    return rest.partition("#")[0]


def upload_time(key: str) -> datetime | None:
    """Return when the upload of a version was put; None for a key that no upload has decided."""
    parts = _parts(key)
    if parts is None or parts.rank not in (ORDINARY, KILL):
        return None
    return datetime.fromisoformat(parts.uploaded_at)


def with_sequencer(key: str, sequencer: str) -> str:
    """Return a key with the sequencer that its upload is known to have."""
    parts = _parts(key)
    return "#".join(parts._replace(sequencer=comparable_sequencer(sequencer))) if parts else key


def is_absorbing_kill(article: "Article", *, shape: "Shape", feed: "Feed") -> bool:
    """Whether this record ends its article for good."""
    kills = shape.absorbing_kills if feed.profile.kills is None else feed.profile.kills
    return kills and article.status == "canceled"


def decided_by(winner: str, loser: str) -> str:
    """Name the part of the key that decided between two versions.

    Of two generations, the rest of the keys decides, unless an operator has removed the article.
    """
    won, lost = comparable_rest(winner), comparable_rest(loser)
    if rank_of(won) == REMOVED:
        return REMOVAL
    pairs = zip_longest(won.split("#"), lost.split("#"), PARTS)
    return next((part or "content" for one, other, part in pairs if one != other), "content")


def overtaken(winner: str, loser: str) -> Problem | None:
    """Warn of a version that an earlier upload beats; its uploader expects the opposite.

    Nothing but the two keys is used, so that a redelivery is told the same.
    """
    won, lost = _parts(winner), _parts(loser)
    if won is None or lost is None or lost.upload <= won.upload:
        return None
    if won.rank == REMOVED:
        return Problem.of(Code.W_SUPERSEDED, "removed")
    if won.rank != lost.rank:
        return Problem.of(Code.W_SUPERSEDED, "kill")
    if won.time == lost.time:
        return Problem.of(Code.W_SUPERSEDED, "version", time=won.time)
    if lost.time == lost.uploaded_at:
        return Problem.of(Code.W_SUPERSEDED, "ahead", stored=won.time, own=lost.time)
    if won.time == won.uploaded_at:
        return Problem.of(Code.W_SUPERSEDED, "undated", stored=won.time, own=lost.time)
    return Problem.of(Code.W_SUPERSEDED, "dated", stored=won.time, own=lost.time)


def _parts(key: str) -> _Key | None:
    """Take a key apart, without zeros that pad its sequencer; None for one of another form."""
    parts = key.split("#")
    if len(parts) != len(_Key._fields):
        return None
    found = _Key(*parts)
    return found._replace(sequencer=found.sequencer.rstrip("0"))


def natural_version(version: str) -> str:
    """Return a version a form in which 1.10 comes after 1.9, and no character sorts below `.`."""
    padded = _DIGITS.sub(lambda digits: digits.group().lstrip("0").rjust(20, "0"), version)
    safe = _BELOW_DOT.sub(".", padded)
    return safe.encode()[:64].decode(errors="ignore")


def comparable_sequencer(sequencer: str | None) -> str:
    """Give S3's sequencer a form that compares: upper case, without zeros at its end.

    Such zeros say nothing, as `#`, which follows, sorts below every digit. Empty when unknown.
    """
    upper = (sequencer or "").upper()
    return upper.rstrip("0") if _HEX.fullmatch(upper) else ""


def _effective_time(
    article: "Article", *, shape: "Shape", feed: "Feed", uploaded_at: datetime
) -> str:
    """Return when a version was modified, if that is known, else when it was uploaded.

    Never when it was published: a date that is mended would lose to the upload of the broken one.
    """
    modified, latest = article.modified_at, format_instant(uploaded_at + TOLERANCE)
    # A later time is skipped, not cut: else one wrong year would lock the article.
    if (feed.profile.order or shape.order) == "modified" and modified and modified <= latest:
        return modified
    return format_instant(uploaded_at)
