"""A revision: one version of an article as one record of one upload carries it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from articles.article import Article
from articles.problems import Problem
from articles.refs import RecordRef
from articles.versions.packing import Packed


@dataclass(frozen=True, slots=True)
class Revision:
    """Everything that is written of one record.

    `origin` says where it came from; by it a redelivery recognises its own work. `expires` is when
    the feed's retention ends, or None. `by_url` says whether the index by URL should have it.
    """

    article_id: str
    article: Article
    packed: Packed
    feed: str
    order_key: str
    content_hash: str
    origin: RecordRef
    expires: datetime | None
    by_url: bool = True
    warnings: tuple[Problem, ...] = ()


Folded = tuple[Revision, list[Revision]]  # a revision, and those of its upload that it beats


def fold(revisions: Iterable[Revision]) -> list[Folded]:
    """Return the greatest revision of each article with those it beats, before anything is written.

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
