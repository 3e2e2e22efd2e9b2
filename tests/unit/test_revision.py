"""A record's place in the order of its article, and the fold of an upload."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from articles.judging import Accepted, revise, validate
from articles.uploads.message import Upload
from articles.versions.revision import Revision, fold

from .build import RECEIVED, a_feed

UPLOAD = Upload(key="incoming/desk/a.json", version="v1", sequencer="00AB")


def revisions(data: bytes, *, uploaded_at: datetime = RECEIVED, **profile: Any) -> list[Revision]:
    feed = a_feed(**profile)
    records = validate(data, feed=feed, received=uploaded_at).records
    return [
        revise(record, feed=feed, upload=UPLOAD, uploaded_at=uploaded_at)
        for record in records
        if isinstance(record, Accepted)
    ]


def test_an_article_that_stands_twice_in_an_upload_is_written_once() -> None:
    found = revisions(
        b"""[{"id": 1, "title": "First", "text": "Six.", "updated": "2026-03-01T09:00:00Z"},
             {"id": 2, "title": "Other", "text": "Six.", "updated": "2026-03-01T08:00:00Z"},
             {"id": 1, "title": "Latest", "text": "Six.", "updated": "2026-03-01T11:00:00Z"},
             {"id": 1, "title": "Middle", "text": "Six.", "updated": "2026-03-01T10:00:00Z"}]"""
    )  # N72

    assert [
        (winner.article.title, [loser.article.title for loser in losers])
        for winner, losers in fold(found)
    ] == [("Latest", ["Middle", "First"]), ("Other", [])]


def test_the_fold_does_not_depend_on_the_order_of_arrival() -> None:
    found = revisions(
        b"""[{"id": 1, "title": "A", "text": "Six."}, {"id": 1, "title": "B", "text": "Six."},
             {"id": 1, "title": "C", "text": "Six.", "version": 2},
             {"id": 1, "title": null, "status": "canceled", "version": 1}]""",
        kills=True,
    )

    for order in permutations(found):
        [(winner, losers)] = fold(order)
        assert winner.article.status == "canceled"
        assert [loser.article.title for loser in losers] == ["C", "B", "A"]


def test_at_equal_dates_the_later_record_of_a_file_wins() -> None:
    [(winner, _)] = fold(
        revisions(
            b'[{"id": 1, "title": "A", "text": "Six."}, {"id": 1, "title": "B", "text": "Six."}]'
        )
    )

    assert winner.article.title == "B"


def test_a_redelivery_gives_the_very_same_revision() -> None:
    data = b'{"id": 1, "title": "Ferry", "content": "<p>Back.</p>"}'

    assert revisions(data) == revisions(data)


def test_a_revision_knows_the_record_that_it_came_from() -> None:
    _, second = revisions(
        b'[{"id": 1, "title": "A", "text": "Six."}, {"id": 2, "title": "B", "text": "Six."}]'
    )

    assert second.origin.as_json() == {
        "key": "incoming/desk/a.json",
        "version": "v1",
        "record": 1,
        "sequencer": "00AB",
    }


@pytest.mark.parametrize(
    ("status", "profile", "days"),
    [
        *(("usable", {}, None), ("usable", {"retain_days": 30}, 30)),
        ("withheld", {"retain_days": 30}, 30),
        ("canceled", {"retain_days": 30}, None),  # a kill stays for ever
    ],
)
def test_a_revision_expires_as_its_feed_says(status: str, profile: Any, days: int | None) -> None:
    [revision] = revisions(
        b'{"id": 1, "title": "A", "text": "Six.", "status": "%s"}' % status.encode(), **profile
    )

    assert revision.expires == (
        days and datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(days=days)
    )
