"""A week under the wrong time zone, mended and replayed: as if it had been right from the start.

`ARTICLES=2000` plays it at the size that operators meet.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from articles.storing.items import from_item
from articles.versions.order import rest_of
from articles_cli.local.invariants import to_tell
from articles_cli.stack.tap import Tap
from articles_cli.terminal import waiting
from articles_local import EmbeddedAws
from tests.subscriber import Subscriber

from .conftest import call, embedded
from .mistakes import deploy
from .test_replay import BERLIN, NEW_YORK

COUNT = int(os.environ.get("ARTICLES", "24"))
IN_A_FILE = 8
Item = dict[str, Any]


def story(number: int, hour: int, **changes: Any) -> Item:
    """Write an article as of an hour of its day, as a newsroom that names no zone does."""
    at = f"2026-03-{1 + number % 7:02}T{hour:02}:00:00"
    names = {"id": f"s-{number}", "title": f"Story {number}", "text": "At six."}
    return names | {"published_at": at, "updated_at": at} | changes


def put(aws: EmbeddedAws, name: str, stories: list[Item]) -> None:
    """Upload a file for every few stories, and have all ingested."""
    for start in range(0, len(stories), IN_A_FILE):
        body = "\n".join(map(json.dumps, stories[start : start + IN_A_FILE]))
        aws.client("s3").put_object(
            Bucket=aws.outputs["InboxBucket"],
            Key=f"incoming/courier/{name}-{start}.ndjson",
            Body=body.encode(),
        )
    aws.drain()


def first_days(aws: EmbeddedAws) -> None:
    """Every article, and a correction of every fourth."""
    put(aws, "week", [story(number, 12) for number in range(COUNT)])
    put(aws, "early", [story(it, 13, title=f"Early {it}") for it in range(0, COUNT, 4)])


def later_days(aws: EmbeddedAws) -> None:
    """Corrections after the mend: by the wrong zone, what they correct is four hours later."""
    put(aws, "late", [story(it, 14, title=f"Late {it}") for it in range(0, COUNT, 3)])
    put(aws, "older", [story(it, 11, title=f"Older {it}") for it in range(0, COUNT, 5)])


def stored(aws: EmbeddedAws) -> dict[str, Item]:
    """Give the articles by their id in the source."""
    pages = (
        aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=aws.outputs["ArticlesTable"])
    )
    items = [from_item(it) for page in pages for it in page["Items"]]
    return {it["article"]["source_id"]: it for it in items}


def compared(items: dict[str, Item]) -> dict[str, Item]:
    """Give of each article what does not depend on when it was uploaded."""
    found = {}
    for name, item in items.items():
        rank, time, version, _, _, position, content = rest_of(item["order_key"]).split("#")
        upload = {it: item["upload"][it] for it in ("key", "record")}
        same = {it: item[it] for it in ("article_id", "status", "title", "article", "feed_month")}
        found[name] = {**same, **upload, "order": (rank, time, version, position, content)}
    return found


def told(tap: Tap, subscriber: Subscriber) -> int:
    """Tell a subscriber what is new; gives how many events there were of articles."""
    count = 0
    while events := [it["detail"] for it in tap.read()]:
        subscriber.take(events)
        count += sum(it["type"] != "UploadProcessed" for it in events)
    return count


@contextmanager
def service(feeds: Path, text: str) -> Iterator[tuple[EmbeddedAws, Tap]]:
    feeds.write_text(text)
    with embedded(FEEDS_FILE=str(feeds)) as aws:
        aws.drain()
        with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap:
            yield aws, tap


def test_a_week_in_the_wrong_zone_is_as_if_it_had_been_right_from_the_start(
    tmp_path: Path,
) -> None:
    feeds = tmp_path / "feeds.toml"
    with service(feeds, BERLIN) as (aws, _):
        first_days(aws)
        later_days(aws)
        right = compared(stored(aws))
    here = tmp_path / "here.toml"
    here.write_text(BERLIN)

    with service(feeds, NEW_YORK) as (aws, tap), patch.object(waiting, "pause", aws.pump):
        articles = partial(call, "replay", "--feed", "courier", "--feeds", here, **aws.environment)
        first_days(aws)
        deploy(feeds, BERLIN)
        later_days(aws)
        assert compared(stored(aws)) != right
        looked = articles("--sample", "all", "--json")
        assert looked.code == 0, looked
        assert looked.of("differences")[0]["fields"]["published_at"] == COUNT

        done = articles("--send", "--json")
        aws.drain()

        assert done.code == 0, done
        assert compared(stored(aws)) == right
        subscriber = Subscriber()
        assert told(tap, subscriber) >= COUNT
        items = stored(aws).values()
        assert subscriber.believes() == {it["article_id"]: to_tell(it) for it in items}

        before = stored(aws)
        again = articles("--send", "--json")
        aws.drain()
        assert again.code == 0, again
        assert stored(aws) == before
        assert told(tap, subscriber) == 0
