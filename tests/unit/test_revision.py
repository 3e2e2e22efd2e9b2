"""A record's place in the order of its article, and the fold of an upload."""

import json
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from articles.judging import Accepted, revise, validate
from articles.uploads.message import Upload
from articles.versions.revision import Revision, fold

from .build import RECEIVED, a_feed

UPLOAD = Upload(key="incoming/desk/a.json", version="v1", sequencer="00AB")


def a_story(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": number, "title": "Ferry", "text": "Six.", **fields}


def revisions(*stories: dict[str, Any], **profile: Any) -> list[Revision]:
    data = json.dumps(stories).encode()
    feed = a_feed(**profile)
    records = validate(data, feed=feed, received=RECEIVED).records
    return [
        revise(record, feed=feed, upload=UPLOAD, uploaded_at=RECEIVED)
        for record in records
        if isinstance(record, Accepted)
    ]


def test_an_article_that_stands_twice_in_an_upload_is_written_once() -> None:
    nine, ten, eleven = (f"2026-03-01T{hour:02}:00:00Z" for hour in (9, 10, 11))
    found = revisions(
        *(a_story(1, updated=nine), a_story(2, updated=nine), a_story(1, updated=eleven)),
        *(a_story(1, updated=ten), a_story(1, updated=eleven)),
    )  # N72

    folded = [
        (winner.origin.record, [it.origin.record for it in losers])
        for winner, losers in fold(found)
    ]
    # At equal dates, the later record of the file wins.
    assert folded == [(4, [2, 3, 0]), (1, [])]


def test_the_fold_does_not_depend_on_the_order_of_arrival() -> None:
    found = revisions(
        *(a_story(1, title="A"), a_story(1, title="B"), a_story(1, title="C", version=2)),
        a_story(1, title=None, status="canceled", version=1),
        kills=True,
    )

    for order in permutations(found):
        [(winner, losers)] = fold(order)
        assert winner.article.status == "canceled"
        assert [loser.article.title for loser in losers] == ["C", "B", "A"]


def test_a_redelivery_gives_the_very_same_revision_which_knows_its_record() -> None:
    first, second = revisions(a_story(1), a_story(2))

    assert [first, second] == revisions(a_story(1), a_story(2))
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
    [revision] = revisions(a_story(1, status=status), **profile)

    assert revision.expires == (days and RECEIVED + timedelta(days=days))
