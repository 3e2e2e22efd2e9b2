"""The common pattern: json.load, then put_item of a boto3 resource and put_events for each article.

It reads the list with one request, and checks, identifies, orders and reports nothing.
"""

import json
from functools import cache
from typing import Any

import boto3

ARTICLES = 50


@cache
def _clients() -> tuple[Any, Any, Any]:
    table = boto3.resource("dynamodb").Table("articles")
    return boto3.client("s3"), boto3.client("events"), table


def take() -> None:
    """Store and announce a list of articles, one after the other."""
    s3, events, table = _clients()
    answer = s3.get_object(Bucket="inbox", Key=f"incoming/bench/article-{ARTICLES}-1.json")
    for article in json.load(answer["Body"]):
        table.put_item(Item=article)
        detail = json.dumps({"id": article["id"], "title": article["title"]})
        events.put_events(
            Entries=[{"Source": "common", "DetailType": "ArticleCreated", "Detail": detail}]
        )
