"""Events whose articles have become something else since, for readers in any language."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from articles_reader import Behind, body, read
from tests.aws.service import embedded
from tests.newsroom import a_story

from .recorded import Event

# What is uploaded first, and what of it next; of the last, the table is behind.
STORIES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "Ferry returns": ({"body_html": "<p>At <b>dawn</b>.</p>"}, None),
    "Headline only": ({"body_text": None}, None),
    "Budget": ({}, {"embargoed_until": "2099-01-01T00:00:00Z", "body_text": "SECRET"}),
    "Mill": ({}, {"status": "withheld"}),
    "Late": ({}, None),
}


@contextmanager
def told() -> Iterator[tuple[EmbeddedAws, list[Event]]]:
    """Run the service with these stories; gives it with the first event of each, in their order."""
    with embedded() as aws:
        bus = (aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"])
        with Tap(*bus) as tap:
            for number in (0, 1):
                for title, changes in STORIES.items():
                    if (change := changes[number]) is not None:
                        _put(aws, title, change, hour=10 + number)
                aws.drain()
            created = [it["detail"] for it in tap.read() if it["detail-type"] == "ArticleCreated"]
        titles = list(STORIES)
        created.sort(key=lambda it: titles.index(it["data"]["article"]["title"]))
        created[-1]["data"]["order_key"] = "0001#" + created[-1]["data"]["order_key"][5:]
        yield aws, created


def shown(aws: EmbeddedAws, event: Event) -> dict[str, Any] | None:
    """Read what may be shown of an article, by articles_reader."""
    try:
        item = read(aws.client("dynamodb"), event, sleep=lambda _: None)
    except Behind:
        return None
    return {"title": item["article"]["title"], "body": body(item)} if item else None


def _put(aws: EmbeddedAws, title: str, changes: dict[str, Any], *, hour: int) -> None:
    story = a_story(id=title, title=title, url=None, updated_at=f"2026-03-01T{hour}:00:00Z")
    aws.client("s3").put_object(
        Bucket=aws.outputs["InboxBucket"],
        Key=f"incoming/courier/{title}.json",
        Body=json.dumps({**story, **changes}).encode(),
    )
