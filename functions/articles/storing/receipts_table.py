"""The receipts table: writing receipts, also those of uploads in parts.

The key is the decoded S3 key and the object version. A receipt that is done is never changed by a
redelivery; only a higher `run` (a replay) replaces it. Where a receipt is not enough, there is a
report (reports.py).

An upload that is deferred has a receipt from then on, which says `processing`. An upload in parts
has a header, which is its receipt, and also an item for each part, with the sort key
`<version>#<number>`. A part that is stored writes its item, once, and then adds its number to a set
on the header; the delivery that completes the set sums up. Each step may be repeated.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError

from articles.refs import UploadRef
from articles.storing.items import Item, conditional, from_item, to_item
from articles.storing.keys import OPEN, PART, attention, part_version, receipt_key
from articles.storing.receipts import (
    ATTENTION,
    Receipt,
    Record,
    from_receipt_item,
    is_failure_reported,
    most_often,
    outcome_of,
    rejected_first,
    shortened,
)
from articles.storing.reports import Reports, report_key
from articles.times import format_instant, stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

    from articles.problems import ReportedProblem

# What is left out of an item that is too large without anybody knowing why.
_DETAILS = frozenset({"records", "problems", "warnings"})
_OF_A_FAILURE = ("state", "outcome", "cause", "finished_at")


# The states of a receipt, as conditions of a write.
def _is_absent_or_older(run: int) -> ConditionBase:
    """There is no receipt, or one of an earlier run, which this run supersedes."""
    return Attr("run").not_exists() | Attr("run").lt(run)


def _is_open(run: int) -> ConditionBase:
    """This run has begun, and nothing final was written of it: waiting, in parts, or failed."""
    return Attr("run").eq(run) & Attr("state").ne("done")


def _is_unplanned(run: int) -> ConditionBase:
    """This run has not begun to store parts: a delivery may say what became of the upload."""
    return _is_absent_or_older(run) | (_is_open(run) & Attr("plan").not_exists())


def _is_in_parts(run: int) -> ConditionBase:
    """This run stores parts, and has not summed them up."""
    return Attr("plan").exists() & _is_open(run)


class Receipts:
    """The receipts table, and the reports that its receipts name."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        s3: "S3Client",
        *,
        table: str,
        archive: str,
        keep: timedelta,
        on_fault: Callable[[BaseException], None],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._reports = Reports(s3, archive)
        self._keep = keep
        self._on_fault = on_fault

    def get(self, key: str, version: str) -> Receipt | None:
        item = self._item(key, version)
        return from_receipt_item(item) if item else None

    def earlier_articles(self, upload: UploadRef, part: int | None = None) -> dict[int, str]:
        """Return the article of each record, by what an earlier run told of it and is still kept.

        Of a part, another cut into parts tells nothing: only numbers that agree are comparable.
        """
        version = part_version(upload.version, part) if part else upload.version
        item = self._item(upload.key, version)
        if not upload.run or item.get("run", upload.run) >= upload.run or "plan" in item:
            return {}
        known = [Record.model_validate(it) for it in item.get("records", [])]
        records = self._reports.records(item["report"]) if "report" in item else None
        return {it.record: it.article_id for it in records or known if it.article_id}

    def put(self, receipt: Receipt, *, now: datetime) -> bool:
        """Write a receipt and its report.

        False when an earlier delivery has done so already, or the upload is being stored in parts.
        """
        if not receipt.is_whole_story:
            # First the report: a receipt never names one that is not there. There may be one of a
            # delivery that died before its receipt, or is about to write it.
            key = self._reports.put_new(receipt)
            if not key and self._is_settled(receipt):
                return False
            key = key or self._reports.put_alternative(receipt)
            receipt = receipt.model_copy(update={"report": key})
        return self.begin(receipt, now=now)

    def fail(self, receipt: Receipt, *, now: datetime, is_over: bool) -> bool:
        """Write that an upload failed; False when it was ingested after all.

        The parts of an upload that are stored outlive it: a redrive goes on from there. While the
        last attempt is still to come (`is_over` is false), an upload in parts has not failed.
        """
        if self.begin(receipt, now=now):
            return True
        if not is_over:
            return False
        failure = {name: getattr(receipt, name) for name in _OF_A_FAILURE}
        failure |= {"announce": True, "attention": _attention(receipt, now)}
        updated = self._update(
            receipt.ref,
            "SET " + ", ".join(f"#{name} = :{name}" for name in failure),
            _is_open(receipt.run),
            names={f"#{name}": name for name in failure},
            values={f":{name}": value for name, value in failure.items()},
        )
        return updated is not None

    def put_deferred(self, receipt: Receipt, *, now: datetime) -> bool:
        """Write that an upload waits for the bulk function; False when that or more is known."""
        earlier = self.get(receipt.key, receipt.version)
        if earlier and (earlier.run, earlier.state) == (receipt.run, "processing"):
            return False  # a redelivery: it has been waiting since the first
        receipt = receipt.model_copy(update={"was_failed": is_failure_reported(earlier)})
        return self.begin(receipt, now=now)

    def begin(self, receipt: Receipt, *, now: datetime) -> bool:
        """Write a receipt as it is; False when one is final, or its parts are being stored."""
        return self._put(receipt, now, _is_unplanned(receipt.run))

    def has_part(self, upload: UploadRef, number: int) -> bool:
        """Whether an earlier delivery has stored a part."""
        item = self._item(upload.key, part_version(upload.version, number))
        return bool(item.get("run", -1) >= upload.run)

    def put_part(self, part: Receipt, number: int, *, now: datetime) -> None:
        """Write what became of the records of a part, unless an earlier delivery has."""
        report = self._reports.put_part(part, number)
        version = part_version(part.version, number)
        short = shortened(part).model_copy(update={"version": version, "report": report})
        item = short.as_json() | {"part": number, "ttl": self._ttl(now)}
        item = {name: item[name] for name in item if name not in ("state", "feed")}
        self._put_item(item, _is_absent_or_older(part.run))

    def finish_part(self, upload: UploadRef, number: int, *, now: datetime) -> Receipt | None:
        """Count a part as stored; the delivery that counts the last one sums up.

        Returns the receipt; None when the upload is done already, or a higher run has begun.
        """
        item = self._update(
            upload, "ADD done :number", _is_in_parts(upload.run), values={":number": {number}}
        )
        if item is None:
            return None
        header = from_receipt_item(item)
        return header if header.missing else self._sum_up(header, now)

    def _sum_up(self, header: Receipt, now: datetime) -> Receipt | None:
        counts: Counter[str] = Counter()
        records: list[Record] = []
        problems: dict[ReportedProblem, None] = {}
        warnings = dict.fromkeys(header.warnings)
        reports: list[str] = []
        unread: Counter[str] = Counter()
        omitted = set(header.omitted)
        stored = 0
        is_gone = False
        for part in self._parts(header):
            counts.update(part.counts)
            records = rejected_first([*records, *part.records])
            problems |= dict.fromkeys(part.problems)
            warnings |= dict.fromkeys(part.warnings)
            unread.update(part.unread)
            omitted.update(part.omitted)
            stored += part.stored
            reports += [part.report] if part.report else []
            is_gone |= part.outcome == "gone"
        # A part that could not be read has no records: as many as the plan counts were not stored.
        planned = header.plan.records if header.plan else 0
        lost = planned - counts.total()
        outcome = outcome_of(rejected=counts["rejected"] + lost, records=planned)
        receipt = header.model_copy(
            update={
                "state": "done",
                "outcome": "gone" if is_gone else outcome,
                "counts": dict(counts),
                "records": tuple(records),
                "problems": tuple(problems),
                "warnings": tuple(warnings),
                "omitted": tuple(sorted(omitted)),
                "unread": most_often(unread),
                "stored": stored,
                "report": report_key(header),
                "finished_at": stamp(now),
                "cause": None,
            }
        )
        receipt = shortened(receipt)
        self._reports.combine(receipt, reports)
        return receipt if self._put(receipt, now, _is_open(receipt.run)) else None

    def _parts(self, header: Receipt) -> Iterator[Receipt]:
        """Return the parts of this run in their order."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#key = :key AND begins_with(#version, :part)",
            ExpressionAttributeNames={"#key": "key", "#version": "version"},
            ExpressionAttributeValues=to_item(
                {":key": header.key, ":part": f"{header.version}{PART}"}
            ),
            ConsistentRead=True,
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                if item["run"] == header.run:
                    item |= {"feed": header.feed, "state": "done"}
                    yield from_receipt_item(item)

    def _put(self, receipt: Receipt, now: datetime, condition: ConditionBase) -> bool:
        item = shortened(receipt).as_json() | {"ttl": self._ttl(now)}
        if receipt.done:
            item["done"] = receipt.done
        if receipt.state == "processing":
            item |= {"open": OPEN, "opened_at": format_instant(now)}
        if not receipt.is_whole_story:
            item["announce"] = True
        if (receipt.outcome or receipt.state) in ATTENTION:
            item["attention"] = _attention(receipt, now)
        return self._put_item(item, condition)

    def _put_item(self, item: Item, condition: ConditionBase) -> bool:
        """Write an item; one that DynamoDB will never take is written without its details.

        That is a bug, reported to the operator: the articles are stored, and retrying cannot help.
        Raises the error when DynamoDB refuses that, too.
        """
        for attempt in (item, {name: item[name] for name in item if name not in _DETAILS}):
            try:
                self._dynamodb.put_item(
                    TableName=self._table, Item=to_item(attempt), **conditional(condition)
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
            except ClientError as error:
                if error.response["Error"]["Code"] != "ValidationException":
                    raise
                self._on_fault(error)
                refused = error
            else:
                return True
        raise refused

    def _update(
        self,
        upload: UploadRef,
        expression: str,
        condition: ConditionBase,
        *,
        values: Item,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> Item | None:
        """Change a receipt; gives it as it is then, None when it is not in the expected state."""
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key=receipt_key(upload.key, upload.version),
                UpdateExpression=expression,
                ReturnValues="ALL_NEW",
                **conditional(condition, names=names, values=values),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return from_item(answer["Attributes"])

    def _item(self, key: str, version: str) -> Item:
        answer = self._dynamodb.get_item(
            TableName=self._table,
            Key=receipt_key(key, version),
            ConsistentRead=True,
        )
        return from_item(answer.get("Item", {}))

    def _ttl(self, now: datetime) -> int:
        return int((now + self._keep).timestamp())

    def _is_settled(self, receipt: Receipt) -> bool:
        known = self.get(receipt.key, receipt.version)
        return known is not None and known.is_final_for(receipt.run)


def _attention(receipt: Receipt, now: datetime) -> str:
    return attention(receipt.outcome or receipt.state, receipt.uploaded_at or format_instant(now))
