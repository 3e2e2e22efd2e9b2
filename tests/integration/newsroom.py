"""Stories, and the store and streams that they go through: builders for these tests."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from articles.feeds import Feed, Profile
from articles.revision import Revision, revise
from articles.store import Outcome, Store, from_item
from articles.upload import Upload
from articles.validate import Accepted, validate

from .cloud import Cloud, Item

KILLS = Feed(name="courier", profile=Profile(kills=True))
OPEN = Feed(name="courier")
BINARY = "B"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def a_story(**changes: Any) -> dict[str, Any]:
    """Write a story; None takes a field out."""
    story = {
        "id": "courier-1",
        "title": "Ferry returns to the harbour",
        "body_text": "The ferry returned to the harbour on Sunday.\nNobody was hurt.",
        "url": "https://courier.example/ferry",
        "published_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-01T09:00:00Z",
    }
    return {name: value for name, value in {**story, **changes}.items() if value is not None}


def undated(**changes: Any) -> dict[str, Any]:
    return a_story(**{"published_at": None, "updated_at": None, **changes})


def a_revision(
    story: dict[str, Any],
    *,
    at: str = "2026-03-01T10:00:00Z",
    key: str = "incoming/courier/ferry.json",
    version: str | None = None,
    sequencer: str | None = None,
    record: int = 0,
    feed: Feed = KILLS,
) -> Revision:
    """Take a story up to the store, as record `record` of an upload whose LastModified is `at`."""
    file = [0] * record + [story] if record else story
    uploaded_at = moment(at)
    data = json.dumps(file).encode()
    *_, accepted = validate(data, feed=feed, received=uploaded_at).records
    assert isinstance(accepted, Accepted), accepted.problems
    upload = Upload(key=key, version=version or f"v-{at}", sequencer=sequencer)
    return revise(accepted, feed=feed, upload=upload, uploaded_at=uploaded_at)


def stream_record(sequence: int, old: Item | None, new: Item | None, *keys: str) -> Item:
    """Write a change as a table's stream tells it to a function; images are DynamoDB JSON."""
    known = new or old or {}
    change = {
        "ApproximateCreationDateTime": 1772355600.0,
        "Keys": {name: known[name] for name in keys or ("article_id",)},
        "SequenceNumber": str(sequence),
        "SizeBytes": 1,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    change |= {"OldImage": as_lambda_tells(old)} if old else {}
    change |= {"NewImage": as_lambda_tells(new)} if new else {}
    return {
        "eventID": f"{sequence:032}",
        "eventName": "REMOVE" if not new else ("MODIFY" if old else "INSERT"),
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/articles-test/stream/1",
    }


def as_lambda_tells(image: Item) -> Item:
    """Write binaries as base64: a function is given its event as JSON."""
    return {
        name: {BINARY: base64.b64encode(value[BINARY]).decode()} if BINARY in value else value
        for name, value in image.items()
    }


class Newsroom:
    """The articles table with its store, and the stream records of what changes in it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.table = cloud.outputs["ArticlesTable"]
        self.dynamodb = cloud.client("dynamodb")
        self.store = Store(self.dynamodb, self.table)
        self._sequence = 0

    def put(
        self, story: dict[str, Any], *, at: str, now: str | None = None, **origin: Any
    ) -> Outcome:
        """Store a story uploaded at `at`; it arrives at `now`, which is later by default."""
        revision = a_revision(story, at=at, **origin)
        return self.store.put(revision, now=moment(now or at))

    def image(self, article_id: str) -> Item | None:
        """Read an item as the table holds it; None when there is none."""
        image: Item | None = self.dynamodb.get_item(
            TableName=self.table, Key={"article_id": {"S": article_id}}, ConsistentRead=True
        ).get("Item")
        return image

    @property
    def item(self) -> Item:
        """The one item of the table."""
        [item] = self.cloud.articles()
        return item

    def query(self, index: str, name: str, value: str) -> list[Item]:
        answer = self.dynamodb.query(
            TableName=self.table,
            IndexName=index,
            KeyConditionExpression="#name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        return [from_item(item) for item in answer["Items"]]

    def change(self, action: Callable[[], Any], article_id: str) -> Item:
        """Do something to an article; gives the stream record of it."""
        old = self.image(article_id)
        action()
        self._sequence += 1
        return stream_record(self._sequence, old, self.image(article_id))

    def submit(self, story: dict[str, Any], *, at: str, **origin: Any) -> Item:
        """Store a story; gives the stream record of the change."""
        revision = a_revision(story, at=at, **origin)
        return self.change(lambda: self.store.put(revision, now=moment(at)), revision.article_id)
