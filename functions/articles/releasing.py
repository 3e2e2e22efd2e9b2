"""Releasing articles whose embargo is over, and counting uploads that are open for too long.

A release only takes the hold off; the stream announces the change like any other. After a missed
run, the next one does its work.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from articles.logs import Telemetry
from articles.storing.embargoes import Embargoes
from articles.storing.receipts_table import count_open
from articles.times import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# The largest upload is through in less than half of it.
TOO_LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Releaser:
    """Runs once a minute; `receipts` names the receipts table."""

    embargoes: Embargoes
    dynamodb: "DynamoDBClient"
    receipts: str
    clock: Clock
    telemetry: Telemetry

    def handle(self, _: dict[str, Any], __: object) -> None:
        now = self.clock.now()
        released = [
            held.article_id
            for held in self.embargoes.due(now)
            if self.embargoes.release(held, now=now)
        ]
        self.telemetry.count("Released", len(released))
        if released:
            self.telemetry.logger.info("released", articles=released)
        stuck = count_open(self.dynamodb, self.receipts, since=now - TOO_LONG)
        self.telemetry.count("UploadsStuck", stuck)
