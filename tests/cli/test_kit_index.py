"""The kit's index is what the table says may be shown, whatever came of the events on their way.

`EVENTS=2000` plays it at the size of a busy day.
"""

import gzip
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from articles.storing.items import from_item
from articles_cli.stack.tap import Tap
from articles_cli.terminal import waiting
from articles_local import EmbeddedAws
from articles_reader import Version
from tests.kit import Kit, Shown, end_retention, heard

from .conftest import Articles, feeds_file, service_with_feeds
from .mistakes import Desk, deploy, story, tapped

EVENTS = int(os.environ.get("EVENTS", "96"))
# Of ten articles, what becomes of each; about 16 events in all.
FATES = "stays corrected withheld killed embargoed expires outlives returns moves purged".split()
PURGED = 2  # articles at most: a purge looks through all files of its article
IN_A_FILE = 20
OPEN = "[default]\nopen = true\nkills = true\n"
BEFORE = f'{OPEN}\n[feeds.keeps]\nretain_days = 30\n\n[feeds.moves]\nidentity = ["id"]\n'
AFTER = BEFORE.replace('["id"]', '["url"]')
# Words of texts that may no longer be shown at the end, or never.
FORMER, SECRET = "Quagga", "Zyzzyva"
Json = dict[str, Any]

pytestmark = pytest.mark.usefixtures("no_schedule")
feeds = feeds_file(BEFORE)
aws = service_with_feeds()


def fates() -> Iterator[tuple[int, str]]:
    """Give every article its fate."""
    for number in range(EVENTS * 10 // 16):
        fate = FATES[number % len(FATES)]
        yield number, "stays" if fate == "purged" and number >= PURGED * 10 else fate


def feed_of(number: int, fate: str) -> str:
    if fate in ("expires", "outlives"):
        return "keeps"
    return "moves" if fate == "moves" else ("courier", "agency", "desk")[number % 3]


def first(number: int, fate: str) -> Json:
    """Write the first version of an article."""
    is_kept = fate in ("stays", "moves")
    text = f"Number {number}. {'Six.' if is_kept else FORMER}"
    url = f"https://courier.example/{number}"
    return story(f"s-{number}", title=f"{fate} {number}", text=text, url=url)


def second(number: int, fate: str) -> Json | None:
    """Write the second version, if the fate of an article is one."""
    changes = {
        "corrected": {"text": f"Number {number}, corrected."},
        "withheld": {"status": "withheld", "text": SECRET},
        "returns": {"status": "withheld", "text": SECRET},
        "killed": {"status": "canceled", "text": SECRET},
        "embargoed": {"embargoed_until": "2999-01-01T00:00:00Z", "text": SECRET},
    }.get(fate)
    day = {"updated_at": "2026-01-02T06:00:00Z"}
    return first(number, fate) | day | changes if changes else None


def third(number: int, fate: str) -> Json | None:
    if fate != "returns":
        return None
    day = {"updated_at": "2026-01-03T06:00:00Z"}
    return first(number, fate) | day | {"text": f"Number {number}, returned."}


def put(aws: EmbeddedAws, name: str, stories: dict[tuple[int, str], Json | None]) -> None:
    """Upload files of a few stories to each feed."""
    by_feed: dict[str, list[Json]] = {}
    for which, written in stories.items():
        if written:
            by_feed.setdefault(feed_of(*which), []).append(written)
    for feed, all_of_it in by_feed.items():
        for start in range(0, len(all_of_it), IN_A_FILE):
            aws.client("s3").put_object(
                Bucket=aws.outputs["InboxBucket"],
                Key=f"incoming/{feed}/{name}-{start}.ndjson",
                Body="\n".join(map(json.dumps, all_of_it[start : start + IN_A_FILE])),
            )


def stored(aws: EmbeddedAws) -> dict[str, Json]:
    """Give the items of the table by their ids."""
    dynamodb = aws.client("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(TableName=aws.outputs["ArticlesTable"])
    items = [from_item(it) for page in pages for it in page["Items"]]
    return {it["article_id"]: it for it in items}


def of_fate(aws: EmbeddedAws, fate: str) -> list[str]:
    items = stored(aws).items()
    return [article_id for article_id, it in items if str(it.get("title")).startswith(fate)]


def readable(aws: EmbeddedAws) -> dict[str, Shown]:
    """Give of each article that may be shown what an index should show."""
    return {
        article_id: Shown(
            item["title"],
            json.loads(gzip.decompress(item["body"].value))["text"],
            Version(item["order_key"], item["ingested_at"]),
        )
        for article_id, item in stored(aws).items()
        if item["status"] == "usable"
        and "hold_until" not in item
        and item.get("ttl", time.time() + 1) > time.time()
    }


class Post:
    """Brings events to the kit: all of them twice, some late, and those of one day never."""

    def __init__(self, aws: EmbeddedAws, kit: Kit, tap: Tap) -> None:
        self.counts: Counter[str] = Counter()
        self._aws, self._kit, self._tap = aws, kit, tap
        self._all: list[Json] = []
        self._late: list[Json] = []
        self._chance = random.Random(14)  # noqa: S311

    def deliver(self, *, is_lost: bool = False) -> None:
        """Have the service do what is waiting, and deliver its events."""
        news = heard(self._tap)
        while self._aws.pump():
            news += heard(self._tap)
        self.counts.update(it["detail"]["data"].get("reason", it["detail-type"]) for it in news)
        self._all += news
        waiting = self._late + ([] if is_lost else news * 2)
        self._chance.shuffle(waiting)
        cut = len(waiting) // 3
        self._late = waiting[:cut]
        self._kit.take(*waiting[cut:])

    def deliver_all_again(self) -> None:
        self._chance.shuffle(self._all)
        self._kit.take(*self._all)


def test_after_an_announcement_the_index_is_what_the_table_says(
    aws: EmbeddedAws, deployed: Articles, feeds: Path
) -> None:
    kit, desk = Kit.deploy(aws), Desk(aws, deployed, feeds)
    kit.unsubscribe()
    with tapped(aws) as tap:
        post = Post(aws, kit, tap)
        put(aws, "first", {it: first(*it) for it in fates()})
        post.deliver()
        put(aws, "second", {it: second(*it) for it in fates()})
        post.deliver(is_lost=True)
        put(aws, "third", {it: third(*it) for it in fates()})
        post.deliver()
        deploy(feeds, AFTER)
        assert desk("replay", "--feed", "moves", "--send").code == 0
        post.deliver()
        for article_id in of_fate(aws, "purged"):
            assert desk("purge", article_id, "--reason=x", "--send").code == 0
        end_retention(aws, *of_fate(aws, "expires"))
        aws.drain()
        post.deliver()
    late = of_fate(aws, "outlives")
    end_retention(aws, *late)
    kit.let_expire(*late)
    assert kit.shown() != readable(aws)

    to_queue = ("--to", kit.outputs["QueueUrl"], "--rate", "100000", "--oldest", "2026-01")
    with patch.object(waiting, "rest", lambda _: aws.pump()):  # the kit takes what has come so far
        assert desk("announce", *to_queue, "--send").code == 0
    while aws.pump():
        pass
    post.deliver_all_again()
    kit.renew()

    assert kit.shown() == readable(aws)
    reasons = {"withheld", "canceled", "embargoed", "expired", "moved", "removed"}
    assert post.counts.keys() == {*reasons, "ArticleCreated", "ArticleUpdated"}
    assert post.counts.total() >= EVENTS
    left = kit.file().lower()
    assert [it for it in (FORMER, SECRET) if it.lower().encode() in left] == []
