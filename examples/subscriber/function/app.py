"""A subscriber: keeps a search index of the articles that may be shown, and of no others."""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import boto3

from articles_reader import Version, is_news, look_up, read, readable, version_of
from index_file import IndexFile
from search_index import SearchIndex

# Others may be added, and mean something else.
OF_ARTICLES = {"ArticleCreated", "ArticleUpdated", "ArticleWithdrawn"}
RENEWED_AT_ONCE = 2_000  # reads of one item each, which take some 20 seconds
LONGEST_WAIT_SECONDS = 10.0  # in one batch, for a table that is behind

Json = dict[str, Any]
logger = logging.getLogger(__name__)


def handler(event: Json, _context: object) -> Json:
    """Take a batch of the queue; or, from the schedule, look at what may be kept no longer."""
    subscriber = built()
    if "Records" not in event:
        subscriber.renew()
        return {}
    failed = subscriber.take({it["messageId"]: it["body"] for it in event["Records"]})
    return {"batchItemFailures": [{"itemIdentifier": it} for it in failed]}


@cache
def built() -> "Subscriber":
    """Put the subscriber together, once for each instance."""
    file = IndexFile(boto3.client("s3"), os.environ["INDEX_BUCKET"])
    role = os.environ["READER_ROLE_ARN"]
    reader = (lambda: assumed(role, os.environ["EXTERNAL_ID"])) if role else table_here
    return Subscriber(file, reader, os.environ["ARTICLES_TABLE"])


@cache
def table_here() -> Any:  # noqa: ANN401 - boto3's client
    return boto3.client("dynamodb")


def assumed(role: str, external_id: str) -> Any:  # noqa: ANN401 - boto3's client
    """Make a client that reads in the publisher's account, for an hour: for this invocation."""
    answer = boto3.client("sts").assume_role(
        RoleArn=role, RoleSessionName="articles-search", ExternalId=external_id
    )
    given = answer["Credentials"]
    return boto3.client(
        "dynamodb",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


@dataclass(frozen=True)
class Subscriber:
    """Writes to `file` what events tell of, as `reader` finds it in `table`."""

    file: IndexFile
    reader: Callable[[], Any]
    table: str

    def take(self, bodies: Mapping[str, str]) -> list[str]:
        """Take messages by their ids; gives the ids of those that failed, and must come again."""
        articles = Articles(self.reader())

        def change(index: SearchIndex) -> list[str]:
            return [name for name, body in bodies.items() if not _taken(index, articles, body)]

        return self.file.update(change)

    def renew(self) -> None:
        """Read again what may be kept no longer: the same text, uploaded again, is no event."""
        dynamodb = self.reader()
        due = self.file.update(lambda index: index.expired(RENEWED_AT_ONCE))
        # Meanwhile, others write the file.
        items = {it: look_up(dynamodb, self.table, it) for it in due}

        def change(index: SearchIndex) -> None:
            for article_id, held in due.items():
                if index.version(article_id) == held:
                    _renew(index, article_id, held, items[article_id])

        self.file.update(change)


class Articles:
    """Reads the articles of a batch: once for each event, however often the file is changed."""

    def __init__(self, dynamodb: Any) -> None:  # noqa: ANN401
        self._dynamodb = dynamodb
        self._found: dict[str, Json | None] = {}
        self._seconds_left = LONGEST_WAIT_SECONDS

    def of(self, event: Json) -> Json | None:
        """Give the article that an event tells of, as `read` does; raises what it raises."""
        name = event["id"]
        if name not in self._found:
            self._found[name] = read(self._dynamodb, event, sleep=self._wait)
        return self._found[name]

    def _wait(self, seconds: float) -> None:
        granted = min(seconds, self._seconds_left)
        self._seconds_left -= granted
        time.sleep(granted)


def _taken(index: SearchIndex, articles: Articles, body: str) -> bool:
    """Take one message; False where it failed, which does not stop the others."""
    try:
        message = json.loads(body)
        if message["detail-type"] in OF_ARTICLES:
            follow(index, articles, message["detail"])
    except Exception:
        logger.exception("a message failed, and comes again")
        return False
    return True


def follow(index: SearchIndex, articles: Articles, event: Json) -> None:
    """Bring the index up to the state that an event tells of, or to a later one."""
    article_id = event["subject"]
    if not is_news(event, index.version(article_id)):
        return
    if item := articles.of(event):
        index.show(item)
    else:
        index.hide(article_id, version_of(event), expires=_expires(event))


def _renew(index: SearchIndex, article_id: str, held: Version, item: Json) -> None:
    if readable(item):
        index.show(item)
    else:
        # Until DynamoDB removes it, the article may be renewed; after that, an event tells.
        is_there = item.get("status") == "usable"
        index.hide(article_id, held, expires=item.get("ttl") if is_there else None)


def _expires(event: Json) -> int | None:
    until = event["data"].get("retain_until")
    return int(datetime.fromisoformat(until).timestamp()) if until else None
