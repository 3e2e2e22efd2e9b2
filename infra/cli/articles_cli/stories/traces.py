"""What an article leaves outside the articles table: files of uploads, receipts, reports.

An upload is erased with its file last: until then, it is found again.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from articles.catalogue import Code
from articles.feeds import Feeds
from articles.refs import VersionRef, label
from articles.storing.items import Item, from_item, to_item
from articles.storing.keys import PART, receipt_key
from articles.storing.receipts import Receipt, Record
from articles.storing.reports import report_key
from articles.uploads.listing import ObjectVersion, versions_in, versions_of
from articles.versions.identity import canonical_json
from articles_cli.stack.deployment import Deployment
from articles_cli.stories.carriers import Carrier, carriers, is_about, read_again

# What is left of a record: that it was there, and what became of it.
_KEPT = ("record", "outcome", "article_id", "moved_from")


class Trace(NamedTuple):
    """What one upload has of an article.

    `carrier` is None where the file is gone, or holds no version of it that can be read. `receipts`
    are the sort keys of items that tell of its content, `reports` the keys of those that do.
    """

    key: str
    version: str
    carrier: Carrier | None
    receipts: tuple[str, ...]
    reports: tuple[str, ...]

    @property
    def is_deletable(self) -> bool:
        """Whether the file holds nothing but the article."""
        return self.carrier is not None and not self.carrier.others


@dataclass(frozen=True)
class Traces:
    """Finds and erases the traces of one article; `item` is what the table has of it."""

    service: Deployment
    article_id: str
    feed: str
    item: Item

    def find(self, feeds: Feeds) -> list[Trace]:
        """Look through all uploads of the feed, and what is told of those that hold the article."""
        held = {it.upload.ref: it for it in self._carriers(feeds)}
        keys = {key for key, _ in held} | {it["key"] for it in [self.item.get("upload")] if it}
        told: dict[VersionRef, list[str]] = {place: [] for place in held}
        for key in sorted(keys):
            for place, sort_key in self._receipts(key):
                told.setdefault(place, []).append(sort_key)
        return [
            Trace(*place, held.get(place), tuple(receipts), tuple(self._reports(*place)))
            for place, receipts in sorted(told.items())
        ]

    def others(self, traces: Sequence[Trace]) -> list[ObjectVersion]:
        """List the other versions of the same objects: one that was rejected may have the text."""
        held = {it[:2] for it in traces if it.carrier}
        found = [it for key in sorted({key for key, _ in held}) for it in self._versions_of(key)]
        return [it for it in found if it.ref not in held]

    def erase(self, trace: Trace) -> None:
        """Erase what an upload has of the article; its file only if that holds nothing else."""
        for report in trace.reports:
            self._erase_report(report)
        for sort_key in trace.receipts:
            self._erase_receipt(trace.key, sort_key)
        if trace.carrier and trace.is_deletable:
            self.service.s3.delete_object(
                Bucket=self.service.inbox, Key=trace.key, VersionId=trace.carrier.upload.version
            )

    def _carriers(self, feeds: Feeds) -> Iterator[Carrier]:
        """Find the files that hold the article, also what a stricter feed would not accept now."""
        origin = self.item.get("upload", {})
        stored = (origin.get("key"), origin.get("version"))
        listed = versions_in(self.service.s3, self.service.inbox, self.feed)
        for it in carriers(self.service, self.article_id, listed, feeds):
            if it.upload.ref == stored:
                stored = None, None
            yield it
        if stored[0]:
            for upload in self._versions_of(stored[0]):
                if upload.ref == stored:
                    _, others = read_again(self.service, upload, self.article_id, feeds)
                    yield Carrier(upload, (origin["record"],), max(0, others - 1))

    def _versions_of(self, key: str) -> list[ObjectVersion]:
        return list(versions_of(self.service.s3, self.service.inbox, key))

    def _receipts(self, key: str) -> Iterator[tuple[VersionRef, str]]:
        """Find the items about an object, parts included, that tell of the article's content."""
        lookup = self.service.lookup
        pages = lookup.dynamodb.get_paginator("query").paginate(
            TableName=lookup.receipts,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues=to_item({":key": key}),
            ConsistentRead=True,
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                if self._erased(item) is not None:
                    yield (key, item["version"].partition(PART)[0]), item["version"]

    def _reports(self, key: str, version: str) -> Iterator[str]:
        """Find the reports about an upload, of all runs and parts, that tell of the content."""
        first = Receipt(key=key, version=version, run=0, feed=label(self.feed), state="done")
        name = report_key(first).removesuffix(".json")
        pages = self.service.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.service.lookup.archive, Prefix=name
        )
        for page in pages:
            for it in page.get("Contents", []):
                is_its = it["Key"] == f"{name}.json" or it["Key"].startswith(f"{name}/")
                if is_its and self._erased(self._report(it["Key"])) is not None:
                    yield it["Key"]

    def _report(self, key: str) -> dict[str, Any]:
        answer = self.service.s3.get_object(Bucket=self.service.lookup.archive, Key=key)
        with closing(answer["Body"]) as body:
            report: dict[str, Any] = json.load(body)
        return report

    def _erase_report(self, key: str) -> None:
        report = self._report(key)
        if (erased := self._erased(report)) is not None:
            self.service.s3.put_object(
                Bucket=self.service.lookup.archive,
                Key=key,
                Body=canonical_json({**report, "records": erased}),
                ContentType="application/json",
            )

    def _erase_receipt(self, key: str, sort_key: str) -> None:
        """Rewrite the records of a receipt, unless a replay has written it anew in between."""
        lookup = self.service.lookup
        place = receipt_key(key, sort_key)
        while True:
            answer = lookup.dynamodb.get_item(
                TableName=lookup.receipts, Key=place, ConsistentRead=True
            )
            item = from_item(answer.get("Item", {}))
            erased = self._erased(item)
            if erased is None:
                return
            try:
                lookup.dynamodb.update_item(
                    TableName=lookup.receipts,
                    Key=place,
                    UpdateExpression="SET #records = :erased",
                    ConditionExpression="#records = :seen",
                    ExpressionAttributeNames={"#records": "records"},
                    ExpressionAttributeValues=to_item(
                        {":erased": erased, ":seen": item["records"]}
                    ),
                )
            except lookup.dynamodb.exceptions.ConditionalCheckFailedException:
                continue
            return

    def _erased(self, told: dict[str, Any]) -> list[dict[str, Any]] | None:
        """Take the content out of the records of the article; None where there is none."""
        records = told.get("records", [])
        erased = [self._bare(record) for record in records]
        return erased if erased != records else None

    def _bare(self, record: dict[str, Any]) -> dict[str, Any]:
        if not is_about(Record.model_validate(record), self.article_id):
            return record
        bare = {name: record[name] for name in _KEPT if name in record}
        # It names the article, and quotes nothing.
        notes = [it for it in record.get("warnings", []) if it["code"] == Code.W_STILL_STORED]
        return bare | ({"warnings": notes} if notes else {})
