"""What DynamoDB counts for a write, and what an index by change would add: decision 0017."""

from typing import Any

import pytest

from tests.aws.expressions import Item
from tests.aws.memory import INDEXES, KEYS, Index
from tests.aws.units import index_units, table_units
from tests.newsroom import Newsroom, a_story

TEXT = " ".join(f"{number * 7_919:x}" for number in range(700))  # packs like 4 KB of prose
BY_FEED = INDEXES["articles"]["by_feed"]
BY_CHANGE = Index(("feed", "ingested_at"))
BY_FEED_WITH_TIME = Index(BY_FEED.keys, (*BY_FEED.projected, "ingested_at"))
LATER: Item = {"updated_at": "2026-03-01T10:00:00Z"}


@pytest.mark.parametrize(
    ("correction", "today", "by_change", "time_in_by_feed"),
    [
        (None, 6, 1, 0),
        ({"body_text": f"{TEXT} More."}, 4, 2, 1),
        ({"title": "Ferry is back"}, 5, 2, 0),
        ({}, 4, 2, 1),
        ({"published_at": "2026-03-01T08:00:00Z"}, 6, 2, 0),
    ],
    ids=["created", "text", "title", "the same again, dated later", "date"],
)
def test_an_index_by_change_would_cost_a_sixth_of_a_new_article_and_half_of_a_correction(
    newsroom: Newsroom,
    correction: dict[str, Any] | None,
    today: int,
    by_change: int,
    time_in_by_feed: int,
) -> None:
    def put(at: str, **changes: Any) -> Item:
        record = newsroom.put(a_story(**{"body_text": TEXT, **changes}), at=at)
        assert record.article_id
        return newsroom.image(record.article_id) or {}

    old, new = None, put("2026-03-01T11:00:00Z")
    if correction is not None:
        old, new = new, put("2026-03-01T12:00:00Z", **LATER | correction)

    def units(index: Index) -> int:
        return index_units(old, new, index, KEYS["articles"])

    written = table_units(old, new)
    indexes = {name: units(index) for name, index in INDEXES["articles"].items()}
    assert written == 4
    assert written + sum(indexes.values()) == today
    assert units(BY_CHANGE) == by_change
    assert units(BY_FEED_WITH_TIME) - indexes["by_feed"] == time_in_by_feed
