"""What the unit tests are made of: one article, one feed, one upload, and the codes noted."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from articles.article import Article
from articles.feeds import Feed, Profile
from articles.judging import Accepted, Refused, validate
from articles.metadata.normalize.agencies import outlet
from articles.metadata.normalize.dates import Moment
from articles.metadata.notes import Note, Notes
from articles.problems import Problem, Rejected
from articles.times import format_instant

T = TypeVar("T")

RECEIVED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def an_article(**fields: Any) -> Article:
    return Article.read({"shape": "generic", "title": "Ferry returns", **fields})


def a_feed(name: str = "desk", **profile: Any) -> Feed:
    return Feed(name=name, profile=Profile.model_validate(profile))


def judge(document: Any, **profile: Any) -> Accepted | Refused:
    """Give the verdict about an upload of one record."""
    data = json.dumps(document).encode()
    [verdict] = validate(data, feed=a_feed(**profile), received=RECEIVED).records
    return verdict


def accept(document: Any, **profile: Any) -> dict[str, Any]:
    """Give the article that an upload of one record becomes."""
    verdict = judge(document, **profile)
    assert isinstance(verdict, Accepted), verdict.problems
    return verdict.article.as_json()


def refuse(document: Any, **profile: Any) -> list[tuple[str, str | None]]:
    """Give the codes and paths for which an upload of one record is rejected."""
    verdict = judge(document, **profile)
    assert isinstance(verdict, Refused), verdict.article
    return [(str(problem.code), problem.path) for problem in verdict.problems]


def refusal(action: Callable[..., object], *given: Any, **named: Any) -> Problem:
    """Give the one problem that a call is rejected with."""
    with pytest.raises(Rejected) as rejected:
        action(*given, **named)
    [problem] = rejected.value.problems
    return problem


def a_note() -> Note:
    return Notes(RECEIVED).at("/field")


def a_note_of(publisher: str) -> Note:
    """Give the note of an author whose article has this publisher."""
    return Notes(RECEIVED, outlet=outlet(publisher)).at("/author")


def noted(rule: Callable[[Any, Note], T], value: Any) -> tuple[T, list[str]]:
    """Give what a normalizer makes of a value, and the codes that it notes."""
    note = a_note()
    result = rule(value, note)
    return result, [str(problem.code) for problem in note.notes.problems]


def written(moment: Moment | None) -> str | None:
    """Give a moment as the article shows it: an instant ends in Z, a local time does not."""
    if moment is None:
        return None
    return format_instant(moment.instant) if moment.instant else moment.local
