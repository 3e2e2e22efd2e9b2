"""What tests of the publish function share: stories, their stream records, and what is told."""

from typing import Any

from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.aws.records import stream_record
from tests.newsroom import Newsroom, a_story


def told(cloud: Cloud) -> list[dict[str, Any]]:
    """Give the events on the bus, and take them off it."""
    events = cloud.border.bus.events
    cloud.border.bus.entries.clear()
    return events


def story_at(hour: int, **changes: Any) -> dict[str, Any]:
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)


def created(newsroom: Newsroom, number: int, **changes: Any) -> Item:
    """Store a new article; gives its stream record."""
    story = a_story(id=f"other-{number}", title=f"Story {number}", url=None, **changes)
    record = newsroom.put(story, key=f"incoming/courier/{number}.json")
    return newsroom.record(None, newsroom.image(record.article_id or ""))


def essence(event: dict[str, Any]) -> tuple[str, Any]:
    return event["type"], event["data"].get("changed") or event["data"].get("reason")


def receipt_change(newsroom: Newsroom) -> Item:
    """Write the stream record of the one receipt of the table."""
    [image] = newsroom.cloud.images("ReceiptsTable")
    return stream_record(1, ["key", "version"], None, image, table="receipts")
