"""What the service is compared with, and the article of 4 KB that is the same for all.

A bare put is one botocore put_item of the article with the default configuration: its metadata as
a map, its text as it is. The common pattern is json.load, then put_item of a boto3 resource and
put_events for each article; it reads the list with one request, and checks, identifies, orders and
reports nothing.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

import warm
from articles.feeds import Feed, Feeds
from articles.judging import Accepted, Refused, validate
from articles.metadata.shapes import NAMES
from articles.storing.items import to_item
from samples import article

LENGTH = 3600
TEXT = json.dumps(article(LENGTH)).encode()
ARTICLES = 50
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def feed() -> Feed:
    found = Feeds.load(warm.settings().feeds_file, shapes=NAMES).find("bench")
    assert found  # noqa: S101 - feeds.toml admits any feed
    return found


def judged(sample: bytes) -> list[Accepted | Refused]:
    return list(validate(sample, feed=feed(), received=NOW).records)


def accepted() -> Accepted:
    (verdict,) = judged(TEXT)
    assert isinstance(verdict, Accepted)  # noqa: S101 - a valid sample
    return verdict


def bare_put() -> Callable[[], object]:
    verdict = accepted()
    item = to_item(
        {
            "article_id": verdict.article_id,
            "article": verdict.packed.metadata,
            "text": json.loads(TEXT)["text"],
        }
    )
    client = boto3.client("dynamodb")
    return lambda: client.put_item(TableName="articles", Item=item)


@cache
def _clients() -> tuple[Any, Any, Any]:
    table = boto3.resource("dynamodb").Table("articles")
    return boto3.client("s3"), boto3.client("events"), table


def common() -> None:
    """Store and announce a list of articles, one after the other."""
    s3, events, table = _clients()
    answer = s3.get_object(Bucket="inbox", Key=f"incoming/bench/article-{ARTICLES}-1.json")
    for one in json.load(answer["Body"]):
        table.put_item(Item=one)
        detail = json.dumps({"id": one["id"], "title": one["title"]})
        events.put_events(
            Entries=[{"Source": "common", "DetailType": "ArticleCreated", "Detail": detail}]
        )
