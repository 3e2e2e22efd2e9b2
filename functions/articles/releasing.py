"""Releasing articles whose embargo is over, and counting what is late: uploads and feeds.

A release only takes the hold off; the stream announces the change like any other. After a missed
run, the next one does its work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from articles.feeds import Feeds
from articles.logs import Telemetry
from articles.storing.embargoes import Embargoes
from articles.storing.items import to_item
from articles.storing.keys import BY_OPEN, OPEN
from articles.storing.latest_uploads import RESOLUTION, LatestUploads
from articles.times import Clock, format_instant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# The largest upload is through in less than half of it.
TOO_LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Silence:
    """Counts the feeds that have sent nothing for longer than their `silence_hours`.

    `feeds` raises FeedsError when their file is wrong.
    """

    feeds: Callable[[], Feeds]
    latest: LatestUploads
    telemetry: Telemetry

    def count(self, now: datetime) -> None:
        watched = self.feeds().watched
        latest = self.latest.by_feed() if watched else {}
        for feed in watched.keys() - latest.keys():  # its time begins now
            self.latest.note(feed, now)
        silent = {
            feed: format_instant(at)
            for feed, at in latest.items()
            if feed in watched and now - at > watched[feed] + RESOLUTION
        }
        self.telemetry.count("FeedsSilent", len(silent))
        if silent:
            self.telemetry.logger.warning("silent feeds", latest_uploads=silent)


@dataclass(frozen=True)
class Releaser:
    """Runs once a minute; `receipts` names the receipts table."""

    embargoes: Embargoes
    dynamodb: "DynamoDBClient"
    receipts: str
    silence: Silence
    clock: Clock
    telemetry: Telemetry

    def handle(self, _: dict[str, Any], __: object) -> None:
        now = self.clock.now()
        due = self.embargoes.due(now)
        oldest = next(due, None)
        late = now - oldest.hold_until if oldest else timedelta()
        self.telemetry.took("EmbargoLateSeconds", late)  # also when the release then fails
        released = [
            held.article_id
            for held in chain([oldest] if oldest else [], due)
            if self.embargoes.release(held, now=now)
        ]
        self.telemetry.count("Released", len(released))
        if released:
            self.telemetry.logger.info("released", articles=released)
        stuck = self._count_open(since=now - TOO_LONG)
        self.telemetry.count("UploadsStuck", stuck)
        self.silence.count(now)  # last: a wrong feeds.toml must hold nothing back

    def _count_open(self, *, since: datetime) -> int:
        """Count the uploads that have waited, or been in parts, since a moment or longer."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.receipts,
            IndexName=BY_OPEN,
            Select="COUNT",
            KeyConditionExpression="#open = :open AND opened_at <= :since",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=to_item({":open": OPEN, ":since": format_instant(since)}),
        )
        return sum(page["Count"] for page in pages)
