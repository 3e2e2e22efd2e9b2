"""Which uploads hold versions of an article: by their receipts, or else by reading them again."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from articles.feeds import Feeds
from articles.storing.items import Item, from_item
from articles.storing.keys import article_key
from articles.storing.lookup import Lookup
from articles.storing.many import AT_ONCE
from articles.storing.receipts import Receipt, Record
from articles.uploads.listing import ObjectVersion
from articles.versions.revision import Revision
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.output import tracked
from articles_cli.uploads.reading import Reading


class Carrier(NamedTuple):
    """An upload with the records of it that hold an article; `others` is how many do not."""

    upload: ObjectVersion
    records: tuple[int, ...]
    others: int


def stored_item(lookup: Lookup, article_id: str) -> Item:
    """Return what is stored of an article, tombstones included; empty when there is nothing."""
    answer = lookup.dynamodb.get_item(
        TableName=lookup.articles, Key=article_key(article_id), ConsistentRead=True
    )
    return from_item(answer.get("Item", {}))


def carriers(
    service: Deployment, article_id: str, uploads: Iterable[ObjectVersion], feeds: Feeds
) -> Iterator[Carrier]:
    """Find the uploads, among others, that hold an article, or did by an earlier reading."""
    left = iter(tracked(uploads, "Looking through the uploads"))
    while some := list(islice(left, AT_ONCE)):
        receipts = service.lookup.receipts_at(it.ref for it in some)
        for upload in some:
            receipt = receipts.get(upload.ref)
            told = _told(service.lookup, receipt, article_id) if receipt else None
            records, others = told or read_again(service, upload, article_id, feeds)
            if records:
                yield Carrier(upload, tuple(records), others)


def readings(
    service: Deployment, article_id: str, upload: ObjectVersion, feeds: Feeds
) -> Iterator[Revision]:
    """Read the versions of an article that an upload holds, under today's rules."""
    for it in Reading(service, upload, feeds):
        if isinstance(it, Revision) and it.article_id == article_id:
            yield it


def is_about(record: Record, article_id: str) -> bool:
    """Whether a record is a version of an article, or was by an earlier run."""
    if article_id in (record.article_id, record.moved_from):
        return True
    # W_STILL_STORED names the article that an earlier run made of a record that is refused today.
    return any(article_id in it.message for it in record.warnings)


def _told(lookup: Lookup, receipt: Receipt, article_id: str) -> tuple[list[int], int] | None:
    """Say which records of an upload hold an article, and how many do not, by its receipt.

    None when the upload is not done, or its report has expired and the receipt shows only some.
    """
    if receipt.state != "done":
        return None
    numbers, others = [], 0
    for record in lookup.records(receipt):
        if is_about(record, article_id):
            numbers.append(record.record)
        else:
            others += 1
    is_whole = len(numbers) + others >= sum(receipt.counts.values())
    return (numbers, others) if is_whole else None


def read_again(
    service: Deployment, upload: ObjectVersion, article_id: str, feeds: Feeds
) -> tuple[list[int], int]:
    """Say the same of an upload as it is read today."""
    numbers, others = [], 0
    for it in Reading(service, upload, feeds):
        if isinstance(it, Revision) and it.article_id == article_id:
            numbers.append(it.origin.record)
        else:
            others += 1
    return numbers, others
