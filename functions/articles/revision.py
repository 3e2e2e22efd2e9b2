"""A revision: one version of an article as one record of one upload carries it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from articles.article import Article
from articles.feeds import Feed
from articles.identity import content_hash
from articles.order import order_key
from articles.packing import Packed
from articles.problems import Problem
from articles.upload import Upload
from articles.validate import Accepted


@dataclass(frozen=True, slots=True)
class Revision:
    """Everything that the store writes of one record.

    `origin` is `{key, version, record, sequencer?}`: provenance, and the mark by which a redelivery
    knows its own work. `expires` is when the feed's retention ends, or None.
    """

    article_id: str
    article: Article
    packed: Packed
    feed: str
    order_key: str
    content_hash: str
    origin: dict[str, Any]
    expires: datetime | None
    warnings: tuple[Problem, ...] = ()

    @property
    def record(self) -> int:
        return int(self.origin["record"])

    @property
    def place(self) -> dict[str, Any]:
        return place_of(self.origin)


def place_of(origin: dict[str, Any]) -> dict[str, Any]:
    """Say which record of which object version it is: what a redelivery has again."""
    return {name: origin[name] for name in ("key", "version", "record") if name in origin}


def revise(accepted: Accepted, feed: Feed, upload: Upload, uploaded_at: datetime) -> Revision:
    """Place a record in the order of its article; only facts that every redelivery has are used."""
    article, record = accepted.article, accepted.frame.record
    hashed = content_hash(article)
    origin: dict[str, Any] = {"key": upload.key, "version": upload.version_name, "record": record}
    if upload.sequencer:
        origin["sequencer"] = upload.sequencer
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
            content_hash=hashed,
        ),
        content_hash=hashed,
        origin=origin,
        expires=_expiry(article, feed, uploaded_at),
        warnings=accepted.warnings,
    )


def fold(revisions: Iterable[Revision]) -> list[tuple[Revision, list[Revision]]]:
    """Give the greatest revision of each article, with those it beats, before anything is written.

    An upload that holds an article twice makes one write and one event.
    """
    by_article: dict[str, list[Revision]] = {}
    for revision in revisions:
        by_article.setdefault(revision.article_id, []).append(revision)
    ordered = (
        sorted(same, key=lambda revision: revision.order_key.encode(), reverse=True)
        for same in by_article.values()
    )
    return [(winner, losers) for winner, *losers in ordered]


def _expiry(article: Article, feed: Feed, uploaded_at: datetime) -> datetime | None:
    """A kill stays for ever: a replay must not revive its article."""
    if feed.profile.retain_days is None or article.status == "canceled":
        return None
    return uploaded_at + timedelta(days=feed.profile.retain_days)
