"""What is stored: receipts by key, articles by id, address, key or feed. Never by scan."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from articles.article import Article
from articles.feeds import PREFIX
from articles.metadata.normalize.urls import canonical, web_address
from articles.metadata.notes import Notes
from articles.storing.items import Item, from_item, to_item
from articles.storing.receipts import Receipt, from_receipt_item
from articles.versions.identity import url_key
from articles.versions.packing import unpack_body
from articles_cli.output import fail
from articles_cli.stack import Stack


def receipts(stack: Stack, key: str) -> list[Receipt]:
    """Give the receipts of all versions of a key, the last one first."""
    pages = stack.dynamodb.get_paginator("query").paginate(
        TableName=stack.receipts,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": "key"},
        ExpressionAttributeValues=to_item({":key": key}),
        ConsistentRead=True,
    )
    items = (from_item(item) for page in pages for item in page["Items"])
    found = [from_receipt_item(item) for item in items if "part" not in item]
    return sorted(found, key=lambda it: (it.uploaded_at or "", it.finished_at or ""), reverse=True)


def receipt(stack: Stack, key: str, version: str) -> Receipt | None:
    """Give the receipt of one version of a key."""
    answer = stack.dynamodb.get_item(
        TableName=stack.receipts,
        Key=to_item({"key": key, "version": version}),
        ConsistentRead=True,
    )
    return from_receipt_item(from_item(answer["Item"])) if "Item" in answer else None


def whole(stack: Stack, short: Receipt) -> Receipt:
    """Give a receipt with all its records, from its report where it has one."""
    if short.report is None:
        return short
    answer = stack.s3.get_object(Bucket=stack.archive, Key=short.report)
    return from_receipt_item(json.load(answer["Body"]))


def article_ids(stack: Stack, receipt: Receipt) -> list[str]:
    """Give the articles that an upload was about."""
    records = whole(stack, receipt).records
    return list(dict.fromkeys(record.article_id for record in records if record.article_id))


def articles(stack: Stack, name: str) -> list[Item]:
    """Find articles by key of an upload, by web address, or by id."""
    return [item for article_id in _ids(stack, name) if (item := article(stack, article_id))]


def article(stack: Stack, article_id: str) -> Item | None:
    answer = stack.dynamodb.get_item(
        TableName=stack.articles, Key=to_item({"article_id": article_id}), ConsistentRead=True
    )
    return from_item(answer["Item"]) if "Item" in answer else None


def whole_article(item: Item) -> dict[str, Any]:
    """Give the canonical article of an item with its body."""
    article = Article.model_validate(item["article"] | unpack_body(item.get("body")))
    return article.as_json()


def listing(stack: Stack, feed: str, *, since: date, until: date) -> Iterator[Item]:
    """Give the articles of a feed as the index shows them, the newest first."""
    for month in _months_back(until, since):
        pages = stack.dynamodb.get_paginator("query").paginate(
            TableName=stack.articles,
            IndexName="by_feed",
            KeyConditionExpression="feed_month = :month",
            ExpressionAttributeValues=to_item({":month": f"{feed}#{month}"}),
            ScanIndexForward=False,
        )
        for page in pages:
            yield from map(from_item, page["Items"])


def _ids(stack: Stack, name: str) -> list[str]:
    if name.startswith(PREFIX):
        return [found for it in receipts(stack, name)[:1] for found in article_ids(stack, it)]
    if name.startswith(("http://", "https://")):
        tidied = web_address(name, Notes(datetime.now(UTC)).at(""))
        if tidied is None:
            fail(f"{name} is not a web address.", 2)
        answer = stack.dynamodb.query(
            TableName=stack.articles,
            IndexName="by_url",
            KeyConditionExpression="url_key = :url",
            ExpressionAttributeValues=to_item({":url": url_key(canonical(tidied).url)}),
        )
        return [str(from_item(item)["article_id"]) for item in answer["Items"]]
    if not re.fullmatch(r"[a-z2-7]{26}", name):
        fail(f"{name!r} is no key under {PREFIX}, no web address and no article id.", 2)
    return [name]


def _months_back(until: date, since: date) -> Iterator[str]:
    year, month = until.year, until.month
    while (year, month) >= (since.year, since.month):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
