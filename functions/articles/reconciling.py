"""Uploads that nobody has dealt with: without a receipt, or without an end.

A notification can be lost, and then nothing else tells of its upload: it is found by comparing the
inbox with the receipts. Nothing is changed here; an operator decides what is sent again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from articles.refs import PREFIX
from articles.settings import ReconcileSettings
from articles.storing.items import from_item, to_item
from articles.storing.keys import BY_OPEN, OPEN, receipt_key
from articles.storing.many import AT_ONCE, many
from articles.storing.receipts import Receipt, from_receipt_item
from articles.times import Clock, format_instant
from articles.uploads.listing import ObjectVersion, versions

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

    from articles.logs import Telemetry

# A younger upload may still be in a queue: five receives that are six minutes apart are 30 minutes.
# The largest upload is through in less than this, too.
AGE = timedelta(hours=1)
# Receipts expire while they are looked at.
_MARGIN = timedelta(hours=1)
_SPARE_SECONDS = 30
_LOGGED = 100


class Looked(NamedTuple):
    """Object versions that were compared: how many they are, and the key of the last.

    `missing` are those without a receipt, older versions of a key before newer ones.
    """

    seen: int
    last: str
    missing: list[ObjectVersion]


class Unfinished(NamedTuple):
    """An upload that waits for the bulk function, or lacks parts, and since when."""

    receipt: Receipt
    opened_at: datetime


def expected_since(now: datetime, keep: timedelta) -> datetime:
    """Return from when on an upload must have a receipt; those of older ones may have expired."""
    return now - keep + _MARGIN


@dataclass(frozen=True)
class Reconciliation:
    """Compares the inbox with the receipts; `inbox` and `receipts` are the bucket and the table."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    inbox: str
    receipts: str

    def missing(
        self, prefix: str = PREFIX, *, since: datetime, until: datetime
    ) -> Iterator[Looked]:
        """Find object versions without a receipt that were uploaded between two moments.

        S3 lists by key, so all keys with the prefix are looked through, a hundred versions a step.
        """
        listed = versions(self.s3, self.inbox, prefix)
        while some := list(islice(listed, AT_ONCE)):
            uploaded = [it for it in some if since <= it.uploaded_at <= until]
            known = self._known([it.ref for it in uploaded])
            missing = [it for it in uploaded if it.ref not in known]
            missing.reverse()  # a listing has the latest version of a key first
            missing.sort(key=lambda it: it.key)
            yield Looked(len(some), some[-1].key, missing)

    def unfinished(self, *, before: datetime) -> Iterator[Unfinished]:
        """Find the uploads that have waited, or been in parts, since before a moment."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.receipts,
            IndexName=BY_OPEN,
            KeyConditionExpression="#open = :open AND opened_at <= :before",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=to_item({":open": OPEN, ":before": format_instant(before)}),
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                answer = self.dynamodb.get_item(
                    TableName=self.receipts,
                    Key=receipt_key(item["key"], item["version"]),
                    ConsistentRead=True,
                )
                receipt = from_receipt_item(from_item(answer["Item"])) if "Item" in answer else None
                if receipt and receipt.state != "done":  # the index may be a moment behind
                    yield Unfinished(receipt, datetime.fromisoformat(item["opened_at"]))

    def _known(self, uploads: list[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of some uploads that have a receipt."""
        keys = (receipt_key(*upload) for upload in uploads)
        found = many(self.dynamodb, self.receipts, keys, ("key", "version"))
        return {(item["key"], item["version"]) for item in found}


@dataclass(frozen=True)
class Reconciler:
    """Looks through the whole inbox on a schedule, and tells the operator what is missing."""

    settings: ReconcileSettings
    reconciliation: Reconciliation
    clock: Clock
    telemetry: "Telemetry"

    def handle(self, _: dict[str, Any], context: "LambdaContext") -> None:
        now = self.clock.now()
        since = expected_since(now, timedelta(days=self.settings.keep_receipts_days))
        count, oldest, shown, looked_at = 0, now, list[ObjectVersion](), 0
        for looked in self.reconciliation.missing(since=since, until=now - AGE):
            looked_at += looked.seen
            count += len(looked.missing)
            oldest = min([oldest, *(it.uploaded_at for it in looked.missing)])
            shown += looked.missing[: _LOGGED - len(shown)]
            if context.get_remaining_time_in_millis() < _SPARE_SECONDS * 1000:
                self.telemetry.count("ReconcileUnfinished")
                self.telemetry.logger.warning("out of time", extra={"last": looked.last})
                break
        self.telemetry.count("UploadsMissing", count)
        self.telemetry.count("UploadsMissingHours", (now - oldest) // timedelta(hours=1))
        uploads = [{"key": it.key, "version": it.version} for it in shown]
        facts = {"looked_at": looked_at, "missing": count, "uploads": uploads}
        self.telemetry.logger.info("reconciled", extra=facts)
