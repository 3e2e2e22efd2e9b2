"""Receipts: what became of each upload, for its uploader.

The table's key is the decoded S3 key and the object version. A receipt that is done is never
changed by a redelivery; only a higher `run` (a replay) writes it anew. Where one line does not say
it all, the list of records goes to the archive bucket as a report.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from articles.feeds import is_name
from articles.framing import Object
from articles.identity import canonical_json, short_hash
from articles.normalize.dates import format_instant
from articles.problems import Problem
from articles.store import Kind, from_item, to_item
from articles.upload import Upload
from articles.validate import outcome_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

# What a receipt shows of the records and problems of a large upload; the report has them all.
SHOWN = 20
TITLE_SHOWN = 120
CAUSE_SHOWN = 500
NO_FEED = "-"  # the feed of a key that names none
MAX_KEY_BYTES = 1024
# What an operator looks for in the index by_attention; all else is found by its key.
ATTENTION = frozenset({"partial", "rejected", "failed"})


State = Literal["processing", "done", "failed"]
Result = Literal["accepted", "partial", "rejected", "ignored", "gone", "failed"]


_NOT_DONE_IN_THIS_RUN = "attribute_not_exists(#state) OR #state <> :done OR #run < :run"


class Record(BaseModel):
    """What became of one record of an upload."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: int
    outcome: Kind | Literal["rejected"]
    article_id: str | None = None
    title: str | None = None
    hold_until: str | None = None
    superseded_by: dict[str, Any] | None = None
    decided_by: str | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Receipt(BaseModel):
    """The receipt of one upload; `outcome` is final once `state` is done.

    `counts` are records by outcome; `problems` and `warnings` concern the file as a whole; `report`
    is the key of the full list in the archive bucket; `cause` says why an upload failed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    version: str
    run: int
    feed: str
    state: State
    outcome: Result
    uploaded_at: str | None = None
    finished_at: str
    counts: dict[str, int] = {}
    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    report: str | None = None
    cause: str | None = None

    @property
    def is_whole_story(self) -> bool:
        """Tell whether a line says it all: one record, and nothing wrong with it."""
        return self.outcome in ("accepted", "ignored", "gone") and sum(self.counts.values()) <= 1

    def as_json(self) -> dict[str, Any]:
        """Give the receipt as JSON: known members only, numbers and lists as such."""
        return {"run": self.run, **self.model_dump(mode="json", exclude_defaults=True)}


def processed(
    upload: Upload,
    found: Object,
    *,
    now: datetime,
    records: Sequence[Record] = (),
    problems: Iterable[Problem] = (),
    warnings: Iterable[Problem] = (),
) -> Receipt:
    """Sum up an upload that was read; `problems` say why the file as a whole was rejected."""
    rejected = sum(record.outcome == "rejected" for record in records)
    outcome = outcome_of(rejected=rejected, records=len(records))
    return _receipt(upload, "done", outcome, now).model_copy(
        update={
            "uploaded_at": format_instant(found.uploaded_at),
            "counts": dict(Counter(record.outcome for record in records)),
            "records": tuple(records),
            "problems": tuple(problems),
            "warnings": tuple(warnings),
        }
    )


def gone(upload: Upload, *, now: datetime) -> Receipt:
    """Tell of an upload that was deleted or overwritten before it was read."""
    return _receipt(upload, "done", "gone", now)


def failed(upload: Upload, *, cause: str, now: datetime) -> Receipt:
    """Tell of an upload that AWS did not let us deal with."""
    return _receipt(upload, "failed", "failed", now).model_copy(
        update={"cause": cause[:CAUSE_SHOWN]}
    )


def _receipt(upload: Upload, state: State, outcome: Result, now: datetime) -> Receipt:
    return Receipt(
        key=upload.key,
        version=upload.version_name,
        run=upload.run,
        feed=upload.feed if is_name(upload.feed) else NO_FEED,
        state=state,
        outcome=outcome,
        finished_at=format_instant(now),
    )


class Receipts:
    """The receipts table, and the reports in the archive bucket."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        s3: "S3Client",
        *,
        table: str,
        archive: str,
        keep: timedelta,
    ) -> None:
        self._dynamodb = dynamodb
        self._s3 = s3
        self._table = table
        self._archive = archive
        self._keep = keep

    def put(self, receipt: Receipt, *, now: datetime) -> bool:
        """Write a receipt and its report; False when an earlier delivery has done so already."""
        if not receipt.is_whole_story and receipt.state == "done":
            receipt = self._report(receipt)
        item = _shortened(receipt).as_json() | {"ttl": int((now + self._keep).timestamp())}
        if not receipt.is_whole_story:
            item["announce"] = True
        if receipt.outcome in ATTENTION:
            item["attention"] = f"{receipt.outcome}#{receipt.uploaded_at or receipt.finished_at}"
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=to_item(item),
                ConditionExpression=_NOT_DONE_IN_THIS_RUN,
                ExpressionAttributeNames={"#state": "state", "#run": "run"},
                ExpressionAttributeValues=to_item({":done": "done", ":run": receipt.run}),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _report(self, receipt: Receipt) -> Receipt:
        """Write the full list first: a receipt never names a report that is not there."""
        receipt = receipt.model_copy(update={"report": report_key(receipt)})
        # The report of a receipt that is done stands, as the receipt does. One whose receipt was
        # never written is replaced: this delivery may have found other outcomes.
        if not self._put_report(receipt, only_new=not receipt.run) and not self._is_done(receipt):
            self._put_report(receipt, only_new=False)
        return receipt

    def _put_report(self, receipt: Receipt, *, only_new: bool) -> bool:
        body = canonical_json({"v": 1, "type": "report", **receipt.as_json()}).encode()
        condition = {"IfNoneMatch": "*"} if only_new else {}
        try:
            self._s3.put_object(
                Bucket=self._archive,
                Key=report_key(receipt),
                Body=body,
                ContentType="application/json",
                **condition,  # type: ignore[arg-type]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    def _is_done(self, receipt: Receipt) -> bool:
        answer = self._dynamodb.get_item(
            TableName=self._table,
            Key=to_item({"key": receipt.key, "version": receipt.version}),
            ConsistentRead=True,
        )
        return from_item(answer.get("Item", {})).get("state") == "done"


def from_receipt_item(item: dict[str, Any]) -> Receipt:
    """Read a receipt from an item; attributes that are the table's own are left out."""
    return Receipt.model_validate({k: v for k, v in item.items() if k in Receipt.model_fields})


def report_key(receipt: Receipt) -> str:
    """Name the report; S3 takes 1,024 bytes, so the longest keys stand as their hash."""
    key = f"reports/{receipt.feed}/{receipt.key}/{receipt.version}.json"
    if len(key.encode()) <= MAX_KEY_BYTES:
        return key
    return f"reports/{receipt.feed}/{short_hash(receipt.key)}/{receipt.version}.json"


def _shortened(receipt: Receipt) -> Receipt:
    """Cut a receipt to what an item may hold, whatever the upload held."""
    records = sorted(receipt.records, key=lambda record: record.outcome != "rejected")[:SHOWN]
    return receipt.model_copy(
        update={
            "records": tuple(
                record.model_copy(
                    update={
                        "title": record.title and record.title[:TITLE_SHOWN],
                        "problems": record.problems[:SHOWN],
                        "warnings": record.warnings[:SHOWN],
                    }
                )
                for record in sorted(records, key=lambda record: record.record)
            ),
            "problems": receipt.problems[:SHOWN],
            "warnings": receipt.warnings[:SHOWN],
        }
    )
