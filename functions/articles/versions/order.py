"""The one total order of all versions of an article, so that arrival never decides.

`order_key` = R#T#V#U#S#P#H sorts bytewise; see docs/decisions/0003-one-total-order.md.
"""

import re
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from articles.article import Article
from articles.feeds import Feed
from articles.times import format_instant

# A document's own date counts when it is not in the future; clocks differ by this much.
TOLERANCE = timedelta(minutes=10)

PARTS = (
    "kill",
    "effective time",
    "version",
    "time of upload",
    "sequencer",
    "position in the file",
    "content",
)

if TYPE_CHECKING:
    from articles.metadata.shapes.shape import Shape
_DIGITS = re.compile(r"\d+", re.ASCII)
_BELOW_DOT = re.compile(r"[\x00-\x2d]")
_HEX = re.compile(r"[0-9A-F]{1,40}")


def order_key(
    article: Article,
    *,
    shape: "Shape",
    feed: Feed,
    uploaded_at: datetime,
    sequencer: str | None,
    record: int,
    content_hash: str,
) -> str:
    """Build the key of one record; `uploaded_at` is S3's LastModified, never a local clock."""
    return "#".join(
        (
            "9" if is_absorbing_kill(article, shape=shape, feed=feed) else "1",
            _effective_time(article, shape=shape, feed=feed, uploaded_at=uploaded_at),
            natural_version(article.version or ""),
            format_instant(uploaded_at),
            padded_sequencer(sequencer),
            f"{record:010}",
            content_hash[:16],
        )
    )


def is_absorbing_kill(article: Article, *, shape: "Shape", feed: Feed) -> bool:
    """Whether this record ends its article for good."""
    kills = shape.absorbing_kills if feed.profile.kills is None else feed.profile.kills
    return kills and article.status == "canceled"


def decided_by(winner: str, loser: str) -> str:
    """Name the part of the key that decided between two versions."""
    pairs = zip_longest(winner.split("#"), loser.split("#"), PARTS)
    return next((part or "content" for one, other, part in pairs if one != other), "content")


def natural_version(version: str) -> str:
    """Return a version a form in which 1.10 comes after 1.9, and no character sorts below `.`."""
    padded = _DIGITS.sub(lambda digits: digits.group().lstrip("0").rjust(20, "0"), version)
    safe = _BELOW_DOT.sub(".", padded)
    return safe.encode()[:64].decode(errors="ignore")


def padded_sequencer(sequencer: str | None) -> str:
    """Give S3's sequencer a form that compares: upper case, right-padded; zeros when unknown."""
    upper = (sequencer or "").upper()
    return (upper if _HEX.fullmatch(upper) else "").ljust(40, "0")


def _effective_time(article: Article, *, shape: "Shape", feed: Feed, uploaded_at: datetime) -> str:
    latest = format_instant(uploaded_at + TOLERANCE)
    if (feed.profile.order or shape.order) == "modified":
        for instant in (article.modified_at, article.published_at, article.retrieved_at):
            # A later date is skipped, not cut: else one wrong year would lock the article.
            if instant and instant <= latest:
                return instant
    return format_instant(uploaded_at)
